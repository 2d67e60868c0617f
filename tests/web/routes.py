"""Every address of the house, and who gets what there; a route that is missing fails.

Each group of pages keeps its own list, `ROUTES` in a module `routes_<group>.py` beside this one; where its routes name
more than the little city has, its `furnish(city)` brings that in. Codes in braces are filled from the little city of
tests/conftest.py.
"""

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType

CAST = ("alice", "wang", "rita", "dora", "tara", "sam", "adam", "otto", "charlie")
EVERYBODY = frozenset(CAST)
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Takes:
    """A form that the address takes: from those in `by` it is taken up and answered `done`, all others get `others`.

    `done` may be a refusal of the thing's state (409) or of what the form says (422). A pair in the form is a file.
    """

    by: frozenset[str]
    form: dict[str, str | tuple[str, str]] = field(default_factory=dict)
    done: int = 303
    others: int = 404
    # Those who get something else.
    but: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """`sees` are those of the cast who get the page; all others who have signed in get `others`.

    Strangers are led to the sign-in unless the route is `public`.
    """

    name: str
    path: str
    sees: frozenset[str] = NOBODY
    others: int = 403
    public: bool = False
    # Where the page sends those who see it, for routes that only lead on.
    leads: int = 200
    # Those who get something else.
    but: dict[str, int] = field(default_factory=dict)
    takes: Takes | None = None
    # The same address of a thing that does not exist: for every address that names a thing.
    missing: str = ""
    # Those who may know that the thing is there without getting the page or the form through.
    knows: frozenset[str] = NOBODY
    # Where the form stands, for addresses that are no page themselves.
    form_on: str = ""


def groups() -> list[ModuleType]:
    """Every group's module, in the order of their names."""
    return [import_module(path.stem) for path in sorted(Path(__file__).parent.glob("routes_*.py"))]


def all_routes() -> list[Route]:
    return [route for group in groups() for route in group.ROUTES]


def furnish(city) -> None:
    for group in groups():
        getattr(group, "furnish", lambda city: None)(city)
