"""What a rater's browser does, in Python: for tests, benches and demo data. The browser's half is `rate.js`."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from dukao.ballots.blind import blind, finalize, prepare
from dukao.ballots.keys import PublicKey
from dukao.ballots.wire import canonical, from_base64, to_base64


@dataclass(frozen=True, slots=True)
class Slip:
    """A filled ballot on its way: `blinded` goes to the issuer, `signed` makes of its answer what the board takes."""

    paper: str
    key: PublicKey
    ballot: str
    salt: bytes
    follow_secret: bytes
    prepared: bytes
    blinded: bytes
    inverse: bytes

    def ask(self, code: str) -> dict[str, str]:
        """What the issuer is sent."""
        return {"paper": self.paper, "code": code, "blinded": to_base64(self.blinded)}

    def signed(self, blind_signature: bytes | str, **more: str) -> dict[str, Any]:
        """What the board is sent; `more` may be comment and contact. Raises BadInput where the issuer cheated."""
        raw = from_base64(blind_signature) if isinstance(blind_signature, str) else blind_signature
        signature = finalize(self.key, self.prepared, raw, self.inverse)
        return {
            "paper": self.paper, "token": to_base64(self.prepared[:32]), "signature": to_base64(signature),
            "commitment": to_base64(self.prepared[32:]), "ballot": self.ballot, "salt": to_base64(self.salt), **more,
        }  # fmt: skip


def fill_in(paper: str, key: PublicKey, levels: Mapping[str, int]) -> Slip:
    """Fill a ballot, commit to it, and blind the commitment under a fresh token."""
    salt, follow_secret = secrets.token_bytes(32), secrets.token_bytes(32)
    ballot = canonical({"follow": sha256(follow_secret).hexdigest(), "levels": dict(levels)})
    prepared = prepare(sha256(salt + ballot.encode()).digest())
    blinded = blind(key, prepared)
    return Slip(paper, key, ballot, salt, follow_secret, prepared, blinded.message, blinded.inverse)
