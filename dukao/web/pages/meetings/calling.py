"""Calling a meeting: what it costs and what the rules say, before anybody is called."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.definitions import BadDefinition, checked
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.gate import actions, queries
from dukao.gate.queries import Judged
from dukao.gate.rules.meetings import MeetingDefinition
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.burden.coming import Coming, coming_of
from dukao.web.pages.meetings import screen

_SPEECHES, _PLACE = 6, "会议"
_FLAGS = ("video", "groups", "called_by_deputy", "wants_principals")


@dataclass(frozen=True, slots=True)
class SpeechLine:
    number: int
    speaker: str
    kind: str
    minutes: str


@dataclass(frozen=True)
class NewPage:
    title: str
    crumbs: tuple[Crumb, ...]
    typed: dict[str, str]
    departments: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    scopes: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    speeches: tuple[SpeechLine, ...]
    speech_kinds: tuple[tuple[str, str], ...]
    judged: Judged | None = None
    cost: str = ""
    coming: Coming | None = None  # what else the units have that week
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})

    @property
    def may_call(self) -> bool:
        return self.judged is not None and not any(one.refuses for one in self.judged.findings)

    @property
    def may_ask(self) -> bool:
        return self.judged is not None and self.judged.needs_approval


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form; `do=look` tells cost and rules, `do=call` calls the units, `do=ask` lays it before the office."""
    actor = doors.actor_of(request)
    actor.require_anywhere("DEMANDS_ISSUE")
    if request.method == "GET":
        return doors.render(request, "meetings/new.html", _page(actor, {}))
    typed = {key: str(value).strip() for key, value in request.POST.items()}
    judged = None
    try:
        meeting = _definition(typed)
        judged = queries.judged_meeting(meeting=meeting, viewer=actor)
        if typed.get("do") in ("call", "ask"):
            called = actions.call_meeting(
                meeting=meeting, ask_approval=typed["do"] == "ask", by=actor, at=doors.now()
            )  # fmt: skip
            told = _("已通知 {n}。") if called.state == "planned" else _("已报督考办，批准后才通知。")
            doors.tell(request, told.format(n=words.units_asked(judged.unit_count, meeting.level_number)))
            return doors.go(request, reverse("meetings.page", args=[called.number]))
    except NotThere:
        raise
    except Refused as refused:
        return doors.render(
            request, "meetings/new.html", _page(actor, typed, judged, refused), status=refused.status
        )  # fmt: skip
    return doors.render(request, "meetings/new.html", _page(actor, typed, judged))


def _definition(typed: dict[str, str]) -> MeetingDefinition:
    """The form as a definition. Raises BadDefinition with the errors by field."""
    data: dict[str, object] = {
        name: typed.get(name, "")
        for name in ("title", "department", "kind", "basis", "scope", "level", "minutes", "excuse")
    }
    data |= {name: typed.get(name) or "0" for name in ("own_attendees", "travel_minutes")}
    data["attendees_per_unit"] = typed.get("attendees_per_unit") or "1"
    data |= {name: name in typed for name in _FLAGS}
    data["starts_at"] = _moment(typed.get("on", ""), typed.get("time", ""))
    data["agenda"] = [
        {"speaker": one.speaker, "kind": one.kind, "minutes": one.minutes}
        for one in _speeches(typed) if one.speaker or one.minutes
    ]  # fmt: skip
    try:
        return checked(MeetingDefinition, data, place=_PLACE)
    except BadDefinition as bad:
        errors = {_field(place): reason for place, reason in bad.errors.items()}
        raise Invalid(_("有几处要改"), errors=errors) from None


def _field(place: str) -> str:
    """`会议 · agenda › 2 › minutes` stands at `minutes-2`."""
    names = place.removeprefix(_PLACE).removeprefix(" · ").split(" › ")
    if names[0] == "agenda" and len(names) == 3:
        return f"{'speech' if names[2] == 'kind' else names[2]}-{names[1]}"
    return names[0] or "minutes"


def _moment(on: str, at: str) -> datetime:
    try:
        day, clock = date.fromisoformat(on), time.fromisoformat(at)
    except ValueError:
        errors = {"on": _("请写成 2026-10-20"), "time": _("请写成 09:00")}
        raise Invalid(_("时间写得不对"), errors=errors) from None
    return timezone.make_aware(datetime.combine(day, clock.replace(tzinfo=None)))


def _speeches(typed: dict[str, str]) -> Iterator[SpeechLine]:
    for number in range(1, _SPEECHES + 1):
        yield SpeechLine(
            number, typed.get(f"speaker-{number}", "")[:80], typed.get(f"speech-{number}", "other"),
            typed.get(f"minutes-{number}", "")[:5],
        )  # fmt: skip


def _page(actor: Actor, typed: dict[str, str], judged: Judged | None = None, refused: Refused | None = None) -> NewPage:
    standings = actor.standings_with("DEMANDS_ISSUE")
    scopes = {}
    for standing in standings:
        scopes[standing.unit_code] = standing.unit_name
        scopes |= {unit.code: unit.name for unit in org.children(code=standing.unit_code, viewer=actor)}
    lowest = min((standing.unit_level for standing in standings), default=2)
    return NewPage(
        title=_("召集会议"),
        crumbs=(Crumb(_("会议"), reverse("meetings")), Crumb(_("召集会议"))),
        typed=typed,
        departments=tuple((s.department_code, s.department_name) for s in standings),
        kinds=tuple((code, str(label)) for code, label in screen.KINDS.items()),
        scopes=tuple(scopes.items()),
        levels=tuple(
            (name, str(words.LEVELS[level])) for level, name in enumerate(words.LEVEL_NAMES) if level > lowest
        ),
        speeches=tuple(_speeches(typed)),
        speech_kinds=tuple((code, str(label)) for code, label in screen.SPEECHES.items()),
        judged=judged,
        cost=_cost(judged) if judged else "",
        coming=_coming(judged, actor) if judged and judged.unit_ids else None,
        refused=refused,
    )


def _coming(judged: Judged, actor: Actor) -> Coming:
    each = judged.minutes_hundredths // judged.unit_count
    return coming_of(queries.what_if(
        asker=judged.department_code, due_on=judged.on, minutes_by_unit=dict.fromkeys(judged.unit_ids, each),
        viewer=actor,
    ))  # fmt: skip


def _cost(judged: Judged) -> str:
    return _("通知 {units} 个单位，共 {people} 人参会；参会单位要花 {hours}，记在召集部门名下。").format(
        units=f"{judged.unit_count:,}", people=f"{judged.attendees:,}", hours=words.hours(judged.minutes_hundredths)
    )
