"""A figure's passport: how it is computed, what it rests on, who said so and when."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from dukao.indicators import queries
from dukao.web import doors
from dukao.web.pages.units.asked import asked


@require_GET
def figure(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """The passport of one figure."""
    wanted = asked(request)
    page = queries.passport(
        indicator=indicator, unit=code, period=wanted.period, viewer=doors.actor_of(request), as_of=wanted.as_of
    )
    return doors.render(request, "units/figure.html", page)
