"""What is known by name, what a slot asks, and how well the two agree."""

from collections.abc import Sequence
from dataclasses import dataclass

from dukao.workbooks.matching.words import Span, label
from dukao.workbooks.tables import Kind

# From this score a match is taken without asking; `bench/workbooks` measures how often that is right.
SURE = 0.99


@dataclass(frozen=True)
class Term:
    """A datum with the names people call it by, the proper one first."""

    key: str
    names: tuple[str, ...]
    unit: str = ""
    kind: Kind = Kind.UNKNOWN
    section: str = ""  # words that tell where it belongs: subject, department, title of its table

    @property
    def title(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class Asked:
    """What a slot asks: its column's and its row's path, outermost first, and where it stands."""

    path: tuple[str, ...]
    row_path: tuple[str, ...] = ()
    unit: str = ""
    kind: Kind = Kind.UNKNOWN
    title: str = ""  # of its table
    neighbours: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """What a confirmation is remembered under: the same words in another file are the same question."""
        labels = [label(part) for part in (*self.row_path, *self.path)]
        spans = "".join(sorted({one.span for one in labels} - {Span.NOW}))
        return "/".join(one.core for one in labels if not one.is_generic) + (f"|{spans}" if spans else "")

    @property
    def words(self) -> str:
        """The signature without the time that is asked about."""
        return self.signature.partition("|")[0]


def told_apart(terms: Sequence[Term]) -> list[str]:
    """Their titles; those of one title with their unit of measure and where they belong."""
    titles = [term.title for term in terms]
    return [t.title if titles.count(t.title) == 1 else f"{t.title}（{_belongs(t)}）" for t in terms]


def _belongs(term: Term) -> str:
    return "，".join(filter(None, (term.unit, term.section))) or "没有写单位"


@dataclass(frozen=True)
class Candidate:
    """A term that may be meant. `score` is how often such a match is right, from 0 to 1."""

    term: Term
    score: float
    reason: str
    span: Span = Span.NOW  # of the term, seen from the form's period
    is_namesake: bool = False  # another term has the same name and fits as well
    is_only_alike: bool = False  # nothing but the likeness of the names speaks for it

    @property
    def is_sure(self) -> bool:
        return self.score >= SURE
