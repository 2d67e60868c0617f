"""Reading filings: heads, the questions they carry, and every cell with what is known of it. Internal to the room.

All filings read at once belong to one unit, so the number of queries does not grow with filings or questions:
1. heads · 2. carried questions with their elements · 3. answers · 4. the unit's facts, one look per kind of period
5. folded figures, where an element is kept at a lower level.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from dukao.org import queries as org
from dukao.registers import queries as registers
from dukao.registers.queries import KnownFact
from dukao.sheets.models import Answer, Filing
from dukao.sheets.rules.answers import Answerable
from dukao.sheets.rules.cells import CellState, cell_periods, is_fresh, periods_that_count, state_of
from dukao.sheets.rules.compiling import Marks

GIVEN = (Answer.Origin.TYPED, Answer.Origin.CONFIRMED)
# While a filing is in one of these states its unit works on it; afterwards its answers are what was handed in.
WORKED_ON = (Filing.State.OPEN, Filing.State.RETURNED)


class FilingHead(NamedTuple):
    """A filing with its dispatch, sheet and unit."""

    id: int
    state: str
    revision: int
    reason: str
    submitted_at: datetime | None
    submitted_by: str
    reviewed_at: datetime | None
    reviewed_by: str
    unit_id: int
    unit_code: str
    unit_name: str
    unit_path: str
    dispatch_id: int
    number: str
    period: int
    due_on: date
    dispatch_state: str
    title: str
    version: int
    sheet_code: str
    level: int
    issuer_code: str
    issuer_name: str
    issuer_path: str
    legal_type: str
    form_number: str
    issuing_body: str
    approval_number: str
    valid_until: date | None
    definition: dict[str, Any]
    is_synthetic: bool
    demand: str
    basis: str
    is_emergency: bool

    @property
    def is_worked_on(self) -> bool:
        return self.state in WORKED_ON and self.dispatch_state == "open"

    @property
    def is_spared(self) -> bool:
        """All of it was known on dispatch: it stays closed and shows what is known."""
        return self.state == Filing.State.SPARED

    @property
    def marks(self) -> Marks:
        return Marks(self.legal_type, self.form_number, self.issuing_body, self.approval_number, self.valid_until)


# Plain SQL, here and below, because this is read whenever somebody opens a filing.
_HEADS = """
SELECT f.id, f.state, f.revision, f.reason, f.submitted_at, f.submitted_by, f.reviewed_at, f.reviewed_by,
  u.id, u.code, u.name, u.path, d.id, d.number, d.period, d.due_on, d.state, s.title, s.version, s.code, d.level,
  i.code, i.name, iu.path, s.legal_type, s.form_number, s.issuing_body, s.approval_number, s.valid_until,
  s.definition, s.is_synthetic, m.number, m.basis, m.is_emergency
FROM sheets_filing f
JOIN org_unit u ON u.id = f.unit_id
JOIN sheets_dispatch d ON d.id = f.dispatch_id
JOIN gate_demand m ON m.id = d.demand_id
JOIN sheets_sheet s ON s.id = d.sheet_id
JOIN org_department i ON i.id = s.issuer_id
JOIN org_unit iu ON iu.id = i.unit_id
WHERE {chosen} ORDER BY d.due_on, d.id, u.id
"""
# Both ids are found first, each by its own index, whatever the planner believes of young tables.
OF_PLACE = (
    "f.dispatch_id = (SELECT id FROM sheets_dispatch WHERE number = %s)"
    " AND f.unit_id IN (SELECT id FROM org_unit WHERE code = %s)"
)


class Carried(NamedTuple):
    """A question that a dispatch carries, with its element."""

    dispatch_id: int
    is_asked: bool
    question_id: int
    position: int
    section: str
    label: str
    note: str
    is_required: bool
    element_id: int
    element_code: str
    element_title: str
    element_title_en: str
    element_definition: str
    element_definition_en: str
    kind: str
    measure_unit: str
    decimals: int
    minimum: int | None
    maximum: int | None
    code_list: str  # JSON
    period_type: str
    over_units: str
    over_periods: str
    level: int
    fresh_days: int
    minutes_hundredths: int

    @property
    def answerable(self) -> Answerable:
        return answerable(self.kind, self.decimals, self.measure_unit, self.minimum, self.maximum, self.code_list)


_CARRIED = """
SELECT c.dispatch_id, c.is_asked, q.id, q.position, q.section, q.label, q.note, q.is_required, e.id, e.code, e.title,
  e.title_en, e.definition, e.definition_en, e.kind, e.measure_unit, e.decimals, e.minimum, e.maximum, e.code_list,
  e.period_type, e.over_units, e.over_periods, e.level, e.fresh_days, e.minutes_hundredths
FROM sheets_dispatchquestion c
JOIN sheets_question q ON q.id = c.question_id
JOIN registers_element e ON e.id = c.element_id
WHERE c.dispatch_id IN ({ids}) ORDER BY c.dispatch_id, q.position
"""


@lru_cache(maxsize=4096)
def answerable(
    kind: str, decimals: int, measure_unit: str, minimum: int | None, maximum: int | None, code_list: str
) -> Answerable:
    """What an answer must be like, from the columns of an element."""
    codes = {item["code"]: item["title"] for item in json.loads(code_list)} if kind == "code" else {}
    return Answerable(kind, decimals, measure_unit, minimum, maximum, codes)


class GivenAnswer(NamedTuple):
    filing_id: int
    question_id: int
    period: int
    value: int | None
    text: str
    origin: str
    fact_id: int | None
    disputed_reason: str
    answered_at: datetime
    answered_by: str


_ANSWERS = """
SELECT filing_id, question_id, period, value, text, origin, fact_id, disputed_reason, answered_at, answered_by
FROM sheets_answer WHERE filing_id IN ({ids})
"""


@dataclass(slots=True)
class Cell:
    """One cell of a filing. `fact` with its period is what is known; `n_folded` says how many units it adds up."""

    carried: Carried
    period: int
    state: CellState
    value: int | None = None
    text: str = ""
    fact: KnownFact | None = None
    fact_period: int | None = None
    answer: GivenAnswer | None = None
    n_folded: int = 0

    @property
    def key(self) -> tuple[str, int]:
        return self.carried.element_code, self.period

    @property
    def is_left(self) -> bool:
        """Whether the worker still has to touch it before handing in."""
        return self.carried.is_required and self.state in ("asked", "stale")


def filing_heads(chosen: str, values: Sequence[Any]) -> list[FilingHead]:
    """Filings (`f`), dispatches (`d`) and units (`u`) that the SQL condition chooses, by due date."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS.format(chosen=chosen), values)
        rows = cursor.fetchall()
    return [
        FilingHead._make(row)._replace(
            submitted_at=_instant(row[4]), reviewed_at=_instant(row[6]), definition=json.loads(row[29])
        )
        for row in rows
    ]  # fmt: skip


def filing_head(*, dispatch: str, unit: str) -> FilingHead | None:
    found = filing_heads(OF_PLACE, [dispatch, unit])
    return found[0] if found else None


def _instant(stored: Any) -> Any:
    """An instant (or None) as raw SQL gives it: naive UTC on SQLite."""
    return stored.replace(tzinfo=UTC) if stored is not None and stored.tzinfo is None else stored


def carried_questions(dispatch_ids: Collection[int]) -> dict[int, list[Carried]]:
    """The questions that dispatches carry, by dispatch id, in order."""
    found: dict[int, list[Carried]] = defaultdict(list)
    if not dispatch_ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED.format(ids=",".join(str(int(number)) for number in dispatch_ids)))
        for row in cursor.fetchall():
            found[row[0]].append(Carried._make(row))
    return found


def cells_of_filings(heads: Sequence[FilingHead], *, today: date) -> dict[int, list[Cell]]:
    """Every cell of these filings of one unit, by filing id, in the order of the sheet."""
    if not heads:
        return {}
    assert len({head.unit_id for head in heads}) == 1, "cells are read for one unit at a time"
    carried = carried_questions({head.dispatch_id for head in heads})
    answers = _answers([head.id for head in heads])
    shows_known = [head for head in heads if head.is_worked_on or head.is_spared]
    facts = _facts(heads[0], [(c, head.period) for head in heads for c in carried[head.dispatch_id]])
    folds = _folded(shows_known, carried)
    found: dict[int, list[Cell]] = {}
    for head in heads:
        given = answers.get(head.id, {})
        found[head.id] = [
            _cell(head, one, period, given.get((one.question_id, period)), facts.get(one.element_id, {}), folds, today)
            for one in carried[head.dispatch_id]
            for period in cell_periods(head.period, one.period_type)  # type: ignore[arg-type]
        ]
    return found


def _cell(head: FilingHead, one: Carried, period: int, answer: GivenAnswer | None, held: Mapping[int, KnownFact],
          folds: Mapping[tuple[int, int], tuple[int, int]], today: date) -> Cell:  # fmt: skip
    fact_period, fact = fact_for_cell(period, one.over_periods, held, head.id)
    if not (head.is_worked_on or head.is_spared):
        return _handed_in(one, period, answer, fact, fact_period)
    fold = folds.get((one.element_id, period)) if one.level > head.level else None
    given = answer if answer is not None and answer.origin in GIVEN else None
    state = state_of(
        is_asked=one.is_asked and one.level == head.level and not head.is_spared,
        is_answered=given is not None,
        is_disputed=answer is not None and bool(answer.disputed_reason),
        is_known=fact is not None or fold is not None,
        is_known_fresh=fold is not None
        or (fact_period is not None and is_fresh(fact_period, head.period, one.fresh_days, today)),
        is_overtaken=given is not None and fact is not None and is_overtaking(fact, fact_period, period, given),
    )
    cell = Cell(one, period, state, fact=fact, fact_period=fact_period, answer=answer)
    if state == "answered":
        assert answer is not None
        cell.value, cell.text = answer.value, answer.text
    elif fact is not None:
        cell.value, cell.text = fact.value, fact.text
    elif fold is not None:
        cell.value, cell.n_folded = fold
    return cell


def fact_for_cell(
    period: int, over_periods: str, held: Mapping[int, KnownFact], filing_id: int
) -> tuple[int | None, KnownFact | None]:
    """The fact that stands for the cell, with its period; what is typed in this filing is answers, not knowledge."""
    for counting in periods_that_count(period, over_periods) if held else ():
        fact = held.get(counting)
        if fact is not None and fact.source.filing_id != filing_id:
            return counting, fact
    return None, None


def is_overtaking(fact: KnownFact, fact_period: int | None, period: int, answer: GivenAnswer) -> bool:
    """Whether an accepted fact of the cell itself came, from elsewhere, after the answer was given."""
    return fact.accepted_at is not None and fact_period == period and answer.fact_id != fact.id


def _handed_in(
    one: Carried, period: int, answer: GivenAnswer | None, fact: KnownFact | None, fact_period: int | None
) -> Cell:
    """A cell as it was handed in; what is known today no longer changes it."""
    if answer is None:
        return Cell(one, period, "asked" if one.is_asked else "elsewhere")
    state: CellState = "disputed" if answer.disputed_reason else "answered" if answer.origin in GIVEN else "known"
    same = fact if fact is not None and fact.id == answer.fact_id else None
    return Cell(one, period, state, answer.value, answer.text, same, fact_period if same else None, answer)


def _answers(filing_ids: Collection[int]) -> dict[int, dict[tuple[int, int], GivenAnswer]]:
    found: dict[int, dict[tuple[int, int], GivenAnswer]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS.format(ids=",".join(str(int(number)) for number in filing_ids)))
        for row in cursor.fetchall():
            answer = GivenAnswer._make(row)._replace(answered_at=_instant(row[8]))
            found[answer.filing_id][answer.question_id, answer.period] = answer
    return found


def _facts(head: FilingHead, wanted: Iterable[tuple[Carried, int]]) -> dict[int, dict[int, KnownFact]]:
    """The unit's facts that may count, by element id and period: one look per kind of period, not per question."""
    elements: dict[tuple[str, bool], set[int]] = defaultdict(set)
    periods: dict[tuple[str, bool], set[int]] = defaultdict(set)
    for one, sheet_period in wanted:
        if one.level == head.level:
            group = (one.period_type, one.over_periods == "last")
            elements[group].add(one.element_id)
            for period in cell_periods(sheet_period, one.period_type):  # type: ignore[arg-type]
                periods[group].update(periods_that_count(period, one.over_periods))
    found: dict[int, dict[int, KnownFact]] = defaultdict(dict)
    for group, ids in elements.items():
        for (element_id, period), fact in registers.known(
            unit_id=head.unit_id, element_ids=ids, periods=periods[group]
        ).items():
            found[element_id][period] = fact
    return found


def _folded(
    heads: Sequence[FilingHead], carried: Mapping[int, list[Carried]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """What lower levels add up to, for the cells of these filings whose elements are kept there."""
    below = [(one, head) for head in heads for one in carried[head.dispatch_id] if one.level > head.level]
    if not below:
        return {}
    return folded(
        unit_id=heads[0].unit_id,
        elements={one.element_id: (one.level, one.over_units) for one, _head in below},
        periods={p for one, head in below for p in cell_periods(head.period, one.period_type)},  # type: ignore[arg-type]
    )


def folded(
    *, unit_id: int, elements: Mapping[int, tuple[int, str]], periods: Collection[int]
) -> dict[tuple[int, int], tuple[int, int]]:
    """(element id, period) → (value, how many units), where every unit below is known.

    `elements`: by id the level at which it is kept, and how it adds up over units.
    """
    n_below = org.counts_below(unit_ids=[unit_id], levels={level for level, _ in elements.values()}).get(unit_id, {})
    figures = registers.figures(element_ids=elements, periods=periods, unit_ids=[unit_id])
    return {
        (element_id, period): (folded_value(elements[element_id][1], figure.sum, figure.n), figure.n)
        for (element_id, period, _unit), figure in figures.items()
        if figure.n >= n_below.get(elements[element_id][0], figure.n + 1)
    }


def folded_value(over_units: str, total: int, n: int) -> int:
    """A sum as it is; a mean rounded half to even to the element's decimals, as a filing shows it."""
    return round(Fraction(total, n)) if over_units == "mean" else total
