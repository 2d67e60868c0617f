"""An issuer and a board in folders of their own, a round, and people who rate; without HTTP unless a test wants it."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

import pytest

from dukao.ballots import board as board_door
from dukao.ballots import issuer as issuer_door
from dukao.ballots.boarding import Boarding
from dukao.ballots.client import digest_of_code, new_code
from dukao.ballots.issuing import Issuing
from dukao.ballots.keys import PublicKey
from dukao.ballots.rating import fill_in
from dukao.ballots.wire import from_base64

ROUND, SUBJECTS = "sample-2026", ("east", "west", "far")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECRET, ORIGIN = "shared", "https://pages.example"
GOOD, BAD = {"overall": 1}, {"overall": 5, "speed": 4}


@dataclass
class Asking:
    """What a server tells of a request, and what it is told to answer (RSGI)."""

    method: str
    path: str
    headers: dict
    body: object = b""
    query_string: str = ""
    client: str = "127.0.0.1:40000"
    answer: tuple = ()

    async def __call__(self):
        return await self.body() if callable(self.body) else self.body

    def response_bytes(self, status, headers, body):
        assert not self.answer, "one answer to one request"
        self.answer = (status, json.loads(body) if body else None, dict(headers))


@dataclass
class Door:
    """Asks an application as a server would."""

    application: object

    def __call__(self, method, path, body=None, *, raw=None, headers=(), query=""):
        return asyncio.run(self.ask(method, path, body, raw=raw, headers=headers, query=query))

    async def ask(self, method, path, body=None, *, raw=None, headers=(), query=""):
        data = raw if callable(raw) else raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        length = "10" if callable(raw) else str(len(data))
        given = {"content-type": "application/json", "content-length": length} | dict(headers)
        asking = Asking(method, path, {k: v for k, v in given.items() if v is not None}, data, query)
        await self.application.__rsgi__(asking, asking)
        return asking.answer

    def many(self, method, path, bodies):
        """All at once; (status, answer) of each."""

        async def asked():
            return await asyncio.gather(*(self.ask(method, path, body) for body in bodies))

        return [(status, answer) for status, answer, _ in asyncio.run(asked())]

    def admin(self, path, body):
        return self("POST", path, body, headers={"authorization": "Bearer shared"})


@dataclass
class Clock:
    moment: datetime = NOW

    def __call__(self):
        return self.moment


@dataclass
class Parties:
    """Issuer and board with one round open; `codes` are secrets that may rate, by paper."""

    issuing: Issuing
    boarding: Boarding
    clock: Clock
    keys: dict
    codes: dict = field(default_factory=dict)

    @cached_property
    def issuer(self):
        """The issuer's door. From the first request on its thread owns the database."""
        return Door(issuer_door.service(self.issuing, secret=SECRET, origins=[ORIGIN]))

    @cached_property
    def board(self):
        return Door(board_door.service(self.boarding, secret=SECRET, origins=[ORIGIN]))

    def invite(self, paper, count):
        codes = [new_code() for _ in range(count)]
        self.issuing.add(paper, [digest_of_code(code) for code in codes])
        self.codes.setdefault(paper, []).extend(codes)
        return codes

    def slip(self, paper, levels=GOOD):
        return fill_in(paper, self.keys[paper], levels)

    def ballot(self, paper, levels=GOOD, *, code=None, **more):
        """A ballot signed by the issuer, ready to be cast."""
        slip = self.slip(paper, levels)
        status, answer, _ = self.issuer("POST", "/sign", slip.ask(code or self.invite(paper, 1)[0]))
        assert status == 200, answer
        return slip.signed(answer["signature"], **more)

    def cast(self, body):
        return self.board("POST", "/cast", body)

    def rate(self, paper, levels=GOOD, **more):
        status, answer, _ = self.cast(body := self.ballot(paper, levels, **more))
        assert status == 201, answer
        return body

    def close(self):
        totals = self.issuing.close(ROUND)
        if "board" not in self.__dict__:
            self.boarding.close(ROUND, totals)
        else:
            status, answer, _ = self.board.admin("/admin/close", {"round": ROUND, "issued": totals})
            assert status == 200, answer

    def stop(self):
        for door in ("issuer", "board"):
            if door in self.__dict__:
                getattr(self, door).application.stop()

    def bundle(self):
        return json.loads(self.reading().bundle(ROUND))

    def reading(self):
        from dukao.ballots.reading import Reading

        return Reading(self.boarding.log, self.boarding.signer.key, self.boarding.contacts)


def manifest_of(keys, issuer_key, **other):
    return {
        "round": ROUND, "title": "模拟数据", "questions": [
            {"code": "overall", "title": "总体"}, {"code": "speed", "title": "办事速度", "optional": True},
        ],
        "scale": ["非常满意", "满意", "基本满意", "不满意", "非常不满意"], "bad": 4,
        "papers": {f"{ROUND}/{subject}": {"title": subject, "key": key} for subject, key in keys.items()},
        "issuer": {"key": issuer_key, "url": "https://issuer.example"},
        "opens": (NOW - timedelta(days=1)).isoformat(), "closes": (NOW + timedelta(days=7)).isoformat(),
        "floor": 5, "mix": {"seconds": 0, "at_least": 5}, **other,
    }  # fmt: skip


@pytest.fixture(scope="session")
def drawn(tmp_path_factory):
    """Keys drawn once for all tests; each test works on a copy of this issuer."""
    folder = tmp_path_factory.mktemp("issuer")
    issuing = Issuing(folder)
    issuing.make_papers(ROUND, SUBJECTS)
    return folder


@pytest.fixture
def parties(drawn, tmp_path):
    parties = parties_in(drawn, tmp_path)
    yield parties
    parties.stop()


def parties_in(drawn, folder, **other):
    import shutil

    shutil.copytree(drawn, folder / "issuer")
    (folder / "board").mkdir()
    clock = Clock()
    issuing = Issuing(folder / "issuer")
    boarding = Boarding(folder / "board", now=clock)
    keys = issuing.make_papers(ROUND, SUBJECTS)
    boarding.publish(manifest_of(keys, issuing.signer.key, **other))
    public = {f"{ROUND}/{subject}": PublicKey.from_spki(from_base64(key)) for subject, key in keys.items()}
    return Parties(issuing, boarding, clock, public)
