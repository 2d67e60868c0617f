"""Filling in: one cell at a time, saved as it is typed, visible in every total above in the same transaction.

1. One query fetches the cell with its filing, dispatch, unit and element, and holds off whoever would close them.
2. What is known and fresh is locked; what is stale may be confirmed with one tap or replaced.
3. The answer is kept, and counts at once as a provisional fact where no accepted fact stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.quantities import text_from_scaled
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.sql import Statement, moment, run
from dukao.base.trail import event_statement
from dukao.base.wording import joined, say
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import actions as registers
from dukao.registers.queries import KnownFact, known
from dukao.sheets.models import Answer, Filing
from dukao.sheets.queries.reading import (
    GIVEN,
    WORKED_ON,
    GivenAnswer,
    answerable,
    fact_for_cell,
    folded,
    is_overtaking,
)
from dukao.sheets.rules.answers import Answerable, BadAnswer, ReadAnswer, read_answer, shown_answer
from dukao.sheets.rules.cells import CellState, cell_periods, is_fresh, periods_that_count, state_of
from dukao.sheets.wording import source_text


class AlreadyKnown(Refused):
    """Somebody holds the value already; it is not asked and not retyped."""


class NotAskedHere(Refused):
    """The question is carried for display only."""


class FilingClosed(Refused):
    """The filing was handed in, accepted or refused, or its dispatch has ended."""


class NotStale(Refused):
    """Only a known but stale value is confirmed."""


class NotDisputable(Refused):
    """Only a known value can be marked “not right”."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved cell. `shown` is the value as people read it; `wrote_before` names another person whose value it was."""

    state: CellState
    shown: str
    wrote_before: str = ""


@dataclass(slots=True)
class _Place:
    """The cell somebody works on."""

    filing_id: int
    filing_state: str
    dispatch_state: str
    sheet_level: int
    sheet_period: int
    number: str
    unit_id: int
    unit_code: str
    unit_path: str
    is_asked: bool
    question_id: int
    element_id: int
    element_code: str
    answerable: Answerable
    period_type: str
    over_units: str
    over_periods: str
    level: int
    fresh_days: int
    may_tell: bool  # the figure may be written into the trail: not personal, not sensitive
    period: int = 0
    answer: GivenAnswer | None = None
    fact: KnownFact | None = None
    fact_period: int | None = None
    fold: int | None = None  # the value that lower levels add up to
    state: CellState = "asked"

    @property
    def known(self) -> ReadAnswer | None:
        """The value that stands in the cell already."""
        if self.fact is not None:
            return ReadAnswer(self.fact.value, self.fact.text)
        return None if self.fold is None else ReadAnswer(self.fold, "")


def type_answer(
    *, dispatch: str, unit: str, element: str, period: Period | None = None, raw: str, by: Actor, at: datetime
) -> Saved:
    """Save what the worker typed into a cell; an emptied one is cleared. `period` may be left out where one cell only.

    Two people in one filing: the later value stands, both leave their event, the later is told who wrote before.
    Raises: NotThere, FilingClosed, NotAskedHere, AlreadyKnown, Invalid. Records: sheets.answer.typed.
    """
    if not raw.strip():
        return clear_answer(dispatch=dispatch, unit=unit, element=element, period=period, by=by, at=at)
    with transaction.atomic():
        place = _place(dispatch, unit, element, period, by, at)
        if place.state not in ("asked", "stale", "answered"):
            _refuse_known(place, timezone.localdate(at))
        try:
            read = read_answer(raw, place.answerable)
        except BadAnswer as problem:
            why = say(problem.words)
            raise Invalid(why, errors={f"{element}:{Period(place.period).code}": why}) from None
        shown = shown_answer(read.value, read.text, place.answerable)
        if _says_so_already(place, read, by):
            return Saved("answered", shown)
        kept = _answer(place, read, Answer.Origin.TYPED, _replaced(place), by, at)
        _count(place, read, at, beside=[kept, _event("sheets.answer.typed", place, by, at, read)])
    return Saved("answered", shown, _wrote_before(place, by))


def confirm_answer(
    *, dispatch: str, unit: str, element: str, period: Period | None = None, by: Actor, at: datetime
) -> Saved:
    """“Still right”: keep the stale value as this cell's answer. Confirming twice is once.

    Raises: NotThere, FilingClosed, NotStale. Records: sheets.answer.confirmed.
    """
    with transaction.atomic():
        place = _place(dispatch, unit, element, period, by, at)
        answer = place.answer
        if place.state == "answered" and answer and answer.origin == Answer.Origin.CONFIRMED:
            return Saved("answered", shown_answer(answer.value, answer.text, place.answerable))
        if place.state != "stale" or place.fact is None:
            raise NotStale(_("这一项没有要确认的旧值"), todo=_("请刷新页面再看"))
        read = ReadAnswer(place.fact.value, place.fact.text)
        kept = _answer(place, read, Answer.Origin.CONFIRMED, place.fact.id, by, at)
        _count(place, read, at, beside=[kept, _event("sheets.answer.confirmed", place, by, at, read)])
    return Saved("answered", shown_answer(read.value, read.text, place.answerable))


def dispute_answer(
    *, dispatch: str, unit: str, element: str, period: Period | None = None, reason: str, by: Actor, at: datetime
) -> Saved:
    """“Not right”: mark a known value, delivered or added up, with the reason. It stays until its source corrects it.

    Raises: NotThere, FilingClosed, NotDisputable, Invalid. Records: sheets.answer.disputed.
    """
    with transaction.atomic():
        place = _place(dispatch, unit, element, period, by, at)
        read = place.known
        if place.state not in ("known", "disputed") or read is None:
            raise NotDisputable(_("只有已带入的数据可以标“不对”"), todo=_("要填的数直接改写就可以"))
        reason = reason.strip()
        if not reason or len(reason) > 300:
            raise Invalid(_("请写明哪里不对"), errors={"reason": _("1 到 300 字")})
        origin = Answer.Origin.PREFILLED if place.fact else Answer.Origin.FOLDED
        run(*_answer(place, read, origin, place.fact.id if place.fact else None, by, at, disputed_reason=reason))
        run(*_event("sheets.answer.disputed", place, by, at))
    return Saved("disputed", shown_answer(read.value, read.text, place.answerable))


def clear_answer(
    *, dispatch: str, unit: str, element: str, period: Period | None = None, by: Actor, at: datetime
) -> Saved:
    """Take back what was typed, confirmed or disputed in a cell. Clearing an empty cell changes nothing.

    Raises: NotThere, FilingClosed. Records: sheets.answer.cleared.
    """
    with transaction.atomic():
        place = _place(dispatch, unit, element, period, by, at)
        if place.answer is None:
            return Saved(place.state, "", "")
        run(
            "DELETE FROM sheets_answer WHERE filing_id = %s AND question_id = %s AND period = %s",
            [place.filing_id, place.question_id, place.period],
        )
        registers.untype_fact(
            element_id=place.element_id, period=place.period, unit_id=place.unit_id, unit_path=place.unit_path,
            filing_id=place.filing_id, at=at,
        )  # fmt: skip
        before = _wrote_before(place, by)
        run(*_event("sheets.answer.cleared", place, by, at))
        place.answer = None
        _look(place, timezone.localdate(at))
    known_now = place.known
    shown = shown_answer(known_now.value, known_now.text, place.answerable) if known_now else ""
    return Saved(place.state, shown, before)


# Every step is one look into an index, whatever the planner believes of young tables.
_PLACE = """
SELECT f.id, f.state, d.state, d.level, d.period, c.is_asked, c.question_id, e.id, e.kind, e.decimals, e.measure_unit,
  e.minimum, e.maximum, e.code_list, e.period_type, e.over_units, e.over_periods, e.level, e.fresh_days, e.about,
  e.sensitivity,
  a.filing_id, a.question_id, a.period, a.value, a.text, a.origin, a.fact_id, a.disputed_reason, a.answered_at,
  a.answered_by
FROM sheets_filing f
JOIN sheets_dispatch d ON d.id = f.dispatch_id
JOIN sheets_dispatchquestion c
  ON c.dispatch_id = f.dispatch_id AND c.element_id = (SELECT id FROM registers_element WHERE code = %s)
JOIN registers_element e ON e.id = c.element_id
LEFT JOIN sheets_answer a ON a.filing_id = f.id AND a.question_id = c.question_id
WHERE f.dispatch_id = (SELECT id FROM sheets_dispatch WHERE number = %s) AND f.unit_id = %s
"""
# Against whoever closes, reviews or defines the element anew meanwhile; typists do not wait for each other.
_HOLD = " FOR KEY SHARE OF d, f, e"


def _place(number: str, unit: str, element: str, period: Period | None, by: Actor, at: datetime) -> _Place:
    """The cell, held for this transaction. Raises NotThere, FilingClosed, Invalid (no such period)."""
    unit_id, unit_path = _own_unit(unit, by)
    rows = run(_PLACE + (_HOLD if connection.vendor == "postgresql" else ""), [element, number, unit_id]).fetchall()
    if not rows:
        raise NotThere()
    row = rows[0]
    place = _Place(
        filing_id=row[0],
        filing_state=row[1],
        dispatch_state=row[2],
        sheet_level=row[3],
        sheet_period=row[4],
        number=number,
        unit_id=unit_id,
        unit_code=unit,
        unit_path=unit_path,
        is_asked=bool(row[5]),
        question_id=row[6],
        element_id=row[7],
        element_code=element,
        answerable=answerable(*row[8:14]),
        period_type=row[14],
        over_units=row[15],
        over_periods=row[16],
        level=row[17],
        fresh_days=row[18],
        may_tell=row[19] == "unit" and row[20] != "sensitive",
    )
    if place.dispatch_state != "open":
        raise FilingClosed(_("这次填报已经结束"), todo=_("如需补报，请与下发部门联系"))
    if place.filing_state == Filing.State.SPARED:
        raise FilingClosed(_("这份报表无需填报"), todo=_("数据不对的，请与提供数据的部门联系"))
    if place.filing_state not in WORKED_ON:
        raise FilingClosed(_("这份报表已经交出，不能再改"), todo=_("如需修改，请审核人退回"))
    place.period = _cell_period(place, period)
    # One row per answered cell of the question.
    answers = [GivenAnswer(*found[21:]) for found in rows if found[23] == place.period]
    place.answer = answers[0] if answers else None
    _look(place, timezone.localdate(at))
    return place


def _own_unit(code: str, by: Actor) -> tuple[int, str]:
    """Id and path of the unit that the actor fills in for, known from the post. Raises NotThere."""
    for standing in by.standings_with("FILINGS_FILL"):
        if standing.unit_code == code:
            return standing.unit_id, standing.unit_path
    unit = org.unit_by_code(code)
    by.require("FILINGS_FILL", unit.path)
    return unit.id, unit.path


def _cell_period(place: _Place, period: Period | None) -> int:
    periods = cell_periods(place.sheet_period, place.period_type)  # type: ignore[arg-type]
    if period is None and len(periods) == 1:
        return periods[0]
    if period is None or period.key not in periods:
        told = joined(Period(key).code for key in periods)
        raise Invalid(_("请指明是哪一期：{periods}").format(periods=told), errors={"period": told})
    return period.key


def _look(place: _Place, today: date) -> None:
    """What is known of the cell now, and what state that makes it."""
    place.fact = place.fact_period = place.fold = None
    if place.level == place.sheet_level:
        periods = periods_that_count(place.period, place.over_periods)
        facts = known(unit_id=place.unit_id, element_ids=[place.element_id], periods=periods)
        held = {period: fact for (_element, period), fact in facts.items()}
        place.fact_period, place.fact = fact_for_cell(place.period, place.over_periods, held, place.filing_id)
    elif place.level > place.sheet_level:
        elements = {place.element_id: (place.level, place.over_units)}
        folds = folded(unit_id=place.unit_id, elements=elements, periods={place.period})
        place.fold, _n_units = folds.get((place.element_id, place.period), (None, 0))
    answer, fact = place.answer, place.fact
    given = answer if answer is not None and answer.origin in GIVEN else None
    place.state = state_of(
        is_asked=place.is_asked and place.level == place.sheet_level,
        is_answered=given is not None,
        is_disputed=answer is not None and bool(answer.disputed_reason),
        is_known=place.known is not None,
        is_known_fresh=place.fold is not None
        or (place.fact_period is not None and is_fresh(place.fact_period, place.sheet_period, place.fresh_days, today)),
        is_overtaken=given is not None
        and fact is not None
        and is_overtaking(fact, place.fact_period, place.period, given),
    )


def _refuse_known(place: _Place, today: date) -> None:
    if place.state == "elsewhere" or place.fact is None:
        raise NotAskedHere(
            _("这一项不用在这里填"), why=_("由部门、别的报表或下级汇总得来"), todo=_("有数后会自动带入"), rule="FRM-5"
        )
    raise AlreadyKnown(
        _("这一项已由{source}掌握").format(source=source_text(place.fact.source))
        if place.fact.source.kind == "delivery"
        else _("这一项本单位已经报过"),
        why=_("通过共享能够满足需要的，不得重复采集"),
        todo=_("如果数据不对，请点“不对”并写明原因"),
        source=law.rule("FRM-2", today).source_text,
        rule="FRM-2",
    )


def _says_so_already(place: _Place, read: ReadAnswer, by: Actor) -> bool:
    """Whether the same person typed the same before: a field that is saved twice."""
    answer = place.answer
    return (
        answer is not None
        and place.state == "answered"
        and (
            (answer.value, answer.text, answer.origin, answer.answered_by)
            == (read.value, read.text, Answer.Origin.TYPED, by.name)
        )
    )


def _replaced(place: _Place) -> int | None:
    """The accepted fact that the answer is given in sight of, to be replaced when it is accepted."""
    fact = place.fact
    return fact.id if fact and fact.accepted_at is not None and place.fact_period == place.period else None


def _answer(
    place: _Place, read: ReadAnswer, origin: str, fact_id: int | None, by: Actor, at: datetime,
    disputed_reason: str = "",
) -> Statement:  # fmt: skip
    """Keeps the answer of the cell, in the place of an earlier one."""
    return (
        "INSERT INTO sheets_answer (filing_id, question_id, period, value, text, origin, fact_id, disputed_reason,"
        " answered_at, answered_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (filing_id, question_id, period) DO UPDATE SET value = excluded.value, text = excluded.text,"
        " origin = excluded.origin, fact_id = excluded.fact_id, disputed_reason = excluded.disputed_reason,"
        " answered_at = excluded.answered_at, answered_by = excluded.answered_by",
        [place.filing_id, place.question_id, place.period, read.value, read.text, origin, fact_id, disputed_reason,
         moment(at), by.name],
    )  # fmt: skip


def _count(place: _Place, read: ReadAnswer, at: datetime, beside: Sequence[Statement]) -> None:
    """Let the answer count at once, where no accepted fact stands in the cell."""
    registers.type_fact(
        element_id=place.element_id, period=place.period, unit_id=place.unit_id, unit_path=place.unit_path,
        value=read.value, text=read.text, filing_id=place.filing_id, at=at, beside=beside,
    )  # fmt: skip


def _event(verb: str, place: _Place, by: Actor, at: datetime, read: ReadAnswer | None = None) -> Statement:
    """The event names the cell; the figure too, unless it could be about a person."""
    detail: dict[str, Any] = {"element": place.element_code, "period": Period(place.period).code}
    if read is not None and place.may_tell:
        detail["value" if read.value is not None else "text"] = (
            text_from_scaled(read.value, place.answerable.decimals) if read.value is not None else read.text
        )
    return event_statement(
        verb=verb, subject=f"filing:{place.number}/{place.unit_code}", by=by, at=at, unit_path=place.unit_path,
        detail=detail,
    )  # fmt: skip


def _wrote_before(place: _Place, by: Actor) -> str:
    return place.answer.answered_by if place.answer and place.answer.answered_by != by.name else ""
