"""What both parties' files tell of who said what: nothing. The same matcher finds nearly all in a naive design."""

import hmac
import json
import logging
import shutil
import sqlite3
from hashlib import sha256
from random import Random

import pytest

from bench._matcher import match
from dukao.ballots.blind import finalize
from dukao.ballots.client import digest_of_code
from dukao.ballots.issuing import Ask, Issuing
from dukao.ballots.wire import from_base64
from tests.ballots.conftest import BAD, GOOD, ROUND, parties_in

EAST = f"{ROUND}/east"
PEOPLE = 250


def _asks(parties, codes):
    slips = [parties.slip(EAST) for _ in codes]
    return slips, [Ask(EAST, digest_of_code(code), slip.blinded) for code, slip in zip(codes, slips, strict=True)]


def test_the_issuers_file_is_the_same_in_whatever_order_people_came(drawn, tmp_path):
    parties = parties_in(drawn, tmp_path)
    asks = _asks(parties, parties.invite(EAST, 40))[1]
    parties.issuing._database.close()
    shutil.copytree(tmp_path / "issuer", tmp_path / "other")
    shuffled = Random(5).sample(asks, len(asks))
    for folder, order in ((tmp_path / "issuer", asks), (tmp_path / "other", shuffled)):
        issuing = Issuing(folder)
        for ask in order:
            assert isinstance(issuing.sign_all([ask])[0], bytes)
        issuing._database.close()
    for name in ("issuer.sqlite3", "issuer.sqlite3-journal"):
        one, other = tmp_path / "issuer" / name, tmp_path / "other" / name
        assert one.read_bytes() == other.read_bytes()
    assert (tmp_path / "issuer/issuer.sqlite3-journal").read_bytes() == b""


@pytest.fixture
def rated(drawn, tmp_path, caplog):
    """People who came one by one, in an order that only we know; and what each party keeps of them."""
    caplog.set_level(logging.DEBUG)
    parties = parties_in(drawn, tmp_path, mix={"seconds": 0, "at_least": 20})
    for database in (parties.issuing._database, parties.boarding.log.database):
        database.execute("PRAGMA synchronous=OFF")  # the same pages, sooner
    codes = parties.invite(EAST, PEOPLE)
    Random(3).shuffle(codes)
    slips, asks = _asks(parties, codes)
    people, ballots, order = [], [], []
    for place, (ask, slip) in enumerate(zip(asks, slips, strict=True)):
        (blind_signature,) = parties.issuing.sign_all([ask])
        holder = hmac.digest(parties.issuing._holder_key, EAST.encode() + b"\0" + ask.digest, "sha256")
        people.append((holder, sha256(ask.blinded).digest()))
        signature = finalize(slip.key, slip.prepared, blind_signature, slip.inverse)
        ballots.append((slip.prepared[:32], slip.prepared[32:], signature, slip.salt))
        order.append((place, slip.signed(blind_signature)))
    _cast_all(parties, [body for _, body in order])
    return parties, people, ballots


def _cast_all(parties, bodies):
    from dukao.ballots.board import _read

    for body in bodies:
        (taken,) = parties.boarding.cast_all(_read(parties.boarding, [json.dumps(body).encode()]))
        assert taken.is_new
        parties.boarding.mix()


def test_the_matcher_does_no_better_than_chance(rated, tmp_path, caplog):
    """While the round is open, with all that write-ahead logs hold then, and when it is closed."""
    parties, people, ballots = rated
    for end in (lambda: None, parties.close):
        end()
        verdict = match(tmp_path / "issuer", tmp_path / "board", people, ballots)
        assert verdict.pairs > 50, "it must have something to look at"
        assert verdict.is_chance, verdict
    assert not caplog.records


def test_the_matcher_wins_against_naive_parties(tmp_path):
    """Two ordinary tables, one row per request: the same matcher names nearly everyone. So it has teeth."""
    draw = Random(4)
    people = [(draw.randbytes(32), draw.randbytes(32)) for _ in range(PEOPLE)]
    ballots = [(draw.randbytes(32), draw.randbytes(32), draw.randbytes(64), draw.randbytes(32)) for _ in people]
    for party, things in (("issuer", people), ("board", ballots)):
        (tmp_path / party).mkdir()
        with sqlite3.connect(tmp_path / party / "naive.sqlite3") as database:
            database.execute("CREATE TABLE came (id INTEGER PRIMARY KEY, a BLOB, b BLOB)")
            database.executemany("INSERT INTO came (a, b) VALUES (?, ?)", [thing[:2] for thing in things])
    verdict = match(tmp_path / "issuer", tmp_path / "board", people, ballots)
    assert verdict.exact == PEOPLE
    assert not verdict.is_chance


def test_the_matcher_wins_where_rows_stand_in_pages_as_they_came(tmp_path):
    """No number and no time, random keys, only pages as SQLite leaves them: that is enough for it to beat chance."""
    draw = Random(4)
    people = [(draw.randbytes(32), draw.randbytes(32)) for _ in range(PEOPLE)]
    ballots = [(draw.randbytes(32), draw.randbytes(32), draw.randbytes(64), draw.randbytes(32)) for _ in people]
    for party, things in (("issuer", people), ("board", ballots)):
        (tmp_path / party).mkdir()
        with sqlite3.connect(tmp_path / party / "naive.sqlite3") as database:
            database.execute("CREATE TABLE came (a BLOB PRIMARY KEY, b BLOB)")  # a rowid table behind a random key
            database.executemany("INSERT INTO came VALUES (?, ?)", [thing[:2] for thing in things])
    assert not match(tmp_path / "issuer", tmp_path / "board", people, ballots).is_chance


def test_no_table_has_room_for_a_time_an_order_or_an_address(parties):
    for database in (parties.issuing._database, parties.boarding.log.database):
        names = {
            (table, column[1])
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for column in database.execute(f"PRAGMA table_info({table})")
        }
        told = {one for one in names if any(w in one[1] for w in ("_at", "time", "address", "ip", "seq", "agent"))}
        assert not told - {("round", "manifest")}
    days = parties.boarding.log.database.execute("SELECT count(*) FROM remark WHERE length(day) <> 10").fetchone()
    assert days == (0,)


def test_a_bad_rating_tells_its_day_and_a_good_one_not_even_that(parties):
    bad, good = parties.rate(EAST, BAD, comment="等了两小时"), parties.rate(EAST, GOOD, comment="很好")
    kept = parties.boarding.log.database.execute("SELECT ref, day, levels, follow FROM remark ORDER BY day").fetchall()
    refs = {name: from_base64(body["commitment"]).hex()[:16] for name, body in (("bad", bad), ("good", good))}
    assert kept[0] == (refs["good"], None, None, None)
    assert kept[1][:2] == (refs["bad"], "2026-11-20")
