"""Deliveries that are still to come: which department will bring a cell's value, and until when that is on time.

1. A dataset with an update cycle promises a delivery after the end of every cycle; one without promises nothing.
2. It comes as long after that end as the longest of its last four took; where nothing has come yet, as long as is
   waited for a new dataset.
3. What ended before the newest delivery for the whole scope was made is no longer expected.
4. A dataset that missed its next cycle is behind: it is waited for to the end of a period, and no longer.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from dukao.base.periods import PERIOD_TYPES, Period, PeriodType
from dukao.registers.models import Dataset, Delivery
from dukao.registers.queries.sources import elements_fed

# GB/T 21063 update cycles as the next longer period there is; irregular ones (8) and final data (9) promise nothing.
_CYCLES: dict[int, PeriodType] = {1: "day", 2: "day", 3: "month", 4: "month", 5: "quarter", 6: "year", 7: "year"}
_DELIVERIES_LOOKED_AT = 4


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long a delivery is waited for after the end of its period, in days."""

    first_days: int  # where a dataset has not delivered yet
    most_days: int


@dataclass(frozen=True, slots=True)
class Expected:
    """A delivery that is to bring a cell's value. It is late after `until`."""

    dataset: str
    dataset_title: str
    provider_name: str
    until: date

    def is_late(self, today: date) -> bool:
        return today > self.until


class _Landed(NamedTuple):
    """A delivery that has landed: what it covers ended on the day `covered_to` (exclusive)."""

    scope_path: str
    covered_to: date
    landed_on: date


@dataclass(frozen=True, slots=True)
class _Promise:
    """What a dataset promises for a scope. `covered_to`: everything before that day has been delivered."""

    code: str
    title: str
    provider_name: str
    cycle: PeriodType
    lag: timedelta
    covered_to: date | None
    behind_since: date | None

    def for_cell(self, period: Period, today: date) -> Expected | None:
        last_day = period.ends_on - timedelta(days=1)
        ended = max(period.ends_on, Period.of(last_day, self.cycle).ends_on)
        if self.covered_to and ended <= self.covered_to:
            return None
        until = ended + self.lag
        if self.behind_since:
            until = self.behind_since if ended <= today else ended - timedelta(days=1)
        return Expected(self.code, self.title, self.provider_name, until)


def deliveries_expected(
    *, cells: Mapping[str, Collection[int]], scope_path: str, today: date, waiting: Waiting
) -> dict[tuple[str, int], Expected]:
    """By element (code) and period: what is still to come for the units at or below the scope.

    `cells` are the periods of each element. Of several datasets that feed an element the one that may still take
    longest speaks, and none where one of them has brought the cell already.
    """
    found: dict[tuple[str, int], Expected] = {}
    brought: set[tuple[str, int]] = set()
    for promise, fed in _promises(set(cells), scope_path, today, waiting):
        for code in fed:
            for key in cells[code]:
                expected = promise.for_cell(Period(key), today)
                if expected is None:
                    brought.add((code, key))
                elif (code, key) not in found or found[code, key].until < expected.until:
                    found[code, key] = expected
    return {cell: expected for cell, expected in found.items() if cell not in brought}


def _promises(
    elements: set[str], scope_path: str, today: date, waiting: Waiting
) -> Iterable[tuple[_Promise, set[str]]]:
    """The datasets that feed these elements in a cycle and reach the scope, with the elements each feeds."""
    rows = [
        (row, fed)
        for row in Dataset.objects.order_by("code").values_list(
            "pk", "code", "title", "provider__name", "provider__unit__path", "definition"
        )
        if (fed := elements_fed(row[5]) & elements) and _overlap(row[4], scope_path)
    ]
    cycles = {row[0]: cycle for row, _elements in rows if (cycle := _cycle(row[5]))}
    landed = _landed(cycles, scope_path, today)
    for (pk, code, title, provider, _path, definition), fed in rows:
        if pk in cycles:
            most = timedelta(days=min(waiting.most_days, definition.get("accept_days", waiting.most_days)))
            lag = min(_usual_lag(landed[pk]) or timedelta(days=waiting.first_days), most)
            covered = [one.covered_to for one in landed[pk] if scope_path.startswith(one.scope_path)]
            covered_to = max(covered, default=None)
            next_due = Period.of(covered_to, cycles[pk]).ends_on + lag if covered_to else None
            behind_since = next_due if next_due and next_due < today else None
            yield _Promise(code, title, provider, cycles[pk], lag, covered_to, behind_since), fed


def _cycle(definition: dict) -> PeriodType | None:
    """How often it delivers: as its update cycle says, at least once for each of its periods."""
    cycle, period = _CYCLES.get(definition.get("update_cycle", 8)), definition["period"]
    return max(cycle, period, key=PERIOD_TYPES.index) if cycle else None


def _landed(cycles: Mapping[int, PeriodType], scope_path: str, today: date) -> Mapping[int, list[_Landed]]:
    rows = Delivery.objects.filter(dataset_id__in=cycles, landed_at__isnull=False).values_list(
        "dataset_id", "scope_unit__path", "period", "landed_at"
    )
    found: dict[int, list[_Landed]] = defaultdict(list)
    for pk, path, period, landed_at in rows:
        landed_on = timezone.localdate(landed_at)
        if _overlap(path, scope_path) and landed_on <= today:
            covered_to = min(Period(period).ends_on, Period.of(landed_on, cycles[pk]).starts_on)
            found[pk].append(_Landed(path, covered_to, landed_on))
    return found


def _usual_lag(landed: Iterable[_Landed]) -> timedelta | None:
    """How long after the end of what it covers a delivery came: the longest of the last four. A correction is none."""
    first: dict[tuple[date, str], date] = {}
    for one in landed:
        place = (one.covered_to, one.scope_path)
        first[place] = min(first.get(place, one.landed_on), one.landed_on)
    newest = sorted({covered_to for covered_to, _path in first}, reverse=True)[:_DELIVERIES_LOOKED_AT]
    return max((on - place[0] for place, on in first.items() if place[0] in newest), default=None)


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
