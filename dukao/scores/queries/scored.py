"""Whom a scorecard scores, and what each of them may see."""

from dataclasses import dataclass

from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.registers.rules import LEVEL_OF
from dukao.scores.rules.definitions import ScorecardDefinition


@dataclass(frozen=True, slots=True)
class Scored:
    """A unit, or a department with the unit where it stands. `code` names it in addresses and files."""

    kind: str  # unit, department
    code: str
    name: str
    unit: UnitView
    department_id: int | None = None

    @property
    def department(self) -> str:
        return self.code if self.kind == "department" else ""


def scored_by(definition: ScorecardDefinition) -> tuple[Scored, ...]:
    """Internal: all whom the card scores, by code: an order that says nothing."""
    scope = org.unit_by_code(definition.scope)
    if definition.level is not None:
        below = org.units_below(path=scope.path, level=LEVEL_OF[definition.level])
        return tuple(Scored("unit", unit.code, unit.name, unit) for unit in below)
    found = [org.department(code=code) for code in sorted(definition.departments)]
    units = {one.unit_code: org.unit_by_code(one.unit_code) for one in found}
    return tuple(Scored("department", one.code, one.name, units[one.unit_code], one.id) for one in found)


def answers_for(viewer: Actor, one: Scored) -> bool:
    """Whether the viewer stands for the one who is scored."""
    return viewer.is_system or any(
        viewer.may("SCORES_ANSWER", one.unit.path, department=standing.department_code)
        and standing.unit_id == one.unit.id
        and standing.department_code == one.department
        for standing in viewer.standings_with("SCORES_ANSWER")
    )
