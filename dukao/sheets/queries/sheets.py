"""The sheets of the house: their list, and one as it was designed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from dukao.base.refusals import NotThere
from dukao.org.rules import Actor
from dukao.sheets.models import Sheet
from dukao.sheets.rules.compiling import Marks


@dataclass(frozen=True, slots=True)
class SheetView:
    """One version of a sheet. `definition` is its checked YAML as plain data (`rules.SheetDefinition`)."""

    id: int
    code: str
    version: int
    title: str
    issuer_code: str
    issuer_name: str
    issuer_unit_path: str
    state: str
    legal_type: str
    form_number: str
    issuing_body: str
    approval_number: str
    valid_until: date | None
    period_type: str
    frequency: str
    level: int
    definition: dict[str, Any]
    is_synthetic: bool
    n_questions: int
    n_dispatches: int

    @property
    def marks(self) -> Marks:
        return Marks(self.legal_type, self.form_number, self.issuing_body, self.approval_number, self.valid_until)


def sheets(*, viewer: Actor, issuer: str = "", with_retired: bool = False, most: int = 500) -> tuple[SheetView, ...]:
    """The newest version of each sheet the viewer may know of, by code: a department its own, supervision all below."""
    newest = Sheet.objects.order_by().values("code").annotate(newest=Max("id")).values("newest")
    chosen = Sheet.objects.filter(pk__in=newest).filter(_visible(viewer)).order_by("code")
    if issuer:
        chosen = chosen.filter(issuer__code=issuer)
    if not with_retired:
        chosen = chosen.exclude(state=Sheet.State.RETIRED)
    return _views(chosen[:most])


def sheet(*, code: str, version: int | None = None, viewer: Actor) -> SheetView:
    """One version of a sheet, the newest where none is named. Raises NotThere."""
    chosen = Sheet.objects.filter(_visible(viewer), code=code).order_by("-version")
    if version is not None:
        chosen = chosen.filter(version=version)
    for found in _views(chosen[:1]):
        return found
    raise NotThere()


def versions(*, code: str, viewer: Actor) -> tuple[SheetView, ...]:
    """Every version of a sheet, newest first. Raises NotThere."""
    found = _views(Sheet.objects.filter(_visible(viewer), code=code).order_by("-version"))
    if not found:
        raise NotThere()
    return found


def _visible(viewer: Actor) -> Q:
    if viewer.is_system:
        return Q()
    seen = Q(pk__in=[])
    for standing in viewer.standings_with("SHEETS_DESIGN"):
        seen |= Q(issuer__code=standing.department_code)
    for standing in viewer.standings_with("DEMANDS_SEE_ALL"):
        seen |= Q(issuer__unit__path__startswith=standing.unit_path)
    return seen


def _views(chosen: QuerySet[Sheet]) -> tuple[SheetView, ...]:
    rows = chosen.annotate(
        n_questions=Count("questions", distinct=True), n_dispatches=Count("dispatches", distinct=True)
    ).values_list(
        "id", "code", "version", "title", "issuer__code", "issuer__name", "issuer__unit__path", "state", "legal_type",
        "form_number", "issuing_body", "approval_number", "valid_until", "period_type", "frequency", "level",
        "definition", "is_synthetic", "n_questions", "n_dispatches",
    )  # fmt: skip
    return tuple(SheetView(*row) for row in rows)
