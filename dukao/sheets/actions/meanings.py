"""What the words of a form mean, or never mean: said once by a person, then known for the unit and all below it."""

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
        place, meant = _place(unit, by), registers.element(code=element)
        _require_words(signature)
        Meaning.objects.filter(unit_id=place.id, signature=signature, element_id=meant.id, is_never=True).delete()
        meaning, is_new = Meaning.objects.get_or_create(
            unit_id=place.id, signature=signature, is_never=False,
            defaults={"element_id": meant.id, "confirmed_at": at, "by_name": by.name},
        )  # fmt: skip
        if not is_new:
            if meaning.element_id == meant.id:
                return
            Meaning.objects.filter(pk=meaning.pk).update(element_id=meant.id, confirmed_at=at, by_name=by.name)
        _record("sheets.meaning.confirmed", element, place, by, at)


def reject_meaning(*, signature: str, element: str, unit: str, by: Actor, at: datetime) -> None:
    """Remember that these words never mean this element, for `unit` and below, whatever was said above. Twice is once.

    Raises: NotThere, Invalid (words that say nothing). Records: sheets.meaning.rejected.
    """
    with transaction.atomic():
        place, meant = _place(unit, by), registers.element(code=element)
        _require_words(signature)
        said = {"unit_id": place.id, "signature": signature, "element_id": meant.id}
        Meaning.objects.filter(**said, is_never=False).delete()
        _meaning, is_new = Meaning.objects.get_or_create(
            **said, is_never=True, defaults={"confirmed_at": at, "by_name": by.name}
        )
        if is_new:
            _record("sheets.meaning.rejected", element, place, by, at)


def forget_meaning(*, signature: str, element: str, unit: str, by: Actor, at: datetime) -> None:
    """Take back what was said of these words and this element. Twice is once.

    Raises: NotThere. Records: sheets.meaning.forgotten.
    """
    with transaction.atomic():
        place = _place(unit, by)
        said = Meaning.objects.filter(unit_id=place.id, signature=signature, element__code=element)
        if said.delete()[0]:
            _record("sheets.meaning.forgotten", element, place, by, at)


def _place(unit: str, by: Actor) -> org.UnitView:
    place = org.unit(code=unit, viewer=by)
    by.require("FIGURES_SEE", place.path)
    return place


def _require_words(signature: str) -> None:
    if not signature or len(signature) > _LONGEST:
        raise Invalid(_("这一格没有可以记住的名称"), todo=_("请在表上直接填写"))


def _record(verb: str, element: str, place: org.UnitView, by: Actor, at: datetime) -> None:
    """The words themselves stay out of the trail: a form may name persons."""
    record_event(verb=verb, subject=f"element:{element}", by=by, at=at, unit_path=place.path)
