"""What an item asks that can be read from the registers instead of at the door (不到现场)."""

from dataclasses import dataclass
from datetime import date

from dukao.base.periods import Period
from dukao.base.quantities import text_from_scaled
from dukao.base.refusals import NotThere
from dukao.gate.models import PlanItem
from dukao.gate.queries.visits import SeenDatum
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.registers.queries import ElementView

# How many periods back an element is looked for: a figure older than that answers no question of today.
_LOOKED_BACK = {"year": 2, "quarter": 5, "month": 13, "day": 60}


@dataclass(frozen=True, slots=True)
class RemoteLook:
    """An item's questions for one unit: what the data answer, and what only a visit would."""

    item_number: str
    title: str
    unit_code: str
    unit_name: str
    answered: tuple[SeenDatum, ...]
    unanswered: tuple[str, ...]


def remote_look(*, item: str, unit: str, viewer: Actor, on: date) -> RemoteLook:
    """Read an approved item's questions for a unit, as the viewer's rights allow; accepted data only.

    Raises NotThere: no such item of the viewer's departments, or the unit is not among its targets.
    """
    found, asked = item_for_unit(item=item, unit=unit, viewer=viewer)
    answered, unanswered = [], []
    for question in found.questions:
        datum = _read(question, asked, viewer, on)
        if datum:
            answered.append(datum)
        else:
            unanswered.append(question["text"])
    return RemoteLook(found.number, found.title, asked.code, asked.name, tuple(answered), tuple(unanswered))


def item_for_unit(*, item: str, unit: str, viewer: Actor) -> tuple[PlanItem, UnitView]:
    """Inside the room: an approved item of the viewer's departments and a unit it is about. Raises NotThere."""
    asked = org.unit_by_code(unit)
    found = (
        PlanItem.objects.select_related("department", "scope_unit")
        .filter(number=item, is_current=True, state=PlanItem.State.APPROVED)
        .first()
    )
    if found is None:
        raise NotThere()
    viewer.require("DEMANDS_ISSUE", asked.path, department=found.department.code)
    targets = set(found.targets.values_list("unit_id", flat=True))
    is_target = asked.id in targets if targets else asked.level == found.target_level
    if not is_target or not asked.path.startswith(found.scope_unit.path):
        raise NotThere()
    return found, asked


def _read(question: dict[str, str], asked: UnitView, viewer: Actor, on: date) -> SeenDatum | None:
    element = (
        registers.elements_by_code([question["element"]]).get(question["element"]) if question["element"] else None
    )
    if element is None or not _may_read(element, asked, viewer):
        return None
    period = Period.of(on, element.period_type)  # type: ignore[arg-type]
    periods = [period.next(-back).key for back in range(_LOOKED_BACK[element.period_type])]
    value, key, source = _at_its_level(element, asked, periods) or _added_up(element, asked, periods) or ("", 0, "")
    if not key:
        return None
    return SeenDatum(
        question=question["text"], element=element.title, period=key, value=value, unit=element.measure_unit,
        source=source,
    )  # fmt: skip


def _may_read(element: ElementView, asked: UnitView, viewer: Actor) -> bool:
    """Figures in general; what is sensitive is read by its owner only, as on every page."""
    own = {s.department_code for s in viewer.standings} - {""}
    is_open = element.sensitivity != "sensitive" or viewer.is_system or element.owner_code in own
    return is_open and viewer.may("FIGURES_SEE", asked.path)


def _at_its_level(element: ElementView, asked: UnitView, periods: list[int]) -> tuple[str, int, str] | None:
    if element.level != asked.level:
        return None
    facts = registers.known(unit_id=asked.id, element_ids=[element.id], periods=periods)
    for key in periods:
        fact = facts.get((element.id, key))
        if fact and fact.accepted_at:
            value = fact.text if fact.value is None else text_from_scaled(fact.value, element.decimals)
            return value, key, fact.source.provider_name or asked.name
    return None


def _added_up(element: ElementView, asked: UnitView, periods: list[int]) -> tuple[str, int, str] | None:
    if element.level <= asked.level or element.over_units != "sum":
        return None
    found = registers.figures(element_ids=[element.id], periods=periods, unit_ids=[asked.id])
    whole = org.count_below(path=asked.path, level=element.level)
    for key in periods:
        figure = found.get((element.id, key, asked.id))
        if figure and figure.n - figure.pending_n == whole:
            return text_from_scaled(figure.sum - figure.pending_sum, element.decimals), key, element.owner_name
    return None
