"""Which dispatches of the last year asked the same as a sheet is about to ask."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from dukao.law.rules import Rule
from dukao.org.queries import UnitView
from dukao.org.rules import ancestor_ids
from dukao.sheets.models import Dispatch, Filing
from dukao.sheets.rules.rounds import Round


def rounds_of(
    *, sheet_code: str, element_ids: Collection[int], scope: UnitView, level: int, today: date, rule: Rule
) -> list[Round]:
    """Dispatches of this sheet, or of one that asked most of these elements, to units that the scope has too."""
    since = today - timedelta(days=rule.parameters["window_days"])
    overlapping = Q(scope_unit__path__startswith=scope.path) | Q(scope_unit_id__in=ancestor_ids(scope.path))
    same = Q(sheet__code=sheet_code)
    if element_ids:
        needed = -(-len(element_ids) * rule.parameters["same_questions_percent"] // 100)
        same |= Q(n_same__gte=max(needed, 1))
    asked_too = Q(carried__is_asked=True, carried__element_id__in=list(element_ids))
    accepted = Filing.objects.filter(dispatch=OuterRef("pk"), state=Filing.State.ACCEPTED)
    rows = (
        Dispatch.objects.filter(overlapping, level=level, dispatched_at__date__gt=since)
        .annotate(n_same=Count("carried", filter=asked_too), was_used=Exists(accepted))
        .filter(same)
        .order_by("id")
        .values_list("scope_unit__path", "sheet__code", "sheet__title", "demand__is_emergency", "state", "was_used")
    )
    return [
        Round(path, code, title, is_emergency, state == Dispatch.State.WITHDRAWN, was_used)
        for path, code, title, is_emergency, state, was_used in rows
    ]
