"""Real processes, killed at random moments: what was acknowledged is in the log, and nothing is there twice."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from dukao.ballots import places
from dukao.ballots.client import Board, Issuer, digest_of_code, new_code
from dukao.ballots.keys import PublicKey
from dukao.ballots.rating import fill_in
from dukao.ballots.verifying import verify
from dukao.ballots.wire import from_base64
from tests.ballots.conftest import GOOD, ROUND, manifest_of

ROOT = Path(__file__).parents[2]
EAST = f"{ROUND}/east"
AGENT, FROM = "Rater-Agent-4711", "127.77.7.7"
KILLS, PEOPLE, SENDERS = 3, 90, 6
SECONDS = 90


class House:
    """Issuer and board on free ports, each killed and started again at will."""

    def __init__(self, folder):
        self.folder, self.running = folder, {}
        self.ports = {party: _free_port() for party in ("issuer", "board")}
        self.environment = os.environ | {"DUKAO_VAR": str(folder)}
        self.output = open(folder / "output.txt", "wb")  # noqa: SIM115 (closed in `stop`)
        for party in self.ports:
            self.start(party)

    def start(self, party):
        command = places.serving(party, "127.0.0.1", self.ports[party])
        self.running[party] = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=self.output, stderr=self.output, start_new_session=True
        )
        self.await_(party)

    def await_(self, party):
        deadline = time.monotonic() + SECONDS
        while self.ask(party, "GET", "/health") is None:
            assert time.monotonic() < deadline, f"{party} does not come up"
            time.sleep(0.05)

    def kill(self, party):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.running[party].pid, signal.SIGKILL)
        self.running[party].wait()

    def stop(self):
        for party in self.running:
            self.kill(party)
        self.output.close()

    def ask(self, party, method, path, body=None):
        """(status, answer), or None where no answer came: nobody knows then what became of it."""
        asking = HTTPConnection("127.0.0.1", self.ports[party], timeout=20, source_address=(FROM, 0))
        try:
            headers = {"Content-Type": "application/json", "User-Agent": AGENT}
            asking.request(method, path, json.dumps(body) if body else None, headers)
            answer = asking.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, HTTPException, ValueError):
            return None
        finally:
            asking.close()

    def insist(self, party, path, body):
        """Ask until there is an answer, as a browser does that keeps what it sends."""
        deadline = time.monotonic() + SECONDS
        while (answer := self.ask(party, "POST", path, body)) is None or answer[0] == 503:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return answer


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.stop()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _open_round(house):
    secret = (house.folder / "ballots/secret").read_text()
    issuer, board = (
        party(f"http://127.0.0.1:{house.ports[name]}", secret) for party, name in ((Issuer, "issuer"), (Board, "board"))
    )
    keys = issuer.make_papers(ROUND, ["east", "west"])
    assert keys == issuer.make_papers(ROUND, ["east", "west"])
    now = datetime.now(UTC)
    moments = {"opens": (now - timedelta(hours=1)).isoformat(), "closes": (now + timedelta(hours=1)).isoformat()}
    board.publish(manifest_of(keys, issuer.key(), **moments))
    codes = [new_code() for _ in range(PEOPLE)]
    assert issuer.add(EAST, [digest_of_code(code) for code in codes]) == PEOPLE
    return issuer, board, PublicKey.from_spki(from_base64(keys["east"])), codes


def _rate_all(house, key, codes, receipts):
    for code in codes:
        slip = fill_in(EAST, key, GOOD)
        status, answer = house.insist("issuer", "/sign", slip.ask(code))
        assert status == 200, answer
        body = slip.signed(answer["signature"])
        status, answer = house.insist("board", "/cast", body)
        assert status in (200, 201), answer
        receipts.append(answer["receipt"]["leaf"])


@pytest.mark.kill
def test_every_acknowledged_rating_is_in_the_log_once(house):
    issuer, board, key, codes = _open_round(house)
    receipts: list[str] = []
    raters = [
        threading.Thread(target=_rate_all, args=(house, key, codes[n::SENDERS], receipts)) for n in range(SENDERS)
    ]
    for rater in raters:
        rater.start()
    draw = random.Random()
    for number in range(KILLS):
        time.sleep(draw.uniform(0.05, 0.4))
        party = ("board", "issuer")[number % 2]
        house.kill(party)
        house.start(party)
    for rater in raters:
        rater.join()
    assert len(receipts) == len(set(receipts)) == PEOPLE

    house.kill("board")
    house.start("board")
    assert board.counts(ROUND)[EAST] == issuer.issued(ROUND)[EAST] == PEOPLE
    board.close(ROUND, issuer.close(ROUND))
    bundle = board.bundle(ROUND)
    report = verify(bundle)
    assert report.found == []
    from dukao.base.merkle import leaf_hash

    logged = [leaf_hash(leaf.encode()).hex() for leaf in json.loads(bundle)["leaves"]]
    assert sorted(logged) == sorted(receipts)
    assert board.results(ROUND)[EAST]["overall"] == [PEOPLE, 0, 0, 0, 0]
    _no_trace_of_raters(house.folder, codes)


def _no_trace_of_raters(folder, codes):
    """No address, agent, code, moment of a rating in any file of either party, nor in what they said."""
    now = datetime.now(UTC)
    moment = str(int(now.timestamp()))[:7].encode()
    told = [FROM.encode(), b"127.77", AGENT.encode(), moment, *(code.encode() for code in codes)]
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [what for what in told if what in content], path
    assert b"/cast" not in (folder / "output.txt").read_bytes()
