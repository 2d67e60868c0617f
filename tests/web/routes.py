"""Every address of the house, and who gets what there. Owners of pages add theirs; a route that is missing fails.

`sees` are those of the cast who get the page (200); all others who have signed in get `others`. Strangers are led to
the sign-in unless the route is `public`. `post` routes change something: GET is not allowed there for anybody.
Codes in braces are filled from the little city of tests/conftest.py.
"""

from dataclasses import dataclass

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


SHELL = [
    Route("home", "/", EVERYBODY, public=True, leads=303),
    Route("change_desk", "/-/desk/", post=True),
    Route("choose_language", "/-/language/", public=True, post=True),
    Route("choose_type", "/-/type/", public=True, post=True),
    Route("parts", "/-/parts/", EVERYBODY, public=True),
    Route("search", "/search/", EVERYBODY),
    Route("sign_in", "/sign-in/", EVERYBODY, public=True, leads=303),
    Route("sign_out", "/sign-out/", public=True, post=True),
    Route("password", "/my/password/", EVERYBODY),
]
# Charlie has no post, so the front door keeps him and says so.
EXCEPTIONS = {("home", "charlie"): 200}

ROUTES: list[Route] = [*SHELL]
