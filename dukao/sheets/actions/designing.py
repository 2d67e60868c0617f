"""Designing sheets: a version stays as it is once it was sent; an edit then makes the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.sql import one_at_a_time
from dukao.base.trail import record_event
from dukao.base.wording import clauses, joined
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.registers.rules import LEVEL_OF
from dukao.sheets.models import Dispatch, Question, Sheet
from dukao.sheets.rules.checks import MixedUnits, parse
from dukao.sheets.rules.definitions import SheetDefinition

_DESIGN_LOCK = 0x6475_6B63  # PostgreSQL advisory lock: one sheet is defined at a time.


class SheetInUse(Refused):
    """The sheet is out with units and cannot be retired yet."""


@dataclass(frozen=True, slots=True)
class DefinedSheet:
    """`outcome` is created, changed (in place), versioned (a new version) or unchanged."""

    code: str
    version: int
    outcome: str


def define_sheet(*, definition: SheetDefinition, by: Actor, at: datetime) -> DefinedSheet:
    """Make the sheet ready to be sent, or bring it to this definition; the same definition again changes nothing.

    Raises: NotThere (unknown or foreign department), Invalid (elements that do not fit).
    Records: sheets.sheet.defined.
    """
    if not definition.element_codes:
        raise Invalid(_("一张表至少要有一项"), errors={"sections": _("请加入要填的数据元")})
    return _define(definition, Sheet.State.READY, "sheets.sheet.defined", by, at)


def save_draft(*, definition: SheetDefinition, by: Actor, at: datetime) -> DefinedSheet:
    """Keep a sheet that is still being designed; it can be compiled but not sent.

    Raises: NotThere, Invalid. Records: sheets.sheet.drafted.
    """
    return _define(definition, Sheet.State.DRAFT, "sheets.sheet.drafted", by, at)


def retire_sheet(*, sheet: str, by: Actor, at: datetime) -> None:
    """Retire every version; nothing of it is sent any more, what was sent stays. Twice is once.

    Raises: NotThere, SheetInUse. Records: sheets.sheet.retired.
    """
    with transaction.atomic():
        versions = list(Sheet.objects.select_for_update().filter(code=sheet).order_by("-version"))
        if not versions:
            raise NotThere()
        issuer = org.department(code=versions[0].issuer.code)
        by.require("SHEETS_DESIGN", issuer.unit_path, department=issuer.code)
        if Dispatch.objects.filter(sheet__code=sheet, state=Dispatch.State.OPEN).exists():
            raise SheetInUse(_("这张表还在填报中，不能停用"), todo=_("请先结束或撤回已下发的报表"))
        if Sheet.objects.filter(code=sheet).exclude(state=Sheet.State.RETIRED).update(state=Sheet.State.RETIRED):
            record_event(
                verb="sheets.sheet.retired", subject=f"sheet:{sheet}", by=by, at=at, unit_path=issuer.unit_path
            )


def _define(definition: SheetDefinition, state: str, verb: str, by: Actor, at: datetime) -> DefinedSheet:
    with transaction.atomic():
        one_at_a_time(_DESIGN_LOCK)
        issuer = org.department(code=definition.issuer)
        by.require("SHEETS_DESIGN", issuer.unit_path, department=issuer.code)
        latest = Sheet.objects.select_for_update(of=("self",)).filter(code=definition.code).order_by("-version").first()
        if latest and latest.issuer_id != issuer.id:
            _require_former_issuer(latest, by)
        elements = _fitting_elements(definition)
        wanted = definition.model_dump(mode="json")
        if latest and (latest.definition, latest.state) == (wanted, state):
            return DefinedSheet(definition.code, latest.version, "unchanged")
        is_sent = latest is not None and latest.dispatches.exists()
        version = 1 if latest is None else latest.version + is_sent
        sheet, _is_new = Sheet.objects.update_or_create(
            code=definition.code, version=version, defaults=_columns(definition, wanted, issuer.id, state)
        )
        _write_questions(sheet, definition, elements)
        record_event(
            verb=verb,
            subject=f"sheet:{definition.code}",
            by=by,
            at=at,
            unit_path=issuer.unit_path,
            detail={"version": version, "questions": len(definition.element_codes)},
        )
    outcome = "created" if latest is None else "versioned" if is_sent else "changed"
    return DefinedSheet(definition.code, version, outcome)


def _require_former_issuer(sheet: Sheet, by: Actor) -> None:
    """Taking a sheet over from another department needs the right there too."""
    former = org.department(code=sheet.issuer.code)
    by.require("SHEETS_DESIGN", former.unit_path, department=former.code)


def _columns(definition: SheetDefinition, wanted: dict, issuer_id: int, state: str) -> dict[str, object]:
    legal = definition.legal
    return {
        "title": definition.title,
        "issuer_id": issuer_id,
        "state": state,
        "legal_type": legal.type,
        "form_number": legal.form_number,
        "issuing_body": legal.issuing_body,
        "approval_number": legal.approval_number,
        "valid_until": legal.valid_until,
        "period_type": definition.period,
        "frequency": definition.frequency,
        "level": LEVEL_OF[definition.level],
        "definition": wanted,
        "is_synthetic": definition.synthetic,
    }


def _fitting_elements(definition: SheetDefinition) -> Mapping[str, registers.ElementView]:
    """The sheet's elements by code. Raises Invalid naming each that is unknown or does not fit."""
    elements = registers.elements_by_code(definition.element_codes)
    level = LEVEL_OF[definition.level]
    errors = {}
    for code in definition.element_codes:
        element = elements.get(code)
        if element is None:
            errors[code] = _("没有这个数据元")
        elif element.level < level:
            errors[code] = _("这个数据元在更高一级掌握，不能问下级")
        elif element.level > level and (element.kind != "number" or element.over_units == "none"):
            errors[code] = _("这个数据元在更低一级掌握，又不能汇总")
    for check in definition.checks if not errors else ():
        parsed = parse(check.rule)
        texts = sorted(code for code in parsed.codes if elements[code].kind != "number")
        if texts:
            errors[check.name] = _("{codes} 不是数字，不能校验").format(codes=joined(texts))
            continue
        try:
            parsed.require_like_units({code: elements[code].measure_unit for code in parsed.codes})
        except MixedUnits as problem:
            errors[check.name] = str(problem)
    if errors:
        told = clauses(f"{where}: {why}" for where, why in errors.items())
        raise Invalid(
            _("报表 {code} 有 {n} 处不对：{told}").format(code=definition.code, n=len(errors), told=told),
            errors=errors,
        )
    return elements


def _write_questions(sheet: Sheet, definition: SheetDefinition, elements: Mapping[str, registers.ElementView]) -> None:
    sheet.questions.all().delete()
    questions: list[Question] = []
    for section in definition.sections:
        for question in section.questions:
            element = elements[question.element]
            questions.append(
                Question(
                    sheet=sheet,
                    position=len(questions) + 1,
                    section=section.title,
                    label=question.label or element.title,
                    note=question.note,
                    element_id=element.id,
                    is_required=question.required,
                )
            )
    Question.objects.bulk_create(questions)
