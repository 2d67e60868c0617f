"""The catalogue of datasets: what exists is open to everybody who holds a post; the rows are not."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from dukao.base.refusals import NotThere
from dukao.org.rules import Actor
from dukao.registers.models import Dataset, Delivery
from dukao.registers.rules import DatasetDefinition


@dataclass(frozen=True, slots=True)
class DatasetView:
    """A dataset; `definition` holds its core metadata, columns and measures."""

    code: str
    title: str
    provider_code: str
    provider_name: str
    definition: DatasetDefinition
    version: int
    is_synthetic: bool
    deliveries: int
    latest_period: int | None  # Period.key of the latest landed delivery
    may_deliver: bool


def datasets(*, viewer: Actor, text: str = "", provider: str = "") -> tuple[DatasetView, ...]:
    """The datasets by code; with `text`, those whose code, title or provider contains it."""
    if not (viewer.is_system or viewer.standings):
        return ()
    chosen = Q(code__contains=text) | Q(title__contains=text) | Q(provider__name__contains=text) if text else Q()
    if provider:
        chosen &= Q(provider__code=provider)
    return _views(chosen, viewer)


def dataset(*, code: str, viewer: Actor) -> DatasetView:
    """The dataset with this code. Raises NotThere."""
    if viewer.is_system or viewer.standings:
        for view in _views(Q(code=code), viewer):
            return view
    raise NotThere()


def _views(chosen: Q, viewer: Actor) -> tuple[DatasetView, ...]:
    landed = Q(deliveries__state=Delivery.State.LANDED)
    rows = (
        Dataset.objects.filter(chosen)
        .select_related("provider")
        .annotate(landed=Count("deliveries", filter=landed), latest=Max("deliveries__period", filter=landed))
        .order_by("code")
    )
    own = {s.department_code for s in viewer.standings_with("DELIVERIES_MAKE")}
    return tuple(
        DatasetView(
            code=d.code,
            title=d.title,
            provider_code=d.provider.code,
            provider_name=d.provider.name,
            definition=DatasetDefinition.model_validate(d.definition),
            version=d.version,
            is_synthetic=d.is_synthetic,
            deliveries=d.landed,
            latest_period=d.latest,
            may_deliver=viewer.is_system or d.provider.code in own,
        )
        for d in rows
    )
