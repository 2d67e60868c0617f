"""The platform's doors to the issuer and to the board: plain HTTP, one shared secret each, no state of its own.

A paper is one rated subject of one round, named `round/subject`; it has a key pair of its own. Whoever may rate holds
a secret (a code, or name and number); the platform hands over only its digest.
"""

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from dukao.ballots.wire import to_base64
from dukao.base import slips
from dukao.base.refusals import Refused
from dukao.base.words import _noop

_SECONDS = 30
# Making the keys of a round takes about a tenth of a second each.
_SECONDS_OF_KEYS = 900
# A neighbour on this machine or in this house: no proxy stands between.
_opener = build_opener(ProxyHandler({}))


class Unreachable(Refused):
    """The issuer or the board does not answer."""

    status = 503


class NotTaken(Refused):
    """The issuer or the board refuses; `what` is what it said, `code` the word for programs."""

    def __init__(self, what: str, *, code: str, status: int) -> None:
        super().__init__(what)
        self.code, self.status = code, status


@dataclass(frozen=True)
class Totals:
    """How many may rate on each paper and how many asked for their signature, signed by the issuer."""

    round: str
    entitled: dict[str, int]
    issued: dict[str, int]
    document: str
    signature: str


@dataclass(frozen=True)
class Bad:
    """A bad rating, for its work order. `ref` is the beginning of its commitment; `day` is as fine as time gets."""

    ref: str
    paper: str
    day: date
    levels: dict[str, int]
    comment: str
    contact: str
    follow: str


@dataclass(frozen=True)
class Second:
    """What somebody said the second time, after the answer to their bad rating."""

    ref: str
    paper: str
    levels: dict[str, int]


def paper_of(round_code: str, subject: str) -> str:
    return f"{round_code}/{subject}"


def new_code() -> str:
    """A fresh secret for paper, QR or a link's fragment: `K7QD-2M9X-…`, 80 bits; case and dashes do not matter."""
    return slips.code_text(slips.code_of(secrets.token_bytes(slips.CODE_BYTES)))


def digest_of_code(code: str) -> bytes:
    """What the issuer is told of a code (32 bytes); O reads as 0, I and L as 1."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", code).upper() if c.isalnum())
    return hashlib.sha256(b"dukao-code\0" + plain.translate(str.maketrans("OIL", "011")).encode()).digest()


def plain_person(name: str, number: str) -> tuple[str, str]:
    """Name and number however they were typed."""
    plain = ("".join(unicodedata.normalize("NFKC", part).upper().split()) for part in (name, number))
    return next(plain), next(plain)


def digest_of_person(name: str, number: str) -> bytes:
    """What the issuer is told of somebody on the list of residents; it keeps only an HMAC of it under its own key."""
    return hashlib.sha256(b"dukao-person\0" + "\0".join(plain_person(name, number)).encode()).digest()


class Issuer:
    """Says who may rate, and signs what it cannot see."""

    def __init__(self, url: str, secret: str) -> None:
        self._service = _Service(url, secret)

    def make_papers(self, round_code: str, subjects: Sequence[str]) -> dict[str, str]:
        """Make a key pair for every subject; public keys (SPKI DER, base64) by subject. Asked again: the same keys."""
        asked = {"round": round_code, "subjects": list(subjects)}
        return self._service.post("/admin/papers", asked, seconds=_SECONDS_OF_KEYS)["keys"]

    def key(self) -> str:
        """The key under which the issuer signs its totals (Ed25519, 32 bytes, base64); it stands in the manifest."""
        return self._service.get("/key")["key"]

    def add(self, paper: str, digests: Iterable[bytes]) -> int:
        """Let the holders of these secrets rate once each; how many are new."""
        asked = {"paper": paper, "digests": [to_base64(digest) for digest in digests]}
        return self._service.post("/admin/entitlements", asked)["new"]

    def add_cards(self, paper: str, digests: Sequence[bytes]) -> list[str]:
        """The same for cards that are about to be printed: the serial of each, to be printed on it."""
        asked = {"paper": paper, "digests": [to_base64(digest) for digest in digests], "serials": True}
        return self._service.post("/admin/entitlements", asked)["serials"]

    def withdraw(self, round_code: str, serial: str, another: bytes | None = None) -> tuple[str, str]:
        """Take back an unused card by its serial, and let the holder of `another` rate instead; paper, new serial.

        Raises NotTaken `used` or `stranger`.
        """
        asked = {"round": round_code, "serial": serial} | ({"another": to_base64(another)} if another else {})
        said = self._service.post("/admin/withdraw", asked)
        return said["paper"], said["serial"]

    def issued(self, round_code: str) -> dict[str, int]:
        """Signatures given, by paper."""
        return self.totals(round_code).issued

    def totals(self, round_code: str) -> Totals:
        return _totals(self._service.post("/admin/totals", {"round": round_code}))

    def close(self, round_code: str) -> Totals:
        """Sign no more for this round and destroy its private keys, for ever; the last totals."""
        return _totals(self._service.post("/admin/close", {"round": round_code}))


class Board:
    """Takes ratings, keeps the log, opens it when the round is over."""

    def __init__(self, url: str, secret: str) -> None:
        self._service = _Service(url, secret)

    def publish(self, manifest: dict[str, Any]) -> str:
        """Open a round (see `manifest.py` for what it must say); the board's signature over it, base64.

        The same manifest again changes nothing; another one under the same code is refused.
        """
        return self._service.post("/admin/publish", {"manifest": manifest})["signature"]

    def close(self, round_code: str, totals: Totals) -> None:
        """Take no more ratings, for ever; open the ballots of papers with enough, beside the issuer's totals."""
        issued = {"document": totals.document, "signature": totals.signature}
        self._service.post("/admin/close", {"round": round_code, "issued": issued}, seconds=_SECONDS_OF_KEYS)

    def counts(self, round_code: str) -> dict[str, int]:
        """Ratings taken so far, by paper, those that are not in the log yet too."""
        return self._service.post("/admin/counts", {"round": round_code})["counts"]

    def bad(self, round_code: str, after: date | None = None) -> list[Bad]:
        """Bad ratings of this day and later, in the order of their refs, which says nothing."""
        asked = {"round": round_code, "after": after.isoformat() if after else None}
        return [
            Bad(**row | {"day": date.fromisoformat(row["day"])})
            for row in self._service.post("/admin/bad", asked)["bad"]
        ]

    def answer(self, follow: str, text: str) -> None:
        """Leave word for whoever gave a bad rating; told to the browser that holds the secret of `follow`."""
        self._service.post("/admin/answer", {"follow": follow, "text": text})

    def seconds(self, round_code: str) -> list[Second]:
        """Second ratings, in the order of their refs."""
        return [Second(**row) for row in self._service.post("/admin/seconds", {"round": round_code})["seconds"]]

    def comments(self, round_code: str) -> dict[str, list[tuple[str, str]]]:
        """(ref, comment) by paper, once the round is over and the paper has enough ratings."""
        found = self._service.post("/admin/comments", {"round": round_code})["comments"]
        return {paper: [(ref, text) for ref, text in rows] for paper, rows in found.items()}

    def remove_comment(self, ref: str) -> None:
        """Remove a comment for ever; the rating stays."""
        self._service.post("/admin/remove-comment", {"ref": ref})

    def results(self, round_code: str) -> dict[str, dict[str, list[int]] | None]:
        """How often each level was given, best first, by paper and question; None below the floor or before the end."""
        return self._service.post("/admin/results", {"round": round_code})["results"]

    def bundle(self, round_code: str) -> bytes:
        """Everything that is public of a round, as `dukao verify-poll` reads it."""
        return self._service.read(f"/rounds/{quote(round_code)}/bundle", seconds=_SECONDS_OF_KEYS)


class _Service:
    def __init__(self, url: str, secret: str) -> None:
        self.url, self.secret = url.rstrip("/"), secret

    def get(self, path: str) -> dict[str, Any]:
        return json.loads(self.read(path))

    def post(self, path: str, asked: dict[str, Any], *, seconds: float = _SECONDS) -> dict[str, Any]:
        return json.loads(self.read(path, json.dumps(asked, ensure_ascii=False).encode(), seconds=seconds))

    def read(self, path: str, body: bytes | None = None, *, seconds: float = _SECONDS) -> bytes:
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"} if body else {}
        asked = Request(self.url + path, data=body, headers=headers)  # noqa: S310 (the address is a setting)
        try:
            with _opener.open(asked, timeout=seconds) as answer:
                return answer.read()
        except HTTPError as refusal:
            raise _refused(refusal) from None
        except (OSError, HTTPException) as error:
            raise Unreachable(
                _noop("签发处或计票箱没有应答"), why=f"{self.url} {error}", todo=_noop("看看签发处和计票箱是否在运行")
            ) from None


def _refused(refusal: HTTPError) -> NotTaken:
    try:
        said = json.loads(refusal.read())
        return NotTaken(said["message"], code=said["error"], status=refusal.code)
    except (ValueError, KeyError, TypeError):
        return NotTaken(f"HTTP {refusal.code}", code="unknown", status=refusal.code)


def _totals(said: dict[str, Any]) -> Totals:
    told = json.loads(said["document"])
    return Totals(
        round=told["round"], entitled=told["entitled"], issued=told["issued"],
        document=said["document"], signature=said["signature"],
    )  # fmt: skip
