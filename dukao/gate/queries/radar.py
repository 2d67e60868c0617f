"""What the rules saw of dodging when papers were issued, and two papers side by side."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dukao.base.refusals import NotThere
from dukao.base.words import Words
from dukao.gate.models import Document
from dukao.gate.queries.documents import heard, overseen
from dukao.gate.rules.documents import DODGES
from dukao.gate.rules.likeness import Piece, likeness, passages, shingles_of
from dukao.org.rules import Actor

_MOST = 500


@dataclass(frozen=True, slots=True)
class Dodge:
    """One thing that the radar saw of one paper. `others`: numbers of the papers it is like."""

    sign: str
    number: str
    title: str
    channel: str
    department_code: str
    department_name: str
    what: Words
    others: tuple[str, ...]
    excuse: str
    issued_at: datetime
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of two papers that are alike, in pieces that the other one has too and has not."""

    number: str
    title: str
    channel: str
    department_name: str
    issued_at: datetime | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    percent: int
    later: Side
    earlier: Side
    is_synthetic: bool


def dodges(*, viewer: Actor, since: date, until: date) -> tuple[Dodge, ...]:
    """What the radar saw of papers issued in `[since, until)`, newest first: for the supervision office.

    Raises: NotAllowed.
    """
    viewer.require_anywhere("DEMANDS_SEE_ALL")
    issued = overseen(viewer).filter(state="issued", issued_at__date__gte=since, issued_at__date__lt=until)
    rows = issued.exclude(flags=[]).order_by("-issued_at", "-id").select_related("department")
    found = (_dodge(row, flag) for row in rows.iterator(chunk_size=500) for flag in row.flags)
    return tuple(dodge for dodge in found if dodge is not None)[:_MOST]


def pair(*, number: str, other: str, viewer: Actor) -> Pair:
    """Two papers side by side, for the supervision office. Raises NotThere."""
    chosen = overseen(viewer).filter(number__in={number, other}).select_related("department")
    found = {document.number: document for document in chosen}
    if len(found) != 2:
        raise NotThere()
    later, earlier = found[number], found[other]
    return Pair(
        percent=likeness(shingles_of(later.text), shingles_of(earlier.text)).percent,
        later=_side(later, earlier), earlier=_side(earlier, later),
        is_synthetic=later.is_synthetic or earlier.is_synthetic,
    )  # fmt: skip


def _side(document: Document, other: Document) -> Side:
    return Side(
        number=document.number, title=document.title, channel=document.channel,
        department_name=document.department.name, issued_at=document.issued_at,
        pieces=passages(document.text, other.text),
    )  # fmt: skip


def _dodge(row: Document, flag: dict[str, Any]) -> Dodge | None:
    assert row.issued_at is not None
    if flag["sign"] not in DODGES:
        return None
    return Dodge(
        sign=flag["sign"], number=row.number, title=row.title, channel=row.channel, department_code=row.department.code,
        department_name=row.department.name, what=heard(flag["what"]), others=tuple(flag["others"]), excuse=row.excuse,
        issued_at=row.issued_at, is_synthetic=row.is_synthetic,
    )  # fmt: skip
