"""The story of the demo city, told through the rooms' own actions by the people who would do it.

The tax bureau delivers the quarter's invoices; the quarterly economic sheet asks the counties only what nobody knows;
workers fill that in; the city's figures move; what may not be asked is refused; the trail holds it all.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from dukao.base.refusals import Refused
from dukao.base.trail import broken_seals, seal_events
from dukao.base.wording import joined
from dukao.demo.cast import office_of, player, worker_of
from dukao.demo.chance import uniform
from dukao.demo.deliveries import tax_delivery
from dukao.demo.figures import Figures
from dukao.demo.load import deliver, written
from dukao.demo.polls import rate_and_recompute
from dukao.demo.present import economy_round, expired_round, hopeless_rounds, livelihood_round, projects_round
from dukao.demo.rounds import BASIS, fill_in, invented, open_cells, send
from dukao.demo.rows import NO_SUCH_UNIT
from dukao.demo.stage import CITY, Stage
from dukao.demo.watching import NotSeen, page_streams, served, sightings
from dukao.demo.world import LEVELS, World
from dukao.gate import queries as gate
from dukao.indicators.queries import unit_page
from dukao.org import queries as org
from dukao.org.rules import SYSTEM
from dukao.registers import actions as registers
from dukao.registers import queries as known
from dukao.sheets import actions as sheets
from dukao.sheets import queries as asked

PAGES, TYPINGS = 8, 25
_WANTED_PREFILLED_PERCENT = 80


@dataclass(frozen=True)
class Step:
    """One step of the story: what was to happen, whether it did, and what was found."""

    step: str
    held: bool
    detail: str
    seconds: float


@dataclass
class Report:
    """What machines are told. `asked` and `refused_duplicates` count questions of the quarterly economic sheet."""

    synthetic: bool = True
    units: dict[str, int] = field(default_factory=dict)
    prefilled_percent: int = 0
    asked: int = 0
    refused_duplicates: int = 0
    rollup_equals_recompute: bool = False
    visible_ms: dict[str, float] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    @property
    def held(self) -> bool:
        return bool(self.steps) and all(step.held for step in self.steps)

    def as_dict(self) -> dict[str, Any]:
        return {"held": self.held} | asdict(self)


class _DidNotHold(Exception):
    """A step went another way than the story wants."""


def _require(held: bool, otherwise: str) -> None:
    if not held:
        raise _DidNotHold(otherwise)


class Story:
    """One telling. The city must be loaded up to the day before (`load_city` without invoices)."""

    def __init__(self, stage: Stage, *, folder: Path, password: str) -> None:
        self.stage, self.folder, self.password = stage, folder, password
        self.figures = Figures(World.of(stage.unit.path))
        self.counties = org.units_below(path=stage.unit.path, level=3)
        self.statistics = player(office_of("statistics"), stage)
        self.report = Report()
        self.number = ""

    def told(self, tell: Callable[[Step], None] = lambda step: None) -> Report:
        """Tell it from beginning to end; a step that does not hold is told too, and the next ones are tried."""
        for title, step in (
            (_("城市"), self.city),
            (_("三年部门数据"), self.past),
            (_("税务数据到达之前"), self.before),
            (_("三季度发票明细入库"), self.invoices),
            (_("同一文件再交一次"), self.again),
            (_("编制季度经济表"), self.compiled),
            (_("下发季度经济表"), self.dispatched),
            (_("县区填报"), self.filled),
            (_("退回一份，改正再交"), self.returned),
            (_("审核通过，全市的数随之变动"), self.accepted),
            (_("汇总与重算一致"), self.recomputed),
            (_("村里一填，市级页面就变"), self.visible),
            (_("过期的表，村里拒填"), self.refused_by_village),
            (_("不该下发的表发不出去"), self.refused_by_rules),
            (_("匿名评一次，进日志，人人可重算"), self.rated),
            (_("留痕封存并核验"), self.sealed),
        ):
            began = perf_counter()
            try:
                held, detail = True, step()
            except (_DidNotHold, Refused, NotSeen) as problem:
                held, detail = False, f"{type(problem).__name__}: {problem}"
            self.report.steps.append(Step(title, held, detail, round(perf_counter() - began, 2)))
            tell(self.report.steps[-1])
        return self.report

    def city(self) -> str:
        names = {"city": 2} | LEVELS
        self.report.units = {n: org.count_below(path=org.unit_by_code(CITY).path, level=at) for n, at in names.items()}
        _require(all(self.report.units.values()), _("行政区划不全"))
        return " · ".join(f"{count:,}" for count in self.report.units.values())

    def past(self) -> str:
        views = known.deliveries(viewer=SYSTEM, most=10_000)
        _require(all(view.state in ("landed", "superseded") for view in views), _("有数据没有入库"))
        rows, rejected = sum(v.rows_read for v in views), sum(v.rows_rejected for v in views)
        told = _("{deliveries} 次交付，{rows:,} 行，退回 {rejected:,} 行")
        return told.format(deliveries=len(views), rows=rows, rejected=rejected)

    def before(self) -> str:
        """The projects sheet is out already; of the invoices nothing is known yet."""
        send(self.stage, projects_round(self.stage))
        compiled = self._compile()
        _require(self._verdicts(compiled)["invoiced_sales"] == "expected", _("发票数据还没到，却不是在等税务局交付"))
        return _("{n} 项里，发票两项还不掌握，等税务局交付，不问县区").format(n=len(compiled.questions))

    def invoices(self) -> str:
        planned = tax_delivery(self.stage, self.figures)
        self.tax_file = written(planned, self.folder)
        began = perf_counter()
        self.tax = deliver(self.stage, planned, self.tax_file)
        seconds = perf_counter() - began
        _require(self.tax.state == "landed", _("发票没有入库：{state}").format(state=self.tax.state))
        _require(0 < self.tax.rows_rejected < self.tax.rows_read // 200, _("退回的行数不对"))
        figure, recomputed = self._figure("invoiced_sales"), _sum_of_file(self.tax_file, self.stage)
        _require(figure == recomputed, _("全市开票金额 {a} 不等于逐行重算的 {b}").format(a=figure, b=recomputed))
        told = _(
            "{read:,} 行，入库 {accepted:,}，退回 {rejected:,}，{facts:,} 个数，{seconds:.1f} 秒；"
            "全市开票金额与逐行重算一致"
        )
        return told.format(
            read=self.tax.rows_read, accepted=self.tax.rows_accepted, rejected=self.tax.rows_rejected,
            facts=self.tax.facts_landed, seconds=seconds,
        )  # fmt: skip

    def again(self) -> str:
        second = deliver(self.stage, tax_delivery(self.stage, self.figures), self.tax_file)
        _require(second.number == self.tax.number, _("同一文件得到了两个编号"))
        _require(second.facts_landed == self.tax.facts_landed, _("同一文件改动了数据"))
        return _("还是 {number}，没有变化").format(number=second.number)

    def compiled(self) -> str:
        compiled = self._compile()
        verdicts = self._verdicts(compiled)
        self.report.refused_duplicates = sum(
            v in ("held", "expected", "elsewhere", "below") for v in verdicts.values()
        )  # fmt: skip
        self.report.asked, self.report.prefilled_percent = len(compiled.asked), compiled.prefilled_percent
        _require(verdicts["invoiced_sales"] == "held", _("发票数据已入库，却还要问"))
        _require(verdicts["projects_started"] == "elsewhere", _("别处正在问的，又问了一遍"))
        with _refused("FRM-2"):
            self._dispatch(only_what_is_left=False)
        kinds = {kind: sum(v == kind for v in verdicts.values()) for kind in ("held", "expected", "elsewhere", "ask")}
        told = _("已掌握 {held} 项、等部门交付 {expected} 项、别处在问 {elsewhere} 项，都不许再问；要问 {ask} 项")
        return told.format(**kinds)

    def dispatched(self) -> str:
        self.number = self._dispatch(only_what_is_left=True)
        filings = asked.filings_of(dispatch=self.number, viewer=self.statistics)
        _require(len(filings) == len(self.counties), _("有县区没有收到"))
        share = self.report.prefilled_percent
        _require(share >= _WANTED_PREFILLED_PERCENT, _("只预填了 {percent}%").format(percent=share))
        minutes = asked.dispatch(number=self.number, viewer=self.statistics).minutes_hundredths / 100
        told = _("{number} 发给 {n} 个县（区），预填 {percent}%，共需 {minutes:.0f} 分钟，记在统计局名下")
        return told.format(number=self.number, n=len(filings), percent=share, minutes=minutes)

    def filled(self) -> str:
        """Each worker tries a known cell first (refused), fills in the rest; one hands in a mistake (refused)."""
        typed = confirmed = 0
        for place, unit in enumerate(self.counties):
            worker, at = player(worker_of(unit), self.stage), self.stage.at(hour=11, minute=place)
            here = {"dispatch": self.number, "unit": unit.code, "by": worker, "at": at}
            with _refused("FRM-2"):
                sheets.type_answer(**here, element="gdp", raw="1")
            done = fill_in(self.figures, self.number, unit, by=worker, at=at)
            typed, confirmed = typed + done.typed, confirmed + done.confirmed
            if place == 0:
                self._hand_in_a_mistake(here)
            sheets.submit_filing(**here)
        told = _("{n} 个县（区）填了 {typed} 个数、确认了 {confirmed} 个旧数；改动已知数的被拒绝")
        return told.format(n=len(self.counties), typed=typed, confirmed=confirmed)

    def returned(self) -> str:
        unit = self.counties[-1]
        worker, at = player(worker_of(unit), self.stage), self.stage.at(hour=14)
        here = {"dispatch": self.number, "unit": unit.code}
        reason = "到位资金包含了市内投资，请按市外资金口径核对"
        sheets.return_filing(**here, reason=reason, by=self.statistics, at=at)
        sheets.type_answer(**here, element="attracted_investment", raw="1,234.50", by=worker, at=at)
        sheets.submit_filing(**here, by=worker, at=at)
        return _("{unit}按退回原因改正后再交").format(unit=unit.name)

    def accepted(self) -> str:
        before = self._card("attracted_investment")
        for unit in self.counties:
            sheets.accept_filing(
                dispatch=self.number, unit=unit.code, by=self.statistics, at=self.stage.at(hour=16)
            )  # fmt: skip
        after = self._card("attracted_investment")
        filed = sum(Decimal(self._shown(unit.code, "attracted_investment")) for unit in self.counties)
        _require(before.counts.pending == len(self.counties), _("待审的数没有标出来"))
        _require(after.counts.pending == 0, _("审核通过后仍有待审"))
        _require(after.value == filed, _("全市到位资金 {a} 不等于各县之和 {b}").format(a=after.value, b=filed))
        told = _("招商引资到位资金：上季 {before:,} → 本季 {now:,} 万元，等于各县（区）之和")
        return told.format(before=after.previous or 0, now=after.value)

    def recomputed(self) -> str:
        kept = known.totals_that_differ()
        count = registers.rebuild_totals(by=SYSTEM, at=self.stage.at(hour=17))
        rebuilt = known.totals_that_differ()
        self.report.rollup_equals_recompute = not kept and not rebuilt
        _require(self.report.rollup_equals_recompute, _("{n} 处汇总与重算不一致").format(n=len(kept)))
        return _("{n:,} 个汇总数与逐条重算一致").format(n=count)

    def visible(self) -> str:
        """The villages' sheet goes out, a village types, and every open page of the city shows it; how fast is told.

        How fast it has to be is for `./dev bench visible` to hold: here other work may share the machine.
        """
        number = send(self.stage, livelihood_round(self.stage))
        village, period = self.stage.village, self.stage.quarter
        worker = player(worker_of(village), self.stage)

        def write(turn: int) -> Decimal:
            sheets.type_answer(
                dispatch=number, unit=village.code, element="migrant_workers", raw=str(200 + turn), by=worker,
                at=self.stage.at(hour=17, minute=turn + 1),
            )  # fmt: skip
            # Nobody else has typed this element, so the city's figure is the village's.
            return Decimal(200 + turn)

        write(-1)
        with served() as address:
            streams = page_streams(address, login="supervision-office", password=self.password, unit=CITY,
                                   period=period.code, pages=PAGES)  # fmt: skip
            seen = sightings(streams, cell=f"migrant_workers|{CITY}", typings=TYPINGS, write=write,
                             pause=lambda turn: 0.2 * float(uniform("pause", turn)))  # fmt: skip
        self.report.visible_ms = {f"p{p}": round(seen.percentile(p), 1) for p in (50, 99)}
        p50, p99 = self.report.visible_ms.values()
        told = _("{pages} 个打开的市级页面，{typings} 次填写：中位 {p50} 毫秒，99% 在 {p99} 毫秒内")
        return told.format(pages=seen.pages, typings=TYPINGS, p50=p50, p99=p99)

    def refused_by_village(self) -> str:
        number = send(self.stage, expired_round(self.stage))
        village = self.stage.village
        worker = player(worker_of(village), self.stage)
        sheets.refuse_filing(dispatch=number, unit=village.code, by=worker, at=self.stage.at(hour=17, minute=30))
        page = asked.filing(dispatch=number, unit=village.code, viewer=worker, today=self.stage.on)
        _require(page.state == "refused", _("拒填没有记下来"))
        told = _("{village}拒填《{sheet}》：{reason}")
        reason = page.reason or joined(page.lacking_marks)
        return told.format(village=village.name, sheet=page.title, reason=reason)

    def refused_by_rules(self) -> str:
        """Daily reports, sheets without legal marks, sheets that ask only what is known."""
        rules: list[str] = []
        for one, rule in zip(hopeless_rounds(self.stage), ("FRM-4", "FRM-1", "FRM-2"), strict=True):
            with _refused(rule):
                send(self.stage, one)
            rules.append(rule)
        year, office = self.stage.quarter.within("year"), player("supervision-office", self.stage)
        seen = gate.refusals(viewer=office, since=year.starts_on, until=year.ends_on)
        _require({rule for one in seen for rule in one.rules} >= set(rules), _("督考办看不到被挡住的要求"))
        told = _("日报（{}）、没有法定标识的表（{}）、全部已掌握的表（{}）都被挡住，督考办看得到")
        return told.format(*rules)

    def rated(self) -> str:
        """Cards are handed out and rated; the rating is in the log, and the tally is what anyone recomputes."""
        place, found = rate_and_recompute(self.stage)
        _require(not found.found, str(found.found))
        (tally,) = found.results.values()
        _require(tally["overall"] == [2, 2, 1, 0, 1], f"{tally}")
        _require(found.leaves == 6, f"{found.leaves} ≠ 6")
        return _("6 份评价都在公开日志里（第一份在第 {place} 位），重算结果一致").format(place=place)

    def sealed(self) -> str:
        count = 0
        while sealed := seal_events(at=self.stage.at(self.stage.on + timedelta(days=1))):
            count += sealed
        breaks = list(broken_seals())
        _require(count > 0 and not breaks, _("链条有 {n} 处断裂").format(n=len(breaks)))
        return _("{n:,} 个事件封存成链，核验无断裂").format(n=count)

    def _compile(self) -> asked.Compiled:
        one = economy_round(self.stage)
        return asked.compile_sheet(
            sheet=one.sheet, scope_unit=one.scope, period=one.period, due_on=self.stage.due(one.on, one.workdays),
            viewer=self.statistics, today=self.stage.on,
        )  # fmt: skip

    def _verdicts(self, compiled: asked.Compiled) -> dict[str, str]:
        return {question.element_code: question.verdict for question in compiled.questions}

    def _dispatch(self, *, only_what_is_left: bool) -> str:
        one = economy_round(self.stage)
        return sheets.dispatch_sheet(
            sheet=one.sheet, scope_unit=one.scope, period=one.period, due_on=self.stage.due(one.on, one.workdays),
            basis=BASIS[one.sheet], only_what_is_left=only_what_is_left, by=self.statistics, at=one.at,
        )  # fmt: skip

    def _hand_in_a_mistake(self, here: dict[str, Any]) -> None:
        """More enterprises have newly come above the size than there are: the sheet's own check says so."""
        sheets.type_answer(**here, element="new_regulated_enterprises", raw="９９９９９")
        try:
            sheets.submit_filing(**here)
        except Refused:
            pass
        else:
            raise _DidNotHold(_("表内校验没有拦住错误"))
        [unit] = [u for u in self.counties if u.code == here["unit"]]
        for question, cell in open_cells(self.number, unit, by=here["by"], on=self.stage.on, states=("answered",)):
            if cell.element_code == "new_regulated_enterprises":
                raw = invented(self.figures, question, cell, unit)
                sheets.type_answer(**here, element=cell.element_code, raw=raw)

    def _shown(self, unit: str, element: str) -> str:
        page = asked.filing(dispatch=self.number, unit=unit, viewer=self.statistics, today=self.stage.on)
        [shown] = [
            cell.shown for section in page.sections for question in section.questions for cell in question.cells
            if cell.element_code == element
        ]  # fmt: skip
        return shown

    def _card(self, indicator: str) -> Any:
        page = unit_page(unit=CITY, period=self.stage.quarter, viewer=player("supervision-office", self.stage))
        [card] = [card for card in page.cards if card.indicator.code == indicator]
        return card

    def _figure(self, element: str) -> int:
        """The city's scaled figure of a monthly element over the quarter."""
        months = [month.key for month in self.stage.quarter.parts("month")]
        [view] = [known.element(code=element)]
        city = org.unit_by_code(CITY).id
        return sum(f.sum for f in known.figures(element_ids=[view.id], periods=months, unit_ids=[city]).values())


@contextmanager
def _refused(rule: str) -> Iterator[None]:
    """The block must be refused by this rule."""
    try:
        yield
    except Refused as refusal:
        told = _("应由 {wanted} 拒绝，实为 {rule}：{refusal}")
        _require(
            refusal.rule == rule,
            told.format(wanted=rule, rule=refusal.rule or type(refusal).__name__, refusal=refusal),
        )
    else:
        raise _DidNotHold(_("{rule} 没有拦住").format(rule=rule))


def _sum_of_file(file: Path, stage: Stage) -> int:
    """The invoiced sales in fen, added up from the file itself by plain SQL, independent of the registers."""
    quarter = stage.quarter
    [[total]] = duckdb.sql(
        """
        SELECT sum(CAST(round(amount * 100) AS HUGEINT)) FROM (
          SELECT try_cast(金额 AS DECIMAL(18, 2)) AS amount, 发票状态 AS state
          FROM read_csv($file, all_varchar = true)
          WHERE try_cast(金额 AS DECIMAL(18, 2)) IS NOT NULL AND 销售方所在区划 <> $nowhere
            AND try_cast(开票日期 AS DATE) >= $first AND try_cast(开票日期 AS DATE) < $after
            AND 发票种类 IN ('01', '02') AND coalesce(销售方编号, '') <> ''
          QUALIFY count(*) OVER (PARTITION BY 发票号码) = 1)
        WHERE state <> '2'
        """,
        params={"file": str(file), "nowhere": NO_SUCH_UNIT, "first": quarter.starts_on, "after": quarter.ends_on},
    ).fetchall()
    return int(total)
