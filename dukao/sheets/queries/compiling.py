"""Compiling a sheet: what each question costs and what is refused, before anything is sent.

1. The kept totals say how many units have a fact for each cell; nothing is scanned, however many units there are.
2. A fact's freshness follows from its period. For stocks the newest fact of the year before counts too; where several
   such periods are each known in part, the units themselves are looked at.
3. Elements kept at a lower level count as known for a unit where all units below it are known.
4. What a department is to deliver for a period is awaited from it, not asked.
5. Open dispatches that ask the same are found by element, overlapping scope and overlapping periods.
6. What the same units were asked of the same within a year is counted from earlier dispatches.
7. The pure rules judge; this module puts their words and the names together.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere
from dukao.base.wording import period_text
from dukao.law import queries as law
from dukao.law.workdays import workdays_between
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor, ancestor_ids
from dukao.registers import queries as registers
from dukao.registers.queries import ElementView
from dukao.registers.queries.reach import units_known
from dukao.sheets.models import Dispatch, DispatchQuestion, Question
from dukao.sheets.queries.rounds import rounds_of
from dukao.sheets.queries.sheets import SheetView
from dukao.sheets.queries.sheets import sheet as sheet_view
from dukao.sheets.rules import cells as cell_rules
from dukao.sheets.rules.compiling import (
    RULE_IDS,
    Awaited,
    CellCount,
    Judgement,
    OtherAsk,
    QuestionCase,
    Refusal,
    Rules,
    SheetCase,
    judge_question,
    judge_sheet,
)
from dukao.sheets.rules.rounds import rounds_before
from dukao.sheets.wording import label_of, refused_arguments


@dataclass(frozen=True, slots=True)
class RefusalView:
    """A refusal in the reader's language."""

    rule: str
    what: str
    why: str
    todo: str
    source: str
    on_record: str  # `what` as it is kept, in Chinese


@dataclass(frozen=True, slots=True)
class LineSource:
    """A dataset that a line's known values come from, and how old its newest delivery is."""

    title: str
    provider_name: str
    delivery: str
    landed_at: datetime
    age_days: int


@dataclass(frozen=True, slots=True)
class CompiledQuestion:
    """One question, judged. `n_*` count cells (units × periods); minutes × 100."""

    question_id: int
    element_id: int
    position: int
    section: str
    label: str
    element_code: str
    element_title: str
    measure_unit: str
    is_required: bool
    cells: tuple[CellCount, ...]
    verdict: str  # ask, held, expected, elsewhere, below, forbidden
    refusal: RefusalView | None
    n_cells: int
    n_fresh: int
    n_stale: int
    n_unknown: int
    n_pending: int  # known, but still waiting to be accepted
    known_percent: int  # of cells, rounded down: 100 only where all are known
    sources: tuple[LineSource, ...]
    elsewhere: tuple[OtherAsk, ...]
    awaited: Awaited | None  # whose delivery is to bring what is missing, in time still or late
    minutes_hundredths: int
    minutes_hundredths_per_unit: int

    @property
    def periods(self) -> tuple[str, ...]:
        """Codes of its cells."""
        return tuple(Period(cell.period).code for cell in self.cells)

    @property
    def is_asked(self) -> bool:
        return self.verdict == "ask"

    @property
    def is_carried(self) -> bool:
        return self.verdict != "forbidden"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A sheet judged for a scope and period. `can_dispatch`: as it is; `can_trim`: after “ask only what is left”."""

    sheet: SheetView
    scope_code: str
    scope_name: str
    scope_path: str
    period: Period
    due_on: date | None
    is_emergency: bool
    n_units: int
    questions: tuple[CompiledQuestion, ...]
    refusals: tuple[RefusalView, ...]  # of the sheet as a whole
    minutes_hundredths: int  # of all units together, charged to the issuer
    minutes_hundredths_per_unit: int  # no unit is asked for more

    @property
    def asked(self) -> tuple[CompiledQuestion, ...]:
        return tuple(q for q in self.questions if q.is_asked)

    @property
    def refused(self) -> tuple[CompiledQuestion, ...]:
        return tuple(q for q in self.questions if q.refusal)

    @property
    def n_cells(self) -> int:
        return sum(q.n_cells for q in self.questions)

    @property
    def n_to_answer(self) -> int:
        """Cells that somebody has to type or confirm."""
        return sum(q.n_stale + q.n_unknown for q in self.asked)

    @property
    def prefilled_percent(self) -> int:
        """Cells that nobody has to touch, of all cells; rounded down."""
        return (self.n_cells - self.n_to_answer) * 100 // self.n_cells if self.n_cells else 0

    @property
    def can_trim(self) -> bool:
        return bool(self.asked) and not self.refusals and self.n_units > 0

    @property
    def can_dispatch(self) -> bool:
        return self.can_trim and not self.refused


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one question's cells, and how many facts of them wait to be accepted."""

    cells: tuple[CellCount, ...]
    n_pending: int


def compile_sheet(
    *,
    sheet: str,
    version: int | None = None,
    scope_unit: str,
    period: Period,
    due_on: date | None,
    viewer: Actor,
    today: date,
    is_emergency: bool = False,
) -> Compiled:
    """Judge the sheet for the units of its level in the subtree of `scope_unit`. Raises NotThere, Invalid."""
    view = sheet_view(code=sheet, version=version, viewer=viewer)
    scope = org.unit_by_code(scope_unit)
    if not (viewer.may("DEMANDS_ISSUE", scope.path, department=view.issuer_code) or
            viewer.may("DEMANDS_SEE_ALL", scope.path)):  # fmt: skip
        raise NotThere()
    if period.type != view.period_type:
        raise Invalid(
            _("{period} 不是这张表的报告期").format(period=period_text(period)), errors={"period": view.period_type}
        )
    rules = {rule_id: law.rule(rule_id, today) for rule_id in RULE_IDS}
    return _Compiler(view, scope, period, due_on, today, is_emergency, rules).compiled()


class _Compiler:
    """One compilation: reads what is needed in a constant number of queries, then judges question by question."""

    def __init__(self, sheet: SheetView, scope: UnitView, period: Period, due_on: date | None, today: date,
                 is_emergency: bool, rules: Rules) -> None:  # fmt: skip
        self.sheet, self.scope, self.period, self.due_on = sheet, scope, period, due_on
        self.today, self.is_emergency, self.rules = today, is_emergency, rules
        self.questions = list(Question.objects.filter(sheet_id=sheet.id).order_by("position").values_list(
            "id", "position", "section", "label", "is_required", "element_id"))  # fmt: skip
        self.elements = registers.elements_by_id(row[5] for row in self.questions)
        self.n_units = org.count_below(path=scope.path, level=sheet.level)

    def compiled(self) -> Compiled:
        known = self._known()
        awaited = self._awaited(known)
        elsewhere = _other_asks(self.elements, self.scope, self.sheet.level, self.period)
        sources = self._sources()
        questions = tuple(
            self._question(row, known[row[5]], elsewhere.get(row[5], ()), sources.get(self.elements[row[5]].code, ()),
                           awaited.get(row[5]))
            for row in self.questions
        )  # fmt: skip
        return Compiled(
            sheet=self.sheet, scope_code=self.scope.code, scope_name=self.scope.name, scope_path=self.scope.path,
            period=self.period, due_on=self.due_on, is_emergency=self.is_emergency, n_units=self.n_units,
            questions=questions, refusals=self._sheet_refusals(questions),
            minutes_hundredths=sum(q.minutes_hundredths for q in questions),
            minutes_hundredths_per_unit=sum(q.minutes_hundredths_per_unit for q in questions),
        )  # fmt: skip

    def _sheet_refusals(self, questions: tuple[CompiledQuestion, ...]) -> tuple[RefusalView, ...]:
        found = rounds_of(
            sheet_code=self.sheet.code, element_ids=[q.element_id for q in questions if q.is_asked], scope=self.scope,
            level=self.sheet.level, today=self.today, rule=self.rules["FRM-4"],
        )  # fmt: skip
        rounds = rounds_before(found, sheet_code=self.sheet.code, scope_path=self.scope.path)
        lead = None if self.due_on is None else workdays_between(self.today, self.due_on)
        case = SheetCase(marks=self.sheet.marks, frequency=self.sheet.frequency, today=self.today, due_on=self.due_on,
                         lead_workdays=lead, is_emergency=self.is_emergency, rounds=rounds)  # fmt: skip
        return tuple(view for refusal in judge_sheet(case, self.rules) if (view := _view(refusal)))

    def _question(self, row: tuple, known: _Known, elsewhere: tuple[OtherAsk, ...],
                  sources: tuple[LineSource, ...], awaited: Awaited | None) -> CompiledQuestion:  # fmt: skip
        question_id, position, section, label, is_required, element_id = row
        element = self.elements[element_id]
        label = label_of(label, element.title, element.title_en)
        is_below = element.level > self.sheet.level
        holders = tuple(dict.fromkeys(source.provider_name for source in sources))
        judged = judge_question(
            QuestionCase(
                label=label, minutes_hundredths=element.minutes_hundredths, sensitivity=element.sensitivity,
                owner_code=element.owner_code, owner_name=element.owner_name, issuer_code=self.sheet.issuer_code,
                n_units=self.n_units, cells=known.cells, holders=holders, elsewhere=elsewhere, awaited=awaited,
                below_level=cell_rules.LEVEL_NAMES[element.level] if is_below else "",
            ),
            self.rules,
        )  # fmt: skip
        return CompiledQuestion(
            question_id=question_id, element_id=element_id, position=position, section=section, label=label,
            element_code=element.code,
            element_title=element.title, measure_unit=element.measure_unit, is_required=is_required,
            cells=known.cells, verdict=judged.verdict,
            refusal=_view(judged.refusal), n_cells=judged.n_cells, n_fresh=judged.n_fresh, n_stale=judged.n_stale,
            n_unknown=judged.n_unknown, n_pending=known.n_pending, known_percent=_known_percent(judged),
            sources=sources if judged.n_fresh or judged.n_stale else (), elsewhere=elsewhere, awaited=awaited,
            minutes_hundredths=judged.minutes_hundredths,
            minutes_hundredths_per_unit=judged.minutes_hundredths_per_unit,
        )  # fmt: skip

    def _known(self) -> dict[int, _Known]:
        """What is known, by element id: elements grouped by the periods they need, one look at the totals a group."""
        groups: dict[tuple[str, bool, bool], list[ElementView]] = defaultdict(list)
        for element in self.elements.values():
            is_stock = element.over_periods == "last"
            groups[element.period_type, is_stock, element.level > self.sheet.level].append(element)
        known: dict[int, _Known] = {}
        for (period_type, is_stock, is_below), elements in groups.items():
            cells = cell_rules.cell_periods(self.period.key, period_type)  # type: ignore[arg-type]
            if is_below:
                known |= self._known_below(elements, cells)
            else:
                known |= self._known_here(elements, cells, is_stock)
        return known

    def _known_here(self, elements: list[ElementView], cells: tuple[int, ...], is_stock: bool) -> dict[int, _Known]:
        wanted = {cell: cell_rules.periods_that_count(cell, "last" if is_stock else "sum") for cell in cells}
        counted = registers.coverage(
            scope_unit_id=self.scope.id, scope_path=self.scope.path, element_ids=[e.id for e in elements],
            periods={period for periods in wanted.values() for period in periods},
        )  # fmt: skip
        found = {}
        for element in elements:
            counts, n_pending = [], 0
            for cell in cells:
                held = {p: counted[element.id, p].n_known for p in wanted[cell] if (element.id, p) in counted}
                fresh = [p for p in held if cell_rules.is_fresh(p, self.period.key, element.fresh_days, self.today)]
                n_fresh = self._units_with_any(element, {p: held[p] for p in fresh})
                n_any = n_fresh if len(fresh) == len(held) else self._units_with_any(element, held)
                counts.append(CellCount(cell, n_fresh, n_any - n_fresh))
                if (element.id, cell) in counted:
                    n_pending += counted[element.id, cell].n_pending
            found[element.id] = _Known(tuple(counts), n_pending)
        return found

    def _units_with_any(self, element: ElementView, held: Mapping[int, int]) -> int:
        """How many units have a fact in at least one of the periods (period → how many have one in it)."""
        most = min(self.n_units, max(held.values(), default=0))
        if most == self.n_units or len(held) <= 1:
            return most
        return units_known(
            element_id=element.id, periods=tuple(held), scope_path=self.scope.path, level=self.sheet.level
        )

    def _known_below(self, elements: list[ElementView], cells: tuple[int, ...]) -> dict[int, _Known]:
        """For elements kept lower down: of how many of our units are all units below known, cell by cell."""
        counts: dict[int, list[CellCount]] = {e.id: [] for e in elements}
        pending: dict[int, int] = defaultdict(int)
        units = [u.id for u in org.units_below(path=self.scope.path, level=self.sheet.level)]
        levels = {e.level for e in elements}
        below = org.counts_below(unit_ids=units, levels=levels)
        for level in levels:
            here = [e for e in elements if e.level == level]
            n_below = {unit: counted[level] for unit, counted in below.items() if level in counted}
            figures = registers.figures(element_ids=[e.id for e in here], periods=cells, unit_ids=n_below)
            for element in here:
                is_fresh = {
                    cell: cell_rules.is_fresh(cell, self.period.key, element.fresh_days, self.today) for cell in cells
                }
                for cell in cells:
                    whole = [
                        f for unit, n in n_below.items() if (f := figures.get((element.id, cell, unit))) and f.n >= n
                    ]
                    pending[element.id] += sum(f.pending_n > 0 for f in whole)
                    counts[element.id].append(CellCount(cell, len(whole), 0) if is_fresh[cell] else
                                              CellCount(cell, 0, len(whole)))  # fmt: skip
        return {e.id: _Known(tuple(counts[e.id]), pending[e.id]) for e in elements}

    def _awaited(self, known: Mapping[int, _Known]) -> dict[int, Awaited]:
        """Whose delivery is to bring what is missing, by element id; of several cells that which comes last."""
        missing = {
            self.elements[element_id].code: [cell.period for cell in held.cells if cell.n_fresh < self.n_units]
            for element_id, held in known.items()
        }
        parameters = self.rules["FRM-2"].parameters
        found = registers.deliveries_expected(
            cells={code: periods for code, periods in missing.items() if periods}, scope_path=self.scope.path,
            today=self.today,
            waiting=registers.Waiting(parameters["wait_days_first"], parameters["wait_days_most"]),
        )  # fmt: skip
        last: dict[str, registers.Expected] = {}
        for (code, _period), expected in found.items():
            if code not in last or last[code].until < expected.until:
                last[code] = expected
        return {
            element.id: Awaited(one.dataset_title, one.provider_name, one.until, one.is_late(self.today))
            for element in self.elements.values()
            if (one := last.get(element.code))
        }

    def _sources(self) -> dict[str, tuple[LineSource, ...]]:
        """The datasets behind each element (by code) in this scope, newest first."""
        found: dict[str, list[LineSource]] = defaultdict(list)
        codes = [element.code for element in self.elements.values()]
        for fresh in registers.datasets_behind(elements=codes, scope_path=self.scope.path):
            source = fresh.source
            if source.landed_at is None:
                continue
            line = LineSource(source.dataset_title, source.provider_name, source.number, source.landed_at,
                              (self.today - source.landed_at.date()).days)  # fmt: skip
            for code in fresh.elements:
                found[code].append(line)
        return {code: tuple(lines) for code, lines in found.items()}


def _other_asks(
    elements: Collection[int], scope: UnitView, level: int, period: Period
) -> dict[int, tuple[OtherAsk, ...]]:
    """Open dispatches to units of the same level in an overlapping scope that ask the same cells, by element id."""
    overlapping = Q(dispatch__scope_unit__path__startswith=scope.path) | Q(
        dispatch__scope_unit_id__in=ancestor_ids(scope.path)
    )
    rows = DispatchQuestion.objects.filter(
        overlapping, dispatch__state=Dispatch.State.OPEN, is_asked=True, dispatch__level=level,
        element_id__in=list(elements),
    ).order_by("dispatch_id").values_list(
        "element_id", "element__period_type", "dispatch__period", "dispatch__number",
        "dispatch__sheet__title", "dispatch__sheet__issuer__name", "dispatch__due_on",
    )  # fmt: skip
    found: dict[int, list[OtherAsk]] = defaultdict(list)
    for element_id, period_type, other_period, number, title, issuer, due_on in rows:
        ours, theirs = (set(cell_rules.cell_periods(key, period_type)) for key in (period.key, other_period))
        if ours & theirs:
            found[element_id].append(OtherAsk(number, title, issuer, due_on))
    return {element_id: tuple(asks) for element_id, asks in found.items()}


def _known_percent(judged: Judgement) -> int:
    return (judged.n_fresh + judged.n_stale) * 100 // judged.n_cells if judged.n_cells else 0


def _view(refusal: Refusal | None) -> RefusalView | None:
    return RefusalView(**refused_arguments(refusal), on_record=str(refusal.what)) if refusal else None
