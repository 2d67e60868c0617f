"""What travels: canonical JSON, strict base64, readings that accept exactly one spelling."""

import binascii
import json
from typing import Any


class Unreadable(ValueError):
    """What came is not what was agreed; the message says what, without repeating what came."""

    is_expected = True


_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> str:
    """The one spelling of a JSON value: sorted keys, no spaces, characters as they are; integers only."""
    return _encoder.encode(value)


def to_base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def from_base64(text: Any, *, size: int | None = None) -> bytes:
    """Standard base64 with padding, in its one spelling, of exactly `size` bytes where given."""
    if not isinstance(text, str):
        raise Unreadable("base64 text is wanted")
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        raise Unreadable("not base64") from None
    if binascii.b2a_base64(data, newline=False) != text.encode() or (size is not None and len(data) != size):
        raise Unreadable("not base64 of the right length")
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a key stands twice")
    return found


def _no_float(text: str) -> Any:
    raise Unreadable("whole numbers only")


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float)


def parse(body: bytes | str) -> dict[str, Any]:
    """The JSON object in this body: UTF-8, no key twice, whole numbers only."""
    try:
        text = body.decode("utf-8") if isinstance(body, bytes) else body
        value = _decoder.decode(text)
    except Unreadable:
        raise
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None
    if not isinstance(value, dict):
        raise Unreadable("a JSON object is wanted")
    return value


def text_of(value: Any, *, most: int, least: int = 1) -> str:
    """A text of `least` to `most` characters that can be stored and shown: no NUL, no lone surrogates."""
    if not isinstance(value, str) or not least <= len(value) <= most or "\0" in value:
        raise Unreadable(f"a text of {least} to {most} characters is wanted")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unreadable("a text of whole characters is wanted") from None
    return value
