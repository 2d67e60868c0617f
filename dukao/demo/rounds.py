"""Rounds of sheets: a department sends one, workers fill in what is left, it is handed in and reviewed.

What workers type is invented as the delivered figures are. 模拟数据.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dukao.base.periods import Period
from dukao.base.quantities import text_from_scaled
from dukao.demo.cast import office_of, player, town_villages, worker_of
from dukao.demo.chance import uniform
from dukao.demo.figures import Figures
from dukao.demo.stage import Stage, clock
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import SYSTEM, Actor
from dukao.sheets import actions, queries
from dukao.sheets.queries.filings import CellView, QuestionView

BASIS = {
    "quarterly_economy": "《齐齐哈尔市县域经济统计报表制度（模拟）》",
    "key_projects": "《市级重点项目管理办法（模拟）》",
    "investment_attraction": "《招商引资统计办法（模拟）》",
    "employment_quarter": "《就业失业统计报表制度（模拟）》",
    "village_livelihood": "《村（社区）基础台账管理办法（模拟）》",
    "straw_year": "《秸秆综合利用工作方案（模拟）》",
    "flood_risk_survey": "《汛期安全度汛工作方案（模拟）》",
    "flood_day": "年度工作要点（模拟）",
    "rural_tourism_survey": "年度工作要点（模拟）",
    "hardship_roll_check": "年度工作要点（模拟）",
}
_TEXTS = {
    "economy_problem": (
        "玉米集中上市，铁路外运车皮紧张，请市里协调增加发运计划。",
        "两家乳品企业技改用地指标不足，请市里统筹调剂。",
        "开发区污水处理厂二期资金有缺口，请市里支持申报专项债券。",
        "高压配网建设滞后，影响三个新开工项目用电，请协调供电公司。",
    ),
    "village_problem": (
        "村东头排水沟淤堵，雨季有两户进水，请镇里帮助清淤。",
        "秋收车辆多，通村路会车困难，请协调加宽两处错车道。",
        "卫生室缺一名护士，老人输液要到镇里，请协调派驻。",
    ),
}


@dataclass(frozen=True)
class Round:
    """One dispatch of a sheet: who is asked for which period, when it went out."""

    sheet: str
    issuer: str
    period: Period
    scope: str
    on: date
    workdays: int = 10

    @property
    def at(self) -> datetime:
        return clock(self.on, hour=10)


@dataclass(frozen=True)
class FilledIn:
    """What a worker did in one filing."""

    typed: int
    confirmed: int


def past_rounds(stage: Stage) -> Iterator[Round]:
    """What was asked, filled in and accepted in earlier quarters; the same quarter of last year for comparison."""
    for period in (stage.quarter.year_before(), stage.quarter.previous()):
        if period.year < stage.first_year:
            continue
        for number, (sheet, issuer) in enumerate(
            (("key_projects", "development_reform"), ("investment_attraction", "commerce"),
             ("employment_quarter", "human_resources"))
        ):  # fmt: skip
            yield Round(sheet, issuer, period, stage.scope, stage.due(period.ends_on, 4 + number))


def send(stage: Stage, one: Round) -> str:
    """Send the sheet as the issuing department, asking only what is left; answer the dispatch's number."""
    return actions.dispatch_sheet(
        sheet=one.sheet, scope_unit=one.scope, period=one.period, due_on=stage.due(one.on, one.workdays),
        basis=BASIS[one.sheet], only_what_is_left=True, by=player(office_of(one.issuer), stage), at=one.at,
    )  # fmt: skip


def is_sent(one: Round) -> bool:
    """Whether this round was sent before."""
    return any(
        (d.period, d.scope_code) == (one.period, one.scope)
        for d in queries.dispatches(viewer=SYSTEM, sheet=one.sheet, most=1000)
    )


def play_out(stage: Stage, figures: Figures, one: Round) -> None:
    """A whole round: sent, filled in by every county, accepted, ended."""
    number = send(stage, one)
    office = player(office_of(one.issuer), stage)
    for place, unit in enumerate(org.units_below(path=org.unit_by_code(one.scope).path, level=3)):
        worker = player(worker_of(unit), stage)
        at = one.at + timedelta(days=1 + place % 4, minutes=7 * place)
        fill_in(figures, number, unit, by=worker, at=at)
        actions.submit_filing(dispatch=number, unit=unit.code, by=worker, at=at + timedelta(minutes=6))
        actions.accept_filing(dispatch=number, unit=unit.code, by=office, at=at + timedelta(days=2))
    actions.close_dispatch(dispatch=number, by=office, at=one.at + timedelta(days=one.workdays + 4))


def fill_in(
    figures: Figures, dispatch: str, unit: UnitView, *, by: Actor, at: datetime, most: int = 10_000,
    but: Collection[str] = (),
) -> FilledIn:  # fmt: skip
    """Type what is asked and confirm what is stale in a unit's filing, at most so many cells, leaving `but` empty."""
    typed = confirmed = 0
    for question, cell in open_cells(dispatch, unit, by=by, on=at.date()):
        if typed + confirmed == most:
            break
        place = {"dispatch": dispatch, "unit": unit.code, "element": cell.element_code,
                 "period": Period.parse(cell.period_code), "by": by, "at": at}  # fmt: skip
        if cell.state == "stale":
            actions.confirm_answer(**place)
            confirmed += 1
        elif cell.element_code not in but and (raw := invented(figures, question, cell, unit)):
            actions.type_answer(**place, raw=raw)
            typed += 1
    return FilledIn(typed, confirmed)


def open_cells(
    dispatch: str, unit: UnitView, *, by: Actor, on: date, states: Collection[str] = ("asked", "stale")
) -> list[tuple[QuestionView, CellView]]:
    """The cells of a filing in these states: by default those that somebody has to touch."""
    page = queries.filing(dispatch=dispatch, unit=unit.code, viewer=by, today=on)
    questions = (question for section in page.sections for question in section.questions)
    return [(q, cell) for q in questions for cell in q.cells if cell.state in states]


def invented(figures: Figures, question: QuestionView, cell: CellView, unit: UnitView) -> str:
    """What the worker of the unit types; empty where there is nothing to say."""
    lot = float(uniform(f"typed/{question.element_code}", int(unit.code)))
    if question.kind == "code":
        return question.codes[int(lot * len(question.codes))][0]
    if question.kind == "text":
        texts = _TEXTS[question.element_code]
        return texts[int(lot * 10 * len(texts)) % len(texts)] if lot < 0.4 else ""
    element = figures.elements[question.element_code]
    column = [u.code for u in figures.world.units(element.level)].index(unit.code)
    [row] = figures.scaled(question.element_code, element.level, [Period.parse(cell.period_code)])
    return text_from_scaled(int(row[column]), element.decimals)


def villages_of_town(stage: Stage) -> Sequence[tuple[UnitView, Actor]]:
    """The town's villages that have a log-in, the followed one first, each with its worker."""
    villages = sorted(town_villages(stage), key=lambda v: (v.code != stage.village.code, v.code))
    return [(village, player(worker_of(village), stage)) for village in villages]
