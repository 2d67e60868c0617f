"""Full, locked or copied files: nothing is promised that is not kept, and a log goes on where it was."""

import json
import shutil
import sqlite3

import pytest

from dukao.ballots.boarding import Boarding
from dukao.ballots.client import digest_of_code
from dukao.ballots.issuing import Ask, Issuing
from dukao.base import merkle
from tests.ballots.conftest import ROUND, Clock, Parties

EAST = f"{ROUND}/east"


def _page_count(database):
    return database.execute("PRAGMA page_count").fetchone()[0]


def test_a_full_disk_acknowledges_nothing(parties):
    bodies = [parties.ballot(EAST) for _ in range(20)]
    database = parties.boarding.log.database
    database.execute(f"PRAGMA max_page_count = {_page_count(database)}")
    told = parties.board.many("POST", "/cast", bodies)
    assert {(status, answer["error"]) for status, answer in told} == {(503, "unavailable")}
    database.execute("PRAGMA max_page_count = 1000000")
    assert parties.reading().counts(ROUND)[EAST] == 0
    assert {status for status, _ in parties.board.many("POST", "/cast", bodies)} == {201}


def test_a_locked_file_acknowledges_nothing(parties):
    (body,) = [parties.ballot(EAST)]
    parties.boarding.log.database.execute("PRAGMA busy_timeout = 50")
    with sqlite3.connect(parties.boarding.log.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert parties.cast(body)[0] == 503
        other.execute("ROLLBACK")
    assert parties.cast(body)[0] == 201


def test_a_full_issuer_signs_nothing_that_it_could_not_keep(parties):
    (code,) = parties.invite(EAST, 1)
    slip = parties.slip(EAST)
    with sqlite3.connect(parties.issuing.folder / "issuer.sqlite3", isolation_level=None) as other:
        parties.issuing._database.execute("PRAGMA busy_timeout = 50")
        other.execute("BEGIN IMMEDIATE")
        assert parties.issuer("POST", "/sign", slip.ask(code))[0] == 503
        other.execute("ROLLBACK")
    assert '"issued":{"sample-2026/east":0' in parties.issuing.totals(ROUND)["document"]
    assert parties.issuer("POST", "/sign", slip.ask(code))[0] == 200


def test_a_copy_goes_on_with_the_same_log(parties, tmp_path):
    for _ in range(5):
        parties.rate(EAST)
    while not json.loads(parties.reading().head(ROUND)["document"])["size"]:
        pass
    head = json.loads(parties.reading().head(ROUND)["document"])
    waiting = parties.rate(EAST)
    parties.stop()

    (tmp_path / "copy/board").mkdir(parents=True)
    for name in ("board.pem", "contacts.key"):
        shutil.copy(tmp_path / "board" / name, tmp_path / "copy/board" / name)
    with sqlite3.connect(tmp_path / "copy/board/board.sqlite3") as copy:
        parties.boarding.log.database.backup(copy)
    restored = Parties(parties.issuing, Boarding(tmp_path / "copy/board", now=Clock()), Clock(), parties.keys)
    assert restored.cast(waiting)[0] == 200, "what was acknowledged is there"
    for _ in range(3):
        restored.rate(EAST)
    restored.close()
    later = json.loads(restored.reading().head(ROUND)["document"])
    path = restored.reading().consistency(ROUND, head["size"])["path"]
    assert merkle.extends(
        head["size"], bytes.fromhex(head["root"]), later["size"], bytes.fromhex(later["root"]),
        [bytes.fromhex(h) for h in path],
    )  # fmt: skip
    assert later["size"] == 9
    restored.stop()


def test_a_second_board_on_the_same_folder_does_not_start(parties, tmp_path):
    with pytest.raises(BlockingIOError):
        Boarding(tmp_path / "board")


def test_an_issuer_that_starts_again_gives_the_same_answer(parties):
    (code,) = parties.invite(EAST, 1)
    ask = Ask(EAST, digest_of_code(code), parties.slip(EAST).blinded)
    first = parties.issuing.sign_all([ask])
    again = Issuing(parties.issuing.folder)
    assert again.sign_all([ask]) == first
    assert again.signer.key == parties.issuing.signer.key


def test_keys_and_databases_are_for_their_owner_only(parties, tmp_path):
    parties.rate(EAST)
    files = [path for party in ("issuer", "board") for path in (tmp_path / party).rglob("*") if path.is_file()]
    secret = [path for path in files if path.suffix in (".pem", ".key", ".sqlite3") or path.name == "holders"]
    assert len(secret) >= 8
    assert {path.stat().st_mode & 0o077 for path in secret} == {0}


def test_papers_with_few_ballots_are_destroyed_at_the_end(parties):
    body = parties.rate(EAST)
    parties.close()
    row = parties.boarding.log.database.execute("SELECT ballot, salt FROM leaf").fetchone()
    assert row == (None, None)
    content = parties.boarding.log.path.read_bytes()
    assert body["ballot"].encode() not in content
    assert parties.bundle()["opened"] == [None]
