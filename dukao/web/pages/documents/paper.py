"""One document: what the rules say of it, what it will cost, and the steps from draft to issue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, Refused
from dukao.base.wording import joined, say
from dukao.base.words import Words
from dukao.gate import actions
from dukao.gate import queries as gate
from dukao.gate.queries import Assessment, DocumentView
from dukao.gate.rules.documents import CHANNELS, KINDS, Finding
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.burden.appeals import own_units
from dukao.web.pages.documents.listing import STATES
from dukao.web.tables import Tone

_ANSWERS = ("minutes", "forms", "meetings", "reports", "due_on")
_USUAL_DAYS = 30
_TOLD = 8  # sentences shown beside a question


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of the assessment, with what the text itself says of it."""

    name: str
    label: str
    unit: str
    value: str
    error: str
    told: tuple[str, ...]


@dataclass(frozen=True)
class PaperPage:
    title: str
    crumbs: tuple[Crumb, ...]
    seen: DocumentView
    state: tuple[Tone, str]
    figures: tuple[tuple[str, str, str], ...]
    formula: str
    findings: tuple[Finding, ...]
    beside: tuple[tuple[str, str], ...]  # number and address, side by side
    marks: tuple[tuple[str, str], ...]
    answers: tuple[Answer, ...]
    due_on: str
    deadlines: str
    is_assessed: bool
    wants_reason: bool
    wants_permission: bool
    may_issue: bool
    issue_label: str
    excuse: str
    demand_href: str
    is_received: bool
    due: words.Due
    ours: tuple[tuple[str, str], ...]  # own units that it came to, and where they appeal or tell their time
    is_synthetic: bool
    refused: Refused | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@require_GET
def document(request: HttpRequest, number: str) -> HttpResponse:
    return doors.render(request, "documents/page.html", _page(number, doors.actor_of(request)))


@require_POST
def assess(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm what it asks of each unit."""
    given = {name: request.POST.get(name, "").strip() for name in _ANSWERS}

    def do(actor: Actor) -> None:
        actions.assess_document(number=number, **_numbers(given), due_on=_day(given["due_on"]), by=actor,
                                at=doors.now())  # fmt: skip

    return _done(request, number, do, _("一致性评估已保存"), given=given)


@require_POST
def explain(request: HttpRequest, number: str) -> HttpResponse:
    excuse = request.POST.get("excuse", "")

    def do(actor: Actor) -> None:
        actions.explain_document(number=number, excuse=excuse, by=actor, at=doors.now())

    return _done(request, number, do, _("理由已保存，督考办看得到"), given={"excuse": excuse})


@require_POST
def allow(request: HttpRequest, number: str) -> HttpResponse:
    def do(actor: Actor) -> None:
        actions.allow_document(number=number, by=actor, at=doors.now())

    return _done(request, number, do, _("已批准，部门可以印发了"))


@require_POST
def issue(request: HttpRequest, number: str) -> HttpResponse:
    def do(actor: Actor) -> None:
        issued = actions.issue_document(number=number, by=actor, at=doors.now())
        doors.tell(request, _("已印发，编号 {demand}，{hours}记在本部门名下").format(
            demand=issued.demand, hours=words.hours(issued.minutes_hundredths)
        ))  # fmt: skip

    return _done(request, number, do)


@require_POST
def drop(request: HttpRequest, number: str) -> HttpResponse:
    def do(actor: Actor) -> None:
        actions.drop_document(number=number, by=actor, at=doors.now())

    return _done(request, number, do, _("已放弃这份草稿"))


def _done(request: HttpRequest, number: str, do: Callable[[Actor], None], told: str = "", *,
          given: Mapping[str, str] | None = None) -> HttpResponse:  # fmt: skip
    """Do it and lead back to the document; what is refused is told there, with what was typed."""
    actor = doors.actor_of(request)
    try:
        do(actor)
    except Refused as refused:
        if refused.status not in (Refused.status, Invalid.status):
            raise
        page = _page(number, actor, given=given, refused=refused)
        return doors.render(request, "documents/page.html", page, status=refused.status)
    if told:
        doors.tell(request, told)
    return doors.go(request, reverse("documents.page", args=[number]))


def _numbers(given: Mapping[str, str]) -> dict[str, int]:
    """Raises Invalid."""
    errors = {
        name: _("请填整数") for name in _ANSWERS[:4] if not (given[name].isascii() and given[name].isdigit())
    }  # fmt: skip
    if errors:
        raise Invalid(_("一致性评估填得不对"), errors=errors)
    return {name: int(given[name][:9]) for name in _ANSWERS[:4]}


def _day(raw: str) -> date:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise Invalid(_("一致性评估填得不对"), errors={"due_on": _("请写成 2026-10-16")}) from None


def _page(number: str, actor: Actor, *, given: Mapping[str, str] | None = None, refused: Refused | None = None
          ) -> PaperPage:  # fmt: skip
    today = doors.today()
    seen = gate.document(number=number, viewer=actor, today=today)
    line, tone_title = seen.line, STATES[seen.line.state]
    typed, errors = given or {}, getattr(refused, "errors", {})
    lifts = {finding.lifted_by for finding in seen.findings}
    n_units = line.unit_count or org.count_below(path=org.unit_by_code(seen.scope_code).path, level=line.target_level)
    is_assessed = seen.assessment.minutes is not None
    due_on = seen.assessment.due_on or seen.assessment.due_on_told or today + timedelta(days=_USUAL_DAYS)
    return PaperPage(
        title=line.title, crumbs=(Crumb(pgettext("公文", "文件"), reverse("documents")), Crumb(number)), seen=seen,
        state=(tone_title[0], str(tone_title[1])), figures=_figures(seen, n_units), formula=_formula(seen, today),
        findings=seen.findings, beside=_beside(seen, actor), marks=_marks(seen),
        answers=_answers(seen.assessment, typed, errors), due_on=typed.get("due_on", due_on.isoformat()),
        deadlines=joined(seen.assessment.asked.deadlines), is_assessed=is_assessed,
        wants_reason=seen.may_change and bool(lifts & {"excuse", "approval"}),
        wants_permission="approval" in lifts and seen.allowed_at is None,
        may_issue=seen.may_change and is_assessed,
        issue_label=_("印发给 {units}").format(units=words.units_asked(n_units, line.target_level)),
        excuse=typed.get("excuse", seen.excuse),
        demand_href=reverse("demands.page", args=[line.demand]) if line.demand and seen.standing else "",
        is_received=seen.standing is None, due=words.due(line.due_on or due_on, today),
        ours=own_units(line.demand, scope=seen.scope_code, level=line.target_level, actor=actor)
        if line.state == "issued" else (),
        is_synthetic=line.is_synthetic, refused=refused, errors=errors,
    )  # fmt: skip


def _figures(seen: DocumentView, n_units: int) -> tuple[tuple[str, str, str], ...]:
    """What is worth knowing at one look."""
    line, standing = seen.line, seen.standing
    each = line.minutes_hundredths_per_unit or 100 * (seen.assessment.reading_minutes + (seen.assessment.minutes or 0))
    found = [
        (_("正文"), f"{line.characters:,}", _("字，约 {n} 页").format(n=line.pages)),
        (_("每个单位"), words.minutes_number(each), _("分钟")),
        (_("合计，记在部门名下"), words.hours_number(each * n_units), _("小时")),
    ]  # fmt: skip
    if standing is not None:
        of = _("件，去年 {n}").format(n=standing.last_year) if standing.last_year is not None else _("件")
        found.append((_("{year} 年已发").format(year=standing.year), f"{standing.issued:,}", of))
    return tuple(found)


def _formula(seen: DocumentView, today: date) -> str:
    return _("每个单位的时间 = 页数 × {read} 分钟 + 照办的分钟；合计 = 每个单位的时间 × 单位数").format(
        read=law.rule("BRD-1", today).parameters["minutes_per_page_read"]
    )


def _beside(seen: DocumentView, actor: Actor) -> tuple[tuple[str, str], ...]:
    if seen.line.state != "issued" or not actor.has("DEMANDS_SEE_ALL"):
        return ()
    others = dict.fromkeys(other for finding in seen.findings for other in finding.others)
    return tuple((other, reverse("radar.pair", args=[seen.line.number, other])) for other in others)


def _answers(assessment: Assessment, typed: Mapping[str, str], errors: Mapping[str, str]) -> tuple[Answer, ...]:
    """Confirmed numbers, or those that the text itself tells."""
    asked = assessment.asked
    rows = (
        ("minutes", _("照办要花多少时间（不算阅读）"), _("分钟"), assessment.minutes, ()),
        ("forms", _("要填几张表"), _("张"), assessment.forms, asked.forms),
        ("meetings", _("要开几次会"), _("次"), assessment.meetings, asked.meetings),
        ("reports", _("要报几次材料"), _("次"), assessment.reports, asked.reports),
    )
    return tuple(
        Answer(
            name, label, unit, typed.get(name, _proposed(name, value, told)), errors.get(name, ""), tuple(told[:_TOLD])
        )
        for name, label, unit, value, told in rows
    )


def _proposed(name: str, value: int | None, told: tuple[str, ...]) -> str:
    if value is not None:
        return str(value)
    return "" if name == "minutes" else str(len(told))


def _marks(seen: DocumentView) -> tuple[tuple[str, str], ...]:
    line, assessment = seen.line, seen.assessment
    lines = (
        (_("登记号"), line.number),
        (_("发文字号"), line.document_number),
        (_("部门"), line.department_name),
        (_("发文方式"), say(Words(CHANNELS[line.channel]))),
        (_("类别"), say(Words(KINDS[line.kind]))),
        (_("发给"), _("{place}的{level}").format(place=line.scope_name, level=words.LEVELS[line.target_level])),
        (_("发文依据"), seen.basis),
        (_("上级文件"), seen.superior_title),
        (_("截止"), words.day(assessment.due_on)),
        (_("印发"), words.moment(line.issued_at)),
        (_("超长或超件数的理由"), seen.excuse),
        (_("督考办批准"), words.moment(seen.allowed_at)),
        (_("不计入正文"), _("{n} 字（附件、署名等）").format(n=seen.attached_characters)
         if seen.attached_characters else ""),
    )  # fmt: skip
    return tuple((label, text) for label, text in lines if text)
