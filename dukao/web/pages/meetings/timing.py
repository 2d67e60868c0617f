"""The chair's clock: speaker by speaker, on a tablet, with or without a network; and times written down by hand."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.gate import actions, queries
from dukao.gate.queries import MeetingView, SpeechView
from dukao.web import doors
from dukao.web.doors import Crumb
from dukao.web.pages.meetings import screen


@dataclass(frozen=True, slots=True)
class TimedSpeech:
    """`seconds_most`: when the clock rings: its plan, or the rule's limit where that comes first."""

    position: int
    speaker: str
    kind: str
    planned_seconds: int
    seconds_most: int
    rule_seconds: int  # 0 where no rule bounds it
    typed: str


@dataclass(frozen=True)
class TimerPage:
    title: str
    crumbs: tuple[Crumb, ...]
    number: str
    speeches: tuple[TimedSpeech, ...]
    began: str
    ended: str
    href: str
    onward: str
    is_synthetic: bool
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@require_http_methods(["GET", "POST"])
def timer(request: HttpRequest, number: str) -> HttpResponse:
    """GET: the clock. POST: how long it took, from the clock (seconds) or by hand (minutes:seconds)."""
    actor = doors.actor_of(request)
    found = queries.meeting(number=number, viewer=actor)
    if not found.may_lead or found.state not in ("planned", "ended"):
        raise NotThere()
    if request.method == "GET":
        return doors.render(request, "meetings/timer.html", _page(found, {}))
    typed = {key: str(value).strip() for key, value in request.POST.items()}
    try:
        actions.record_times(
            meeting=number, began_at=_moment(typed, "began_at"), ended_at=_moment(typed, "ended_at"),
            seconds=_seconds(found, typed), by=actor, at=doors.now(),
        )  # fmt: skip
    except Refused as refused:
        return doors.render(request, "meetings/timer.html", _page(found, typed, refused), status=refused.status)
    doors.tell(request, _("用时已记下。"))
    return doors.go(request, reverse("meetings.page", args=[number]))


def _moment(typed: dict[str, str], name: str) -> datetime:
    try:
        moment = parse_datetime(typed.get(name, ""))
    except ValueError:
        moment = None
    if moment is None:
        raise Invalid(_("时间写得不对"), errors={name: _("请写成 2026-10-20 09:00")})
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _readable(typed: dict[str, str], name: str) -> str:
    """As typed; what the clock sent (UTC) as one would type it."""
    try:
        return _local(_moment(typed, name))
    except Invalid:
        return typed.get(name, "")


def _seconds(found: MeetingView, typed: dict[str, str]) -> dict[int, int]:
    seconds = {}
    for speech in found.agenda:
        name = f"used-{speech.position}"
        if text := typed.get(name, ""):
            parts = text.split(":")
            if len(parts) > 3 or not all(part.isdecimal() and len(part) < 7 for part in parts):
                raise Invalid(_("用时写得不对"), errors={name: _("请写成 12:30（12 分 30 秒）")})
            seconds[speech.position] = sum(int(part) * 60**at for at, part in enumerate(reversed(parts)))
    return seconds


def _page(found: MeetingView, typed: dict[str, str], refused: Refused | None = None) -> TimerPage:
    return TimerPage(
        title=_("会议计时"),
        crumbs=(
            Crumb(_("会议"), reverse("meetings")),
            Crumb(found.title, reverse("meetings.page", args=[found.number])), Crumb(_("会议计时")),
        ),
        number=found.number,
        speeches=tuple(_timed(one, typed) for one in found.agenda) or (_whole(found),),
        began=_readable(typed, "began_at") or _local(found.began_at or found.starts_at),
        ended=_readable(typed, "ended_at") or (_local(found.ended_at) if found.ended_at else ""),
        href=reverse("meetings.timer", args=[found.number]),
        onward=reverse("meetings.page", args=[found.number]),
        is_synthetic=found.is_synthetic,
        refused=refused,
    )  # fmt: skip


def _timed(speech: SpeechView, typed: dict[str, str]) -> TimedSpeech:
    planned = 60 * speech.planned_minutes
    return TimedSpeech(
        position=speech.position, speaker=speech.speaker, kind=str(screen.SPEECHES[speech.kind]),
        planned_seconds=planned, seconds_most=min(planned, speech.seconds_most or planned),
        rule_seconds=speech.seconds_most or 0,
        typed=typed.get(f"used-{speech.position}") or screen.clock(speech.actual_seconds),
    )  # fmt: skip


def _whole(found: MeetingView) -> TimedSpeech:
    """Without an agenda the clock runs for the meeting itself."""
    planned = 60 * found.planned_minutes
    return TimedSpeech(0, found.title, str(screen.KINDS[found.kind]), planned, planned, 0, "")


def _local(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
