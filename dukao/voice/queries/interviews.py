"""What an interviewer sees: the surveys in the field, the number held now, its questions; how full the quotas are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from dukao.base.refusals import NotThere
from dukao.law import queries as law
from dukao.org.rules import Actor, Standing
from dukao.voice.models import Contact, Interview, Survey
from dukao.voice.queries.phones import opened
from dukao.voice.rules.drawing import stem
from dukao.voice.rules.interviews import full_quotas, rechecked_questions
from dukao.voice.rules.surveys import QuotaDefinition, SurveyDefinition, SurveyQuestion


@dataclass(frozen=True, slots=True)
class SurveyToCall:
    """A survey in the field. `is_holding`: this interviewer has a number of it."""

    code: str
    title: str
    ends_on: date
    completed: int
    wanted: int
    waiting: int
    is_holding: bool
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class CallView:
    """The number held now. `phone` is for dialling, and shown to nobody else; `answers` is what was kept so far."""

    survey: str
    title: str
    issuing_body: str
    approval_number: str
    line: int
    phone: str
    masked_phone: str
    calls: int
    is_recheck: bool
    consent: str
    questions: tuple[SurveyQuestion, ...]
    answers: Mapping[str, str]
    appointment: datetime | None
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class QuotaView:
    where: tuple[str, ...]
    done: int
    wanted: int

    @property
    def is_full(self) -> bool:
        return self.done >= self.wanted


def surveys_to_call(*, viewer: Actor) -> tuple[SurveyToCall, ...]:
    """The surveys in the field that this interviewer works on."""
    viewer.require_anywhere("INTERVIEWS_MAKE")
    found = []
    for row in Survey.objects.filter(state=Survey.State.FIELD).select_related("unit").order_by("ends_on", "code"):
        if not _standings(row, viewer):
            continue
        contacts = Contact.objects.filter(survey=row)
        found.append(SurveyToCall(
            row.code, row.title, row.ends_on, contacts.filter(interview__completed_at__isnull=False).count(),
            row.size["interviews"], contacts.filter(is_done=False).count(),
            contacts.filter(held_by=viewer.name).exists(), row.is_synthetic,
        ))  # fmt: skip
    return tuple(found)


def held_call(*, survey: str, line: int, viewer: Actor) -> CallView:
    """The number that the viewer holds. Raises NotThere for any other."""
    row = survey_to_call(survey, viewer)
    contact = Contact.objects.filter(survey=row, line=line, held_by=viewer.name).first()
    if contact is None:
        raise NotThere()
    return call_view(row, contact, viewer)


def survey_to_call(code: str, viewer: Actor, *, lock: bool = False) -> Survey:
    """The row of a survey in the field that the viewer may call for. Internal. Raises NotThere."""
    rows = Survey.objects.select_for_update(of=("self",)) if lock else Survey.objects.all()
    row = rows.select_related("unit").filter(code=code, state=Survey.State.FIELD).first()
    if row is None or not _standings(row, viewer):
        raise NotThere()
    return row


def call_view(row: Survey, contact: Contact, viewer: Actor) -> CallView:
    """Internal: of a number that the viewer holds."""
    assert contact.held_by == viewer.name, "a number is shown to whoever holds it"
    definition = SurveyDefinition.model_validate(row.definition)
    interview = Interview.objects.filter(contact=contact).first()
    is_recheck = interview is not None and interview.completed_at is not None
    questions = definition.questions
    if is_recheck:
        assert contact.held_until is not None, "a held number is held for a time"
        count = law.rule("SVY-4", timezone.localdate(contact.held_until)).parameters["recheck_questions"]
        questions = tuple(rechecked_questions(definition, code=row.code, line=contact.line, count=count))
    phone = opened(bytes(contact.sealed_phone), context=f"{row.code}:{contact.line}").decode()
    return CallView(
        survey=row.code, title=row.title, issuing_body=definition.marks.issuing_body,
        approval_number=definition.marks.approval_number, line=contact.line, phone=phone,
        masked_phone=contact.masked_phone, calls=contact.calls, is_recheck=is_recheck, consent=definition.consent,
        questions=questions, answers={} if is_recheck or interview is None else interview.answers,
        appointment=contact.next_at if contact.outcome == "call_back" else None, is_synthetic=row.is_synthetic,
    )  # fmt: skip


def completed_answers(row: Survey) -> list[dict[str, str]]:
    """What is known of everybody who completed the interview, for the quotas; nothing is read where there are none."""
    definition = SurveyDefinition.model_validate(row.definition)
    if not definition.quotas:
        return []
    frame = definition.frame
    return [
        {frame.stratum: stratum, frame.region or "": region, **answers}
        for stratum, region, answers in Interview.objects.filter(
            contact__survey=row, completed_at__isnull=False
        ).values_list("contact__stratum", "contact__region", "answers")
    ]


def quotas_of(row: Survey) -> tuple[QuotaView, ...]:
    """How full each quota is. Internal."""
    definition = SurveyDefinition.model_validate(row.definition)
    return tuple(
        QuotaView(_cell_titles(definition, quota), count, quota.wanted)
        for quota, count in full_quotas(definition, completed_answers(row))
    )


def elsewhere_only(row: Survey, viewer: Actor, contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Where the survey wants interviewers from elsewhere (异地交叉): without the numbers of the viewer's own place."""
    if not row.definition["cross_region"]:
        return contacts
    own = Q()
    for standing in _standings(row, viewer):
        if standing.unit_path != row.unit.path and standing.unit_path.startswith(row.unit.path):
            own |= Q(region__startswith=stem(standing.unit_code))
    return contacts.exclude(own) if own else contacts


def _standings(row: Survey, viewer: Actor) -> tuple[Standing, ...]:
    """The viewer's interviewing posts at, above or below the survey's unit."""
    return tuple(
        one for one in viewer.standings_with("INTERVIEWS_MAKE")
        if row.unit.path.startswith(one.unit_path) or one.unit_path.startswith(row.unit.path)
    )  # fmt: skip


def _cell_titles(definition: SurveyDefinition, quota: QuotaDefinition) -> tuple[str, ...]:
    titles = []
    for name, level in quota.where.items():
        question = definition.question(name)
        titles.append(question.title_of(level) if question else level)
    return tuple(titles)
