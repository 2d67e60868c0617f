"""Departments, posts and log-ins; and the actor that a log-in is today."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from dukao.base.refusals import NotThere
from dukao.org.models import Department, Holding, Login, Post
from dukao.org.queries.units import root_units
from dukao.org.rules import SYSTEM, Actor, Standing


@dataclass(frozen=True, slots=True)
class DepartmentView:
    id: int
    code: str
    name: str
    unit_code: str
    unit_path: str
    unit_id: int


@dataclass(frozen=True, slots=True)
class PostView:
    code: str
    title: str
    role: str
    unit_code: str
    unit_name: str
    department_code: str
    department_name: str


@dataclass(frozen=True, slots=True)
class HoldingView:
    post_code: str
    post_title: str
    role: str
    unit_code: str
    unit_name: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class LoginView:
    name: str
    display_name: str
    is_active: bool
    holdings: tuple[HoldingView, ...]


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody likes the pages."""

    large_type: bool = False
    language: str = ""


def actor_named(*, name: str, on: date) -> Actor:
    """The actor that this log-in is on this day. Raises NotThere where it is not there, or disabled."""
    login = Login.objects.filter(name=name, is_active=True).only("id", "name", "display_name").first()
    if login is None:
        raise NotThere()
    return actor_of(login, on=on)


def actor_of(login: Login, *, on: date) -> Actor:
    """Inside the room: the actor with the posts held on this day, one SQL query."""
    held = Holding.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), login=login, valid_from__lte=on)
    standings = tuple(
        Standing(*row[:7], row[7], row[8] or "", row[9] or "")
        for row in held.order_by("id").values_list(
            "post__role", "post__title", "post__unit_id", "post__unit__code", "post__unit__name", "post__unit__level",
            "post__unit__path", "post__department_id", "post__department__code", "post__department__name",
        )
    )
    return Actor(name=login.name, display_name=login.display_name, login_id=login.pk, standings=standings)


def preferences(*, login_id: int) -> Preferences:
    row = Login.objects.filter(id=login_id).values_list("large_type", "language").first()
    return Preferences(*row) if row else Preferences()


def department(*, code: str) -> DepartmentView:
    """Public within the house: the department with this code. Raises NotThere."""
    for found in _departments(Q(code=code)):
        return found
    raise NotThere(f"没有代码为 {code} 的部门")


def departments_by_codes(codes: Iterable[str]) -> dict[str, DepartmentView]:
    """Internal: the departments that exist among these codes."""
    return {found.code: found for found in _departments(Q(code__in=list(codes)))}


def departments(*, viewer: Actor, text: str = "") -> tuple[DepartmentView, ...]:
    """The departments of the units that the viewer's posts stand over or under, by code."""
    matches = Q(name__contains=text) | Q(code__contains=text) if text else Q()
    return tuple(
        d for d in _departments(matches)
        if viewer.is_system
        or any(d.unit_path.startswith(s.unit_path) or s.unit_path.startswith(d.unit_path) for s in viewer.standings)
    )


def posts(*, viewer: Actor) -> tuple[PostView, ...]:
    """The posts that the viewer administers, by unit and code."""
    rows = Post.objects.order_by("unit__level", "unit__code", "code").values_list(
        "unit__path", "code", "title", "role", "unit__code", "unit__name", "department__code", "department__name"
    )
    return tuple(
        PostView(*row[1:6], row[6] or "", row[7] or "") for row in rows if viewer.may("ORG_MANAGE", row[0])
    )


def logins(*, viewer: Actor, text: str = "") -> tuple[LoginView, ...]:
    """The log-ins that a unit answers for which the viewer administers, with all posts they were ever given there."""
    viewer.require_anywhere("ORG_MANAGE")
    held: dict[int, list[tuple[bool, HoldingView]]] = defaultdict(list)
    for row in Holding.objects.order_by("valid_from", "id").values_list(
        "login_id", "post__unit__path", "post__code", "post__title", "post__role", "post__unit__code",
        "post__unit__name", "valid_from", "valid_to",
    ):
        held[row[0]].append((viewer.may("ORG_MANAGE", row[1]), HoldingView(*row[2:])))
    matches = Q(name__contains=text) | Q(display_name__contains=text) if text else Q()
    found = []
    is_at_top = viewer.may("ORG_MANAGE", _top())
    for pk, name, display_name, is_active, home in Login.objects.filter(matches).order_by("name").values_list(
        "id", "name", "display_name", "is_active", "home__path"
    ):
        mine = tuple(view for may, view in held[pk] if may)
        if mine or (not held[pk] and (viewer.may("ORG_MANAGE", home) if home else is_at_top)):
            found.append(LoginView(name, display_name, is_active, mine))
    return tuple(found)


def units_of(login: Login) -> tuple[str, ...]:
    """Inside the room: paths of the units that answer for a log-in: where it ever held a post; until then its home."""
    held = tuple(Holding.objects.filter(login=login).values_list("post__unit__path", flat=True))
    return held or (login.home.path if login.home else _top(),)


def _top() -> str:
    return next((unit.path for unit in root_units()), "/")


def display_names(*, names: Iterable[str]) -> dict[str, str]:
    """Internal: how people, and the house itself, are called, by log-in name; none for names that are not there."""
    wanted = set(names)
    rows = Login.objects.filter(name__in=wanted).values_list("name", "display_name") if wanted else ()
    house = {SYSTEM.name: _("系统")} if SYSTEM.name in wanted else {}
    return house | {name: shown or name for name, shown in rows}


def _departments(matches: Q) -> tuple[DepartmentView, ...]:
    rows = Department.objects.filter(matches).order_by("code").values_list(
        "id", "code", "name", "unit__code", "unit__path", "unit_id"
    )
    return tuple(DepartmentView(*row) for row in rows)
