"""What the address of a unit page asks for: period, day to look back to, indicator, and how figures are written."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import Invalid
from dukao.base.wording import in_english
from dukao.web import doors, words
from dukao.web.figures import Style

_OFFERED = {"quarter": 13, "year": 5, "month": 15}


@dataclass(frozen=True, slots=True)
class Asked:
    """`as_of` is the end of a civil day; None is now."""

    period: Period
    as_of_on: date | None
    indicator: str
    style: Style

    @property
    def as_of(self) -> datetime | None:
        if self.as_of_on is None:
            return None
        return timezone.make_aware(datetime.combine(self.as_of_on + timedelta(days=1), time.min))

    def url(self, name: str, *args: str, **more: str) -> str:
        """An address with the same period and day."""
        query: dict[str, Any] = {"period": self.period.code}
        if self.as_of_on:
            query["as_of"] = self.as_of_on.isoformat()
        query |= more
        return f"{reverse(name, args=args)}?{urlencode(query)}"


def asked(request: HttpRequest) -> Asked:
    """Read the address. Raises Invalid."""
    today = doors.today()
    return Asked(
        period=_period(request.GET.get("period", ""), today),
        as_of_on=doors.as_of(request),
        indicator=request.GET.get("indicator", "")[:64],
        # English has no 万 and 亿.
        style="short" if request.COOKIES.get("figures") == "short" and not in_english() else "full",
    )


def period_choices(chosen: Period, today: date) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Periods to choose from, by type, newest first; the chosen one is always among them."""
    groups = []
    for kind, count in _OFFERED.items():
        newest = Period.of(today, kind)  # type: ignore[arg-type]
        periods = [newest.next(-step) for step in range(count)]
        if chosen.type == kind and chosen not in periods:
            periods.append(chosen)
        groups.append((str(words.PERIOD_TYPES[kind]), tuple((p.code, words.period(p)) for p in periods)))
    return tuple(groups)


def _period(text: str, today: date) -> Period:
    """The last quarter that is over, unless another period is asked for."""
    if not text:
        return Period.of(today, "quarter").previous()
    try:
        return Period.parse(text)
    except ValueError:
        raise Invalid(
            _("“{text}”不是时期").format(text=text[:20]), errors={_("时期"): _("请写成 2026Q3、2026-07 或 2026")}
        ) from None
