"""The city as a visitor finds it: sheets of this quarter in every state that a sheet can be in."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

from django.db import transaction

from dukao.base.definitions import checked, read_entries
from dukao.demo.cast import office_of, player, reviewer_of, worker_of
from dukao.demo.figures import DEFINITIONS, Figures
from dukao.demo.rounds import Round, fill_in, is_sent, send, villages_of_town
from dukao.demo.stage import Stage
from dukao.gate import queries as gate
from dukao.org import queries as org
from dukao.org.rules import SYSTEM
from dukao.sheets import actions, queries
from dukao.sheets.rules.definitions import SheetDefinition


def economy_round(stage: Stage) -> Round:
    """The quarterly economic sheet to all counties, on the morning of the story."""
    return Round("quarterly_economy", "statistics", stage.quarter, stage.scope, stage.on, workdays=9)


def projects_round(stage: Stage) -> Round:
    """The projects sheet, out since some days: what it asks, no other sheet may ask."""
    return Round("key_projects", "development_reform", stage.quarter, stage.scope, stage.on - timedelta(days=4))


def livelihood_round(stage: Stage) -> Round:
    """The villages' sheet in one county."""
    return Round("village_livelihood", "civil_affairs", stage.quarter, stage.county.code, stage.on - timedelta(days=3))


def expired_round(stage: Stage) -> Round:
    """A survey sent in good time whose validity has run out since."""
    year = stage.quarter.within("year")
    return Round("flood_risk_survey", "water", year, stage.county.code, date(2026, 9, 14))


def hopeless_rounds(stage: Stage) -> tuple[Round, ...]:
    """What the rules let nobody send: a daily report, a sheet without legal marks, one that asks only what is known."""
    on, quarter = stage.on, stage.quarter
    return (
        Round("flood_day", "water", quarter.parts("day")[0], stage.scope, on),
        Round("rural_tourism_survey", "culture", quarter.within("year"), stage.scope, on),
        Round("hardship_roll_check", "disabled", quarter, stage.scope, on),
    )


def _try_in_vain(stage: Stage) -> None:
    """The attempts stay on record, for the supervision office to see."""
    year = stage.quarter.within("year")
    if not gate.refusals(viewer=SYSTEM, since=year.starts_on, until=year.ends_on):
        for one in hopeless_rounds(stage):
            with suppress(actions.SheetRefused, actions.NothingLeftToAsk):
                send(stage, one)


def set_the_scene(stage: Stage, figures: Figures) -> int:
    """Send and half fill in this quarter's sheets, those not sent yet; answer how many were."""
    rounds: list[tuple[Round, Callable[[Stage, Figures, str], None]]] = [
        (expired_round(stage), _refused_by_one_village),
        (_straw_round(stage, stage.on - timedelta(days=6)), _taken_back),
        (projects_round(stage), _begun_by_some),
        (livelihood_round(stage), _in_all_states),
        (economy_round(stage), _handed_in_by_some),
    ]
    sent = 0
    for one, then in rounds:
        if not is_sent(one):
            with transaction.atomic():
                then(stage, figures, send(stage, one))
            sent += 1
    again = _straw_round(stage, stage.on - timedelta(days=5))
    if len(queries.dispatches(viewer=player(office_of("agriculture"), stage), sheet="straw_year")) < 2:
        send(stage, again)
    _try_in_vain(stage)
    [draft] = read_entries(DEFINITIONS / "drafts")
    actions.save_draft(
        definition=checked(SheetDefinition, draft.data, place=draft.place),
        by=player(office_of("civil_affairs"), stage), at=stage.at(hour=11),
    )  # fmt: skip
    actions.retire_sheet(sheet="heating_week", by=player(office_of("housing"), stage), at=stage.at(hour=11))
    return sent


def _straw_round(stage: Stage, on: date) -> Round:
    year = stage.quarter.within("year")
    return Round("straw_year", "agriculture", year, stage.county.code, on, workdays=20)


def _taken_back(stage: Stage, figures: Figures, number: str) -> None:
    actions.withdraw_dispatch(
        dispatch=number, reason="填报说明里还田口径写错了，改好后重新下发", by=player(office_of("agriculture"), stage),
        at=stage.at(stage.on - timedelta(days=6), hour=15),
    )  # fmt: skip


def _refused_by_one_village(stage: Stage, figures: Figures, number: str) -> None:
    village, worker = villages_of_town(stage)[-1]
    actions.refuse_filing(dispatch=number, unit=village.code, by=worker, at=stage.at(stage.on - timedelta(days=2)))


def _begun_by_some(stage: Stage, figures: Figures, number: str) -> None:
    for unit in org.units_below(path=stage.unit.path, level=3)[:5]:
        fill_in(figures, number, unit, by=player(worker_of(unit), stage), at=stage.at(stage.on - timedelta(days=1)))


def _handed_in_by_some(stage: Stage, figures: Figures, number: str) -> None:
    """Two counties accepted, one waiting, one returned, one half-way; the followed county has not begun."""
    office = player(office_of("statistics"), stage)
    others = [u for u in org.units_below(path=stage.unit.path, level=3) if u.code != stage.county.code]
    for place, unit in enumerate(others[:5]):
        worker, at = player(worker_of(unit), stage), stage.at(hour=11, minute=4 * place)
        fill_in(figures, number, unit, by=worker, at=at, most=2 if place == 4 else 10_000)
        if place < 4:
            actions.submit_filing(dispatch=number, unit=unit.code, by=worker, at=at + timedelta(minutes=1))
        later = at + timedelta(hours=3)
        if place < 2:
            actions.accept_filing(dispatch=number, unit=unit.code, by=office, at=later)
        if place == 3:
            reason = "到位资金包含了市内投资，请按市外资金口径核对"
            actions.return_filing(dispatch=number, unit=unit.code, reason=reason, by=office, at=later)


def _in_all_states(stage: Stage, figures: Figures, number: str) -> None:
    """The town's villages: the followed one untouched, then one half-way, handed in, returned, and accepted ones."""
    reviewer = player(reviewer_of(stage.town), stage)
    for place, (village, worker) in enumerate(villages_of_town(stage)[1:]):
        at = stage.at(stage.on - timedelta(days=1), hour=10, minute=5 * place)
        fill_in(figures, number, village, by=worker, at=at, most=2 if place == 0 else 10_000)
        if place:
            actions.submit_filing(dispatch=number, unit=village.code, by=worker, at=at + timedelta(minutes=2))
        later = at + timedelta(hours=4)
        if place == 2:
            reason = "外出务工人数比上季少了一半，请核对"
            actions.return_filing(dispatch=number, unit=village.code, reason=reason, by=reviewer, at=later)
        if place > 2:
            actions.accept_filing(dispatch=number, unit=village.code, by=reviewer, at=later)
