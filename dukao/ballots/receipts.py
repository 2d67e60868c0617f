"""Receipts: the board's word that a ballot will be in the log. Those that are kept together share one signature.

1. A receipt is a leaf of a small tree of hashes, SHA-256(0 ‖ salt ‖ leaf of the log); the board signs the tree's root.
2. Of two neighbours the smaller hash comes first, leaves stand in the order of their hashes, every tree has the same
   depth and is filled up by chance. So a receipt tells nothing of the others: not which, how many, or in what order.
"""

from collections.abc import Sequence
from hashlib import sha256
from secrets import token_bytes
from typing import NamedTuple

from dukao.ballots.signing import Signer, is_by
from dukao.ballots.wire import from_base64, to_base64

DEPTH = 9
MOST_TOGETHER = 1 << DEPTH
_SALT_SIZE, _HASH_SIZE = 16, 32


class Receipt(NamedTuple):
    """Of one ballot. `path` are the neighbours' hashes from the leaf upwards, one after the other."""

    leaf: bytes
    salt: bytes
    path: bytes
    signature: str

    def told(self) -> str:
        """As JSON; nothing in it needs escaping."""
        return (
            f'{{"leaf":"{self.leaf.hex()}","path":"{to_base64(self.path)}","salt":"{to_base64(self.salt)}",'
            f'"signature":"{self.signature}"}}'
        )


def receipts(signer: Signer, leaves: Sequence[bytes]) -> list[Receipt]:
    """A receipt for each of these leaf hashes, at most `MOST_TOGETHER`."""
    assert len(leaves) <= MOST_TOGETHER, "so many do not fit"
    if not leaves:
        return []
    chance = token_bytes(_SALT_SIZE * len(leaves))
    salts = [chance[start : start + _SALT_SIZE] for start in range(0, len(chance), _SALT_SIZE)]
    hashes = [sha256(b"\0" + salt + leaf).digest() for salt, leaf in zip(salts, leaves, strict=True)]
    row, rows = sorted(hashes), []
    for _ in range(DEPTH):
        if len(row) % 2:
            row.append(token_bytes(_HASH_SIZE))
        rows.append(row)
        row = [_above(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    signature = signer.sign("receipt", row[0].hex())
    paths = [b""]
    for row in reversed(rows):
        paths = [row[place ^ 1] + paths[place >> 1] for place in range(len(row))]
    found = dict(zip(rows[0], paths, strict=True))
    return [
        Receipt(leaf, salt, found[own], signature) for leaf, salt, own in zip(leaves, salts, hashes, strict=True)
    ]  # fmt: skip


def is_receipt(key: str, told: dict[str, str]) -> bool:
    """Whether the board with this key gave this receipt (its JSON, read)."""
    try:
        path = from_base64(told["path"], size=DEPTH * _HASH_SIZE)
        found = sha256(b"\0" + from_base64(told["salt"], size=_SALT_SIZE) + bytes.fromhex(told["leaf"])).digest()
        for start in range(0, len(path), _HASH_SIZE):
            found = _above(found, path[start : start + _HASH_SIZE])
        return is_by(key, "receipt", found.hex(), told["signature"])
    except (ValueError, KeyError, TypeError):
        return False


def _above(one: bytes, other: bytes) -> bytes:
    return sha256(b"\1" + (one + other if one < other else other + one)).digest()
