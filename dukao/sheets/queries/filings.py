"""One filing as its page shows it: every cell with state, value, source and age; hints; what does not add up."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.quantities import text_from_scaled
from dukao.base.refusals import NotThere
from dukao.base.wording import period_text, say
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.registers.queries import KnownFact, Source
from dukao.sheets.models import Dispatch, Filing
from dukao.sheets.queries.checking import violations_of
from dukao.sheets.queries.reading import Carried, Cell, FilingHead, cells_of_filings, filing_head
from dukao.sheets.rules.answers import shown_answer
from dukao.sheets.rules.checks import Violation
from dukao.sheets.rules.compiling import RULE_IDS, mark_faults
from dukao.sheets.rules.items import Tally, item_state
from dukao.sheets.rules.rights import may_review, may_see_filing
from dukao.sheets.wording import definition_of, label_of, source_text

# Cells that a worker types into, where last year's and the previous value help.
_TYPED_INTO = ("asked", "stale", "answered")
# Such values help the worker who fills in, and the reviewer who judges.
_HINTED = (Filing.State.OPEN, Filing.State.RETURNED, Filing.State.SUBMITTED)


@dataclass(frozen=True, slots=True)
class CellSource:
    """Where a known value comes from. `kind`: delivery, filing, or below (added up from units below).

    `text` says all of it; `short`, where filled, only who gave it: for a phone's line.
    """

    kind: str
    text: str
    delivery: str = ""
    as_of: date | None = None
    age_days: int = 0
    short: str = ""


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell. `shown` is its value as people read it, `code` the raw code of a code list.

    `value_period` is filled where the value is that of an earlier period (a stock).
    """

    element_code: str
    period_code: str
    period_label: str
    state: str
    shown: str
    code: str
    source: CellSource | None
    value_period: str
    previous: str
    last_year: str
    answered_by: str
    answered_at: datetime | None
    disputed_reason: str
    awaited: str  # the department whose delivery is to bring it
    is_left: bool

    @property
    def key(self) -> str:
        return f"{self.element_code}:{self.period_code}"


@dataclass(frozen=True, slots=True)
class QuestionView:
    position: int
    label: str
    note: str
    element_code: str
    element_title: str
    definition: str
    kind: str
    measure_unit: str
    decimals: int
    minimum: str
    maximum: str
    codes: tuple[tuple[str, str], ...]  # (code, title)
    is_required: bool
    is_asked: bool
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    title: str
    questions: tuple[QuestionView, ...]


@dataclass(frozen=True, slots=True)
class ViolationView:
    """A check that does not hold; `is_error` stands in the way of handing in."""

    name: str
    message: str
    is_error: bool
    period_label: str
    element_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilingPage:
    number: str
    demand: str
    sheet_code: str
    version: int
    title: str
    issuer_code: str
    issuer_name: str
    unit_code: str
    unit_name: str
    period: Period
    due_on: date
    basis: str
    is_emergency: bool
    is_synthetic: bool
    state: str
    state_label: str
    dispatch_state: str
    revision: int
    reason: str
    submitted_at: datetime | None
    submitted_by: str
    reviewed_at: datetime | None
    reviewed_by: str
    form_number: str
    issuing_body: str
    approval_number: str
    valid_until: date | None
    lacking_marks: tuple[str, ...]
    notes: tuple[str, ...]
    sections: tuple[SectionView, ...]
    violations: tuple[ViolationView, ...]
    tally: Tally
    may_fill: bool
    may_submit: bool
    may_refuse: bool
    may_review: bool


def filing(*, dispatch: str, unit: str, viewer: Actor, today: date) -> FilingPage:
    """The filing of one unit. Raises NotThere."""
    head = filing_head(dispatch=dispatch, unit=unit)
    if head is None or not may_see_filing(
        viewer, unit_path=head.unit_path, issuer=head.issuer_code, issuer_path=head.issuer_path
    ):
        raise NotThere()
    cells = cells_of_filings([head], today=today)[head.id]
    hints = _hints(head, cells)
    sources = _Sources(cells, today)
    awaited = _awaited(head, cells)
    found = violations_of(head, cells)
    confirm_percent = law.rule("BRD-0", today).parameters["confirm_percent"]
    may_fill = head.is_worked_on and viewer.may("FILINGS_FILL", head.unit_path)
    lacking = lacking_marks(head, today)
    counted = tally(cells, confirm_percent)
    return FilingPage(
        number=head.number, demand=head.demand, sheet_code=head.sheet_code, version=head.version, title=head.title,
        issuer_code=head.issuer_code, issuer_name=head.issuer_name, unit_code=head.unit_code,
        unit_name=head.unit_name, period=Period(head.period), due_on=head.due_on, basis=head.basis,
        is_emergency=head.is_emergency, is_synthetic=head.is_synthetic, state=head.state,
        state_label=_(Filing.State(head.state).label), dispatch_state=head.dispatch_state, revision=head.revision,
        reason=head.reason, submitted_at=head.submitted_at, submitted_by=head.submitted_by,
        reviewed_at=head.reviewed_at, reviewed_by=head.reviewed_by, form_number=head.form_number,
        issuing_body=head.issuing_body, approval_number=head.approval_number, valid_until=head.valid_until,
        lacking_marks=lacking, notes=tuple(head.definition.get("notes", ())),
        sections=_sections(cells, hints, sources, awaited), violations=tuple(_violation(v) for v in found),
        tally=counted,
        may_fill=may_fill,
        may_submit=may_fill and not counted.n_left and not any(v.is_error for v in found),
        may_refuse=may_fill and bool(lacking),
        may_review=head.state == "submitted"
        and head.dispatch_state == "open"
        and head.submitted_by != viewer.name
        and may_review(viewer, unit_path=head.unit_path, issuer=head.issuer_code),
    )  # fmt: skip


def lacking_marks(head: FilingHead, today: date) -> tuple[str, ...]:
    """What is wrong today with the sheet's legal marks; with anything wrong it may be refused."""
    rules = {rule_id: law.rule(rule_id, today) for rule_id in RULE_IDS}
    return tuple(say(fault) for fault in mark_faults(head.marks, today, rules))


def tally(cells: Iterable[Cell], confirm_percent: int) -> Tally:
    """What the filing comes to. The cells are in the order of the sheet."""
    counted: Counter[str] = Counter()
    minutes = 0
    for _question, of_question in groupby(cells, key=lambda cell: cell.carried.question_id):
        group = list(of_question)
        counted[item_state([cell.state for cell in group], is_required=group[0].carried.is_required)] += 1
        for cell in group:
            if cell.is_left:
                whole = cell.carried.minutes_hundredths
                minutes += whole if cell.state == "asked" else -(-whole * confirm_percent // 100)
    return Tally(
        n_given=counted["given"], n_known=counted["known"], n_left=counted["left"], n_waiting=counted["waiting"],
        n_optional=counted["optional"], minutes_left_hundredths=minutes,
    )  # fmt: skip


class _PeriodWords(NamedTuple):
    code: str
    previous: int
    year_before: int


@lru_cache(maxsize=4096)
def _period(key: int) -> _PeriodWords:
    period = Period(key)
    return _PeriodWords(period.code, period.previous().key, period.year_before().key)


class _Sources:
    """Names of the sources of the cells, with one query for the filings among them."""

    def __init__(self, cells: Iterable[Cell], today: date) -> None:
        self.today = today
        ids = {c.fact.source.filing_id for c in cells if c.fact is not None and c.fact.source.kind == "filing"}
        rows = Filing.objects.filter(pk__in=ids).values_list("id", "dispatch__sheet__title") if ids else ()
        self.title_of_filing = dict(rows)
        self.told: dict[tuple[Source, datetime, bool], CellSource] = {}

    def of(self, cell: Cell) -> CellSource | None:
        if cell.state in ("asked", "elsewhere", "answered") and not (cell.answer and cell.answer.origin == "confirmed"):
            return None
        if cell.fact is None:
            if cell.n_folded:
                return CellSource("below", _("由 {n} 个下级单位汇总").format(n=cell.n_folded))
            if cell.answer is not None and cell.answer.origin == "folded":
                return CellSource("below", _("由下级单位汇总"))
            return None
        fact = cell.fact
        at = fact.source.landed_at or fact.accepted_at or fact.recorded_at
        key = (fact.source, at, fact.accepted_at is None)
        if key not in self.told:
            self.told[key] = self._of_fact(fact, at)
        return self.told[key]

    def _of_fact(self, fact: KnownFact, at: datetime) -> CellSource:
        source = fact.source
        on = timezone.localdate(at)
        age_days = (self.today - on).days
        if source.kind == "delivery":
            return CellSource("delivery", source_text(source), source.number, on, age_days, source.provider_name)
        title = self.title_of_filing.get(source.filing_id or 0, "")
        text = _("本单位填报《{title}》").format(title=title) if title else _("本单位填报")
        if fact.accepted_at is None:
            text += _("（待审）")
        return CellSource("filing", text, "", on, age_days)


def _hints(head: FilingHead, cells: Iterable[Cell]) -> Mapping[tuple[int, int], str]:
    """(element id, period) → value as shown, for the previous periods and last year's of what is typed into."""
    elements: dict[str, dict[int, Carried]] = defaultdict(dict)
    periods: dict[str, set[int]] = defaultdict(set)
    for cell in cells:
        if cell.state in _TYPED_INTO and head.state in _HINTED:
            one = cell.carried
            elements[one.period_type][one.element_id] = one
            told = _period(cell.period)
            periods[one.period_type] |= {told.previous, told.year_before}
    found = {}
    for kind, ones in elements.items():
        for place, fact in registers.known(unit_id=head.unit_id, element_ids=ones, periods=periods[kind]).items():
            found[place] = shown_answer(fact.value, fact.text, ones[place[0]].answerable)
    return found


def _awaited(head: FilingHead, cells: Iterable[Cell]) -> Mapping[str, str]:
    """Element → the department whose delivery is to bring it, as the compiler told when the sheet was sent."""
    if not head.is_worked_on or not any(cell.state == "elsewhere" for cell in cells):
        return {}
    compiled = Dispatch.objects.values_list("compiled", flat=True).get(pk=head.dispatch_id)
    return {code: told["provider"] for code, told in compiled.get("questions", {}).items() if told.get("provider")}


def _sections(
    cells: Iterable[Cell], hints: Mapping[tuple[int, int], str], sources: _Sources, awaited: Mapping[str, str]
) -> tuple[SectionView, ...]:
    sections = []
    for title, in_section in groupby(cells, key=lambda cell: cell.carried.section):
        questions = tuple(
            _question(tuple(of_question), hints, sources, awaited)
            for _position, of_question in groupby(in_section, key=lambda cell: cell.carried.position)
        )
        sections.append(SectionView(title, questions))
    return tuple(sections)


def _question(cells: Collection[Cell], hints: Mapping[tuple[int, int], str], sources: _Sources,
              awaited: Mapping[str, str]) -> QuestionView:  # fmt: skip
    one = next(iter(cells)).carried
    minimum, maximum = (
        "" if bound is None else text_from_scaled(bound, one.decimals) for bound in (one.minimum, one.maximum)
    )
    to = one.answerable
    return QuestionView(
        position=one.position, label=label_of(one.label, one.element_title, one.element_title_en),
        note=one.note, element_code=one.element_code, element_title=one.element_title,
        definition=definition_of(one.element_definition, one.element_definition_en), kind=one.kind,
        measure_unit=one.measure_unit, decimals=one.decimals,
        minimum=minimum, maximum=maximum, codes=tuple(to.codes.items()), is_required=one.is_required,
        is_asked=one.is_asked,
        cells=tuple(
            _cell(cell, shown_answer(cell.value, cell.text, to), hints, sources,
                  awaited.get(one.element_code, "") if cell.state == "elsewhere" else "")
            for cell in cells
        ),
    )  # fmt: skip


def _cell(cell: Cell, shown: str, hints: Mapping[tuple[int, int], str], sources: _Sources, awaited: str) -> CellView:
    period, element_id, answer = _period(cell.period), cell.carried.element_id, cell.answer
    is_given = answer is not None and cell.state in ("answered", "disputed")
    stands_in = cell.fact_period is not None and cell.fact_period != cell.period and cell.state in ("known", "stale")
    return CellView(
        element_code=cell.carried.element_code, period_code=period.code, period_label=period_text(cell.period),
        state=cell.state, shown=shown, code=cell.text if cell.carried.kind == "code" else "", source=sources.of(cell),
        value_period=period_text(cell.fact_period) if stands_in and cell.fact_period else "",
        previous=hints.get((element_id, period.previous), ""),
        last_year=hints.get((element_id, period.year_before), ""),
        answered_by=answer.answered_by if is_given and answer else "",
        answered_at=answer.answered_at if is_given and answer else None,
        disputed_reason=answer.disputed_reason if is_given and answer else "", awaited=awaited,
        is_left=cell.is_left,
    )  # fmt: skip


def _violation(violation: Violation) -> ViolationView:
    label = period_text(violation.period) if violation.period is not None else ""
    return ViolationView(violation.name, violation.message, violation.is_error, label, tuple(sorted(violation.codes)))
