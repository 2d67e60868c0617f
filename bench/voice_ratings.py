"""Ratings taken over HTTP: token verified, doubles refused, stored durably, receipt signed, entered into the log.

Beside it, in the same run and from the same generator of load: Django + PostgreSQL, with the middleware that a project
begins with and without any, and bare ASGI + SQLite with group commit, each inserting the body as one row; and granian
alone, which keeps nothing. Then ten thousand people from the
issuer to the verifier; a hundred thousand bad tokens; and the best matcher on everything that both parties keep of
those ten thousand.
"""

import hmac
import random
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from bench._facts import p99, told
from bench._load import Run, load, post
from bench._matcher import match
from bench._rating_house import ROUND, House, as_bytes, free_port, granian, house, signed_ballots, started_at
from bench._rating_peers import TABLE
from dukao.ballots.client import digest_of_code, new_code
from dukao.ballots.keys import PublicKey
from dukao.ballots.rating import Slip, fill_in
from dukao.ballots.verifying import verify
from dukao.ballots.wire import from_base64, parse, to_base64

_CONNECTIONS, _ISSUING_CONNECTIONS, _RUNS = 500, 32, 3
Job = dict[str, Any]
Body = dict[str, Any]


def run(quick: bool) -> list[Job]:
    requests, people, bad = (2_000, 1_000, 5_000) if quick else (8_000, 10_000, 100_000)
    return [*_speed(requests), *_whole(people), _bad_tokens(bad)]


def _speed(count: int) -> list[Job]:
    """Each server alone on the machine with the load, in turns."""
    runs: dict[str, list[Run]] = defaultdict(list)
    with house() as ours, _peers() as peers:
        ballots = signed_ballots(ours, "east", count * _RUNS)
        for turn in range(_RUNS):
            bodies = [post("/cast", as_bytes(b)) for b in ballots[turn * count : (turn + 1) * count]]
            for name, port in {"ours": ours.ports["board"], **peers}.items():
                done = load(port, bodies, connections=_CONNECTIONS)
                assert done.statuses == {201: count}, done.statuses
                runs[name].append(done)
                told(f"{name}: {count / done.seconds:,.0f}/s, p99 {1000 * p99(done.waits):.0f} ms")
        assert ours.board.counts(ROUND)[ours.paper("east")] == count * _RUNS
    rates = {name: median(count / one.seconds for one in done) for name, done in runs.items()}
    slow_ms = 1000 * p99([wait for one in runs["ours"] for wait in one.waits])
    limit = f"{_CONNECTIONS} connections, load and servers share 2 cores"
    return [
        _job("voice-ratings-django", rates["ours"], "ratings/s", {"Django + PostgreSQL, one row": rates["django"]},
             limit, rates["ours"] / rates["django"], ">= 4", rates["ours"] >= 4 * rates["django"]),
        _job("voice-ratings-bare-django", rates["ours"], "ratings/s", {"the same, no middleware": rates["bare django"]},
             limit, rates["ours"] / rates["bare django"], ">= 4", rates["ours"] >= 4 * rates["bare django"]),
        _job("voice-ratings-sqlite", rates["ours"], "ratings/s", {"ASGI + SQLite, one row": rates["sqlite"]},
             f"{limit}; granian alone {rates['granian']:,.0f}", rates["ours"] / rates["sqlite"], ">= 0.4",
             rates["ours"] >= 0.4 * rates["sqlite"]),
        _job("voice-ratings-p99", slow_ms, "ms", {}, limit, slow_ms, "<= 200", slow_ms <= 200),
    ]  # fmt: skip


def _whole(count: int) -> list[Job]:
    """Everyone from invitation to verified tally; then the matcher on what is kept of it."""
    with house() as ours:
        paper, key = ours.paper("east"), PublicKey.from_spki(from_base64(ours.keys["east"]))
        codes = [new_code() for _ in range(count)]
        ours.issuer.add(paper, [digest_of_code(code) for code in codes])
        random.shuffle(codes)
        began = perf_counter()
        slips = [fill_in(paper, key, {"overall": 1 + n % 5}) for n in range(count)]
        asks = [post("/sign", as_bytes(slip.ask(code))) for slip, code in zip(slips, codes, strict=True)]
        issued = load(ours.ports["issuer"], asks, connections=_ISSUING_CONNECTIONS, with_bodies=True)
        told(f"{count:,} signed: {perf_counter() - began:.1f} s")
        cast = [slip.signed(parse(issued.bodies[n])["signature"]) for n, slip in enumerate(slips)]
        done = load(ours.ports["board"], [post("/cast", as_bytes(body)) for body in cast], connections=_CONNECTIONS)
        assert done.statuses == {201: count}, done.statuses
        people, ballots = _kept(ours, paper, codes, slips, cast)
        while_open = _match(ours.folder, people, ballots)
        ours.board.close(ROUND, ours.issuer.close(ROUND))
        report = verify(ours.board.bundle(ROUND))
        seconds = perf_counter() - began - while_open[1]
        assert not report.found, [str(one) for one in report.found]
        assert report.leaves == count
        verdicts = {"while open": while_open[0], "closed": _match(ours.folder, people, ballots)[0]}
    jobs = [_job(f"voice-ratings-{count}", seconds, "s", {}, "issued, cast, closed, verified; 2 cores with the raters",
                 seconds, "<= 60", seconds <= 60)]  # fmt: skip
    for moment, verdict in verdicts.items():
        jobs.append(_job(
            f"voice-matcher-{moment.replace(' ', '-')}", verdict.near, "of the best pair's guesses near",
            {"chance": verdict.expected, "the most that chance gives (0.1 %)": verdict.limit},
            f"{verdict.people:,} people, {verdict.pairs:,} pairs of traces; {verdict.exact} exact",
            verdict.near / verdict.limit, "<= 1", verdict.is_chance,
        ))  # fmt: skip
    return jobs


def _kept(house: House, paper: str, codes: list[str], slips: list[Slip], cast: list[Body]) -> tuple[list, list]:
    """What each party keeps of every person and ballot: more than any thief could compute."""
    holder_key = (house.folder / "ballots/issuer/holders").read_bytes()
    people = [
        (hmac.digest(holder_key, paper.encode() + b"\0" + digest_of_code(code), "sha256"),
         sha256(slip.blinded).digest())
        for code, slip in zip(codes, slips, strict=True)
    ]  # fmt: skip
    ballots = [tuple(from_base64(body[part]) for part in ("token", "commitment", "signature")) for body in cast]
    return people, ballots


def _match(folder: Path, people: list, ballots: list) -> tuple[Any, float]:
    began = perf_counter()
    verdict = match(folder / "ballots/issuer", folder / "ballots/board", people, ballots)
    told(f"matcher: {verdict}")
    return verdict, perf_counter() - began


def _bad_tokens(count: int) -> Job:
    """Double-spent, replayed, forged and foreign ones while the round is open, kept back until it is over."""
    with house(mix_seconds=0) as ours:
        good = signed_ballots(ours, "east", 200)
        late = signed_ballots(ours, "east", 50)
        _all(ours, good)
        draw = random.Random(9)
        kinds: list[Callable[[], Body]] = [
            lambda: draw.choice(good),
            lambda: draw.choice(good) | {"signature": to_base64(draw.randbytes(256))},
            lambda: draw.choice(good) | {"token": to_base64(draw.randbytes(32))},
            lambda: draw.choice(late) | {"paper": ours.paper("west")},
            lambda: draw.choice(good) | {part: draw.choice(late)[part] for part in ("ballot", "salt", "commitment")},
        ]
        accepted = 0
        for start in range(0, count * 4 // 5, 10_000):
            bodies = [kinds[n % len(kinds)]() for n in range(min(10_000, count * 4 // 5 - start))]
            accepted += _all(ours, bodies)[201]
        ours.board.close(ROUND, ours.issuer.close(ROUND))
        accepted += _all(ours, [draw.choice(late) for _ in range(count // 5)])[201]
        counted = len(parse(ours.board.bundle(ROUND))["leaves"])
    wrong = accepted + abs(counted - len(good))
    limit = f"{count:,} tries: replayed, forged, double-spent, of another paper, after the end"
    return _job("voice-bad-tokens", wrong, "accepted", {}, limit, wrong, "<= 0", wrong == 0)


def _all(house: House, bodies: list[Body]) -> Any:
    return load(house.ports["board"], [post("/cast", as_bytes(b)) for b in bodies], connections=100).statuses


@contextmanager
def _peers() -> Iterator[dict[str, int]]:
    """Ports of what ours stands beside, by name."""
    from psycopg import connect

    from tools.postgres import running_postgres

    with ExitStack() as running:
        url = running.enter_context(running_postgres()).url
        with connect(url) as database:
            database.execute(TABLE.format(key="bigserial PRIMARY KEY", kind="bytea"))
        folder = running.enter_context(tempfile.TemporaryDirectory())
        threads = ["--workers", "2", "--blocking-threads", "4", "--backlog", "2048"]
        yield {
            name: running.enter_context(_serving(interface, application, environment, *options))
            for name, interface, application, environment, options in (
                ("django", "wsgi", "django_application", {"DUKAO_BENCH_PG": url}, threads),
                ("bare django", "wsgi", "bare_django_application", {"DUKAO_BENCH_PG": url}, threads),
                ("sqlite", "asginl", "sqlite_application", {"DUKAO_BENCH_SQLITE": f"{folder}/rows.sqlite3"}, []),
                ("granian", "rsgi", "empty_application", {}, []),
            )
        }


@contextmanager
def _serving(interface: str, application: str, environment: dict[str, str], *options: str) -> Iterator[int]:
    port = free_port()
    command = granian(interface, port, f"bench._rating_peers:{application}", *options)
    with tempfile.TemporaryFile() as said:
        process = started_at(port, command, environment, said)
        try:
            yield port
        finally:
            process.terminate()
            process.wait(30)


def _job(job: str, ours: float, unit: str, peers: dict, limit: str, ratio: float, goal: str, met: bool) -> Job:
    return {"job": job, "ours": ours, "unit": unit, "peers": peers, "limit": limit, "ratio": ratio, "goal": goal,
            "met": met}  # fmt: skip
