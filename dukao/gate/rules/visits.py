"""Check codes as people write them, and the days and hours that follow a visit."""

import hashlib
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime, timedelta

# Crockford's Base32: no I, L, O, U, so that a code read aloud or copied by hand is not misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16  # × 5 bits: 80 bits, beyond guessing
CODE_BYTES = CODE_LENGTH * 5 // 8
_FROM_RFC_4648 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())
_GROUP = 4
_READ_AS = str.maketrans("OIL", "011")
_BETWEEN = str.maketrans("", "", " \u3000\t\r\n-－—–_·.")


def code_of(chance: bytes) -> str:
    """The check code of `CODE_BYTES` bytes of chance."""
    assert len(chance) == CODE_BYTES, "a code has exactly as much chance in it as it has letters"
    return b32encode(chance).translate(_FROM_RFC_4648).decode()


def number_of(digest: str) -> str:
    """A visit's number, from the digest of its check code: whoever holds the code finds the visit by its number.

    By chance like the code itself: numbers in a row would tell of a sealed visit by its gap.
    """
    return f"JC-{code_of(bytes.fromhex(digest)[:CODE_BYTES])[:10]}"


def code_from(text: str) -> str:
    """The code as it was minted, however it was typed: small or full-width letters, blanks, hyphens, O for 0, I or L
    for 1. Empty where the text is no code at all.
    """
    plain = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    code = plain.translate(_BETWEEN).upper().translate(_READ_AS)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def code_text(code: str) -> str:
    """`7K3M-0D2X-…`, as it is printed and read aloud."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def code_digest(code: str) -> str:
    """What is kept of a code. Its own 80 bits are salt enough."""
    return hashlib.sha256(code.encode()).hexdigest()


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
