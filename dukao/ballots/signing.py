"""Documents that the issuer and the board stand by: canonical JSON under Ed25519, each kind of its own."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dukao.ballots.wire import Unreadable, from_base64, to_base64

KINDS = ("manifest", "head", "receipt", "totals")


class Signer:
    """A party's own key; made on first start, in a file for its owner only."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            keep(path, Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ))  # fmt: skip
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey), "a party signs with Ed25519"
        self._key = key
        self.key = to_base64(key.public_key().public_bytes_raw())

    def sign(self, kind: str, document: str) -> str:
        """The signature over a document of this kind, base64."""
        return to_base64(self._key.sign(_signed(kind, document)))


def is_by(key: str, kind: str, document: str, signature: str) -> bool:
    """Whether the holder of this public key signed this document as one of this kind."""
    try:
        public = Ed25519PublicKey.from_public_bytes(from_base64(key, size=32))
        public.verify(from_base64(signature, size=64), _signed(kind, document))
    except (InvalidSignature, Unreadable, ValueError):
        return False
    return True


def keep(path: Path, content: bytes) -> None:
    """Write a secret file that appears whole, once, for its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_name(f".{path.name}-{os.getpid()}")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(half, path)
    except FileExistsError:
        pass
    finally:
        half.unlink()


def _signed(kind: str, document: str) -> bytes:
    assert kind in KINDS
    return f"dukao {kind}\n{document}".encode()
