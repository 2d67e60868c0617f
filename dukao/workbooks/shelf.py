"""What is known already, and where it stands: the shelf that a form is filled from.

A folder of files is a shelf; the platform's database is another (`sheets`). Both answer the same question: which value
does a term have, for whom, in which period.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from dukao.base.periods import Period
from dukao.workbooks.grid import CellError, Grid, Value, Workbook, cell_name
from dukao.workbooks.matching import Asked, Matcher, Term, factor_between, is_place, label
from dukao.workbooks.matching.vocabulary import WHEN, WHOSE
from dukao.workbooks.problems import Unreadable
from dukao.workbooks.reading import read_workbooks
from dukao.workbooks.tables import Heading, Kind, Layout, Table
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import understand

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv", ".tsv")
_OFFICE = re.compile(r"(?:村|居)民委员会|[村居]委会|人民政府|街道办事处|\s+")
_VILLAGE_OFFICE = re.compile(r"村?村(?:民委员会|委会)")
_HOLDER = re.compile(
    r"(?:填报|填表|报送|编制|上报|汇总)?单位(?:名称)?(?:[(（][^)）]*[)）])?\s*[:：]\s*([^\s:：_]{2,30})"
)
_PERCENT = re.compile(r"[-+]?\d+(?:\.\d+)?[%％]")
_YEAR = r"(?P<y>(?:19|20)\d\d)\s*[年.-]?\s*"
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


def who(text: str) -> str:
    """A unit's, person's or thing's name or code, for comparing: 龙东村民委员会 and 龙东村村委会 are 龙东村."""
    name = plain(_OFFICE.sub("", _VILLAGE_OFFICE.sub("村", text)))
    return name.removesuffix(".0")


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
        self._n_entries = 0
        paths = sorted(files if files is not None else _tables_in(folder))
        for path, workbook in zip(paths, read_workbooks(paths), strict=True):
            self._take_file(path, workbook)

    @property
    def terms(self) -> Sequence[Term]:
        return tuple(self._terms.values())

    def knows(self, whose: str) -> bool:
        return who(whose) in self._whose

    def values(self, key: str, *, whose: str, period: Period | None) -> tuple[Known, ...]:
        entries = self._entries.get((key, who(whose)), ())
        of_then = [e.known for e in entries if e.period is not None and e.period == period]
        undated = [e.known for e in entries if e.period is None]
        return tuple(of_then or undated)

    def _take_file(self, path: Path, workbook: Workbook | Unreadable) -> None:
        if isinstance(workbook, Unreadable):
            self.untold.append(f"{path.name}：{workbook.what}")
            return
        found = understand(workbook)
        told = self._n_entries
        for grid, sheet in zip(workbook.grids, found.sheets, strict=True):
            for table in sheet.tables:
                if table.layout is not Layout.LOOKUP:
                    self._take_table(path, grid, table)
        if told == self._n_entries:
            self.untold.append(f"{path.name}：看不出是哪个单位的数据（没有单位列，也没有“填报单位：…”）")

    def _take_table(self, path: Path, grid: Grid, table: Table) -> None:
        dated = period_in(table.period) or period_in(table.title) or period_in(path.stem)
        day = datetime.fromtimestamp(path.stat().st_mtime).astimezone().date().isoformat()
        keys = key_columns(table)
        holder = "" if keys else _holder(grid, table) or path.stem
        holders = _Holders(table, grid, keys).of_row
        for row, heading, column in _cells(table, grid):
            value = grid.rows[row][column.index]
            if value is None or isinstance(value, CellError) or value == "" or _is_name(value, heading):
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
            for whose in (place,) if place else holders(row) if keys else (holder,):
                self._n_entries += 1
                self._whose.add(who(whose))
                self._entries[term.key, who(whose)].append(_Entry(known, period))

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
    keys = {c.index for c in key_columns(table)}
    columns = [c for c in table.columns if c.index not in keys and c.kind is not Kind.SERIAL]
    headings: Mapping[int, Heading] = {r.index: r for r in table.rows}
    first = max(table.header_rows, default=table.area.top - 1) + 1
    by_name = table.layout in (Layout.GRID, Layout.PAIRS) and not keys
    for row in range(first, min(table.area.bottom, grid.height - 1) + 1):
        heading = headings.get(row)
        if heading is not None and heading.is_total and keys:
            continue
        for column in columns:
            yield row, heading if by_name else None, column


def _is_name(value: Value, heading: Heading | None) -> bool:
    """Whether the cell is what the row is called by, or its unit of measure, and not its figure."""
    return (
        heading is not None
        and isinstance(value, str)
        and value.strip() in (*heading.path, heading.unit, heading.number)
    )


class _Holders:
    """Whom the rows of a table are about: the person, thing or unit, and the village that has only one row."""

    def __init__(self, table: Table, grid: Grid, keys: Sequence[Heading]):
        self._grid, self._keys = grid, keys
        units = [c for c in table.columns if c.path and plain(c.path[-1]).strip("*:") in WHOSE[-1] and c not in keys]
        self._units = units
        rows = range(table.area.top, min(table.area.bottom, grid.height - 1) + 1)
        self._once = Counter(name for row in rows for name in self._names(row, units)) if units else Counter()

    def of_row(self, row: int) -> Iterator[str]:
        yield from self._names(row, self._keys)
        yield from (name for name in self._names(row, self._units) if self._once[name] == 1)

    def _names(self, row: int, columns: Sequence[Heading]) -> Iterator[str]:
        for column in columns:
            value = self._grid.rows[row][column.index]
            if isinstance(value, str | int | float) and value != "":
                yield str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


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
