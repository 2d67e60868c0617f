"""Public: what people said, with everything that must stand beside a figure; and the record that replays the draw."""

import json
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.wording import joined, said_of
from dukao.voice.queries import surveys as queries
from dukao.voice.queries.surveys import QuestionResult, ResultView
from dukao.voice.rules.evidence import NOT_IN_ORDER
from dukao.voice.rules.surveys import MODES, SAMPLINGS, WEIGHTINGS
from dukao.web import doors
from dukao.web.doors import Crumb
from dukao.web.pages.surveys.screen import Bar, bars, estimates_table, interval_text, percent, value_text
from dukao.web.tables import Cell, Column, Table, row, table


@dataclass(frozen=True, slots=True)
class Shown:
    """One question: what it says in a line, its answers as bars and as a table, by place, and against earlier waves."""

    code: str
    text: str
    says: str
    beside: str
    trend: str
    bars: tuple[Bar, ...]
    held_back: str
    answers: Table | None
    places: tuple[Bar, ...]
    places_say: str
    by_place: Table | None
    earlier: tuple[Bar, ...]


@dataclass(frozen=True)
class ResultPage:
    title: str
    crumbs: tuple[Crumb, ...]
    result: ResultView
    headline: str
    questions: tuple[Shown, ...]
    facts: tuple[tuple[str, str], ...]
    is_random: bool
    tables: tuple[Table, ...]
    is_synthetic: bool


@dataclass(frozen=True)
class ListPage:
    title: str
    tables: tuple[Table, ...]


@doors.public
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    rows = [
        row(Cell(title, href=reverse("survey_results.page", args=[code])), begins.isoformat(), ends.isoformat())
        for code, title, begins, ends in queries.published_surveys()
    ]
    columns = [Column(_("调查"), is_sticky=True), Column(_("从"), "date"), Column(_("到"), "date")]
    found = table("results", _("已发布的调查"), columns, rows, empty=_("还没有发布过调查结果。"))
    return doors.render(request, "surveys/results.html", ListPage(_("调查结果"), (found,)))


@doors.public
@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.survey_result(code=code)
    shown = tuple(_shown(question) for question in found.questions)
    tables = tuple(t for s in shown for t in (s.answers, s.by_place) if t)
    page = ResultPage(
        title=found.title, crumbs=(Crumb(_("调查结果"), reverse("survey_results")), Crumb(found.title)), result=found,
        headline=_headline(found), questions=shown, facts=_facts(found), is_random=found.sampling == "probability",
        tables=tables, is_synthetic=found.is_synthetic,
    )  # fmt: skip
    return doors.render(request, "surveys/result.html", page)


@doors.public
@require_GET
def sample(request: HttpRequest, code: str) -> HttpResponse:
    """The published record of the draw, for `dukao survey replay` or Python alone."""
    published = queries.published_sample(code=code)
    response = HttpResponse(json.dumps(published, ensure_ascii=False), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{code}-sample.json"'
    return response


def _headline(found: ResultView) -> str:
    """`83.8% 满意，75.6% 认为有成效`."""
    said = [
        f"{percent(q.headline.value)} {q.good_title}"
        for q in found.questions if q.headline and q.headline.kind == "share" and q.good_title
    ]  # fmt: skip
    return _("，").join(said[:3])


def _shown(q: QuestionResult) -> Shown:
    answers = [(one.answer_title, one) for one in q.shares]
    places = [(one.level_title, one) for one in q.by_domain]
    earlier = [(title, one) for title, one in q.earlier]
    if q.headline and earlier:
        earlier.append((_("这一轮"), q.headline))
    return Shown(
        code=q.code, text=q.text, says=_says(q), beside=_beside(q), trend=_trend(q), bars=bars(answers),
        held_back=joined(q.held_back) if answers else "",
        answers=estimates_table(f"answers-{q.code}", q.text, answers, head=_("回答")) if answers else None,
        places=bars(places), places_say=_places_say(q),
        by_place=estimates_table(f"places-{q.code}", _("分组：{text}").format(text=q.text), places, head=_("分组"))
        if places else None,
        earlier=bars(earlier),
    )  # fmt: skip


def _says(q: QuestionResult) -> str:
    if q.headline is None:
        return ""
    if q.headline.kind == "mean":
        return _("平均 {value}").format(value=value_text(q.headline))
    return f"{percent(q.headline.value)} {q.headline.answer_title}"


def _beside(q: QuestionResult) -> str:
    if (head := q.headline) is None:
        return _("回答太少，不发布合计")
    interval = interval_text(head)
    counts = _("样本 {n} 份，有效样本量 {n_eff}").format(n=f"{head.n:,}", n_eff=f"{head.n_eff:,.0f}")
    if not interval:
        return _("{counts}；不是概率样本，没有误差范围").format(counts=counts)
    return _("95% 区间 {interval}，{counts}").format(interval=interval, counts=counts)


def _trend(q: QuestionResult) -> str:
    if (change := q.change) is None:
        return ""
    scale, unit = (1.0, "") if q.headline and q.headline.kind == "mean" else (100.0, _(" 个百分点"))
    low, high = (f"{scale * bound:+.1f}".replace("-", "−") for bound in (change.low, change.high))
    told = {
        "same": _("与上一轮相比看不出变化（差 {low} 到 {high}{unit}）"),
        "up": _("比上一轮高（差 {low} 到 {high}{unit}）"),
        "down": _("比上一轮低（差 {low} 到 {high}{unit}）"),
    }
    return told[change.verdict].format(low=low, high=high, unit=unit)


def _places_say(q: QuestionResult) -> str:
    """Which places lie apart; never an order among those that overlap."""
    if len(q.groups) < 2:
        return _(NOT_IN_ORDER.msgid) if q.groups else ""
    return _("区间分得开的有 {n} 组，组内不分先后：{groups}").format(
        n=len(q.groups), groups=_("；").join(joined(group) for group in q.groups)
    )


def _facts(found: ResultView) -> tuple[tuple[str, str], ...]:
    title, covers, lacks = found.frame
    weighting, variables = _(WEIGHTINGS[found.weighting]), joined(found.weighting_variables)
    facts = (
        (_("问的是谁"), covers), (_("没有包括"), lacks), (_("抽样框"), title),
        (_("样本"), _(SAMPLINGS[found.sampling])),
        (_("方式"), _(MODES[found.mode])), (_("时间"), f"{found.begins_on} – {found.ends_on}"),
        (_("完成访问"), _("{n} 份（抽出 {drawn} 个号码）").format(n=f"{found.n:,}", drawn=f"{found.field.drawn:,}")),
        (_("有效样本量"), _("{n} 份（基什）").format(n=f"{found.n_eff:,.0f}")),
        (_("应答率"), _("{rate}（AAPOR 第 3 式）").format(rate=percent(found.field.response_rate))),
        (_("加权"), said_of(weighting, variables) if variables else weighting),
        (_("制定机关"), found.issuing_body), (_("批准文号"), found.approval_number),
    )  # fmt: skip
    return tuple((label, text) for label, text in facts if text)
