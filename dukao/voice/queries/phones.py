"""Telephone numbers of people who may be asked: sealed at rest, and known to the budget by a keyed hash only.

The key is a file of its own: whoever has the database alone reads no number and cannot try numbers against the hashes.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from dukao import env

_NONCE = 12


def sealed(content: bytes, *, context: str) -> bytes:
    """Encrypted and bound to `context`: it opens nowhere else."""
    nonce = os.urandom(_NONCE)
    return nonce + _box().encrypt(nonce, content, context.encode())


def opened(content: bytes, *, context: str) -> bytes:
    return _box().decrypt(content[:_NONCE], content[_NONCE:], context.encode())


def budget_keys(phones: Iterable[str]) -> list[str]:
    """The keyed hash under which the budget knows each number, in all surveys the same."""
    key = _derived("budget", settings.VAR)
    return [hmac.digest(key, phone.encode(), "sha256").hex() for phone in phones]


def frame_path(sha256: str) -> Path:
    """Where a promised frame rests, sealed, until it has been drawn from."""
    folder = settings.VAR / "frames"
    folder.mkdir(mode=0o700, exist_ok=True)
    path: Path = folder / sha256
    return path


def _box() -> AESGCM:
    return AESGCM(_derived("seal", settings.VAR))


@lru_cache(maxsize=4)
def _derived(purpose: str, folder: Path) -> bytes:
    return hashlib.sha256(f"dukao-survey-{purpose}\n{env.secret(folder / 'survey-key')}".encode()).digest()
