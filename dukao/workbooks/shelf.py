"""What is known already, and where it stands: the shelf that a form is filled from.

A folder of files is a shelf; the platform's database is another (`sheets`). Both answer the same question: which value
does a term have, for whom, in which period.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from dukao.base.periods import Period
from dukao.workbooks.boxes import box_alone, boxes_in
from dukao.workbooks.grid import CellError, Grid, Value, Workbook, cell_name
from dukao.workbooks.matching import Asked, Matcher, Term, factor_between, is_place, label
from dukao.workbooks.matching.vocabulary import LEVELS, WHEN, WHOSE
from dukao.workbooks.naming import Naming, is_code, who
from dukao.workbooks.problems import Unreadable
from dukao.workbooks.reading import read_workbooks
from dukao.workbooks.tables import Heading, Kind, Layout, Table
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import understand, words

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv", ".tsv")
_HOLDER = re.compile(
    r"(?:填报|填表|报送|编制|上报|汇总)?单位(?:名称)?(?:[(（][^)）]*[)）])?\s*[:：]\s*([^\s:：_]{2,30})"
)
_PERCENT = re.compile(r"[-+]?\d+(?:\.\d+)?[%％]")
_YEAR = r"(?P<y>(?:19|20)\d\d)\s*[年.-]?\s*"
_ANY_YEAR = re.compile(r"(?:19|20)\d\d")
_PART_OF_YEAR = re.compile(_YEAR + r"(?:度?\s*(?:[1-9]|1[0-2])月?\s*[-—~至到]\s*\d{1,2}\s*月|[上下]半年|前\S{1,2}季)")
_TIME = re.compile(r"(?:(?:19|20)\d\d年?度?)?(?:第?[一二三四1-4]季度?|q[1-4]|(?:0?[1-9]|1[0-2])月份?)?")
_PERIODS = tuple(
    re.compile(_YEAR + rest)
    for rest in (
        r"(?:第?(?P<q>[一二三四1-4])季度?|[Qq](?P<Q>[1-4]))",
        r"(?P<m>0?[1-9]|1[0-2])月",
        r"(?P<M>0[1-9]|1[0-2])(?!\d)",
        r"",
    )
)


@dataclass(frozen=True)
class Known:
    """A value with where it stands (`source`) and of when it is (`as_of`: a period's code, or a day).

    What is not dated is only of the day of its file: it stands for the period that is asked, never for an earlier one.
    """

    value: Value
    unit: str
    source: str
    as_of: str
    is_dated: bool = True


class Shelf(Protocol):
    """Something that knows values. Both methods are cheap: they are asked for every slot of a form."""

    @property
    def terms(self) -> Sequence[Term]: ...

    def knows(self, whose: str) -> bool:
        """Whether anything is known about this unit, person or thing."""
        ...

    def values(self, key: str, *, whose: str, period: Period | None) -> tuple[Known, ...]:
        """The values of the term for that period, the best first; several different ones contradict each other."""
        ...


def period_in(text: str) -> Period | None:
    """The period that a title or a file name speaks of: 2026年三季度, 2026年7月, 2026Q3, 2026年度."""
    if _PART_OF_YEAR.search(text):  # 1-9 月 is a sum over months, and no period that figures are kept for
        return None
    found = next(filter(None, (pattern.search(text) for pattern in _PERIODS)), None)
    if found is None:
        return None
    parts = found.groupdict()
    if quarter := parts.get("q") or parts.get("Q"):
        number = "一二三四".find(quarter) + 1 or int(quarter)
        return Period.parse(f"{parts['y']}Q{number}")
    month = parts.get("m") or parts.get("M")
    return Period.parse(f"{parts['y']}-{int(month):02d}" if month else parts["y"])


def is_other_period(printed: str, asked: Period) -> bool:
    """Whether what a form prints as its period speaks against this one; where it leaves that open, it does not.

    A year alone may be the form's own, and a day behind the period the one on which it is filled in.
    """
    if len(_ANY_YEAR.findall(printed)) != 1:
        return False
    if _PART_OF_YEAR.search(printed):
        return True
    stated = period_in(printed)
    if stated is None or stated == asked:
        return False
    if stated.type == "year" and "年度" not in printed:
        return stated.year != asked.year
    if "日" in printed:
        return stated.ends_on <= asked.starts_on
    is_last_day = printed.endswith(("末", "底"))
    return not (is_last_day and stated.ends_on == asked.ends_on)


@lru_cache(maxsize=65_536)
def is_time(text: str) -> bool:
    """Whether a heading is nothing but a period: 2025年, 三季度, 7月."""
    name = plain(text)
    return bool(name) and bool(_TIME.fullmatch(name))


def time_told(parts: Iterable[str], near: Period | None) -> Period | None:
    """The period that the headings name; one without its year lies in the year of `near`."""
    text = "".join(plain(part) for part in parts if is_time(part))
    year = f"{near.key // 1000}年" if near else ""
    return (period_in(text) or period_in(year + text)) if text else None


@dataclass(frozen=True)
class _Entry:
    known: Known
    period: Period | None


class FolderShelf:
    """The tables of a folder's files: rosters by unit, tables that say whose they are, forms filled earlier.

    `untold` says in words which files gave nothing, and why.
    """

    def __init__(self, folder: Path, *, files: Iterable[Path] | None = None):
        self.untold: list[str] = []
        self._terms: dict[str, Term] = {}
        self._by_name: dict[str, list[Term]] = defaultdict(list)
        self._entries: dict[tuple[str, str], list[_Entry]] = defaultdict(list)
        self._whose: set[str] = set()
        self._naming = Naming()
        self._n_entries = 0
        paths = sorted(files if files is not None else _tables_in(folder))
        for path, workbook in zip(paths, read_workbooks(paths), strict=True):
            self._take_file(path, workbook)

    @property
    def terms(self) -> Sequence[Term]:
        return tuple(self._terms.values())

    def knows(self, whose: str) -> bool:
        name = who(whose)
        return name in self._whose or any(other in self._whose for other, _ in self._naming.others(name))

    def values(self, key: str, *, whose: str, period: Period | None) -> tuple[Known, ...]:
        entries = tuple(self._entries_of(key, who(whose)))
        of_then = [e.known for e in entries if e.period is not None and e.period == period]
        undated = [e.known for e in entries if e.period is None]
        return tuple(of_then or undated)

    def _entries_of(self, key: str, name: str) -> Iterator["_Entry"]:
        """What is known under this name, then under the other names of the same unit, each place once."""
        found = {entry.known.source: entry for entry in self._entries.get((key, name), ())}
        yield from found.values()
        for other, told in self._naming.others(name):
            for entry in self._entries.get((key, other), ()):
                if entry.known.source not in found:
                    found[entry.known.source] = entry
                    yield replace(entry, known=replace(entry.known, source=f"{entry.known.source}（{told}）"))

    def _take_file(self, path: Path, workbook: Workbook | Unreadable) -> None:
        if isinstance(workbook, Unreadable):
            self.untold.append(f"{path.name}：{workbook.what}")
            return
        found = understand(workbook)
        told = self._n_entries, len(self._naming)
        for grid, sheet in zip(workbook.grids, found.sheets, strict=True):
            for table in sheet.tables:
                if table.layout is not Layout.LOOKUP:
                    self._take_table(path, grid, table)
        if told == (self._n_entries, len(self._naming)):
            self.untold.append(f"{path.name}：看不出是哪个单位的数据（没有单位列，也没有“填报单位：…”）")

    def _take_table(self, path: Path, grid: Grid, table: Table) -> None:
        dated = period_in(table.period) or period_in(table.title) or period_in(path.stem)
        day = datetime.fromtimestamp(path.stat().st_mtime).astimezone().date().isoformat()
        is_form = table.layout is Layout.PAIRS
        keys = () if is_form else key_columns(table)
        told = names_beside(table, grid) if is_form else ()
        form_of = told or ((_holder(grid, table) or path.stem,) if not keys else ())
        holders = Holders(table, grid, keys)
        for row in range(_first_row(table), min(table.area.bottom, grid.height - 1) + 1):
            if (code := holders.code(row)) and (names := holders.names(row)):
                self._naming.tie(code, names, f"{path.name} {grid.name}!{cell_name(row, table.area.left)}")
        for row, heading, column in _cells(table, grid):
            value = _ticked(column, grid) if column.boxes else _said(grid.rows[row][column.index], heading)
            if value is None:
                continue
            asked = question(table, column, heading)
            if (row, column.index) in grid.percents and isinstance(value, int | float):
                value, asked = (Decimal(str(value)) * 100).normalize(), replace(asked, unit="%")
            elif isinstance(value, str) and not asked.unit and _PERCENT.fullmatch(value.strip()):
                value, asked = Decimal(value.strip()[:-1]), replace(asked, unit="%")
            period = time_told((*asked.row_path, *asked.path), dated) or period_of_row(table, grid, row, dated) or dated
            asked = timeless(placeless(asked))
            term = self._term(asked, table)
            where = f"{path.name} {grid.name}!{cell_name(row, column.index)}"
            known = Known(value, asked.unit, where, period.code if period else day, is_dated=period is not None)
            place = next((part for part in reversed(column.path) if is_place(part)), "")
            for whose in (place,) if place else holders.of_row(row) if keys else form_of:
                self._keep(term, who(whose), _Entry(known, period))

    def _keep(self, term: Term, name: str, entry: "_Entry") -> None:
        self._n_entries += 1
        self._whose.add(name)
        self._naming.add(name)
        self._entries[term.key, name].append(entry)

    def _term(self, asked: Asked, table: Table) -> Term:
        """The term of this name; of one name in other units of measure only where they measure something else."""
        same = self._by_name[asked.signature]
        for term in same:
            if term.unit == asked.unit or (
                term.unit and asked.unit and factor_between(asked.unit, term.unit) is not None
            ):
                return term
        parts = [part for part in (*asked.row_path, *asked.path) if not label(part).is_generic]
        key = f"{asked.signature} {asked.unit}".strip()
        term = Term(key, ("".join(parts) or table.title,), asked.unit, asked.kind, table.title)
        same.append(term)
        self._terms[key] = term
        return term


def placeless(asked: Asked) -> Asked:
    """The question without headings that are the name of a village, a town …"""
    path, row_path = (tuple(p for p in parts if not is_place(p)) for parts in (asked.path, asked.row_path))
    return asked if (path, row_path) == (asked.path, asked.row_path) else replace(asked, path=path, row_path=row_path)


def timeless(asked: Asked) -> Asked:
    """The question without headings that are nothing but a period."""
    path, row_path = (tuple(p for p in parts if not is_time(p)) for parts in (asked.path, asked.row_path))
    return asked if (path, row_path) == (asked.path, asked.row_path) else replace(asked, path=path, row_path=row_path)


def key_columns(table: Table) -> tuple[Heading, ...]:
    """The columns whose cells say whom a row is about: the unit by code or name, else the person or thing by name."""
    # Where rows have units of measure of their own, 单位 is the column that says them.
    not_whose = "单位" if any(row.unit for row in table.rows) else ""
    # 村名 in the corner over 龙东村, 龙西村: the columns say whom, the rows say what.
    if table.columns and sum(bool(c.path) and is_place(c.path[-1]) for c in table.columns) * 2 >= len(table.columns):
        return ()
    for names in WHOSE:
        named = ((c, plain(c.path[-1]).strip("*:")) for c in table.columns if c.path)
        if found := tuple(c for c, name in named if name in names and name != not_whose):
            return found
    return ()


def question(table: Table, column: Heading | None, row: Heading | None) -> Asked:
    """What the cell where the two meet is about."""
    path, row_path = column.path if column else (), row.path if row else ()
    unit = (row.unit if row else "") or (column.unit if column else "") or table.unit
    kind = column.kind if column and column.kind is not Kind.UNKNOWN else row.kind if row else Kind.UNKNOWN
    return Asked(path, row_path, unit, kind, table.title)


def _cells(table: Table, grid: Grid) -> Iterator[tuple[int, Heading | None, Heading]]:
    """Every cell of the body that may hold a value: its row, the row's heading where rows have names, its column."""
    if table.layout is Layout.PAIRS:
        within = ((row.index, None, column) for column, row in zip(table.columns, table.rows, strict=True))
        yield from (cell for cell in within if cell[0] < grid.height and cell[2].kind is not Kind.SERIAL)
        return
    named = key_columns(table)
    keys = {c.index for c in named}
    # Of a person the number is known by the name, and the other way round; a unit's names say nothing new.
    are_told = len(named) > 1 and all(_level(c) is None for c in named)
    columns = [c for c in table.columns if (are_told or c.index not in keys) and c.kind is not Kind.SERIAL]
    headings: Mapping[int, Heading] = {r.index: r for r in table.rows}
    by_name = table.layout is Layout.GRID and not keys
    for row in range(_first_row(table), min(table.area.bottom, grid.height - 1) + 1):
        heading = headings.get(row)
        if heading is not None and heading.is_total and keys:
            continue
        for column in columns:
            yield row, heading if by_name else None, column


def names_beside(table: Table, grid: Grid) -> tuple[str, ...]:
    """Whom a form of items and answers is about, as it says itself: the person or thing, else the unit."""
    for names in WHOSE:
        told = [
            str(value).strip() if isinstance(value := _said(grid.rows[row.index][column.index], None), str) else ""
            for column, row in zip(table.columns, table.rows, strict=True)
            if row.index < grid.height and is_named(column, names)
        ]
        if found := tuple(dict.fromkeys(filter(None, told))):
            return found
    return ()


def is_named(item: Heading, names: Collection[str]) -> bool:
    """Whether an item of a form asks for a name of these kinds, and not for somebody's further down."""
    return 0 < len(item.path) < 3 and plain(item.path[-1]).strip("*:") in names


def _first_row(table: Table) -> int:
    """The first row below the header."""
    return max(table.header_rows, default=table.area.top - 1) + 1


def _said(value: Value, heading: Heading | None) -> Value:
    """What a cell says: of boxes the ticked answers; nothing where it is blank, crossed out, yet to be filled in, or
    what the row is called by."""
    if isinstance(value, CellError):
        return None
    if not isinstance(value, str):
        return value
    if boxes := boxes_in(value):
        return "、".join(boxes.ticked) or None
    text = value.strip()
    if not text or words.is_block(text) or words.is_placeholder(value):
        return None
    return None if heading is not None and text in (*heading.path, heading.unit, heading.number) else value


def _ticked(item: Heading, grid: Grid) -> Value:
    """The answers whose boxes, in cells of their own, are ticked."""
    printed = ((box.title, grid.rows[box.row][box.column]) for box in item.boxes if box.row < grid.height)
    return "、".join(title for title, text in printed if (box := box_alone(str(text))) and box.is_ticked) or None


class Holders:
    """Whom the rows of a table are about: the person, thing or unit, and the village that has only one row.

    Of several columns with units (乡镇, 村) the row is about the one furthest down that is not blank.
    """

    def __init__(self, table: Table, grid: Grid, keys: Sequence[Heading]):
        self._grid, self._keys = grid, keys
        self.are_units = all(_level(c) is not None for c in keys)
        units = [c for c in table.columns if _level(c) is not None and c not in keys]
        self._columns = sorted(keys if self.are_units else units, key=lambda c: _level(c) or 0)
        rows = range(table.area.top, min(table.area.bottom, grid.height - 1) + 1)
        self._once = Counter(name for row in rows for name in self._units(row)) if units else Counter[str]()

    def of_row(self, row: int) -> Iterator[str]:
        """All names of whom the row is about; empty where its cells are blank."""
        yield from self.named(row)
        if not self.are_units:
            yield from (name for name in self._units(row) if self._once[name] == 1)

    def named(self, row: int) -> tuple[str, ...]:
        """The names that the row's own cells say, without the village of a person."""
        return tuple(self._units(row) if self.are_units else self._texts(row, self._keys))

    def code(self, row: int) -> str:
        """The code that stands beside the name of the row's unit."""
        return next((name for name in self._units(row) if is_code(name)), "") if self.are_units else ""

    def names(self, row: int) -> tuple[str, ...]:
        """The names of the row's unit, the full one first."""
        return tuple(name for name in self._units(row) if not is_code(name)) if self.are_units else ()

    def _units(self, row: int) -> Iterator[str]:
        told = [(_level(c) or 0, who(text)) for c in self._columns for text in self._texts(row, (c,))]
        yield from (name for _, name in told if is_code(name))
        named = [(level, name) for level, name in told if not is_code(name)]
        deepest = max((level for level, _ in named), default=0)
        outer = next((name for level, name in reversed(named) if level < deepest), "")
        for level, name in named:
            if level == deepest:
                if outer and not name.startswith(outer):
                    yield outer + name
                yield name

    def _texts(self, row: int, columns: Sequence[Heading]) -> Iterator[str]:
        for column in columns if row < self._grid.height else ():
            merged = self._grid.merged_at.get((row, column.index))
            value = self._grid.rows[merged.top if merged else row][merged.left if merged else column.index]
            if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
                yield str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _level(column: Heading) -> int | None:
    """How far down the units are that a column names; None for one that names none."""
    name = plain(column.path[-1]).strip("*:") if column.path else ""
    return LEVELS.get(name, max(LEVELS.values())) if name in WHOSE[-1] else None


def period_of_row(table: Table, grid: Grid, row: int, near: Period | None) -> Period | None:
    """The period that a cell of the row says (年份, 月份 …), if there is such a column."""
    for column in table.columns:
        if column.path and plain(column.path[-1]) in WHEN:
            value = grid.rows[row][column.index]
            text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "")
            return period_in(text) or time_told((text,), near)
    return None


def _holder(grid: Grid, table: Table) -> str:
    """Whose table it is, as a line above (or below) it says: “填报单位：龙东村”."""
    near = (*range(max(0, table.area.top - 6), table.area.top), *range(table.area.bottom + 1, table.area.bottom + 4))
    for row in near:
        if row < grid.height:
            line = " ".join(v for v in grid.rows[row] if isinstance(v, str))
            if (found := _HOLDER.search(line)) and not label(found[1]).is_generic:
                return found[1]
    return ""


def _tables_in(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith(("~$", ".")):
            yield path


def matcher_of(shelf: Shelf, confirmed: Mapping[str, str] | None = None) -> Matcher:
    return Matcher(shelf.terms, confirmed)
