"""Appealing one line of the own score, and the office's decision."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Refused
from dukao.scores import actions, queries
from dukao.scores.queries import AppealView
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.scores import screen


@dataclass(frozen=True)
class AppealPage:
    title: str
    crumbs: tuple[Crumb, ...]
    number: str
    state: tuple[str, str]
    facts: tuple[tuple[str, str], ...]
    score: str
    may_decide: bool
    typed: dict[str, str]
    is_synthetic: bool
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@require_POST
def make(request: HttpRequest, code: str, scored: str) -> HttpResponse:
    number = actions.make_appeal(
        card=code, scored=scored, line=request.POST.get("line", "")[:64], reason=request.POST.get("reason", ""),
        evidence=request.POST.get("evidence", ""), by=doors.actor_of(request), at=doors.now(),
    )  # fmt: skip
    doors.tell(request, _("申诉 {number} 已提出。").format(number=number))
    return doors.go(request, reverse("scores.one", args=[code, scored]))


@require_GET
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    found = queries.appeal(number=number, viewer=doors.actor_of(request))
    return doors.render(request, "scores/appeal.html", _page(found, {}))


@require_POST
def decide(request: HttpRequest, number: str) -> HttpResponse:
    actor = doors.actor_of(request)
    typed = {name: request.POST.get(name, "") for name in ("decision", "corrected")}
    try:
        version = actions.decide_appeal(
            appeal=number, is_upheld=request.POST.get("do") == "uphold", decision=typed["decision"],
            corrected=typed["corrected"], by=actor, at=doors.now(),
        )  # fmt: skip
    except Refused as refused:
        if refused.status != 422:
            raise
        found = queries.appeal(number=number, viewer=actor)
        return doors.render(request, "scores/appeal.html", _page(found, typed, refused), status=refused.status)
    doors.tell(request, _("已决定，现在是第 {n} 版。").format(n=version))
    return doors.go(request, reverse("scores.appeal", args=[number]))


def _page(found: AppealView, typed: dict[str, str], refused: Refused | None = None) -> AppealPage:
    score = reverse("scores.one", args=[found.card, found.scored])
    of = (found.card_line["decimals"], found.card_line["unit"])
    title = screen.titles([found.card_line])[found.line]
    lines = (
        (_("谁提的"), found.scored_name), (_("考核表"), found.card_title), (_("哪一项"), title),
        (_("针对"), _("第 {n} 版").format(n=found.version)), (_("值"), screen.figure(found.value, *of)),
        (_("理由"), found.reason), (_("证据"), found.evidence),
        (_("提出时间"), words.moment(found.made_at)),
        (_("最晚决定"), words.day(found.due_on) if found.state == "open" else ""),
        (_("决定"), found.decision),
        (_("更正为"), screen.figure(found.corrected, *of) if found.corrected else ""),
        (_("决定时间"), words.moment(found.decided_at)),
    )  # fmt: skip
    return AppealPage(
        title=_("申诉 {number}").format(number=found.number),
        crumbs=screen.crumbs(
            Crumb(found.card_title, reverse("scores.card", args=[found.card])), Crumb(found.scored_name, score),
            Crumb(found.number),
        ),
        number=found.number, state=screen.appeal_state(found.state),
        facts=tuple((label, text) for label, text in lines if text), score=score, may_decide=found.may_decide,
        typed=typed, is_synthetic=found.is_synthetic, refused=refused,
    )  # fmt: skip
