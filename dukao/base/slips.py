"""Codes that stand on a slip of paper: written down or read aloud, typed on a phone, and kept as a digest only."""

import hashlib
from base64 import b32decode

# Crockford's Base32: no I, L, O, U, so that a code read aloud or copied by hand is not misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16  # × 5 bits: 80 bits, beyond guessing
CODE_BYTES = CODE_LENGTH * 5 // 8
_RFC_4648 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_RFC_4648 = bytes.maketrans(ALPHABET.encode(), _RFC_4648)
_PAIRS = [one + other for one in ALPHABET for other in ALPHABET]  # five bytes are four of them
_GROUP = 4
_READ_AS = str.maketrans("OIL", "011")
_BETWEEN = str.maketrans("", "", " \u3000\t\r\n-－—–_·.")


def code_of(chance: bytes) -> str:
    """The code of `CODE_BYTES` bytes of chance; of another multiple of five, where it is no secret."""
    assert len(chance) % 5 == 0, "a code has exactly as much chance in it as it has letters"
    number, letters = int.from_bytes(chance), len(chance) * 8 // 5
    return "".join([_PAIRS[number >> place & 1023] for place in range(letters * 5 - 10, -1, -10)])


def bytes_of(code: str) -> bytes:
    """What `code_of` made this code of."""
    return b32decode(code.encode().translate(_TO_RFC_4648))


def code_from(text: str, *, length: int = CODE_LENGTH) -> str:
    """The code as it was minted, however it was typed: small or full-width letters, blanks, hyphens, O for 0, I or L
    for 1. Empty where the text is no code at all.
    """
    plain = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    code = plain.translate(_BETWEEN).upper().translate(_READ_AS)
    return code if len(code) == length and set(code) <= set(ALPHABET) else ""


def code_text(code: str) -> str:
    """`7K3M-0D2X-…`, as it is printed and read aloud."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def code_digest(code: str) -> str:
    """What is kept of a code. Its own 80 bits are salt enough."""
    return hashlib.sha256(code.encode()).hexdigest()
