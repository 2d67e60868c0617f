"""Designing a survey, opening and closing its field work, and publishing what came of it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.trail import record_event
from dukao.base.wording import joined, say
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.voice.models import Contact, Interview, Survey, SurveyEstimate
from dukao.voice.queries.figures import Weighed, figures_of, weigh_survey
from dukao.voice.queries.surveys import SurveyView, survey
from dukao.voice.rules.interviews import SKIPPED, field_count
from dukao.voice.rules.samples import size_for
from dukao.voice.rules.surveys import SurveyDefinition, missing_marks
from dukao.voice.rules.weighting import CannotWeigh

_MARK_TITLES = {
    "issuing_body": "制定机关",
    "form_number": "表号",
    "approval_number": "批准文号",
    "valid_until": "有效期限",
}
_BATCH = 500


class NotApproved(Refused):
    """A survey of the public without its legal marks."""


class StaffAskedAboutTheirUnit(Refused):
    """A unit may not ask its own staff about itself in a way that shows who answered what."""


class SurveyStands(Refused):
    """What was promised, drawn or asked can no longer be designed otherwise."""


class NotThatFar(Refused):
    """The step before this one has not been done."""


class TooFewToPublish(Refused):
    """The answers cannot be made to stand for the population, or are too few."""


def define_survey(*, definition: SurveyDefinition, by: Actor, at: datetime) -> SurveyView:
    """Design a survey, or design it anew as long as no sample was promised.

    Raises: NotThere, Invalid, StaffAskedAboutTheirUnit, SurveyStands. Records: voice.survey.defined.
    """
    with transaction.atomic():
        unit = org.unit_by_code(definition.unit)
        by.require("VOICE_HOLD", unit.path)
        _refuse_own_staff(definition, timezone.localdate(at))
        earlier = Survey.objects.select_for_update(of=("self",)).filter(code=definition.code).first()
        if earlier is not None:
            _require(earlier, by)
            if earlier.definition == definition.model_dump(mode="json"):
                return survey(code=earlier.code, viewer=by)
            if earlier.state != Survey.State.DESIGNED:
                raise SurveyStands(_("这项调查已经开始抽样，不能再改设计"), todo=_("需要调整请另建一项调查"))
        if definition.follows and not Survey.objects.filter(code=definition.follows).exists():
            raise Invalid(
                _("没有上一轮调查"), errors={"follows": _("没有代码为 {code} 的调查").format(code=definition.follows)}
            )
        department = org.department(code=definition.department) if definition.department else None
        row = earlier or Survey(code=definition.code)
        size = size_for(definition.sample, definition.frame.lines)
        row.title, row.unit_id = definition.title, unit.id
        row.department_id = department.id if department else None
        row.definition, row.size = definition.model_dump(mode="json"), asdict(size)
        row.begins_on, row.ends_on = definition.begins_on, definition.ends_on
        row.defined_at, row.by_name, row.is_synthetic = at, by.name, definition.synthetic
        row.save()
        _record("defined", row, by, at, unit.path, title=row.title)
        return survey(code=row.code, viewer=by)


def open_field(*, survey_code: str, by: Actor, at: datetime) -> SurveyView:
    """Give the drawn numbers to the interviewers.

    Raises: NotThere, NotThatFar, NotApproved. Records: voice.survey.opened.
    """
    with transaction.atomic():
        row = locked_survey(survey_code, by)
        if row.state != Survey.State.DRAWN:
            raise NotThatFar(_("还没有抽出样本"), todo=_("请先承诺并抽取样本"))
        refuse_unapproved(row, timezone.localdate(at))
        row.state, row.opened_at = Survey.State.FIELD, at
        row.save(update_fields=["state", "opened_at"])
        _record("opened", row, by, at, row.unit.path)
        return survey(code=row.code, viewer=by)


def close_field(*, survey_code: str, by: Actor, at: datetime) -> SurveyView:
    """End the field work: every telephone number is deleted, and with it who interviewed whom.

    Interviews that were not completed are deleted too. Raises: NotThere, NotThatFar. Records: voice.survey.closed.
    """
    with transaction.atomic():
        row = locked_survey(survey_code, by)
        if row.state != Survey.State.FIELD:
            raise NotThatFar(_("现在没有在访问"), todo=_("请先开始访问"))
        contacts = Contact.objects.filter(survey=row)
        numbers = contacts.exclude(sealed_phone=b"").count()
        contacts.update(sealed_phone=b"", masked_phone="", held_by="", held_until=None, next_at=None)
        of_survey = Interview.objects.filter(contact__survey=row)
        of_survey.filter(completed_at=None).delete()
        of_survey.update(completed_by="")
        row.state, row.closed_at = Survey.State.CLOSED, at
        row.save(update_fields=["state", "closed_at"])
        _record("closed", row, by, at, row.unit.path, numbers_deleted=numbers)
        return survey(code=row.code, viewer=by)


def publish_results(*, survey_code: str, by: Actor, at: datetime) -> SurveyView:
    """Weigh the answers, estimate, and publish what has enough answers behind it; anew where it was published before.

    Raises: NotThere, NotThatFar, TooFewToPublish. Records: voice.survey.published.
    """
    with transaction.atomic():
        row = locked_survey(survey_code, by)
        if row.state not in (Survey.State.CLOSED, Survey.State.PUBLISHED):
            raise NotThatFar(_("访问还没有结束"), todo=_("请先结束访问：电话号码会删除，然后再加权、发布"))
        rule = law.rule("SVY-1", timezone.localdate(at))
        try:
            weighed = weigh_survey(row, rule.parameters)
        except CannotWeigh as problem:
            raise TooFewToPublish(_("还不能加权"), why=say(problem.said), todo=say(problem.todo)) from problem
        found = figures_of(
            weighed, n_eff_least=rule.parameters["n_eff_least"], cell_least=rule.parameters["cell_least"]
        )
        if not found.rows:
            raise TooFewToPublish(
                _("回答太少，不发布"), rule=rule.id, source=rule.source_text,
                why=_("有效样本量不足 {n} 份").format(n=rule.parameters["n_eff_least"]),
            )  # fmt: skip
        _keep_weights(weighed)
        SurveyEstimate.objects.filter(survey=row).delete()
        SurveyEstimate.objects.bulk_create((SurveyEstimate(survey=row, **one) for one in found.rows), batch_size=_BATCH)
        outcomes = list(Contact.objects.filter(survey=row).values_list("outcome", flat=True))
        row.report = {
            "weighting": asdict(weighed.sample.report), "field": asdict(field_count(outcomes)),
            "suppressed": found.suppressed, "skipped": SKIPPED,
        }  # fmt: skip
        row.state, row.published_at = Survey.State.PUBLISHED, at
        row.save(update_fields=["report", "state", "published_at"])
        _record("published", row, by, at, row.unit.path, estimates=len(found.rows), suppressed=found.suppressed)
        return survey(code=row.code, viewer=by)


def _keep_weights(weighed: Weighed) -> None:
    """One weight per interview; an ORM update of thousands of rows takes as long as all the estimates."""
    pairs = zip(weighed.sample.weights.tolist(), (one.pk for one in weighed.interviews), strict=True)
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE voice_interview SET weight = %s WHERE id = %s", list(pairs))


def locked_survey(code: str, by: Actor) -> Survey:
    """The survey's row, held to the end of the transaction. Raises NotThere."""
    row = Survey.objects.select_for_update(of=("self",)).select_related("unit").filter(code=code).first()
    if row is None:
        raise NotThere()
    _require(row, by)
    return row


def definition_of(row: Survey) -> SurveyDefinition:
    return SurveyDefinition.model_validate(row.definition)


def refuse_unapproved(row: Survey, on: Any) -> None:
    """A survey of the public is a statistical survey: it needs its approval. Basis: statistics-regulation#6."""
    rule = law.rule("SVY-3", on)
    definition = definition_of(row)
    if missing := missing_marks(definition.marks, rule.parameters["marks_required"], on):
        raise NotApproved(
            _("没有批准，不能调查"), rule=rule.id, source=rule.source_text,
            why=_("缺少或已过期：{marks}").format(marks=joined(_(_MARK_TITLES[name]) for name in missing)),
            todo=_("请向统计部门报批或备案，把批准文号和有效期限写进设计"),
        )  # fmt: skip


def _refuse_own_staff(definition: SurveyDefinition, on: Any) -> None:
    rule = law.rule("SVY-5", on)
    if definition.population in rule.parameters["applies_to"] and definition.about_unit == definition.unit:
        raise StaffAskedAboutTheirUnit(
            _("不能这样调查本单位职工对本单位的看法"), rule=rule.id, source=rule.source_text,
            why=_("按电话号码抽人，回答能对上是谁说的"), todo=_("请改用匿名的万人评，或由上级单位来调查"),
        )  # fmt: skip


def _require(row: Survey, by: Actor) -> None:
    by.require("VOICE_HOLD", row.unit.path)


def _record(verb: str, row: Survey, by: Actor, at: datetime, path: str, **detail: Any) -> None:
    record_event(verb=f"voice.survey.{verb}", subject=f"survey:{row.code}", by=by, at=at, unit_path=path, detail=detail)
