"""The dictionary of data elements: open to everybody who is signed in."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from dukao.base.refusals import NotThere
from dukao.registers.models import Element


@dataclass(frozen=True, slots=True)
class CodeView:
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class ElementView:
    """An element; `minimum` and `maximum` are scaled by `decimals`."""

    id: int
    code: str
    title: str
    title_en: str
    definition: str
    definition_en: str
    aliases: tuple[str, ...]
    about: str
    kind: str
    measure_unit: str
    decimals: int
    minimum: int | None
    maximum: int | None
    codes: tuple[CodeView, ...]
    period_type: str
    over_units: str
    over_periods: str
    level: int
    fresh_days: int
    sensitivity: str
    owner_code: str
    owner_name: str
    minutes_hundredths: int
    is_synthetic: bool


def element(*, code: str) -> ElementView:
    """Public: the element with this code. Raises NotThere."""
    found = _views(Element.objects.filter(code=code))
    if not found:
        raise NotThere()
    return found[0]


def elements(*, text: str = "", owner: str = "", most: int | None = None) -> tuple[ElementView, ...]:
    """Public: elements by code; with `text`, those one of whose names contains it; with `owner`, that department's."""
    chosen = Element.objects.order_by("code")
    if owner:
        chosen = chosen.filter(owner__code=owner)
    wanted = plain(text)
    found = (v for v in _views(chosen) if not wanted or any(wanted in plain(name) for name in names_of(v)))
    return tuple(found)[:most]


def elements_by_code(codes: Iterable[str] | None = None) -> dict[str, ElementView]:
    """Public: the elements that exist among these codes; all of them where no codes are given."""
    chosen = Element.objects.all() if codes is None else Element.objects.filter(code__in=set(codes))
    return {view.code: view for view in _views(chosen)}


def elements_by_id(ids: Iterable[int]) -> dict[int, ElementView]:
    """Public: elements by their id."""
    return {view.id: view for view in _views(Element.objects.filter(id__in=set(ids)))}


def names_of(view: ElementView) -> tuple[str, ...]:
    """Every name somebody may call the element by."""
    return (view.code, view.title, view.title_en, *view.aliases)


def plain(text: str) -> str:
    """Text for comparing names: full-width as half-width, no case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _views(chosen: QuerySet[Element]) -> tuple[ElementView, ...]:
    return tuple(
        ElementView(
            id=e.pk,
            code=e.code,
            title=e.title,
            title_en=e.title_en,
            definition=e.definition,
            definition_en=e.definition_en,
            aliases=tuple(e.aliases),
            about=e.about,
            kind=e.kind,
            measure_unit=e.measure_unit,
            decimals=e.decimals,
            minimum=e.minimum,
            maximum=e.maximum,
            codes=tuple(CodeView(item["code"], item["title"]) for item in e.code_list),
            period_type=e.period_type,
            over_units=e.over_units,
            over_periods=e.over_periods,
            level=e.level,
            fresh_days=e.fresh_days,
            sensitivity=e.sensitivity,
            owner_code=e.owner.code if e.owner else "",
            owner_name=e.owner.name if e.owner else "",
            minutes_hundredths=e.minutes_hundredths,
            is_synthetic=e.is_synthetic,
        )
        for e in chosen.select_related("owner")
    )
