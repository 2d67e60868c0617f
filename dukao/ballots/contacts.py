"""Numbers to call back, encrypted at rest: the database alone, or its backup, tells none."""

import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dukao.ballots.signing import keep

MOST_CHARACTERS = 60
_SIZE = 4 * MOST_CHARACTERS
_NONCE_SIZE = 12


class Contacts:
    """Seals under a key of the board's own; every sealed contact has the same size."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            keep(path, AESGCM.generate_key(256))
        self._key = AESGCM(path.read_bytes())

    def seal(self, contact: str, ref: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_SIZE)
        return nonce + self._key.encrypt(nonce, contact.encode().ljust(_SIZE, b"\0"), ref.encode())

    def open(self, sealed: bytes, ref: str) -> str:
        nonce, text = sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:]
        return self._key.decrypt(nonce, text, ref.encode()).rstrip(b"\0").decode()
