"""The interviewer's pages: which survey, the number to call now, its questions one by one, how the call ended."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.org.rules import Actor
from dukao.voice import actions
from dukao.voice.queries import interviews as queries
from dukao.voice.queries.interviews import CallView, SurveyToCall
from dukao.voice.rules.interviews import OUTCOMES, SKIPPED
from dukao.voice.rules.surveys import QUESTIONS_MOST
from dukao.web import doors, words
from dukao.web.doors import Crumb

_ENDINGS = ("no_answer", "call_back", "refused", "partial", "not_eligible", "wrong_number", "quota_full")


@dataclass(frozen=True)
class InterviewsPage:
    title: str
    surveys: tuple[tuple[SurveyToCall, str, str], ...]  # and how far it is; what is left to call, until when
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """`options` are (value, label, is chosen); none for a number."""

    code: str
    text: str
    options: tuple[tuple[str, str, bool], ...]
    typed: str
    bounds: tuple[int, int]
    may_skip: bool


@dataclass(frozen=True)
class CallPage:
    title: str
    crumbs: tuple[Crumb, ...]
    call: CallView
    questions: tuple[Question, ...]
    endings: tuple[tuple[str, str], ...]
    skipped: str
    is_full: bool
    is_synthetic: bool
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@require_GET
def interviews(request: HttpRequest) -> HttpResponse:
    return doors.render(request, "interviews/list.html", _list(doors.actor_of(request)))


@require_POST
def take(request: HttpRequest, survey: str) -> HttpResponse:
    actor = doors.actor_of(request)
    try:
        call = actions.take_number(survey_code=survey, by=actor, at=doors.now())
    except NotThere:
        raise
    except Refused as refused:
        return doors.render(request, "interviews/list.html", _list(actor, refused), status=refused.status)
    return doors.go(request, reverse("interviews.call", args=[survey, call.line]))


@require_GET
def call(request: HttpRequest, survey: str, line: int) -> HttpResponse:
    return doors.render(request, "interviews/call.html", _page(request, survey, line))


@require_POST
def answers(request: HttpRequest, survey: str, line: int) -> HttpResponse:
    """What was answered so far; the script sends it after every answer, a browser without script with one button."""
    is_script = request.headers.get("Accept") == "application/json"
    told = _told(request)
    try:
        is_full = actions.keep_answers(
            survey_code=survey, line=line, answers=told, by=doors.actor_of(request), at=doors.now()
        )
    except NotThere:
        raise
    except Refused as refused:
        if is_script:
            return JsonResponse({"what": str(refused.what)}, status=refused.status)
        raise
    if is_script:
        return JsonResponse({"is_full": is_full})
    doors.tell(request, _("这类人已经问够了，请道谢后结束") if is_full else _("已保存"))
    return doors.go(request, reverse("interviews.call", args=[survey, line]))


@require_POST
def outcome(request: HttpRequest, survey: str, line: int) -> HttpResponse:
    """How the call ended; on to the next number where there is one."""
    actor, at = doors.actor_of(request), doors.now()
    try:
        held = queries.held_call(survey=survey, line=line, viewer=actor)
        ended, told = request.POST.get("outcome", "")[:16], _told(request)
        if held.is_recheck:
            actions.end_recheck(
                survey_code=survey, line=line, answers=told if ended == "completed" else None, by=actor, at=at
            )
        else:
            if told:
                actions.keep_answers(survey_code=survey, line=line, answers=told, by=actor, at=at)
            actions.end_call(
                survey_code=survey, line=line, outcome=ended, call_at=_moment(request, ended), by=actor, at=at
            )
    except NotThere:
        raise
    except Refused as refused:
        page = _page(request, survey, line, refused)
        return doors.render(request, "interviews/call.html", page, status=refused.status)
    doors.tell(request, _("已记下"))
    return doors.go(request, reverse("interviews"))


def _list(actor: Actor, refused: Refused | None = None) -> InterviewsPage:
    done, left = _("已完成 {n:,} 份，要完成 {wanted:,} 份"), _("还有 {n:,} 个号码可以打 · 到 {day} 结束")
    found = tuple(
        (one, done.format(n=one.completed, wanted=one.wanted), left.format(n=one.waiting, day=words.day(one.ends_on)))
        for one in queries.surveys_to_call(viewer=actor)
    )
    return InterviewsPage(_("访问"), found, refused)


def _page(request: HttpRequest, survey: str, line: int, refused: Refused | None = None) -> CallPage:
    found = queries.held_call(survey=survey, line=line, viewer=doors.actor_of(request))
    title = _("核对回答") if found.is_recheck else _("第 {line} 号").format(line=line)
    endings = ("no_answer", "refused", "wrong_number") if found.is_recheck else _ENDINGS
    questions = tuple(
        Question(
            one.code, one.text,
            tuple((o.code, o.title, found.answers.get(one.code) == o.code) for o in one.options),
            "" if found.answers.get(one.code) == SKIPPED else found.answers.get(one.code, ""), one.range,
            not one.weights and not found.is_recheck,
        )
        for one in found.questions
    )  # fmt: skip
    return CallPage(
        title, (Crumb(_("访问"), reverse("interviews")), Crumb(found.title)), found, questions,
        tuple((name, _(OUTCOMES[name].title)) for name in endings), SKIPPED, False, found.is_synthetic, refused,
    )  # fmt: skip


def _told(request: HttpRequest) -> dict[str, str]:
    """The answers of the form: fields `answer:CODE`; an empty one was not asked yet."""
    found = {
        name.removeprefix("answer:"): str(value)[:20]
        for name, value in request.POST.items()
        if name.startswith("answer:") and value
    }
    if len(found) > QUESTIONS_MOST:
        raise Invalid(_("有的回答读不懂"))
    return found


def _moment(request: HttpRequest, ended: str) -> datetime | None:
    """When to call again, by the clock of the place; None where it cannot be read."""
    if ended != "call_back":
        return None
    raw = f"{request.POST.get('call_on', '')} {request.POST.get('call_time', '')}"
    try:
        return timezone.make_aware(datetime.strptime(raw.strip(), "%Y-%m-%d %H:%M"))  # noqa: DTZ007
    except ValueError:
        return None


urlpatterns = [
    path("interviews/", interviews, name="interviews"),
    path("interviews/<slug:survey>/next/", take, name="interviews.next"),
    path("interviews/<slug:survey>/<int:line>/", call, name="interviews.call"),
    path("interviews/<slug:survey>/<int:line>/answers/", answers, name="interviews.answers"),
    path("interviews/<slug:survey>/<int:line>/outcome/", outcome, name="interviews.outcome"),
]
