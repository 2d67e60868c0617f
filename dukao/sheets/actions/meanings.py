"""What the words of a form mean: confirmed once by a person, then known for the person's unit and all below it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid
from dukao.base.trail import record_event
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.sheets.models import Meaning

_LONGEST = 400


def confirm_meaning(*, signature: str, element: str, unit: str, by: Actor, at: datetime) -> None:
    """Remember that these words of a form mean this element, for `unit` and below; a later confirmation replaces it.

    Raises: NotThere, Invalid (words that say nothing). Records: sheets.meaning.confirmed.
    """
    with transaction.atomic():
        place = org.unit(code=unit, viewer=by)
        by.require("FIGURES_SEE", place.path)
        meant = registers.element(code=element)
        if not signature or len(signature) > _LONGEST:
            raise Invalid(_("这一格没有可以记住的名称"), todo=_("请在表上直接填写"))
        meaning, is_new = Meaning.objects.get_or_create(
            unit_id=place.id, signature=signature,
            defaults={"element_id": meant.id, "confirmed_at": at, "by_name": by.name},
        )  # fmt: skip
        if not is_new:
            if meaning.element_id == meant.id:
                return
            Meaning.objects.filter(pk=meaning.pk).update(element_id=meant.id, confirmed_at=at, by_name=by.name)
        _record("sheets.meaning.confirmed", element, place, by, at)


def forget_meaning(*, signature: str, unit: str, by: Actor, at: datetime) -> None:
    """Take a confirmation back. Twice is once. Raises: NotThere. Records: sheets.meaning.forgotten."""
    with transaction.atomic():
        place = org.unit(code=unit, viewer=by)
        by.require("FIGURES_SEE", place.path)
        found = Meaning.objects.filter(unit_id=place.id, signature=signature).select_related("element").first()
        if found is not None:
            found.delete()
            _record("sheets.meaning.forgotten", found.element.code, place, by, at)


def _record(verb: str, element: str, place: org.UnitView, by: Actor, at: datetime) -> None:
    """The words themselves stay out of the trail: a form may name persons."""
    record_event(verb=verb, subject=f"element:{element}", by=by, at=at, unit_path=place.path)
