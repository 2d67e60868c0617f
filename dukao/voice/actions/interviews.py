"""Calling people who were drawn: the next number, answers as they come, how the call ended, a second call for quality.

Two interviewers never hold the same number: whoever's update finds it free has it, in the database.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.trail import record_event
from dukao.base.wording import joined
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.voice.actions.surveys import definition_of, locked_survey
from dukao.voice.models import Contact, Interview, Survey
from dukao.voice.queries.interviews import CallView, call_view, completed_answers, elsewhere_only, survey_to_call
from dukao.voice.rules.interviews import (
    OUTCOMES,
    SKIPPED,
    agreed,
    is_calling_time,
    is_full_for,
    next_call,
    rechecked_questions,
    unanswered,
)
from dukao.voice.rules.surveys import SurveyDefinition, answer_of

_TRIES, _CANDIDATES = 20, 5
_FAULTS_TOLD, _BATCH = 5, 500


class NotTheHour(Refused):
    """People are not called at this time of day."""


class NobodyToCall(Refused):
    """No number is waiting: all are done, with somebody, or due later."""


class NotYours(Refused):
    """The number is no longer held by this interviewer."""


class NotAllAsked(Invalid):
    """The interview is not complete."""


class QuotaFull(Refused):
    """Enough people of this kind have answered."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """A call made elsewhere (by a call centre's own system), to be brought in."""

    line: int
    outcome: str
    answers: Mapping[str, str]
    at: datetime


def take_number(*, survey_code: str, by: Actor, at: datetime) -> CallView:
    """The number this interviewer calls next, held for a while; the one already held, where there is one.

    Calls that were arranged come first, then second calls for quality, then numbers in the order of the draw.
    Raises: NotThere, NotTheHour, NobodyToCall. Records nothing: who calls whom is forgotten when the field work ends.
    """
    row = survey_to_call(survey_code, by)
    if held := Contact.objects.filter(survey=row, held_by=by.name).first():
        _hold_longer(held, at)
        return call_view(row, held, by)
    rule = law.rule("SVY-4", timezone.localdate(at))
    hours = {"from_hour": rule.parameters["call_from_hour"], "to_hour": rule.parameters["call_to_hour"]}
    if not is_calling_time(timezone.localtime(at), **hours):
        raise NotTheHour(
            _("现在不是打电话的时间"), rule=rule.id, source=rule.source_text,
            why=_("只在每天 {from_hour} 点到 {to_hour} 点打电话").format(**hours), todo=_("请到时候再来"),
        )  # fmt: skip
    for _try in range(_TRIES):
        candidates = _waiting(row, by, at)
        if not candidates:
            break
        for contact in candidates:
            try:
                with transaction.atomic():
                    if _as_seen(contact, at).update(held_by=by.name, held_until=_until(at)):
                        contact.refresh_from_db()
                        return call_view(row, contact, by)
            except IntegrityError:  # this interviewer's other window was quicker
                held = Contact.objects.get(survey=row, held_by=by.name)
                return call_view(row, held, by)
    raise NobodyToCall(_("现在没有要打的号码"), todo=_("约好再打的号码到时候会出现，请过一会儿再来"))


def keep_answers(*, survey_code: str, line: int, answers: Mapping[str, str], by: Actor, at: datetime) -> bool:
    """Keep what was answered so far; answers whether enough people of this kind have answered already.

    May be repeated at will: the latest answer to a question stands. Raises: NotThere, NotYours, Invalid.
    """
    with transaction.atomic():
        row = survey_to_call(survey_code, by)
        contact, definition = _held(row, line, by, at), definition_of(row)
        found = _checked(definition, answers)
        interview, is_new = Interview.objects.get_or_create(
            contact=contact, defaults={"answers": found, "began_at": at}
        )
        if interview.completed_at is not None:
            raise NotYours(_("这个访问已经完成"), todo=_("请接着打下一个"))
        if not is_new:
            interview.answers |= found
            interview.save(update_fields=["answers"])
        return is_full_for(definition, _known_of(definition, contact, interview.answers), completed_answers(row))


def end_call(
    *, survey_code: str, line: int, outcome: str, call_at: datetime | None = None, by: Actor, at: datetime
) -> None:
    """Say how the call ended and let go of the number; a number nobody answered is due again at a time by chance.

    Raises: NotThere, NotYours, Invalid, NotAllAsked, QuotaFull. Records nothing: see take_number.
    """
    if outcome not in OUTCOMES:
        raise Invalid(_("请选择通话结果"), errors={"outcome": _("没有这种结果")})
    with transaction.atomic():
        row = survey_to_call(survey_code, by, lock=True)
        contact = _held(row, line, by, at)
        rule = law.rule("SVY-4", timezone.localdate(at)).parameters
        if outcome == "completed":
            _complete(row, contact, by, at)
            # A second call for quality waits a while, and another interviewer makes it.
            contact.next_at = at + timedelta(hours=rule["again_hours_least"]) if contact.is_rechecked else None
        elif outcome == "call_back":
            contact.next_at = _arranged(call_at, at, rule)
        elif outcome == "no_answer":
            contact.next_at = _another_time(at, rule)
        contact.outcome, contact.calls = outcome, contact.calls + 1
        contact.is_done = OUTCOMES[outcome].ends or contact.calls >= rule["calls_most"]
        contact.held_by, contact.held_until = "", None
        contact.save()


def end_recheck(*, survey_code: str, line: int, answers: Mapping[str, str] | None, by: Actor, at: datetime) -> None:
    """The second call: how many of the answers were given again; None where nobody could be reached.

    It tells of the survey, never of an interviewer. Raises: NotThere, NotYours, Invalid, NotAllAsked.
    """
    with transaction.atomic():
        row = survey_to_call(survey_code, by)
        contact, definition = _held(row, line, by, at), definition_of(row)
        interview = Interview.objects.filter(contact=contact, completed_at__isnull=False, rechecked_at=None).first()
        if interview is None:
            raise NotYours(_("这个号码不用再核对"), todo=_("请接着打下一个"))
        rule = law.rule("SVY-4", timezone.localdate(at)).parameters
        asked = rechecked_questions(definition, code=row.code, line=line, count=rule["recheck_questions"])
        if answers is None:
            interview.recheck_asked, interview.recheck_agreed = 0, 0
        else:
            again = _checked(definition, answers)
            if missing := [question.text for question in asked if question.code not in again]:
                raise NotAllAsked(_("还有题没问"), errors={"answers": joined(missing)})
            again = {question.code: again[question.code] for question in asked}
            interview.recheck_asked, interview.recheck_agreed = len(asked), agreed(interview.answers, again)
        interview.rechecked_at = at
        interview.save(update_fields=["rechecked_at", "recheck_asked", "recheck_agreed"])
        Contact.objects.filter(pk=contact.pk).update(held_by="", held_until=None, next_at=None)


def bring_in_calls(*, survey_code: str, calls: Iterable[CallResult], by: Actor, at: datetime) -> int:
    """Bring in what came of calls made with another system: one line per number drawn. Answers how many.

    All or none. Raises: NotThere, Invalid naming the lines. Records: voice.survey.calls_brought_in.
    """
    with transaction.atomic():
        row = locked_survey(survey_code, by)
        if row.state != Survey.State.FIELD:
            raise Invalid(_("现在没有在访问"), errors={"file": _("请先开始访问")})
        definition = definition_of(row)
        contacts = {one.line: one for one in Contact.objects.filter(survey=row, is_done=False)}
        ended: dict[str, list[int]] = defaultdict(list)
        interviews, faults = [], []
        for call in calls:
            contact = contacts.pop(call.line, None)
            if fault := _fault(call, contact, definition):
                faults.append(_("第 {line} 号：{fault}").format(line=call.line, fault=fault))
                continue
            assert contact is not None
            ended[call.outcome].append(contact.pk)
            if call.outcome == "completed":
                interviews.append(Interview(
                    contact=contact, answers=dict(call.answers), began_at=call.at, completed_at=call.at
                ))  # fmt: skip
        if faults:
            raise Invalid(_("有的结果读不懂"), errors={"file": joined(faults[:_FAULTS_TOLD])})
        for outcome, ids in ended.items():
            for begin in range(0, len(ids), _BATCH):
                Contact.objects.filter(pk__in=ids[begin : begin + _BATCH]).update(
                    outcome=outcome,
                    is_done=OUTCOMES[outcome].ends,
                    calls=F("calls") + 1,
                )
        Interview.objects.bulk_create(interviews, batch_size=_BATCH)
        called = sum(map(len, ended.values()))
        record_event(
            verb="voice.survey.calls_brought_in", subject=f"survey:{row.code}", by=by, at=at, unit_path=row.unit.path,
            detail={"calls": called, "completed": len(interviews)},
        )  # fmt: skip
        return called


def _waiting(row: Survey, by: Actor, at: datetime) -> list[Contact]:
    """The next few numbers that this interviewer may call, the most urgent first."""
    own = elsewhere_only(row, by, Contact.objects.filter(survey=row) & _free(at))
    due = own.filter(Q(next_at=None) | Q(next_at__lte=at))
    rechecks = due.filter(
        is_rechecked=True, interview__completed_at__isnull=False, interview__rechecked_at=None
    ).exclude(interview__completed_by=by.name)  # fmt: skip
    open_ones = due.filter(is_done=False)
    for found in (open_ones.filter(outcome="call_back").order_by("next_at"), rechecks.order_by("next_at"),
                  open_ones.exclude(outcome="call_back").order_by("calls", "position")):  # fmt: skip
        if some := list(found[:_CANDIDATES]):
            return some
    return []


def _free(at: datetime) -> QuerySet[Contact]:
    return Contact.objects.filter(Q(held_by="") | Q(held_until__lt=at)).exclude(sealed_phone=b"")


def _as_seen(contact: Contact, at: datetime) -> QuerySet[Contact]:
    """The number, if it is still free and nobody has called it since it was looked at."""
    return _free(at).filter(
        pk=contact.pk, calls=contact.calls, outcome=contact.outcome, is_done=contact.is_done, next_at=contact.next_at
    )


def _held(row: Survey, line: int, by: Actor, at: datetime) -> Contact:
    """The number, held by this interviewer; that the time ran out does no harm as long as nobody else has it."""
    contact = Contact.objects.select_for_update(of=("self",)).filter(survey=row, line=line).first()
    if contact is None:
        raise NotThere()
    if contact.held_by != by.name:
        raise NotYours(_("这个号码已经不在您手里"), todo=_("请取下一个号码"))
    _hold_longer(contact, at)
    return contact


def _hold_longer(contact: Contact, at: datetime) -> None:
    contact.held_until = _until(at)
    Contact.objects.filter(pk=contact.pk, held_by=contact.held_by).update(held_until=contact.held_until)


def _until(at: datetime) -> datetime:
    minutes: int = law.rule("SVY-4", timezone.localdate(at)).parameters["held_minutes"]
    return at + timedelta(minutes=minutes)


def _complete(row: Survey, contact: Contact, by: Actor, at: datetime) -> None:
    definition = definition_of(row)
    interview = Interview.objects.filter(contact=contact).first()
    answers = interview.answers if interview else {}
    if missing := unanswered(definition, answers):
        raise NotAllAsked(_("还有题没问"), errors={"answers": joined(question.text for question in missing)})
    assert interview is not None
    if is_full_for(definition, _known_of(definition, contact, answers), completed_answers(row)):
        raise QuotaFull(_("这类人已经问够"), why=_("配额已满"), todo=_("请选“这类人已经问够”，再打下一个"))
    interview.completed_at, interview.completed_by = at, by.name
    interview.save(update_fields=["completed_at", "completed_by"])


def _arranged(call_at: datetime | None, at: datetime, rule: Mapping[str, Any]) -> datetime:
    hours = {"from_hour": rule["call_from_hour"], "to_hour": rule["call_to_hour"]}
    if call_at is None or call_at <= at or not is_calling_time(timezone.localtime(call_at), **hours):
        raise Invalid(
            _("请写约好的时间"),
            errors={"call_at": _("要在以后，每天 {from_hour} 点到 {to_hour} 点之间").format(**hours)},
        )
    return call_at


def _another_time(at: datetime, rule: Mapping[str, Any]) -> datetime:
    return next_call(
        timezone.localtime(at), from_hour=rule["call_from_hour"], to_hour=rule["call_to_hour"],
        hours_least=rule["again_hours_least"], chance=secrets.randbelow(10**6) / 10**6,
    )  # fmt: skip


def _checked(definition: SurveyDefinition, answers: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for code, raw in answers.items():
        question = definition.question(code)
        answer = SKIPPED if question and raw == SKIPPED and not question.weights else None
        if question is not None and answer is None:
            answer = answer_of(question, raw)
        if question is None or answer is None:
            raise Invalid(_("有的回答读不懂"), errors={code[:60]: _("不是这道题的选项")})
        found[code] = answer
    return found


def _fault(call: CallResult, contact: Contact | None, definition: SurveyDefinition) -> str:
    if contact is None:
        return _("没有抽到，或已经有结果")
    if call.outcome not in OUTCOMES:
        return _("没有这种结果")
    if call.outcome != "completed":
        return ""
    try:
        found = _checked(definition, call.answers)
    except Invalid:
        return _("回答读不懂")
    return _("没有问完") if unanswered(definition, found) else ""


def _known_of(definition: SurveyDefinition, contact: Contact, answers: Mapping[str, str]) -> dict[str, str]:
    frame = definition.frame
    return {frame.stratum: contact.stratum, frame.region or "": contact.region, **answers}
