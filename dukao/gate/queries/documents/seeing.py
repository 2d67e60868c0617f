"""Who may see which documents."""

from django.db.models import Q, QuerySet

from dukao.gate.models import Document
from dukao.org.rules import Actor, Right, ancestor_ids

_RECEIVING: tuple[Right, ...] = ("DEMANDS_RECEIVE", "FILINGS_REVIEW")


def visible(viewer: Actor) -> QuerySet[Document]:
    """All that the viewer may open: own department's, those overseen, those that came to the own unit."""
    return Document.objects.filter(_own(viewer) | _overseen(viewer) | _received(viewer))


def registered(viewer: Actor) -> QuerySet[Document]:
    """The register: a department's own, drafts among them; of the supervision office all that touch its subtree."""
    return Document.objects.filter(_own(viewer) | _overseen(viewer))


def overseen(viewer: Actor) -> QuerySet[Document]:
    """What the supervision office sees: issued ones, and drafts that give a reason for what the rules refuse."""
    return Document.objects.filter(_overseen(viewer))


def received_by(viewer: Actor) -> QuerySet[Document]:
    """What came to the units that the viewer stands for."""
    return Document.objects.filter(_received(viewer))


def _own(viewer: Actor) -> Q:
    if viewer.is_system:
        return Q()
    codes = {standing.department_code for standing in viewer.standings_with("DEMANDS_ISSUE")}
    return Q(department__code__in=codes)


def _overseen(viewer: Actor) -> Q:
    if viewer.is_system:
        return Q()
    touched = Q(pk__in=[])
    for standing in viewer.standings_with("DEMANDS_SEE_ALL"):
        touched |= Q(scope_unit__path__startswith=standing.unit_path)
        touched |= Q(scope_unit_id__in=ancestor_ids(standing.unit_path))
    return touched & (Q(state=Document.State.ISSUED) | Q(state=Document.State.DRAFT) & ~Q(excuse=""))


def _received(viewer: Actor) -> Q:
    came = Q(pk__in=[])
    for standing in {s for right in _RECEIVING for s in viewer.standings_with(right) if not s.department_code}:
        above = ancestor_ids(standing.unit_path)
        came |= Q(scope_unit_id__in=above, target_level=standing.unit_level)
    return came & Q(state=Document.State.ISSUED, demand__withdrawn_at=None)
