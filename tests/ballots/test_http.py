"""At the door: whatever comes gets one clear answer, nothing of it is logged, and pages of other sites may not ask."""

import asyncio
import json
import logging

import pytest
from granian.rsgi import ProtocolClosed

from dukao.ballots import service
from tests.ballots.conftest import BAD, GOOD, ORIGIN, ROUND

EAST = f"{ROUND}/east"
SPY = "spy-phrase"


@pytest.fixture
def body(parties):
    return parties.ballot(EAST)


def _json(body, **other):
    return json.dumps(body | other).encode()


HOSTILE = {
    "nothing": lambda body: b"",
    "not JSON": lambda body: b"{" + SPY.encode(),
    "not UTF-8": lambda body: b'{"paper": "\xff\xfe"}',
    "a list": lambda body: b"[1, 2]",
    "deep": lambda body: b"[" * 7_900,
    "deep objects": lambda body: b'{"a":' * 1_500,
    "a key twice": lambda body: b'{"paper": "x", ' + _json(body)[1:],
    "a number for text": lambda body: _json(body, paper=7),
    "a list for text": lambda body: _json(body, paper=[EAST]),
    "null": lambda body: _json(body, token=None),
    "a fraction": lambda body: _json(body, salt=1.5),
    "not a number": lambda body: b'{"a": NaN}',
    "a huge number": lambda body: b'{"a": ' + b"9" * 7_000 + b"}",
    "no base64": lambda body: _json(body, token="*" * 44),
    "base64 in another spelling": lambda body: _json(body, token=body["token"][:-2] + "B="),
    "base64 with spaces": lambda body: _json(body, token=" " + body["token"]),
    "short": lambda body: _json(body, token="AAAA"),
    "long": lambda body: _json(body, signature=body["signature"] * 2),
    "NUL": lambda body: _json(body, comment="a\0b"),
    "half a character": lambda body: _json(body)[:-1] + b', "comment": "\\ud800"}',
    "a long comment": lambda body: _json(body, comment="长" * 201),
    "a contact with a good rating": lambda body: _json(body, contact="13800000000"),
    "another ballot": lambda body: _json(body, ballot=body["ballot"].replace("1", "2", 1)),
    "a ballot with spaces": lambda body: _json(body, ballot=body["ballot"] + " "),
    "no such paper": lambda body: _json(body, paper=f"{ROUND}/nowhere"),
    "no such round": lambda body: _json(body, paper="nowhere/east"),
    "nothing asked for": lambda body: b"{}",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_bodies_get_one_clear_answer(parties, body, kind, caplog):
    caplog.set_level(logging.DEBUG)
    status, answer, headers = parties.board("POST", "/cast", raw=HOSTILE[kind](body))
    assert status in (404, 422), answer
    assert set(answer) == {"error", "message"}
    assert SPY not in json.dumps(answer)
    assert headers["cache-control"] == "no-store"
    assert not [record for record in caplog.records if record.name.startswith("dukao")]
    assert parties.reading().counts(ROUND)[EAST] == 0


@pytest.mark.parametrize("levels", [{}, {"speed": 1}, {"overall": 0}, {"overall": 6}, {"overall": True},
                                    {"overall": "1"}, {"overall": 1, "other": 1}, [1], None])  # fmt: skip
def test_ballots_that_do_not_answer_the_questions_are_refused(parties, levels):
    from dukao.ballots.blind import blind, prepare
    from dukao.ballots.rating import Slip
    from dukao.ballots.wire import canonical

    ballot, salt = canonical({"follow": "0" * 64, "levels": levels}), b"s" * 32
    prepared = prepare(__import__("hashlib").sha256(salt + ballot.encode()).digest())
    blinded = blind(parties.keys[EAST], prepared)
    slip = Slip(EAST, parties.keys[EAST], ballot, salt, b"", prepared, blinded.message, blinded.inverse)
    (code,) = parties.invite(EAST, 1)
    answer = parties.issuer("POST", "/sign", slip.ask(code))[1]
    assert parties.cast(slip.signed(answer["signature"]))[0] == 422


@pytest.mark.parametrize("ask", [
    {}, {"paper": EAST, "code": "X", "blinded": "AAAA"}, {"paper": EAST, "person": "张三"},
    {"paper": EAST, "person": {"name": "张三"}}, {"paper": 1}, {"paper": EAST, "code": ["X"]},
])  # fmt: skip
def test_the_issuer_reads_as_strictly(parties, ask):
    status, answer, _ = parties.issuer("POST", "/sign", ask)
    assert (status, answer["error"]) == (422, "unreadable")


def test_large_bodies_and_those_of_no_length_are_not_read(parties):
    read = []

    async def body():
        read.append(1)

    for length, status in (("9000", 413), ("9" * 30, 413), ("-1", 411), ("1e3", 411), ("", 411), (None, 411)):
        assert parties.board("POST", "/cast", raw=body, headers={"content-length": length})[0] == status
    assert parties.board("POST", "/cast", raw=body, headers={"transfer-encoding": "chunked"})[0] == 411
    assert not read


def test_slow_and_unfinished_bodies_come_to_an_end(parties, monkeypatch):
    monkeypatch.setattr(service, "_BODY_SECONDS", 0.01)
    monkeypatch.setattr(service, "_LOOK_SECONDS", 0.01)

    async def never():
        await asyncio.Event().wait()

    async def gone():
        raise ProtocolClosed

    assert parties.board("POST", "/cast", raw=never)[0] == 408
    assert parties.board("POST", "/cast", raw=gone)[0] == 400


def test_wrong_ways_places_and_types(parties, body):
    assert parties.board("GET", "/cast")[0] == 405
    assert parties.board("DELETE", "/cast")[0] == 405
    assert parties.board("POST", "/nowhere", {})[0] == 404
    assert parties.board("GET", "/rounds/nowhere/head")[0] == 404
    assert parties.board("GET", f"/rounds/{ROUND}/proof", query="leaf=zz")[0] == 422
    assert parties.board("GET", f"/rounds/{ROUND}/proof", query="&".join(["a=1"] * 9))[0] == 422
    assert parties.board("GET", f"/rounds/{ROUND}/consistency", query="first=9999")[0] == 404
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        assert parties.board("POST", "/cast", body, headers={"content-type": kind})[0] == 415


def test_only_the_pages_own_origin_may_ask(parties, body):
    for other in ("https://evil.example", "null", ORIGIN + ".evil.example"):
        status, answer, headers = parties.board("POST", "/cast", body, headers={"origin": other})
        assert (status, answer["error"]) == (403, "origin")
        assert "access-control-allow-origin" not in headers
    status, _, headers = parties.board("OPTIONS", "/cast", headers={"origin": ORIGIN})
    assert (status, headers["access-control-allow-origin"]) == (204, ORIGIN)
    assert headers["access-control-allow-headers"] == "content-type"
    status, _, headers = parties.board("POST", "/cast", body, headers={"origin": ORIGIN})
    assert (status, headers["access-control-allow-origin"]) == (201, ORIGIN)


@pytest.mark.parametrize("party", ["issuer", "board"])
def test_the_platforms_doors_want_the_secret_before_they_read(parties, party):
    door = getattr(parties, party)
    read = []

    async def body():
        read.append(1)

    for given in ("", "Bearer wrong", "Bearer shared ", "shared"):
        assert door("POST", "/admin/close", raw=body, headers={"authorization": given})[0] == 403
    assert not read
    assert door.admin("/admin/close", {"round": "../etc"})[0] in (403, 404, 422)


def test_an_unexpected_failure_says_where_and_never_what(parties, body, monkeypatch, caplog):
    def fail(asks):
        raise RuntimeError(f"{SPY} {asks}")

    monkeypatch.setattr(parties.boarding.log, "take", fail)
    status, answer, _ = parties.cast(body)
    assert (status, answer["error"]) == (503, "unavailable")
    assert "RuntimeError in" in caplog.text
    assert SPY not in caplog.text
    assert body["token"] not in caplog.text


def test_a_rating_in_the_log_is_proved_to_its_rater(parties):
    from dukao.base import merkle

    first = parties.rate(EAST)
    leaf = _receipt_leaf(parties, first)
    assert parties.board("GET", f"/rounds/{ROUND}/proof", query=f"leaf={leaf.hex()}")[1]["error"] == "waiting"
    for _ in range(4):
        parties.rate(EAST)
    while parties.board("GET", f"/rounds/{ROUND}/proof", query=f"leaf={leaf.hex()}")[0] == 404:
        pass
    proof = parties.board("GET", f"/rounds/{ROUND}/proof", query=f"leaf={leaf.hex()}")[1]
    # What fits on paper is enough to find it.
    assert parties.board("GET", f"/rounds/{ROUND}/proof", query=f"leaf={leaf.hex()[:20]}")[1]["leaf"] == leaf.hex()
    assert parties.board("GET", f"/rounds/{ROUND}/proof", query=f"leaf={'0' * 20}")[0] == 404
    assert parties.board("GET", f"/rounds/{ROUND}/proof", query=f"leaf={leaf.hex()[:18]}")[0] == 422
    head = json.loads(proof["head"]["document"])
    path = [bytes.fromhex(h) for h in proof["path"]]
    assert merkle.includes(bytes.fromhex(head["root"]), head["size"], leaf, proof["index"], path)


def test_an_answer_reaches_the_rater_and_one_second_rating_comes_back(parties):
    from dukao.ballots.wire import to_base64

    slip = parties.slip(EAST, BAD)
    (code,) = parties.invite(EAST, 1)
    signed = parties.issuer("POST", "/sign", slip.ask(code))[1]["signature"]
    assert parties.cast(slip.signed(signed, comment="等了两小时", contact="138-0000"))[0] == 201
    (bad,) = parties.board.admin("/admin/bad", {"round": ROUND, "after": None})[1]["bad"]
    assert bad["levels"] == BAD
    assert (bad["comment"], bad["contact"], bad["day"]) == ("等了两小时", "138-0000", "2026-11-20")
    assert b"138-0000" not in (parties.boarding.log.path).read_bytes()
    assert parties.board.admin("/admin/bad", {"round": ROUND, "after": "2026-11-21"})[1]["bad"] == []

    mine = {"secret": to_base64(slip.follow_secret)}
    assert parties.board("POST", "/follow", mine)[1] == {"answer": None, "second": False}
    assert parties.board("POST", "/second", mine | {"levels": GOOD})[0] == 409
    assert parties.board.admin("/admin/answer", {"follow": bad["follow"], "text": "已补办"})[0] == 200
    assert parties.board("POST", "/follow", mine)[1] == {"answer": "已补办", "second": False}
    assert parties.board("POST", "/second", mine | {"levels": {"overall": 9}})[0] == 422
    assert parties.board("POST", "/second", mine | {"levels": {"overall": 2}})[0] == 200
    assert parties.board("POST", "/second", mine | {"levels": {"overall": 1}})[0] == 409
    assert parties.board.admin("/admin/seconds", {"round": ROUND})[1]["seconds"] == [
        {"ref": bad["ref"], "paper": EAST, "levels": {"overall": 2}}
    ]
    assert parties.board("POST", "/follow", {"secret": to_base64(b"x" * 32)})[0] == 404


def test_comments_are_shown_with_enough_ratings_and_can_be_removed(parties):
    for n in range(5):
        parties.rate(EAST, comment=f"第{n}条")
    parties.rate(f"{ROUND}/west", comment="只有我一个")
    assert parties.board.admin("/admin/comments", {"round": ROUND})[1]["comments"] == {}
    parties.close()
    comments = parties.board.admin("/admin/comments", {"round": ROUND})[1]["comments"]
    assert {text for _, text in comments[EAST]} == {f"第{n}条" for n in range(5)}
    assert list(comments) == [EAST]
    ref, gone = comments[EAST][0]
    assert parties.board.admin("/admin/remove-comment", {"ref": ref})[0] == 200
    assert gone not in str(parties.board.admin("/admin/comments", {"round": ROUND})[1])
    assert "只有我一个".encode() not in parties.boarding.log.path.read_bytes()


def _receipt_leaf(parties, body):
    status, answer, _ = parties.cast(body)
    assert status == 200
    return bytes.fromhex(answer["receipt"]["leaf"])
