"""The tree of units: one unit, its children and ancestors, those below it, and search.

Somebody sees the units of the subtrees where a post stands, and the way up from there to the root. What others hold
is not there for them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from dukao.base.refusals import NotThere
from dukao.org.models import Unit
from dukao.org.rules import Actor, ancestor_ids


@dataclass(frozen=True, slots=True)
class UnitView:
    id: int
    code: str
    name: str
    short_name: str
    level: int
    path: str
    parent_code: str
    has_children: bool


def unit(*, code: str, viewer: Actor) -> UnitView:
    """The unit with this code. Raises NotThere where it does not exist or the viewer has no business there."""
    found = unit_by_code(code)
    if not _sees(viewer, found.path):
        raise NotThere()
    return found


def children(*, code: str, viewer: Actor) -> tuple[UnitView, ...]:
    """The units one level down that the viewer sees, by code."""
    above = unit(code=code, viewer=viewer)
    return tuple(v for v in _views(_standing().filter(parent_id=above.id).order_by("code")) if _sees(viewer, v.path))


def ancestors(*, code: str, viewer: Actor) -> tuple[UnitView, ...]:
    """The units above, from the root down, without the unit itself."""
    below = unit(code=code, viewer=viewer)
    return _views(_standing().filter(id__in=ancestor_ids(below.path)[:-1]).order_by("level"))


def search_units(*, text: str, viewer: Actor, most: int = 20) -> tuple[UnitView, ...]:
    """Units by name, pinyin, first letters of the pinyin, or code: higher levels first, then the shortest name."""
    text = text.strip().lower()
    if not text or not (viewer.is_system or viewer.standings):
        return ()
    found = _standing().filter(_matches(text))
    if not viewer.is_system:
        found = found.filter(_seen_by(viewer))
    # The database picks by level; the shortest names, the likeliest meant, are put first here.
    near = sorted(_views(found.order_by("level", "code")[: most * 4]), key=lambda v: (v.level, len(v.name), v.code))
    return tuple(near[:most])


def units_below(*, path: str, level: int) -> tuple[UnitView, ...]:
    """Internal: the units of `level` in the subtree at `path` (the unit itself where it is of that level), by code."""
    return _views(_standing().filter(below(path), level=level).order_by("code"))


def count_below(*, path: str, level: int) -> int:
    """Internal: how many units of `level` the subtree at `path` has."""
    return _standing().filter(below(path), level=level).count()


def unit_rows_below(*, path: str) -> list[tuple[int, str, int, str]]:
    """Internal: id, code, level and path of every unit in the subtree at `path`, itself included; for work in bulk."""
    return list(_standing().filter(below(path)).values_list("id", "code", "level", "path"))


def unit_by_code(code: str) -> UnitView:
    """Internal: the unit with this code, whoever asks. Raises NotThere."""
    return _one(_standing().filter(code=code))


def unit_by_id(unit_id: int) -> UnitView:
    """Internal: the unit with this id, past ones too. Raises NotThere."""
    return _one(Unit.objects.filter(id=unit_id))


def units_by_codes(codes: Iterable[str]) -> dict[str, UnitView]:
    """Internal: the units that exist among these codes."""
    return {v.code: v for v in _views(_standing().filter(code__in=list(codes)))}


def root_units() -> tuple[UnitView, ...]:
    """Internal: the tops of the tree; one in an ordinary installation."""
    return _views(_standing().filter(parent=None).order_by("code"))


def below(path: str) -> Q:
    """Units of the subtree at `path`, itself included, through the index of either database."""
    if connection.vendor == "sqlite":
        # SQLite's LIKE does not use an index; a range does, and "0" is the character after "/".
        return Q(path__gte=path, path__lt=path.removesuffix("/") + "0")
    return Q(path__startswith=path)


def _standing() -> QuerySet[Unit]:
    return Unit.objects.filter(valid_to=None)


def _views(units: QuerySet[Unit]) -> tuple[UnitView, ...]:
    some_below = Unit.objects.filter(parent_id=OuterRef("id"), valid_to=None)
    rows = units.annotate(has_some_below=Exists(some_below)).values_list(
        "id", "code", "name", "short_name", "level", "path", "parent__code", "has_some_below"
    )
    return tuple(UnitView(*row[:6], row[6] or "", row[7]) for row in rows)


def _one(units: QuerySet[Unit]) -> UnitView:
    found = _views(units[:1])
    if not found:
        raise NotThere()
    return found[0]


def _sees(viewer: Actor, path: str) -> bool:
    return viewer.is_system or any(
        path.startswith(s.unit_path) or s.unit_path.startswith(path) for s in viewer.standings
    )


def _seen_by(viewer: Actor) -> Q:
    seen = Q(id__in={above for s in viewer.standings for above in ancestor_ids(s.unit_path)})
    for path in {s.unit_path for s in viewer.standings}:
        seen |= below(path)
    return seen


def _matches(text: str) -> Q:
    if text.isdigit() and len(text) <= 12:
        return Q(code__startswith=text)
    if text.isascii():
        return Q(pinyin_initials__gte=text, pinyin_initials__lte=text + "z" * 20) | Q(pinyin__startswith=text)
    return Q(short_name__contains=text) | Q(name__contains=text)
