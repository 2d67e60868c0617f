"""The board's door: `dukao board`, or `granian --interface rsgi --factory dukao.ballots.board:application`."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any

from dukao.ballots import places
from dukao.ballots.boarding import Boarding, Cast, Taken, remark_of
from dukao.ballots.contacts import MOST_CHARACTERS
from dukao.ballots.log import Entry, leaf_text
from dukao.ballots.reading import Reading
from dukao.ballots.service import Asked, Fault, Handler, Reply, Service
from dukao.ballots.turns import Turns, outcome
from dukao.ballots.wire import Unreadable, canonical, from_base64, parse, text_of
from dukao.base.merkle import leaf_hash

_MOST_COMMENT, _MOST_ANSWER = 200, 2_000
_SIGNATURE_SIZE = 256
_HEX = re.compile(r"(?:[0-9a-f]{2}){1,32}")
_BEGINNING_BYTES = 10  # of a hash: what fits on paper, and nobody finds a second to


def application() -> Service:
    """The board as it is served."""
    return service(Boarding(places.home("board")), secret=places.secret(), origins=places.origins())


def service(board: Boarding, *, secret: str, origins: Sequence[str] = ()) -> Service:
    turns = Turns(lambda casts: _kept(board, casts), idle=board.mix)
    casting = Turns(lambda contents: _read(board, contents), then=turns)
    reading = Reading(board.log, board.signer.key, board.contacts)
    # A second thread, so that whoever downloads a whole log holds up nobody who casts.
    reads = Turns(lambda asks: asks)
    routes = {
        **_public(board, casting, turns, reads, reading),
        **_platform(board, turns, reads, reading),
    }
    return Service(routes, secret=secret, origins=origins, threads=[casting, turns, reads])


def _public(
    board: Boarding, casting: Turns, turns: Turns, reads: Turns, reading: Reading
) -> dict[tuple[str, str], Handler]:
    async def cast(asked: Asked) -> Reply:
        return await casting.take(asked.content)

    async def manifest(asked: Asked) -> dict[str, Any]:
        known = board.round_of(asked.place)
        return {**await reads.run(lambda: reading.manifest(asked.place)), "state": board.state(known)}

    async def head(asked: Asked) -> dict[str, Any]:
        return await reads.run(lambda: reading.head(asked.place))

    async def proof(asked: Asked) -> dict[str, Any]:
        leaf = _hex(asked.query.get("leaf"), least=_BEGINNING_BYTES)
        return await reads.run(lambda: reading.proof(asked.place, leaf))

    async def consistency(asked: Asked) -> dict[str, Any]:
        first = asked.query.get("first", "")
        if not re.fullmatch(r"[0-9]{1,12}", first):
            raise Unreadable("first: a size of the log")
        return await reads.run(lambda: reading.consistency(asked.place, int(first)))

    async def bundle(asked: Asked) -> Reply:
        return Reply(200, await reads.run(lambda: reading.bundle(asked.place)))

    async def follow(asked: Asked) -> dict[str, Any]:
        digest = sha256(from_base64(asked.body.get("secret"), size=32)).hexdigest()
        _, answer, second = await reads.run(lambda: reading.followed(digest))
        return {"answer": answer, "second": bool(second)}

    async def second(asked: Asked) -> dict[str, Any]:
        digest = sha256(from_base64(asked.body.get("secret"), size=32)).hexdigest()
        code, _, _ = await reads.run(lambda: reading.followed(digest))
        levels = canonical(board.round_of(code).manifest.checked_levels(asked.body.get("levels")))
        await turns.run(lambda: board.rate_again(digest, levels))
        return {"second": True}

    async def health(_asked: Asked) -> dict[str, Any]:
        await turns.run(lambda: None)
        return {"party": "board"}

    return {
        ("POST", "/cast"): cast, ("POST", "/follow"): follow, ("POST", "/second"): second, ("GET", "/health"): health,
        ("GET", "/rounds/*"): manifest, ("GET", "/rounds/*/head"): head, ("GET", "/rounds/*/proof"): proof,
        ("GET", "/rounds/*/consistency"): consistency, ("GET", "/rounds/*/bundle"): bundle,
    }  # fmt: skip


def _platform(board: Boarding, turns: Turns, reads: Turns, reading: Reading) -> dict[tuple[str, str], Handler]:
    def told(name: str, what: Callable[[str], Any]) -> Handler:
        async def tell(asked: Asked) -> dict[str, Any]:
            code = text_of(asked.body.get("round"), most=64)
            return {name: await reads.run(lambda: what(code))}

        return tell

    async def publish(asked: Asked) -> dict[str, Any]:
        manifest = asked.body.get("manifest")
        if not isinstance(manifest, dict):
            raise Unreadable("manifest: an object")
        return {"signature": await turns.run(lambda: board.publish(manifest))}

    async def close(asked: Asked) -> dict[str, Any]:
        code, issued = text_of(asked.body.get("round"), most=64), asked.body.get("issued")
        if not isinstance(issued, dict):
            raise Unreadable("issued: the issuer's totals")
        totals = {part: text_of(issued.get(part), most=10_000_000) for part in ("document", "signature")}
        await turns.run(lambda: board.close(code, totals))
        return {"closed": code}

    async def bad(asked: Asked) -> dict[str, Any]:
        code, after = text_of(asked.body.get("round"), most=64), asked.body.get("after") or "0001-01-01"
        try:
            day = date.fromisoformat(after).isoformat()
        except (TypeError, ValueError):
            raise Unreadable("after: a day") from None
        return {"bad": await reads.run(lambda: reading.bad(code, day))}

    async def answer(asked: Asked) -> dict[str, Any]:
        follow, text = _hex(asked.body.get("follow")).hex(), text_of(asked.body.get("text"), most=_MOST_ANSWER)
        await turns.run(lambda: board.answer(follow, text))
        return {"answered": follow}

    async def remove_comment(asked: Asked) -> dict[str, Any]:
        ref = text_of(asked.body.get("ref"), most=64)
        await turns.run(lambda: board.remove_comment(ref))
        return {"removed": ref}

    return {
        ("POST", "/admin/publish"): publish, ("POST", "/admin/close"): close, ("POST", "/admin/bad"): bad,
        ("POST", "/admin/answer"): answer, ("POST", "/admin/remove-comment"): remove_comment,
        ("POST", "/admin/counts"): told("counts", reading.counts),
        ("POST", "/admin/seconds"): told("seconds", reading.seconds),
        ("POST", "/admin/comments"): told("comments", reading.comments),
        ("POST", "/admin/results"): told("results", reading.results),
    }  # fmt: skip


def _read(board: Boarding, contents: Sequence[bytes]) -> list[Cast | Exception]:
    """Ballots from what browsers sent, or why not. To read many in one go costs half as much for each."""
    read = [outcome(partial(_cast, board, content)) for content in contents]
    signed = iter(board.signed([cast for cast in read if isinstance(cast, Cast)]))
    return [next(signed) if isinstance(cast, Cast) else cast for cast in read]


def _kept(board: Boarding, casts: Sequence[Cast]) -> list[Reply | Fault]:
    return [
        Reply(201 if taken.is_new else 200, f'{{"receipt":{taken.receipt.told()}}}'.encode())
        if isinstance(taken, Taken) else taken
        for taken in board.cast_all(casts)
    ]  # fmt: skip


def _cast(board: Boarding, content: bytes) -> Cast:
    """Read what a browser sends, as far as no database is needed. Raises Unreadable, Fault."""
    body = parse(content)
    paper, ballot = body.get("paper"), body.get("ballot")
    # Codes and digits: whatever else stands in a ballot makes it none.
    if not isinstance(paper, str) or not isinstance(ballot, str) or not ballot.isascii():
        raise Unreadable("paper and ballot: texts")
    known = board.round_of(paper.partition("/")[0])
    board.require_open(known)
    if paper not in known.places:
        raise Fault(404, "paper", "no such paper")
    token, signature = from_base64(body.get("token"), size=32), from_base64(body.get("signature"), size=_SIGNATURE_SIZE)
    salt, commitment = from_base64(body.get("salt"), size=32), from_base64(body.get("commitment"), size=32)
    if sha256(salt + ballot.encode()).digest() != commitment:
        raise Unreadable("the commitment is not that of the ballot")
    levels, follow = known.manifest.levels_of(ballot)
    leaf = leaf_hash(leaf_text(paper, body["token"], body["signature"], body["commitment"]).encode())
    entry = Entry(known.places[paper], token, signature, commitment, ballot, salt, leaf)
    comment, contact = (
        text_of(body[name], most=most, least=0) if name in body else ""
        for name, most in (("comment", _MOST_COMMENT), ("contact", MOST_CHARACTERS))
    )
    return Cast(known, entry, remark_of(board, known, entry, levels, follow, comment, contact))


def _hex(value: Any, *, least: int = 32) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value) or len(value) < 2 * least:
        raise Unreadable(f"{2 * least} to 64 hexadecimal digits are wanted, two for each byte")
    return bytes.fromhex(value)
