"""Who may see which polls, rounds and papers."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from dukao.org.rules import Actor, Right
from dukao.voice.models import Order, Paper, Round, Subject

# Who may see the results of their own office.
RATED: tuple[Right, ...] = ("ORDERS_ANSWER", "RATINGS_INVITE")


def rounds() -> QuerySet[Round]:
    return Round.objects.select_related("poll__scope_unit")


def papers() -> QuerySet[Paper]:
    return Paper.objects.select_related("round__poll__scope_unit", "subject__unit", "subject__department")


def stands_for(viewer: Actor, right: Right, subject: Subject) -> bool:
    """Inside the room: whether the viewer has the right at exactly the office that is rated."""
    code = subject.department.code if subject.department else ""
    return viewer.is_system or any(
        standing.unit_id == subject.unit_id and standing.department_code == code
        for standing in viewer.standings_with(right)
    )


def is_rated(viewer: Actor, subject: Subject) -> bool:
    return any(stands_for(viewer, right, subject) for right in RATED)


def seen_polls(viewer: Actor) -> Q:
    """Of polls: those that the viewer's office holds, and those the viewer's own office is rated in."""
    if viewer.is_system:
        return Q()
    seen = Q(pk__in=[])
    for standing in viewer.standings_with("VOICE_HOLD"):
        seen |= Q(scope_unit__path__startswith=standing.unit_path)
    return seen | rated_as(viewer, "subjects__", RATED)


def overseen(viewer: Actor, before: str) -> Q:
    """Of rows below a poll at `before`: those of polls that the viewer's office holds."""
    if viewer.is_system:
        return Q()
    seen = Q(pk__in=[])
    for standing in viewer.standings_with("VOICE_HOLD"):
        seen |= Q(**{f"{before}scope_unit__path__startswith": standing.unit_path})
    return seen


def rated_as(viewer: Actor, before: str, rights: tuple[Right, ...]) -> Q:
    """Of rows that have a subject at `before`: those where the viewer stands for the rated with one of the rights."""
    rated = Q(pk__in=[])
    for standing in {one for right in rights for one in viewer.standings_with(right)}:
        rated |= Q(**{f"{before}unit_id": standing.unit_id, f"{before}department_id": standing.department_id})
    return rated


def upheld_of(chosen: Iterable[Paper]) -> dict[int, list[dict[str, int]]]:
    """Ratings that were found to be misjudged, by paper: question → place."""
    found: dict[int, list[dict[str, int]]] = {}
    orders = Order.objects.filter(paper__in=[paper.pk for paper in chosen], appeal_upheld=True)
    for paper_id, levels in orders.values_list("paper_id", "levels"):
        found.setdefault(paper_id, []).append(levels)
    return found
