"""Every address of the house, and who gets what there; a route that is missing fails.

Each group of pages keeps its own list, `ROUTES` in a module `routes_<group>.py` beside this one; where its routes name
more than the little city has, its `furnish(city)` brings that in.

`sees` are those of the cast who get the page (200); all others who have signed in get `others`. Strangers are led to
the sign-in unless the route is `public`. `post` routes change something: GET is not allowed there for anybody.
Codes in braces are filled from the little city of tests/conftest.py.
"""

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType

CAST = ("alice", "wang", "rita", "dora", "tara", "sam", "adam", "otto", "charlie")
EVERYBODY = frozenset(CAST)
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    sees: frozenset[str] = NOBODY
    others: int = 403
    public: bool = False
    post: bool = False
    # Where the page sends those who see it, for routes that only lead on.
    leads: int = 200
    # Those who get something else.
    but: dict[str, int] = field(default_factory=dict)



def groups() -> list[ModuleType]:
    """Every group's module, in the order of their names."""
    return [import_module(path.stem) for path in sorted(Path(__file__).parent.glob("routes_*.py"))]


def all_routes() -> list[Route]:
    return [route for group in groups() for route in group.ROUTES]


def furnish(city) -> None:
    for group in groups():
        getattr(group, "furnish", lambda city: None)(city)
