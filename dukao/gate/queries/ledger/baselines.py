"""How many documents, meetings and inspections there are now, beside the year they are measured against (2018)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from dukao.base.periods import Period
from dukao.gate.models import Baseline, Visit
from dukao.gate.queries.ledger.entries import below, entries_in, seen_unit
from dukao.law import queries as law
from dukao.org.rules import Actor

# Which rule of the profile holds the bar of which kind.
RULE_OF_KIND = {"document": "DOC-3", "meeting": "MTG-6", "visit": "INS-10"}


@dataclass(frozen=True, slots=True)
class BaselineView:
    unit_code: str
    unit_name: str
    department_code: str  # empty: what the unit and those below it received, whoever sent it
    department_name: str
    kind: str
    year: int
    count: int
    source: str
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One kind in one year, up to `until`, beside its baseline."""

    kind: str
    year: int
    until: date  # the last day that is counted
    count: int
    baseline_year: int
    baseline: BaselineView | None  # None: nobody has set one, and nothing is compared
    percent_most: int  # of the baseline, by the profile
    rule: str
    source: str

    @property
    def days(self) -> int:
        """Of the year, counted so far."""
        return (self.until - date(self.year, 1, 1)).days + 1

    @property
    def days_of_year(self) -> int:
        return (date(self.year, 12, 31) - date(self.year, 1, 1)).days + 1

    @property
    def change_percent(self) -> int | None:
        """Against the same part of the baseline year, which is known as a whole only: its count × days ÷ days of the
        year. Rounded half away from nought; −100 where there was none this year.
        """
        if self.baseline is None or not self.baseline.count:
            return None
        # Both sides × the days of the year, so that nothing is rounded on the way.
        part = self.baseline.count * self.days
        difference = 100 * (self.count * self.days_of_year - part)
        sign = -1 if difference < 0 else 1
        return sign * ((2 * abs(difference) + part) // (2 * part))

    @property
    def bar_percent(self) -> int:
        """−50, −65, −90."""
        return self.percent_most - 100

    @property
    def count_most(self) -> int | None:
        """How many the whole year may have."""
        return None if self.baseline is None else self.baseline.count * self.percent_most // 100

    @property
    def is_within(self) -> bool | None:
        return None if self.count_most is None else self.count <= self.count_most


def baselines(*, unit: str, viewer: Actor) -> tuple[BaselineView, ...]:
    """Those of the unit, by kind and year. Raises NotThere."""
    top = seen_unit(unit, viewer)
    rows = Baseline.objects.filter(unit_id=top.id).select_related("department", "unit").order_by("kind", "year", "id")
    return tuple(_view(row) for row in rows)


def comparison(*, unit: str, year: int, today: date, viewer: Actor) -> tuple[Compared, ...]:
    """What the unit and those below it received in the year so far: documents, meetings, inspections. Raises NotThere.

    Counted per unit: one document to 1,599 villages is 1,599 documents received.
    """
    top = seen_unit(unit, viewer)
    until = min(today, date(year, 12, 31))
    chosen = below(entries_in(Period(year * 1000)), top.path).filter(given_back_at=None, kind__in=RULE_OF_KIND)
    # A visit counts when it has come; one that reads data instead brings nobody.
    came = Visit.objects.filter(arrived_at__isnull=False).exclude(mode=Visit.Mode.REMOTE)
    counts_now = ~Q(kind="visit") | Q(demand_id__in=came.values("demand_id"))
    rows = (
        chosen.filter(counts_now, demand__issued_at__date__lte=until).values("kind").annotate(n=Count("id")).order_by()
    )
    counts = {row["kind"]: row["n"] for row in rows}
    set_ = {(view.kind, view.year): view for view in baselines(unit=unit, viewer=viewer) if not view.department_code}
    found = []
    for kind, rule_id in RULE_OF_KIND.items():
        rule = law.rule(rule_id, until)
        year_before = rule.parameters["baseline_year"]
        found.append(
            Compared(
                kind=kind, year=year, until=until, count=counts.get(kind, 0), baseline_year=year_before,
                baseline=set_.get((kind, year_before)), percent_most=rule.parameters["baseline_percent_most"],
                rule=rule_id, source=rule.source_text,
            )
        )  # fmt: skip
    return tuple(found)


def _view(row: Baseline) -> BaselineView:
    return BaselineView(
        unit_code=row.unit.code, unit_name=row.unit.name,
        department_code=row.department.code if row.department else "",
        department_name=row.department.name if row.department else "", kind=row.kind, year=row.year, count=row.count,
        source=row.source, is_synthetic=row.is_synthetic,
    )  # fmt: skip
