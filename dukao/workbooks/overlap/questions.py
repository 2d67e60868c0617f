"""What a form asks: one question per datum, however many rows wait for it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dukao.workbooks.grid import cell_place
from dukao.workbooks.matching import Asked, Span, is_place, label
from dukao.workbooks.matching.vocabulary import MEASURED, OF_PERSONS, OPTIONAL, TIMES_A_YEAR, VAGUE
from dukao.workbooks.matching.words import pairs, stem, turns
from dukao.workbooks.planning import asked_by, is_optional, is_own_total, rows_are_many
from dukao.workbooks.shelf import key_columns
from dukao.workbooks.tables import Kind, Layout, Slot, Table, Understood
from dukao.workbooks.texts import plain

_BRACKETED = re.compile(r"\([^()]*\)")
_TIME = re.compile(
    r"截[至止]|(?:19|20)\d\d年?度?|[上下]半年|[第前]?[一二三四1-4]季度|(?:\d{1,2}[-—~至到])?\d{1,2}月份?(?:\d{1,2}日)?[底末]?"
)
_PLACE = re.compile(r"([\u3400-\u9fff]{2,8}?(?:村|社区|镇|乡|街道|县|区|市))(?!民)")
# Behind whom a title names, what is listed of them; and what says nothing of whom.
_LIST = re.compile(
    r"(?:(?:基本|个人|有关|相关|人员|对象)*(?:花?名[册单录]|登记|统计|调查|情况|信息|清单|台账|汇总|明细|一览|摸底|采集|监测|(?<!代)表|$)).*"
)


@dataclass(frozen=True)
class Question:
    """A datum that a form asks, where it stands first, and how many cells of the form ask it."""

    file: str
    sheet: str
    cell: str
    asked: Asked
    outer: str = ""  # the name of the datum that this is a part of ("其中")
    n_cells: int = 1
    times_a_year: int = 1
    subject: str = ""  # whose attribute it is, in a list of persons: 党员, 低保对象

    @property
    def path(self) -> tuple[str, ...]:
        return (*self.asked.row_path, *self.asked.path)

    @cached_property
    def core(self) -> str:
        """The name for comparing: all parts that say something, in their order, without what only measures."""
        said = [one.core for one in map(label, self.path) if not one.is_generic]
        if _only_measures(said):
            said.pop()
        return self.subject + (stem("".join(dict.fromkeys(said))) or plain("".join(self.path)) or self.cell)

    @property
    def is_vague(self) -> bool:
        """Whether its name says nothing certain alone: 户数, 本期, or no name at all. 项目名称 says what it is."""
        is_unnamed = all(label(part).is_generic for part in self.path)
        return self.core in VAGUE or (is_unnamed and self.asked.kind is not Kind.TEXT)

    @cached_property
    def place(self) -> tuple[str, int]:
        """The sheet and the row (from 0) where it stands first."""
        return self.sheet, cell_place(self.cell)[0]

    @cached_property
    def span(self) -> Span:
        spans = {label(part).span for part in self.path} - {Span.NOW}
        return Span.COMPUTED if len(spans) > 1 else next(iter(spans), Span.NOW)

    @cached_property
    def pairs(self) -> frozenset[str]:
        return pairs(self.core)

    @cached_property
    def turns(self) -> frozenset[int]:
        return turns(self.core)

    @property
    def label(self) -> str:
        """As a person would say it, without words that only say where a figure stands: 数量, 本期, 基本情况."""
        said = [part for part in self.path if not label(part).is_generic or label(part).span is not Span.NOW]
        if _only_measures([label(part).core for part in said]):
            said.pop()
        name = " / ".join(said or self.path) or f"{self.asked.title} {self.cell}".strip()
        return f"{self.subject} / {name}" if self.subject else name


def _only_measures(cores: list[str]) -> bool:
    """Whether the last word only says what is measured: 增值税 / 金额; of 低保 / 户数 it says which of two data."""
    if len(cores) < 2 or cores[-1] not in MEASURED:
        return False
    return cores[-1] in "".join(cores[:-1]) or MEASURED[cores[-1]] != "户"


def questions_of(file: str, form: Understood) -> tuple[Question, ...]:
    """Every datum that the form asks, in the order of the form; a datum asked in many rows is one question."""
    found: dict[tuple[str, ...], Question] = {}
    for sheet in form.sheets:
        if not sheet.is_hidden:
            for table in sheet.tables:
                times, subject = _times_a_year(file, table), _subject(table)
                for asked, cells, outer in _asked(table):
                    key = (sheet.name, *asked.row_path, "|", *asked.path)
                    known = found.get(key)
                    first, n_before = (known.cell, known.n_cells) if known else (cells[0], 0)
                    n_cells = n_before + len(cells)
                    found[key] = Question(file, sheet.name, first, asked, outer, n_cells, times, subject)
    return tuple(found.values())


def _asked(table: Table) -> Iterator[tuple[Asked, list[str], str]]:
    """What the slots (of a filled form: the columns) ask, the cells of each, and what it is a part of."""
    if table.layout is Layout.LOOKUP:
        return
    outer_of = _outer_names(table)
    alike: dict[tuple[object, ...], list[Slot]] = defaultdict(list)
    by_row = not rows_are_many(table)
    for slot in (one for one in table.slots if not is_optional(one) and not is_own_total(table, one)):
        alike[slot.path, slot.row_path if by_row else (), slot.unit, slot.kind].append(slot)
    for slots in alike.values():
        first = slots[0]
        outer = outer_of.get(first.row, "") or outer_of.get(-1 - first.column, "")
        yield asked_by(table, first), [slot.cell for slot in slots], outer
    if not table.slots:
        whom = {c.index for c in key_columns(table)}
        cell = str(table.area).split(":")[0]
        for column in table.columns:
            is_asked = column.path and label(column.path[-1]).core not in OPTIONAL
            if column.index not in whom and column.kind is not Kind.SERIAL and is_asked:
                asked = Asked(column.path, (), column.unit or table.unit, column.kind, table.title)
                yield asked, [cell], ""


def _outer_names(table: Table) -> dict[int, str]:
    """Rows (and columns, as -1 - index) that are a part of the heading before them: index → that heading's name."""
    found: dict[int, str] = {}
    for sign, headings in ((1, table.rows), (-1, table.columns)):
        whole = ""
        for heading in headings:
            if heading.is_of_which:
                found[heading.index if sign > 0 else -1 - heading.index] = whole
            elif heading.path:
                whole = label(heading.path[-1]).core
    return {index: name for index, name in found.items() if name}


def _times_a_year(file: str, table: Table) -> int:
    """How often the form comes, by what its title says; one that says nothing is counted once a year."""
    words = plain(f"{table.title}{file}{table.period}")
    return next((times for word, times in TIMES_A_YEAR if word in words), 1)


def _subject(table: Table) -> str:
    """Who a list of persons is about, as its title says: the sex of 党员 and that of 低保对象 are two data."""
    if not any(plain(key.path[-1]).strip("*:") in OF_PERSONS for key in key_columns(table)):
        return ""
    name = _TIME.sub("", _BRACKETED.sub("", plain(table.title)))
    while (place := _PLACE.match(name)) and is_place(place[1]):
        name = name[place.end() :]
    return _LIST.sub("", name)
