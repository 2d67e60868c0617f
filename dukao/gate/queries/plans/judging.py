"""What the rules say of items: each beside the department's others, with what the registers already hold."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from django.db.models import QuerySet

from dukao.base.periods import Period
from dukao.base.wording import in_english
from dukao.gate.models import PlanItem, PlanTarget, Quota
from dukao.gate.queries.plans.topics import topic_title, topics
from dukao.gate.queries.plans.views import definition_of, require_post, seen_by
from dukao.gate.rules.hits import RuleHit
from dukao.gate.rules.items import ItemDefinition
from dukao.gate.rules.overlap import Overlap, Planned, overlaps
from dukao.gate.rules.plans import RULE_IDS, STANDING, ItemCase, Known, QuestionCase, Rules, judge, widened
from dukao.gate.rules.quotas import item_key
from dukao.gate.rules.topics import tidy, topics_spoken_of
from dukao.law import queries as law
from dukao.law.workdays import UnknownYear, workdays_between
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.registers.queries import ElementView

# A name shorter than this is too common a word to be taken for a datum.
_NAME_LEAST = 4
_SATURDAY = 5
# How many periods back a figure still tells that somebody holds the datum.
_LOOKED_BACK = {"year": 2, "quarter": 4, "month": 6, "day": 40}


def rules_on(on: date) -> Rules:
    return {rule_id: law.rule(rule_id, on) for rule_id in RULE_IDS}


def hits_of_definition(
    *, definition: ItemDefinition, year: int, department: str, origin: str = "planned", number: str = "", on: date
) -> tuple[RuleHit, ...]:
    """Internal: what the rules say of an item as it is written, beside the department's others of the year."""
    reader = CaseReader(on)
    case = reader.of_definition(definition, department=department, origin=origin, number=number)
    owner = org.department(code=department)
    others = PlanItem.objects.filter(plan__year=year, plan__unit_id=owner.unit_id, department_id=owner.id)
    return judge(case, reader.cases(others, with_known=False), rules_on(on), topic_title)


def hits_of_items(*, year: int, unit: str, viewer: Actor, on: date) -> dict[str, tuple[RuleHit, ...]]:
    """What the rules say of each item still standing in a plan, by number; where they say nothing, no entry.

    Raises NotThere.
    """
    place = org.unit(code=unit, viewer=viewer)
    require_post(viewer)
    reader, rules = CaseReader(on), rules_on(on)
    chosen = PlanItem.objects.filter(seen_by(viewer, on), plan__year=year, plan__unit_id=place.id)
    found: dict[str, tuple[RuleHit, ...]] = {}
    ordered = sorted(reader.cases(chosen), key=lambda case: (case.department, case.number))
    for _department, group in groupby(ordered, key=lambda case: case.department):
        family = list(group)
        for case in family:
            if case.state in STANDING and (hits := judge(case, _earlier(case, family), rules, topic_title)):
                found[case.number] = hits
    return found


def hits_of_item(*, number: str, on: date) -> tuple[RuleHit, ...]:
    """Internal: what the rules say of one item as it stands, beside the department's others of the year."""
    row = PlanItem.objects.select_related("plan", "department").filter(number=number, is_current=True).first()
    if row is None:
        return ()
    family = PlanItem.objects.filter(plan_id=row.plan_id, department_id=row.department_id)
    cases = CaseReader(on).cases(family)
    [case] = [one for one in cases if one.number == number]
    return judge(case, cases, rules_on(on), topic_title)


def widening_of(*, number: str, definition: ItemDefinition, on: date) -> tuple[RuleHit, ...]:
    """Internal: what a change of an item would add to it; nothing where the item is not there."""
    row = PlanItem.objects.select_related("department", "scope_unit").filter(number=number, is_current=True).first()
    if row is None:
        return ()
    reader, department = CaseReader(on), row.department.code
    before, after = (
        reader.of_definition(one, department=department, origin=row.origin, number=number)
        for one in (definition_of(row), definition)
    )
    return widened(before, after, law.rule("INS-5", on))


def overlapping_items(*, year: int, unit: str, viewer: Actor, on: date) -> tuple[Overlap, ...]:
    """Pairs of standing items, of whatever departments, that could be one visit (INS-4). Raises NotThere."""
    place = org.unit(code=unit, viewer=viewer)
    require_post(viewer)
    rule = law.rule("INS-4", on)
    chosen = PlanItem.objects.filter(seen_by(viewer, on), plan__year=year, plan__unit_id=place.id, state__in=STANDING)
    planned = [
        Planned(case.number, case.topics, frozenset(str(one) for one in case.units), case.starts_on, case.ends_on)
        for case in CaseReader(on).cases(chosen, with_known=False)
    ]
    found: list[Overlap] = []
    for topic in sorted({topic for one in planned for topic in one.about}):
        found += overlaps(
            [one for one in planned if topic in one.about], percent=rule.parameters["overlap_percent"],
            apart_workdays=rule.parameters["apart_workdays"], workdays_between=_days_apart,
        )  # fmt: skip
    return tuple({(one.first, one.second): one for one in found}.values())


def _days_apart(after: date, until: date) -> int:
    """Working days between; plain weekdays in a year whose holidays nobody has announced yet: it is a proposal only."""
    try:
        return workdays_between(after, until)
    except UnknownYear:
        days = (after + timedelta(days=step) for step in range(1, (until - after).days + 1))
        return sum(day.weekday() < _SATURDAY for day in days)


def _earlier(case: ItemCase, family: Sequence[ItemCase]) -> list[ItemCase]:
    """Of two that are alike, only the later one is at fault; what is settled speaks against both."""
    return [one for one in family if one.number < case.number or one.state not in STANDING]


class CaseReader:
    """Makes cases of items; reads every subtree, and what is known in it, once."""

    def __init__(self, on: date) -> None:
        self.on = on
        self._units: dict[tuple[str, int], frozenset[int]] = {}
        self._known: dict[tuple[str, int], Known | None] = {}
        self._names: dict[str, str] | None = None

    def cases(self, chosen: QuerySet[PlanItem], *, with_known: bool = True) -> list[ItemCase]:
        """The current versions among these items, by number."""
        rows = chosen.filter(is_current=True).select_related("department", "scope_unit")
        items = list(rows.order_by("number"))
        named: dict[int, list[int]] = defaultdict(list)
        targets = PlanTarget.objects.filter(item_id__in=[item.pk for item in items])
        for item_id, unit_id in targets.values_list("item_id", "unit_id"):
            named[item_id].append(unit_id)
        keys = {item_key(item.number): item.number for item in items}
        left = {
            keys[key]: limit - held - used
            for key, limit, held, used in Quota.objects.filter(key__in=keys).values_list("key", "limit", "held", "used")
        }
        if with_known:
            asked: dict[int, set[str]] = defaultdict(set)
            for item in items:
                asked[item.scope_unit_id] |= {code for q in item.questions for code in self._codes_of(q)}
            for scope_id, codes in asked.items():
                self._read_known(codes, scope_id)
        return [self._of_row(item, named[item.pk], left.get(item.number), with_known) for item in items]

    def of_definition(self, definition: ItemDefinition, *, department: str, origin: str, number: str) -> ItemCase:
        """The case of an item that is not kept yet."""
        scope = org.unit_by_code(definition.scope)
        named = frozenset(one.id for one in org.units_by_codes(t.unit for t in definition.targets).values())
        asked = [question.model_dump() for question in definition.questions]
        self._read_known({code for q in asked for code in self._codes_of(q)}, scope.id)
        return ItemCase(
            number=number, department=department, origin=origin, state="proposed", title=definition.title,
            topic=definition.topic, topics=_topics(definition.topic, definition.title, definition.purpose),
            kind=definition.kind, method=definition.method, scope_path=scope.path,
            target_level=definition.level_number, units=named or self._below(scope.path, definition.level_number),
            starts_on=definition.starts_on, ends_on=definition.ends_on, visits_most=definition.visits_most,
            minutes_hundredths_per_visit=definition.minutes_hundredths_per_visit,
            questions=tuple(self._question(q, scope.id) for q in asked), criteria=definition.criteria,
        )  # fmt: skip

    def _of_row(self, row: PlanItem, named: Sequence[int], left: int | None, with_known: bool) -> ItemCase:
        path, scope_id = row.scope_unit.path, row.scope_unit_id
        return ItemCase(
            number=row.number, department=row.department.code, origin=row.origin, state=row.state, title=row.title,
            topic=row.topic, topics=_topics(row.topic, row.title, row.purpose), kind=row.kind, method=row.method,
            scope_path=path, target_level=row.target_level,
            units=frozenset(named) or self._below(path, row.target_level),
            starts_on=row.starts_on, ends_on=row.ends_on, visits_most=row.visits_most,
            minutes_hundredths_per_visit=row.minutes_hundredths_per_visit,
            questions=tuple(
                self._question(q, scope_id) if with_known else QuestionCase(q["text"], q.get("element", ""))
                for q in row.questions
            ),
            criteria=tuple(row.criteria), merged_into=row.merged_into, visits_left=left,
        )  # fmt: skip

    def _below(self, path: str, level: int) -> frozenset[int]:
        if (path, level) not in self._units:
            self._units[path, level] = frozenset(unit.id for unit in org.units_below(path=path, level=level))
        return self._units[path, level]

    def _question(self, question: Mapping[str, str], scope_id: int) -> QuestionCase:
        text, element = question["text"], question.get("element", "")
        known = [found for code in self._codes_of(question) if (found := self._known[code, scope_id])]
        if element:
            return QuestionCase(text, element, known=known[0] if known else None)
        return QuestionCase(text, named=tuple(known))

    def _codes_of(self, question: Mapping[str, str]) -> list[str]:
        """The element a question asks; where it asks none, those whose name it uses: of names in one another the
        longest.
        """
        if question.get("element"):
            return [question["element"]]
        if self._names is None:
            self._names = {
                name: element.code
                for element in registers.elements_by_code().values()
                for name in map(tidy, (element.title, *element.aliases))
                if len(name) >= _NAME_LEAST
            }
        plain = tidy(question["text"])
        used = [name for name in self._names if name in plain]
        longest = [name for name in used if not any(name != other and name in other for other in used)]
        return list(dict.fromkeys(self._names[name] for name in longest))

    def _read_known(self, codes: Collection[str], scope_id: int) -> None:
        unread = [code for code in codes if (code, scope_id) not in self._known]
        read = known_elements(codes=unread, scope_id=scope_id, on=self.on) if unread else {}
        self._known |= {(code, scope_id): read.get(code) for code in unread}


def _topics(topic: str, title: str, purpose: str) -> frozenset[str]:
    return topics_spoken_of(f"{title} {purpose}", topics().values()) | {topic}


def known_elements(*, codes: Collection[str], scope_id: int, on: date) -> dict[str, Known]:
    """Internal: of these elements (codes) those that are held, fresh, of every unit at or below the scope."""
    scope = org.unit_by_id(scope_id)
    elements = registers.elements_by_code(codes)
    fresh = {element.code: _fresh_periods(element, on) for element in elements.values()}
    periods = {period for some in fresh.values() for period in some}
    if not periods:
        return {}
    counted = registers.coverage(
        scope_unit_id=scope_id, scope_path=scope.path, element_ids=[e.id for e in elements.values()], periods=periods
    )
    whole = {e.level: 0 for e in elements.values()}
    whole |= {level: org.count_below(path=scope.path, level=level) for level in whole}
    held = [
        element for element in elements.values()
        if 0 < whole[element.level] <= max(
            (counted[element.id, p].n_known for p in fresh[element.code] if (element.id, p) in counted), default=0
        )
    ]  # fmt: skip
    behind: dict[str, list[str]] = defaultdict(list)
    for found in registers.datasets_behind(elements=[element.code for element in held], scope_path=scope.path):
        for code in found.elements:
            behind[code].append(found.source.provider_name)
    return {
        element.code: Known(
            element.title_en if in_english() and element.title_en else element.title,
            tuple(dict.fromkeys(behind[element.code] or [element.owner_name])),
        )
        for element in held
    }


def _fresh_periods(element: ElementView, on: date) -> list[int]:
    """The periods whose figure would still be fresh today."""
    newest = Period.of(on, element.period_type)  # type: ignore[arg-type]
    back = (newest.next(-step) for step in range(_LOOKED_BACK[element.period_type]))
    return [period.key for period in back if on <= period.ends_on + timedelta(days=element.fresh_days)]
