"""Appeals and their decisions; and how often each rule was right, as refusals, warnings and appeals tell together."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _l

from dukao.base.refusals import NotThere
from dukao.gate.models import Appeal, BurdenEntry, Demand, Document, Meeting, PlanItem
from dukao.gate.queries.demands import refusals_seen_by
from dukao.gate.queries.plans.views import seen_by as items_seen_by
from dukao.gate.rules.appeals import GROUNDS, is_independent, rule_missed
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor

GROUND_NAMES = {
    "duplicate": _l("别处已经报过"), "out_of_plan": _l("不在计划内"), "too_short": _l("时间太紧"),
    "not_ours": _l("不是我们的职责"),
}  # fmt: skip
STATE_NAMES = {"open": _l("待决定"), "upheld": _l("成立"), "rejected": _l("不成立")}
# A refusal counts as overturned where the same was let through as an exception within so many days.
_OVERTURNED_WITHIN_DAYS = 30


@dataclass(frozen=True, slots=True)
class AppealView:
    number: str
    demand: str
    kind: str
    title: str
    asker_code: str
    asker_name: str
    unit_code: str
    unit_name: str
    ground: str
    note: str
    state: str
    made_at: datetime
    due_on: date
    decided_at: datetime | None
    decision: str
    is_synthetic: bool
    may_decide: bool  # the viewer, and nobody of who asked

    @property
    def ground_label(self) -> str:
        return str(GROUND_NAMES[self.ground])

    @property
    def state_label(self) -> str:
        return str(STATE_NAMES[self.state])


@dataclass(frozen=True, slots=True)
class AppealCase:
    """A demand on a unit, for whoever might appeal it there. `grounds` are those still open to the unit."""

    demand: str
    kind: str
    title: str
    asker_name: str
    basis: str
    due_on: date
    unit_code: str
    unit_name: str
    minutes_hundredths: int  # as it stands: measured, else estimated
    measured_hundredths: int | None
    grounds: tuple[str, ...]
    appeals: tuple[AppealView, ...]
    decision_workdays: int
    source: str


@dataclass(frozen=True, slots=True)
class RuleStatistic:
    """How often a rule spoke in a time, and how often it turned out wrong."""

    rule: str
    title: str
    action: str
    n_refused: int
    n_warned: int
    n_overturned: int  # refused, then let through as an exception or an emergency
    n_missed: int  # let through, and the unit's appeal was upheld
    n_confirmed: int  # let through, and the unit's appeal was rejected

    @property
    def right_percent(self) -> int | None:
        """(refused − overturned + confirmed) ÷ (refused + missed + confirmed), rounded down.

        None where nobody looked: a stop that was neither overturned nor tried by an appeal proves nothing.
        """
        if not self.n_overturned + self.n_missed + self.n_confirmed:
            return None
        cases = self.n_refused + self.n_missed + self.n_confirmed
        return (cases - self.n_overturned - self.n_missed) * 100 // cases


def appeals(*, viewer: Actor, state: str = "", unit: str = "", since: date | None = None, until: date | None = None,
            most: int = 200) -> tuple[AppealView, ...]:  # fmt: skip
    """Appeals that the viewer may know of, those waiting longest first: a unit its own, a department those against its
    demands, supervision all in its subtree. `since` and `until` (exclusive) are days on which they were made.
    """
    chosen = Appeal.objects.filter(_visible(viewer))
    if state:
        chosen = chosen.filter(state=state)
    if unit:
        chosen = chosen.filter(unit__code=unit)
    if since:
        chosen = chosen.filter(made_at__date__gte=since)
    if until:
        chosen = chosen.filter(made_at__date__lt=until)
    return _views(chosen.order_by("decided_at", "due_on", "id")[:most], viewer)


def appeal(*, number: str, viewer: Actor) -> AppealView:
    """One appeal. Raises NotThere."""
    for found in _views(Appeal.objects.filter(_visible(viewer), number=number), viewer):
        return found
    raise NotThere()


def appeal_case(*, demand: str, unit: str, viewer: Actor, today: date) -> AppealCase:
    """The demand as it is on the unit, for who stands for the unit. Raises NotThere."""
    place = org.unit_by_code(unit)
    viewer.require("DEMANDS_RECEIVE", place.path)
    entry = (
        BurdenEntry.objects.filter(demand__number=demand, unit_id=place.id)
        .exclude(kind="platform").select_related("demand__asker").order_by("-month").first()
    )  # fmt: skip
    if entry is None:
        raise NotThere()
    before = _views(Appeal.objects.filter(demand=entry.demand, unit_id=place.id).order_by("-id"), viewer)
    stands = entry.given_back_at is None and entry.demand.withdrawn_at is None
    is_free = stands and not any(one.state == "open" for one in before)
    rule = law.rule("APL-1", today)
    spent = entry.minutes_hundredths if entry.measured_hundredths is None else entry.measured_hundredths
    return AppealCase(
        demand=demand, kind=entry.kind, title=entry.demand.title, asker_name=entry.demand.asker.name,
        basis=entry.demand.basis, due_on=entry.demand.due_on, unit_code=place.code, unit_name=place.name,
        minutes_hundredths=spent, measured_hundredths=entry.measured_hundredths,
        grounds=tuple(g for g in GROUNDS if g not in {one.ground for one in before}) if is_free else (),
        appeals=before, decision_workdays=rule.parameters["decision_workdays"], source=rule.source_text,
    )  # fmt: skip


def rule_statistics(*, viewer: Actor, since: date, until: date, on: date) -> tuple[RuleStatistic, ...]:
    """How often each rule spoke in `[since, until)` and was right, by rule id: a department's own cases, or supervision
    all in its subtree, as far as they may know of it on the day `on`.
    """
    refused, overturned = _refused(viewer, since, until, on)
    warned = _warned(viewer, since, until)
    missed: Counter[str] = Counter()
    confirmed: Counter[str] = Counter()
    decided = Appeal.objects.filter(_visible(viewer), decided_at__date__gte=since, decided_at__date__lt=until)
    for ground, kind, state in decided.values_list("ground", "demand__kind", "state"):
        if rule_id := rule_missed(ground, kind):
            (missed if state == Appeal.State.UPHELD else confirmed)[rule_id] += 1
    ids = sorted({*refused, *warned, *missed, *confirmed})
    rules = {rule_id: law.rule(rule_id, until - timedelta(days=1)) for rule_id in ids}
    return tuple(
        RuleStatistic(rule_id, rules[rule_id].title, rules[rule_id].action, refused[rule_id], warned[rule_id],
                      overturned[rule_id], missed[rule_id], confirmed[rule_id])
        for rule_id in ids
    )  # fmt: skip


def _refused(viewer: Actor, since: date, until: date, on: date) -> tuple[Counter[str], Counter[str]]:
    """By rule: how often it refused, and how often the same then went out as an exception."""
    rows = list(
        refusals_seen_by(viewer).filter(refused_at__date__gte=since, refused_at__date__lt=until)
        .values_list("asker_id", "kind", "title", "refused_at", "reasons")
    )  # fmt: skip
    let_through = _exceptions({row[0] for row in rows}, viewer, on)
    refused: Counter[str] = Counter()
    overturned: Counter[str] = Counter()
    for asker_id, kind, title, at, reasons in rows:
        rules = {reason["rule"] for reason in reasons if reason["rule"]}
        refused.update(rules)
        later = let_through.get((asker_id, kind, title), ())
        if any(at <= when <= at + timedelta(days=_OVERTURNED_WITHIN_DAYS) for when in later):
            overturned.update(rules)
    return refused, overturned


def _exceptions(asker_ids: set[int], viewer: Actor, on: date) -> dict[tuple[int, str, str], list[datetime]]:
    """When what was let through as an exception or an emergency: by asker, kind and title."""
    found: dict[tuple[int, str, str], list[datetime]] = {}
    emergencies = Demand.objects.filter(asker_id__in=asker_ids, is_emergency=True)
    for asker_id, kind, title, at in emergencies.values_list("asker_id", "kind", "title", "issued_at"):
        found.setdefault((asker_id, kind, title), []).append(at)
    granted = PlanItem.objects.filter(
        items_seen_by(viewer, on), department_id__in=asker_ids, state=PlanItem.State.APPROVED,
        origin__in=[PlanItem.Origin.EXCEPTION, PlanItem.Origin.EMERGENCY],
    )  # fmt: skip
    for asker_id, title, granted_at in granted.values_list("department_id", "title", "approved_at"):
        if granted_at is not None:
            found.setdefault((asker_id, "visit", title), []).append(granted_at)
    return found


def _warned(viewer: Actor, since: date, until: date) -> Counter[str]:
    """By rule: documents and meetings that were let through with a warning."""
    warned: Counter[str] = Counter()
    seen = _askers(viewer)
    documents = Document.objects.filter(seen, issued_at__date__gte=since, issued_at__date__lt=until)
    meetings = Meeting.objects.filter(seen, made_at__date__gte=since, made_at__date__lt=until)
    for chosen in (documents, meetings):
        for flags in chosen.values_list("flags", flat=True):
            warned.update({flag["rule"] for flag in flags})
    return warned


def _askers(viewer: Actor) -> Q:
    if viewer.is_system:
        return Q()
    seen = Q(pk__in=[])
    for standing in viewer.standings_with("DEMANDS_SEE_ALL"):
        seen |= Q(department__unit__path__startswith=standing.unit_path)
    for standing in viewer.standings_with("DEMANDS_ISSUE"):
        seen |= Q(department__code=standing.department_code)
    return seen


def _visible(viewer: Actor) -> Q:
    if viewer.is_system:
        return Q()
    seen = Q(pk__in=[])
    for standing in viewer.standings_with("DEMANDS_RECEIVE"):
        seen |= Q(unit_id=standing.unit_id)
    for standing in viewer.standings_with("DEMANDS_ISSUE"):
        seen |= Q(demand__asker__code=standing.department_code)
    for standing in viewer.standings_with("DEMANDS_SEE_ALL"):
        seen |= Q(unit__path__startswith=standing.unit_path)
    return seen


def _views(chosen: QuerySet[Appeal], viewer: Actor) -> tuple[AppealView, ...]:
    own = {standing.department_code for standing in viewer.standings}
    return tuple(
        AppealView(
            number=a.number, demand=a.demand.number, kind=a.demand.kind, title=a.demand.title,
            asker_code=a.demand.asker.code, asker_name=a.demand.asker.name, unit_code=a.unit.code,
            unit_name=a.unit.name, ground=a.ground, note=a.note, state=a.state, made_at=a.made_at, due_on=a.due_on,
            decided_at=a.decided_at, decision=a.decision, is_synthetic=a.is_synthetic,
            may_decide=a.state == Appeal.State.OPEN and viewer.may("APPEALS_DECIDE", a.unit.path)
            and is_independent(asker=a.demand.asker.code, asked_by=a.demand.by_name, decider=viewer.name,
                               decider_departments=own),
        )
        for a in chosen.select_related("demand__asker", "unit")
    )  # fmt: skip
