"""Defining datasets."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, Refused
from dukao.base.trail import record_event
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers.actions.elements import Outcome
from dukao.registers.models import Dataset
from dukao.registers.queries.elements import elements_by_code
from dukao.registers.rules import DatasetDefinition
from dukao.registers.rules.measures import distillations


class DoesNotFit(Invalid):
    """The dataset's measures and the elements they name do not fit together."""


class NotYourElement(Refused):
    """The dataset would write figures that another department answers for."""


def define_dataset(*, definition: DatasetDefinition, by: Actor, at: datetime) -> Outcome:
    """Make the dataset, or its next version; the same definition again changes nothing.

    Raises: NotThere (unknown or foreign department), DoesNotFit, NotYourElement.
    Records: registers.dataset.defined.
    """
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().filter(code=definition.code).first()
        provider = org.department(code=definition.provider)
        by.require("REGISTERS_DEFINE", provider.unit_path, department=provider.code)
        if dataset and dataset.provider_id != provider.id:
            before = org.department(code=dataset.provider.code)
            by.require("REGISTERS_DEFINE", before.unit_path, department=before.code)
        try:
            distillations(definition, elements_by_code())
        except ValueError as error:
            raise DoesNotFit(
                _("数据集 %(code)s 与数据元对不上：%(why)s") % {"code": definition.code, "why": error},
                errors={f"{definition.code} · measures": str(error)},
            ) from None
        if not by.is_system:
            _refuse_foreign_elements(definition)
        told = definition.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        if dataset and dataset.definition == told:
            return "unchanged"
        version = dataset.version + 1 if dataset else 1
        Dataset.objects.update_or_create(
            code=definition.code,
            defaults={
                "title": definition.title,
                "provider_id": provider.id,
                "definition": told,
                "version": version,
                "is_synthetic": definition.synthetic,
            },
        )
        record_event(
            verb="registers.dataset.defined",
            subject=f"dataset:{definition.code}",
            by=by,
            at=at,
            unit_path=provider.unit_path,
            detail={"version": version},
        )
    return "changed" if dataset else "created"


def _refuse_foreign_elements(definition: DatasetDefinition) -> None:
    """Each figure has one source that answers for it: a dataset feeds its provider's elements and ownerless ones."""
    named = {m.element for m in definition.measures} | {c.element for c in definition.columns if c.element}
    for element in elements_by_code(named).values():
        if element.owner_code not in ("", definition.provider):
            raise NotYourElement(
                _("数据元“%(title)s”由别的部门负责，不能由这个数据资源写入") % {"title": element.title},
                todo=_("请换成本部门的数据元，或请负责的部门交付"),
            )
