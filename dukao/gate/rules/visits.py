"""Numbers of visits, who is kept from them, and the days and hours that follow them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dukao.base.slips import CODE_BYTES, code_of


def number_of(digest: str) -> str:
    """A visit's number, from the digest of its check code: whoever holds the code finds the visit by its number.

    By chance like the code itself: numbers in a row would tell of a sealed visit by its gap.
    """
    return f"JC-{code_of(bytes.fromhex(digest)[:CODE_BYTES])[:10]}"


def is_sealed(*, mode: str, has_arrived: bool) -> bool:
    """四不两直, until it stands at the door: those it goes to know nothing of it. One that never came stays sealed."""
    return mode == "unannounced" and not has_arrived


def took_part(name: str, *, booked_by: str, concluded_by: str, arrived_by: str, people: Sequence[str]) -> bool:
    """Whether somebody may not judge an objection, having had a hand in the visit.

    Basis: supervision-regulation#17.
    """
    return name in {booked_by, concluded_by, arrived_by, *people} - {""}


def within_days(since: datetime, days: int, at: datetime) -> bool:
    """Whether `at` is not later than `days` whole days after `since`; the very end still counts."""
    return at <= since + timedelta(days=days)
