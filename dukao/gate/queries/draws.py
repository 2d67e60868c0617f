"""Random draws: what was promised, what came out, and the record with which anyone replays it.

A draw names units before anybody visits them. So it is shown to the department that draws and to supervision offices of
the same unit or above, not to the units it may choose.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from dukao.base.refusals import NotThere
from dukao.gate.models import Draw
from dukao.gate.rules.draws import FORMAT
from dukao.org import queries as org
from dukao.org.rules import Actor


@dataclass(frozen=True, slots=True)
class DrawnUnit:
    """A unit that came out, who goes there, and who was passed over for having ties to it: (who, why)."""

    code: str
    name: str
    inspectors: tuple[str, ...]
    passed_over: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw; `seed`, `public_part` and `result` are empty until it is drawn."""

    number: str
    item_number: str
    item_title: str
    department_name: str
    commitment: str
    public_source: str
    seed: str
    public_part: str
    unit_count: int
    inspector_count: int
    units_wanted: int
    inspectors_wanted: int
    result: tuple[DrawnUnit, ...]
    promised_at: datetime
    drawn_at: datetime | None
    may_draw: bool


def draws(*, viewer: Actor, most: int = 200) -> tuple[DrawView, ...]:
    """The draws of the viewer's departments, or that a supervision office oversees; newest first."""
    found = Draw.objects.filter(_seen_by(viewer)).select_related("item__department__unit").order_by("-id")[:most]
    return tuple(_view(one, viewer) for one in found)


def draw(*, number: str, viewer: Actor) -> DrawView:
    """One draw. Raises NotThere."""
    return _view(draw_row(number, viewer), viewer)


def published_draw(*, number: str, viewer: Actor) -> dict[str, Any]:
    """The record of a draw as it is published, for `rules.draws.faults_of`.

    Raises NotThere, also before it is drawn.
    """
    one = draw_row(number, viewer)
    if one.drawn_at is None:
        raise NotThere()
    return {
        "format": FORMAT, "number": one.number, "item": one.item.number, "title": one.item.title,
        "department": one.item.department.name, "promised_at": one.promised_at.isoformat(),
        "commitment": one.commitment, "public_source": one.public_source, "units": one.units,
        "inspectors": one.inspectors, "units_wanted": one.units_wanted, "inspectors_wanted": one.inspectors_wanted,
        "drawn_at": one.drawn_at.isoformat(), "seed": one.seed, "public_part": one.public_part, "result": one.result,
    }  # fmt: skip


def draw_row(number: str, viewer: Actor) -> Draw:
    """Inside the room: the draw, where the viewer may know of it. Raises NotThere."""
    found = Draw.objects.select_related("item__department__unit").filter(_seen_by(viewer), number=number).first()
    if found is None:
        raise NotThere()
    return found


def _seen_by(viewer: Actor) -> Q:
    if viewer.is_system:
        return Q()
    seen = Q(item__department__code__in=[s.department_code for s in viewer.standings_with("DEMANDS_ISSUE")])
    for standing in viewer.standings_with("DEMANDS_SEE_ALL"):
        seen |= Q(item__department__unit__path__startswith=standing.unit_path)
    return seen


def _view(one: Draw, viewer: Actor) -> DrawView:
    drawn = one.result.get("units", [])
    names = {code: unit.name for code, unit in org.units_by_codes(row["unit"] for row in drawn).items()}
    department = one.item.department
    return DrawView(
        number=one.number, item_number=one.item.number, item_title=one.item.title, department_name=department.name,
        commitment=one.commitment, public_source=one.public_source, seed=one.seed, public_part=one.public_part,
        unit_count=len(one.units), inspector_count=len(one.inspectors), units_wanted=one.units_wanted,
        inspectors_wanted=one.inspectors_wanted,
        result=tuple(
            DrawnUnit(
                code=row["unit"], name=names.get(row["unit"], row["unit"]),
                inspectors=tuple(_said(who) for who in row["inspectors"]),
                passed_over=tuple((_said(who), who["reason"]) for who in row["passed_over"]),
            )
            for row in drawn
        ),
        promised_at=one.promised_at, drawn_at=one.drawn_at,
        may_draw=one.drawn_at is None
        and viewer.may("DEMANDS_ISSUE", department.unit.path, department=department.code),
    )  # fmt: skip


def _said(who: dict[str, str]) -> str:
    return f"{who['name']} {who['office']}".strip()
