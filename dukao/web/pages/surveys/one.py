"""One survey for the office that holds it: its design, how far it has come, and the next step."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.spoken import spoken
from dukao.base.wording import joined, said_of
from dukao.voice import actions
from dukao.voice.actions import CallResult
from dukao.voice.queries import surveys as queries
from dukao.voice.queries.surveys import SurveyView
from dukao.voice.rules.interviews import OUTCOMES
from dukao.voice.rules.surveys import ALLOCATIONS, MODES, SAMPLINGS, WEIGHTINGS
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.surveys.screen import percent
from dukao.web.tables import Cell, Column, Table, number, row, table

_STEPS = ("designed", "promised", "drawn", "field", "closed", "published")
_CALLS_MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class SurveyPage:
    title: str
    crumbs: tuple[Crumb, ...]
    survey: SurveyView
    steps: tuple[tuple[str, str], ...]  # what was or will be done, and is-here
    facts: tuple[tuple[str, str], ...]
    drawing: tuple[tuple[str, str], ...]
    questions: tuple[tuple[str, str], ...]
    strata: Table | None
    outcomes: Table | None
    quotas: Table | None
    weights: Table | None
    weights_say: tuple[str, ...]
    progress: str
    ending: str  # what ending the field work means
    is_synthetic: bool
    refused: Refused | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(one for one in (self.strata, self.outcomes, self.quotas, self.weights) if one)

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@require_GET
def survey(request: HttpRequest, code: str) -> HttpResponse:
    return doors.render(request, "surveys/page.html", _page(request, code))


@doors.takes_files("VOICE_HOLD")
@require_POST
def promise(request: HttpRequest, code: str) -> HttpResponse:
    def act() -> None:
        file = request.FILES.get("frame")
        actions.promise_sample(
            survey_code=code, frame=file.read() if file else b"", public_source=request.POST.get("public_source", ""),
            by=doors.actor_of(request), at=doors.now(),
        )  # fmt: skip

    return _done(request, code, act, _("承诺已公布。公开数产生以后，再来抽取"))


@require_POST
def draw(request: HttpRequest, code: str) -> HttpResponse:
    def act() -> None:
        actions.draw_sample(
            survey_code=code, public_part=request.POST.get("public_part", ""), by=doors.actor_of(request),
            at=doors.now(),
        )  # fmt: skip

    return _done(request, code, act, _("样本已抽出，任何人都可以用公布的记录重算"))


@require_POST
def open_field(request: HttpRequest, code: str) -> HttpResponse:
    def act() -> None:
        actions.open_field(survey_code=code, by=doors.actor_of(request), at=doors.now())

    return _done(request, code, act, _("已开始，访问员可以取号码了"))


@doors.takes_files("VOICE_HOLD")
@require_POST
def bring_in(request: HttpRequest, code: str) -> HttpResponse:
    """Results of another calling system: a CSV with line, outcome, and a column for each question."""

    def act() -> None:
        file = request.FILES.get("file")
        content = file.read(_CALLS_MOST_BYTES + 1) if file else b""
        if len(content) > _CALLS_MOST_BYTES:
            raise Invalid(_("文件太大"), errors={"file": _("最多 20 MB")})
        actions.bring_in_calls(survey_code=code, calls=_calls(content), by=doors.actor_of(request), at=doors.now())

    return _done(request, code, act, _("访问结果已导入"))


@require_POST
def close_field(request: HttpRequest, code: str) -> HttpResponse:
    def act() -> None:
        actions.close_field(survey_code=code, by=doors.actor_of(request), at=doors.now())

    return _done(request, code, act, _("访问已结束，全部电话号码已删除"))


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    def act() -> None:
        actions.publish_results(survey_code=code, by=doors.actor_of(request), at=doors.now())

    return _done(request, code, act, _("结果已发布，任何人都可以看"))


def _done(request: HttpRequest, code: str, act: Callable[[], None], told: str) -> HttpResponse:
    try:
        act()
    except NotThere:
        raise
    except Refused as refused:
        page = _page(request, code, refused)
        return doors.render(request, "surveys/page.html", page, status=refused.status)
    doors.tell(request, told)
    return doors.go(request, reverse("surveys.page", args=[code]))


def _calls(content: bytes) -> list[CallResult]:
    at = doors.now()
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig", errors="replace")))
    if not {"line", "outcome"} <= set(rows.fieldnames or ()):
        raise Invalid(_("文件读不懂"), errors={"file": _("第一行要有 line、outcome 和各题的代码")})
    found = []
    for one in rows:
        line = one.pop("line") or ""
        if not (line.isdecimal() and len(line) < 9):
            raise Invalid(_("文件读不懂"), errors={"file": _("line 要填抽中的号（整数）")})
        outcome = one.pop("outcome") or ""
        answers = {str(name): value for name, value in one.items() if isinstance(value, str) and value}
        found.append(CallResult(int(line), outcome, answers, at))
    return found


def _page(request: HttpRequest, code: str, refused: Refused | None = None) -> SurveyPage:
    found = queries.survey(code=code, viewer=doors.actor_of(request))
    here = _STEPS.index(found.state)
    titles = (_("设计"), _("公布抽样承诺"), _("抽出样本"), _("访问"), _("结束访问，删除号码"), _("加权、发布"))
    weighting = found.report.get("weighting")
    return SurveyPage(
        title=found.title, crumbs=(Crumb(_("民意调查"), reverse("surveys")), Crumb(found.title)), survey=found,
        steps=tuple((title, "is-here" if place == min(here + 1, 5) else "") for place, title in enumerate(titles)),
        facts=_facts(found), drawing=_drawing(found),
        questions=tuple((q.text, joined(o.title for o in q.options) or f"{q.range[0]}–{q.range[1]}")
                        for q in found.definition.questions),
        strata=_strata(found), outcomes=_outcomes(found), quotas=_quotas(found),
        weights=_weights(weighting) if weighting else None,
        weights_say=_weights_say(weighting, has_margins=bool(found.definition.margins)) if weighting else (),
        progress=_("已完成 {n:,} 份，要完成 {wanted:,} 份").format(
            n=found.field.completed if found.field else 0, wanted=found.interviews_wanted
        ),
        ending=_("结束后，{n:,} 个电话号码全部删除，没问完的访问也删除，不能恢复。").format(n=found.phones_left),
        is_synthetic=found.is_synthetic, refused=refused,
    )  # fmt: skip


def _facts(found: SurveyView) -> tuple[tuple[str, str], ...]:
    of, marks = found.definition, found.definition.marks
    facts = (
        (_("为什么问"), of.purpose), (_("谁的"), found.department_name or found.unit_name),
        (_("制定机关"), marks.issuing_body), (_("批准文号"), marks.approval_number or _("还没有，不能开始抽样")),
        (_("有效期限"), marks.valid_until.isoformat() if marks.valid_until else ""),
        (_("时间"), f"{of.begins_on} – {of.ends_on}"), (_("方式"), _(MODES[of.mode])),
        (_("样本"), _(SAMPLINGS[of.sampling])), (_("抽样框"), of.frame.title), (_("包括"), of.frame.covers),
        (_("没有包括"), of.frame.lacks),
        (_("样本量"), _size(found)),
        (_("各层怎么分"), _(ALLOCATIONS[of.sample.allocation])
         + (_("，每层至少 {n}").format(n=of.sample.stratum_least) if of.sample.stratum_least else "")),
        (_("加权"), _(WEIGHTINGS[of.weighting])), (_("异地交叉访问"), _("是") if of.cross_region else _("否")),
    )  # fmt: skip
    return tuple((label, text) for label, text in facts if text)


def _size(found: SurveyView) -> str:
    sample = found.definition.sample
    return _(
        "完成 {n} 份，抽 {numbers} 个号码：误差 ±{margin} 个百分点，设计效应 {deff}，预计应答 {rate}%"
    ).format(
        n=f"{found.interviews_wanted:,}", numbers=f"{found.numbers_wanted:,}", margin=f"{sample.margin_points:g}",
        deff=f"{sample.design_effect:g}", rate=f"{sample.response_percent:g}",
    )  # fmt: skip


def _drawing(found: SurveyView) -> tuple[tuple[str, str], ...]:
    if (sample := found.sample) is None:
        return ()
    facts = (
        (_("抽样框"), _("{n} 个号码，不保存没抽中的").format(n=f"{sample.lines:,}")),
        (_("近期问过、不再打扰"), _("{n} 个号码").format(n=f"{sample.left_out:,}") if sample.drawn_at else ""),
        (_("公开数取自"), sample.public_source), (_("承诺（SHA-256）"), sample.commitment),
        (_("承诺时间"), words.moment(sample.promised_at)), (_("公开数"), sample.public_part), (_("种子"), sample.seed),
        (_("抽取时间"), words.moment(sample.drawn_at)),
    )  # fmt: skip
    return tuple((label, text) for label, text in facts if text)


def _strata(found: SurveyView) -> Table | None:
    if found.sample is None:
        return None
    has_clusters = any(one.clusters != (1, 1) for one in found.sample.strata)
    columns = [Column(_("层"), is_sticky=True), Column(_("号码"), "number"), Column(_("抽"), "number")]
    if has_clusters:
        columns.append(Column(_("群"), "number"))
    rows = [
        row(
            one.name,
            number(one.lines),
            number(one.drawn),
            *(["/".join(map(str, one.clusters))] if has_clusters else []),
        )
        for one in found.sample.strata
    ]
    return table("strata", _("各层的样本"), columns, rows)


def _outcomes(found: SurveyView) -> Table | None:
    if found.field is None:
        return None
    rows = [
        row(_(OUTCOMES[name].title) if name else _("还没有打"), OUTCOMES[name].aapor if name else "3.0", number(n))
        for name, n in found.field.by_outcome
    ]
    columns = [Column(_("通话结果"), is_sticky=True), Column("AAPOR"), Column(_("号码"), "number")]
    rate = _("应答率 {rate}（AAPOR 第 3 式），合作率 {cooperation}").format(
        rate=percent(found.field.response_rate), cooperation=percent(found.field.cooperation_rate)
    )
    return table("outcomes", _("通话结果"), columns, rows, source=rate)


def _quotas(found: SurveyView) -> Table | None:
    if not found.quotas:
        return None
    rows = [
        row(joined(one.where), number(one.done), number(one.wanted),
            Cell(_("已满"), tone="ok") if one.is_full else Cell(_("未满"), tone="plain"))
        for one in found.quotas
    ]  # fmt: skip
    columns = [Column(_("哪类人"), is_sticky=True), Column(_("已完成"), "number"), Column(_("要完成"), "number"),
               Column(_("进展"), "badge")]  # fmt: skip
    return table("quotas", _("配额"), columns, rows)


def _weights(weighting: dict) -> Table:  # type: ignore[type-arg]
    rows = [
        row(spoken(one["title"]), number(round(one["total"])), f"{one['least']:,.1f}", f"{one['most']:,.1f}",
            f"{one['n_eff']:,.0f}", f"{one['effect']:.2f}")
        for one in weighting["steps"]
    ]  # fmt: skip
    columns = [
        Column(_("步骤"), is_sticky=True), Column(_("权数合计"), "number"), Column(_("最小"), "number"),
        Column(_("最大"), "number"), Column(_("有效样本量"), "number"), Column(_("加权效应"), "number"),
    ]  # fmt: skip
    return table("weights", _("加权报告"), columns, rows)


def _weights_say(weighting: dict, *, has_margins: bool) -> tuple[str, ...]:  # type: ignore[type-arg]
    told = []
    if weighting["trimmed_count"]:
        told.append(_("截尾：{n} 份的权数超过上限 {cap}，截去全部权数的 {share}").format(
            n=weighting["trimmed_count"], cap=f"{weighting['cap']:,.1f}",
            share=percent(weighting["trimmed_share"], places=2),
        ))  # fmt: skip
    else:
        told.append(_("没有权数超过上限 {cap}，没有截尾").format(cap=f"{weighting['cap']:,.1f}"))
    if has_margins:
        told.append(_("与总体边际最大相差 {misfit}").format(misfit=percent(weighting["misfit"], places=4)))
    if weighting["merged"]:
        told.append(said_of(_("回答太少、合并调整的层"), joined(weighting["merged"])))
    return tuple(told)
