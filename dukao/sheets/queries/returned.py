"""What a filled workbook says that its filing does not. Nothing is changed here.

Our own workbook carries each cell's key beside its value. Any other filled form is read as a shelf of one file, and its
values are found by the names that the sheet uses.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dukao.base.periods import Period
from dukao.base.quantities import NotANumber, scaled_from_text
from dukao.base.refusals import Invalid
from dukao.base.spoken import spoken
from dukao.sheets.queries.answers import value_as_answer
from dukao.sheets.queries.filings import CellView, FilingPage, QuestionView
from dukao.workbooks.drawing import shown
from dukao.workbooks.fitting import unsaid_scale
from dukao.workbooks.grid import CellError, Value, Workbook, cell_name
from dukao.workbooks.matching import Asked, Matcher, converted
from dukao.workbooks.shelf import FolderShelf, Known
from dukao.workbooks.tables import Kind

# Our own workbook has the cells' keys in this column, and their values so many columns before it.
KEY_COLUMN, VALUE_BEFORE_KEY = 7, 2
_HEAD_AMONG_ROWS = 20
# So many cells are named of those that could not be read.
_NAMED_MOST = 5
_KINDS = {"number": Kind.NUMBER, "text": Kind.TEXT, "code": Kind.CODE}
_ValueOf = Callable[[QuestionView, CellView], str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell of which the file says `then`.

    `look`: change (can be typed), still (the same as the old value: can be confirmed), invalid (with `why`), known
    (stands locked; it is disputed, not overtyped).
    """

    look: str
    question: QuestionView
    cell: CellView
    then: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """Where a file says something else than the filing, in the sheet's order; and how many cells say the same.

    `doubts`: what could not be read of it, in words.
    """

    differences: tuple[Difference, ...]
    n_same: int
    doubts: tuple[str, ...] = ()

    def of(self, look: str) -> tuple[Difference, ...]:
        return tuple(one for one in self.differences if one.look == look)


def returned_workbook(*, filing: FilingPage, workbook: Workbook, file: Path) -> Returned:
    """What `file`, which was read as `workbook`, says of this filing.

    Raises Invalid where it is another filing's, or says nothing about this one.
    """
    doubts = list(_without_outcome(workbook))
    value_of = _by_key(workbook, filing) or _by_name(file, filing, doubts)
    found, n_same = list[Difference](), 0
    for question, cell in _cells(filing):
        if (raw := value_of(question, cell)) == "":
            continue
        if (one := _difference(question, cell, raw)) is None:
            n_same += 1
        else:
            found.append(one)
    if not (found or n_same):
        raise Invalid(
            _("文件里没有找到这张表的值"), errors={workbook.name: "；".join(doubts) or _("没有一项的名称对得上")},
            todo=_("请下载本表，填在里面再交回"),
        )  # fmt: skip
    return Returned(tuple(found), n_same, tuple(dict.fromkeys(doubts)))


def _without_outcome(workbook: Workbook) -> Iterator[str]:
    """Formulas beside which the file has no value: none is computed here, and an empty cell would say nothing."""
    cells = [f"{grid.name}!{cell_name(*place)}" for grid in workbook.grids if not grid.is_hidden
             for place in sorted(grid.formulas) if grid.rows[place[0]][place[1]] is None]  # fmt: skip
    if cells:
        told = "、".join(cells[:_NAMED_MOST]) + ("…" if len(cells) > _NAMED_MOST else "")
        yield ngettext(
            "{cells} 是公式，文件里没有存算出的数，没有读到。请用表格软件打开、保存后再交回",
            "{cells} 等 {n} 格是公式，文件里没有存算出的数，没有读到。请用表格软件打开、保存后再交回",
            len(cells),
        ).format(cells=told, n=len(cells))


def filing_identity(filing: FilingPage) -> str:
    """What tells that a workbook belongs to this filing."""
    return f"{filing.number}/{filing.unit_code}"


def _cells(filing: FilingPage) -> Iterator[tuple[QuestionView, CellView]]:
    for section in filing.sections:
        for question in section.questions:
            yield from ((question, cell) for cell in question.cells)


def _by_key(workbook: Workbook, filing: FilingPage) -> _ValueOf | None:
    """Values by the keys that our own workbook carries; None where it is no such workbook."""
    wanted = {cell.key for _question, cell in _cells(filing)}
    for grid in workbook.grids:
        head = next(
            ((r, c) for r, values in enumerate(grid.rows[:_HEAD_AMONG_ROWS]) for c, value in enumerate(values)
             if isinstance(value, str) and _is_identity(value)), None,
        )  # fmt: skip
        if head is None or head[1] < VALUE_BEFORE_KEY:
            continue
        row, key = head
        if grid.rows[row][key] != filing_identity(filing):
            raise Invalid(
                _("这是别的表，或别的单位的表"), errors={workbook.name: str(grid.rows[row][key])[:60]},
                todo=_("请交回从本页下载的那张表"),
            )  # fmt: skip
        values = {
            str(values[key]): _text(values[key - VALUE_BEFORE_KEY])
            for values in grid.rows[row + 1 :]
            if values[key] in wanted
        }
        return lambda _question, cell: values.get(cell.key, "")
    return None


def _is_identity(text: str) -> bool:
    number, slash, unit = text.partition("/")
    return bool(slash) and number.startswith("BB") and unit.isdecimal() and len(unit) == 12


def _by_name(file: Path, filing: FilingPage, doubts: list[str]) -> _ValueOf:
    """Values by the names that the form uses for them: it is read as a shelf of one file.

    Numbers that lack their unit of measure are no values; they are added to the doubts.
    """
    shelf = FolderShelf(file.parent, files=[file])
    matcher = Matcher(shelf.terms)
    whose = (filing.unit_code, filing.unit_name, file.stem)

    def value_of(question: QuestionView, cell: CellView) -> str:
        for name in dict.fromkeys((question.label, question.element_title)):
            sure = matcher.sure(Asked((name,), (), question.measure_unit, _KINDS[question.kind]))
            # 很多 where a number is asked stands under the right name all the same, and is to be told.
            named = matcher.sure(Asked((name,))) if sure is None else None
            if (found := sure or named) is None or (named and named.term.unit):
                continue
            for holder in whose:
                held = shelf.values(found.term.key, whose=holder, period=Period.parse(cell.period_code))
                if len({known.value for known in held}) != 1:
                    continue
                if why := unsaid_scale(held[0], question.measure_unit):
                    doubts.append(spoken(why))
                    break
                return _fitting(held[0], question)
        return ""

    return value_of


def _fitting(known: Known, question: QuestionView) -> str:
    """The value in the question's unit of measure."""
    text = _text(known.value)
    if question.kind == "number" and known.unit and question.measure_unit and known.unit != question.measure_unit:
        try:
            changed = converted(Decimal(text), known.unit, question.measure_unit)
        except ArithmeticError:
            return text
        return text if changed is None else format(changed.normalize(), "f")
    return text


def _text(value: Value) -> str:
    return "" if isinstance(value, CellError) else shown(value).strip()


def _difference(question: QuestionView, cell: CellView, raw: str) -> Difference | None:
    is_open = cell.state in ("asked", "stale", "answered")
    try:
        read = value_as_answer(question=question, raw=raw)
    except Invalid as invalid:
        if is_open:
            return Difference("invalid", question, cell, raw, str(invalid))
        return Difference("known", question, cell, raw)
    if _is_same(read.value, read.text, cell, question):
        return Difference("still", question, cell, raw) if cell.state == "stale" else None
    return Difference("change" if is_open else "known", question, cell, raw)


def _is_same(value: int | None, text: str, cell: CellView, question: QuestionView) -> bool:
    if question.kind != "number":
        return text == (cell.code or cell.shown)
    try:
        return bool(cell.shown) and value == scaled_from_text(cell.shown, question.decimals)
    except NotANumber:
        return False
