"""Which slot of a form gets which value, and which stay open: decided before anything is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from dukao.base.periods import Period
from dukao.workbooks.computing import Computed, Sums
from dukao.workbooks.fitting import agree, fitted, said, ticked_apart, told, unsaid_scale, why_unfit
from dukao.workbooks.grid import Grid, Value, Workbook, cell_name
from dukao.workbooks.matching import Asked, Candidate, Matcher, Span, label
from dukao.workbooks.matching.terms import told_apart
from dukao.workbooks.matching.vocabulary import OPTIONAL
from dukao.workbooks.naming import who
from dukao.workbooks.shelf import (
    Known,
    Shelf,
    is_other_period,
    key_columns,
    period_in,
    period_of_row,
    placeless,
    time_told,
    timeless,
)
from dukao.workbooks.subjects import Subjects, Unnamed, is_personal, other_level
from dukao.workbooks.tables import Layout, Slot, Table, Understood
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.formulas import formula_doubts

# How many terms a person is offered for one slot.
OFFERED_MOST = 3


@dataclass(frozen=True)
class Filling:
    """A value for a slot, with where it comes from."""

    sheet: str
    row: int
    column: int
    value: Value
    source: str
    as_of: str
    term: str = ""
    reason: str = ""
    words: str = ""  # the signature of what was asked

    @property
    def cell(self) -> str:
        return cell_name(self.row, self.column)


@dataclass(frozen=True)
class Gap:
    """A slot that stays open, why, and which terms a person may choose from.

    `known`: what each of the offered terms would put here, in their order; None where nothing is known of it.
    """

    sheet: str
    slot: Slot
    asked: Asked
    why: str
    offered: tuple[Candidate, ...] = ()
    known: tuple[Known | None, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """The offered terms in words, told apart, each with what it would put here and where that stands."""
        names = told_apart([offered.term for offered in self.offered])
        known = self.known or (None,) * len(names)
        return tuple(name + (f"：{_in_words(one)}" if one else "") for name, one in zip(names, known, strict=True))


def _in_words(known: Known) -> str:
    return f"{said(known.value)} {known.unit}".rstrip() + f"（{known.source}，{known.as_of}）"


@dataclass(frozen=True)
class Plan:
    """What `fill` will do to one form for one unit and period; `doubts` says in words what a person should know."""

    unit: str
    period: Period | None
    fillings: tuple[Filling, ...]
    gaps: tuple[Gap, ...]
    doubts: tuple[str, ...] = ()

    @property
    def n_slots(self) -> int:
        return len(self.fillings) + len(self.gaps)


def plan_filling(
    workbook: Workbook, understood: Understood, shelf: Shelf, matcher: Matcher, *, unit: str, period: Period | None
) -> Plan:
    """Decide for every slot. A value is taken only where its term is sure and all that is known of it agrees.

    What the form computes from its own cells is computed once those are filled in.
    """
    fillings: list[Filling] = []
    gaps: list[Gap] = []
    doubts: list[str] = []
    for grid, sheet in zip(workbook.grids, understood.sheets, strict=True):
        mine: list[Filling] = []
        opened: list[tuple[Table, Gap]] = []
        for table in sheet.tables:
            if table.slots and period and is_other_period(table.period, period):
                doubts.append(f"表上写的是{table.period}，按{period.label}填")
            decide = _Decisions(grid, table, shelf, matcher, unit, period)
            for slot in table.slots:
                if is_optional(slot):
                    continue
                found = decide.on(slot)
                if isinstance(found, _Answer):
                    mine += found.fillings(sheet.name, slot)
                else:
                    opened.append((table, replace(found, sheet=sheet.name)))
        computed, left = _computed(grid, mine, opened, period)
        fillings += (*mine, *computed)
        gaps += left
        doubts += formula_doubts(grid)
    return Plan(unit, period, tuple(fillings), tuple(gaps), tuple(dict.fromkeys(doubts)))


def written(grid: Grid, fillings: Iterable[Filling]) -> Grid:
    """The sheet with these values in their cells; those outside of it are left out."""
    rows = list(grid.rows)
    own: set[int] = set()
    for filling in fillings:
        if filling.row < grid.height and filling.column < grid.width:
            if filling.row not in own:
                own.add(filling.row)
                rows[filling.row] = list(rows[filling.row])
            rows[filling.row][filling.column] = filling.value
    return replace(grid, rows=rows) if own else grid


def _computed(
    grid: Grid, known: Sequence[Filling], opened: Sequence[tuple[Table, Gap]], period: Period | None
) -> tuple[list[Filling], list[Gap]]:
    """What rules make of the gaps, totals of totals last; and the gaps that stay, with what they wait for."""
    done: list[Filling] = []
    sums = {key: Sums(table) for key, table in {id(table): table for table, _gap in opened}.items()}
    left = list(opened)
    while True:
        now = written(grid, (*known, *done))
        outcomes = [(table, gap, sums[id(table)].outcome(gap.slot, now)) for table, gap in left]
        found = [(gap, one) for _table, gap, one in outcomes if isinstance(one, Computed)]
        if not found:
            waiting = (_waiting(gap, one) for _table, gap, one in outcomes if isinstance(one, str))
            return done, sorted(waiting, key=lambda gap: gap.slot.is_total)  # what others are asked comes first
        as_of = period.code if period else ""
        done += (Filling(gap.sheet, gap.slot.row, gap.slot.column, one.value, one.source, as_of, "", one.reason)
                 for gap, one in found)  # fmt: skip
        left = [(table, gap) for table, gap, one in outcomes if isinstance(one, str)]


def _waiting(gap: Gap, why: str) -> Gap:
    """A gap that its own table would fill is told so; nobody is asked for another meaning of a total."""
    if not why or (gap.offered and gap.offered[0].is_sure):
        return gap
    return replace(gap, why=why, offered=(), known=()) if gap.slot.is_total else replace(gap, why=why)


def rows_are_many(table: Table) -> bool:
    """Whether the rows are units, persons or things that are all asked the same."""
    return table.layout is Layout.ROSTER or (table.layout is Layout.GRID and bool(key_columns(table)))


def asked_by(table: Table, slot: Slot) -> Asked:
    """What a slot asks; a row or column that is one of many units or persons does not change the question."""
    row_path = () if rows_are_many(table) else slot.row_path
    return timeless(placeless(Asked(slot.path, row_path, slot.unit, slot.kind, table.title)))


def _when(grid: Grid, table: Table, slot: Slot, period: Period | None) -> Period | None:
    """The period that the slot's row or column names of its own, else the form's."""
    near = period or period_in(table.period) or period_in(table.title)
    return time_told((*slot.row_path, *slot.path), near) or period_of_row(table, grid, slot.row, near) or period


def is_optional(slot: Slot) -> bool:
    """Whether the slot is for remarks or signatures, which nobody must fill."""
    return any(path and label(path[-1]).core in OPTIONAL for path in (slot.path, slot.row_path))


def is_own_total(table: Table, slot: Slot) -> bool:
    """Whether the slot adds up other cells of its table and is no datum that anybody else could know.

    户籍人口 › 合计 is 户籍人口; 合计 › 党员人数 is what the columns beside it come to.
    """
    if not slot.is_total:
        return False
    unnamed = any(words.is_total(part) and label(part).is_generic for part in slot.row_path)
    if unnamed or (slot.row_path and words.is_total(slot.row_path[-1]) and rows_are_many(table)):
        return True
    is_outermost = bool(slot.path) and words.is_total(slot.path[0]) and label(slot.path[0]).is_generic
    return is_outermost and (len(slot.path) > 1 or rows_are_many(table))


@dataclass(frozen=True)
class _Answer:
    """A value with where it is known from."""

    value: Value
    source: str
    as_of: str
    term: str = ""
    reason: str = ""
    ticks: tuple[tuple[int, int, str], ...] = ()  # where boxes in cells of their own are ticked: row, column, text
    words: str = ""

    def fillings(self, sheet: str, slot: Slot) -> Iterator[Filling]:
        for row, column, value in self.ticks or ((slot.row, slot.column, self.value),):
            yield Filling(sheet, row, column, value, self.source, self.as_of, self.term, self.reason, self.words)


class _Decisions:
    """What the slots of one table get, or why they stay open."""

    def __init__(
        self, grid: Grid, table: Table, shelf: Shelf, matcher: Matcher, unit: str, period: Period | None
    ) -> None:
        self._grid, self._table, self._shelf, self._matcher = grid, table, shelf, matcher
        self._unit, self._period = unit, period
        self._subjects = Subjects(table, grid, shelf, unit)

    def on(self, slot: Slot) -> _Answer | Gap:
        asked = asked_by(self._table, slot)
        if self._subjects.is_own_name(slot):
            return _Answer(self._unit, "本次填报的单位", "", reason="问的是单位名称")
        if is_own_total(self._table, slot):
            return Gap("", slot, asked, "由本表别的格算出")
        try:
            whose = self._subjects.of(slot)
        except Unnamed as unnamed:
            return Gap("", slot, asked, str(unnamed))
        when = self._when(slot)
        found = self._known(asked, slot, whose, when)
        if isinstance(found, _Answer):
            return found
        offered = self._matcher.candidates(asked, OFFERED_MOST)
        return Gap("", slot, asked, found, offered, tuple(self._preview(one, whose, when) for one in offered))

    def _when(self, slot: Slot) -> Period | None:
        """The period that the slot's row or column names of its own, else the form's."""
        near = self._period or period_in(self._table.period) or period_in(self._table.title)
        named = time_told((*slot.row_path, *slot.path), near)
        return named or period_of_row(self._table, self._grid, slot.row, near) or self._period

    def _known(self, asked: Asked, slot: Slot, whose: str, when: Period | None) -> _Answer | str:
        """The value to fill in, or why there is none."""
        if other := other_level((*asked.row_path, *asked.path), whose):
            return f"问的是{other}的数，不是{whose}的"
        if asked.row_path and who(asked.row_path[-1]) == who(whose):
            asked = replace(asked, row_path=())
        sure = self._matcher.sure(asked)
        if sure is not None:
            return self._taken(sure, self._values(sure, whose, when), slot, asked, whose, when)
        if namesakes := self._matcher.namesakes(asked):
            return self._of_namesakes(namesakes, slot, asked, whose, when)
        if is_personal(slot):
            of = "" if whose == self._unit else f"{whose}的"
            return f"资料里没有{of}“{slot.path[-1]}”，这是个人信息，请向本人核实后填写"
        return "没有找到确定对应的数据" if not self._matcher.candidates(asked, 1) else "有相近的数据，要由人确认"

    def _values(self, meant: Candidate, whose: str, when: Period | None) -> tuple[Known, ...]:
        """What is known of the term for that period; what is not dated is of now."""
        then = _shifted(when, meant.span)
        if then is None and meant.span is not Span.NOW:
            return ()
        values = self._shelf.values(meant.term.key, whose=whose, period=then)
        is_now = when == self._period and meant.span is Span.NOW
        return values if is_now else tuple(known for known in values if known.is_dated)

    def _taken(
        self, meant: Candidate, values: Sequence[Known], slot: Slot, asked: Asked, whose: str, when: Period | None
    ) -> _Answer | str:
        title, unit = meant.term.title, asked.unit
        if not values:
            then = _shifted(when, meant.span)
            if then is None and meant.span is not Span.NOW:
                return "问的是别的时期，不知道是哪一期"
            return f"“{title}”没有{whose}的数据" + (f"（{then.label}）" if then else "")
        if not agree(values):
            return f"“{title}”有几处来源互相矛盾：" + told(values)
        known = next((one for one in values if one.unit), values[0])
        if why := unsaid_scale(known, unit):
            return why
        ticks = ticked_apart(slot, known.value, self._grid) if slot.boxes else ()
        value = fitted(known, slot, unit, self._grid) if not slot.boxes else known.value if ticks else None
        if value is None:
            return why_unfit(known, unit)
        return _Answer(value, known.source, known.as_of, meant.term.key, meant.reason, ticks, asked.signature)

    def _of_namesakes(
        self, namesakes: Sequence[Candidate], slot: Slot, asked: Asked, whose: str, when: Period | None
    ) -> _Answer | str:
        """Of several data of one name the value that all of them have who have one; else how they differ."""
        held = [(one, values) for one in namesakes if (values := self._values(one, whose, when))]
        if not held:
            return f"“{namesakes[0].term.title}”没有{whose}的数据" + (f"（{when.label}）" if when else "")
        every = [known for _one, values in held for known in values]
        if not agree(every):
            return f"有 {len(held)} 处同名数据，数不一样：{told([values[0] for _one, values in held])}；请选一处"
        taken = self._taken(held[0][0], every, slot, asked, whose, when)
        reason = f"名称相同，{len(held)} 处数据一致" if len(held) > 1 else "名称相同，只有这一处有数"
        return replace(taken, reason=reason) if isinstance(taken, _Answer) else taken

    def _preview(self, offered: Candidate, whose: str, when: Period | None) -> Known | None:
        values = self._values(offered, whose, when)
        return values[0] if values and agree(values) else None


def _shifted(period: Period | None, span: Span) -> Period | None:
    if period is None:
        return None
    match span:
        case Span.YEAR_BEFORE:
            return period.year_before()
        case Span.BEFORE:
            return period.previous()
        case Span.NOW:
            return period
    return None
