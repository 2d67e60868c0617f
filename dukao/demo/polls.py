"""Ratings of the demo city, given on the way that any rating takes: real codes, real blind signatures. 模拟数据.

1. The counties' service windows were rated at the end of last year: what last year's scores count as satisfaction.
2. They were rated again in the quarter; that round is over too, and its results are out.
3. Some of its bad ratings were put right, explained, appealed against or rated again; some wait.
4. The departments are being rated; ten cards are left over for visitors (`rating-cards.txt`).
"""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import yaml
from django.conf import settings
from django.utils import timezone

from dukao.ballots.blind import PublicKey
from dukao.ballots.places import serving
from dukao.ballots.rating import Slip, fill_in
from dukao.ballots.verifying import Report, verify
from dukao.ballots.wire import from_base64, to_base64
from dukao.base.periods import Period
from dukao.demo.cast import player, worker_of
from dukao.demo.chance import uniform
from dukao.demo.stage import CITY, Stage
from dukao.org import queries as org
from dukao.org.rules import SYSTEM
from dukao.voice import actions
from dukao.voice.queries import orders as order_queries
from dukao.voice.queries import polls as queries
from dukao.voice.rules.polls import PollDefinition

COUNTIES, DEPARTMENTS = "county-windows", "city-departments"
RATING_CARDS = "rating-cards.txt"
_RATED_DEPARTMENTS = ("tax", "human_resources", "civil_affairs", "health")
_RATINGS, _RATINGS_LAST_YEAR, _CARDS_OVER = (24, 72), (28, 44), 10
_LAST_YEAR = 300  # other lots than those of this year
_LONGEST_ROUND = timedelta(days=366)
_RATERS = 6  # at once
_START_SECONDS = 30
_QUESTIONS = (
    {"code": "overall", "title": "这次办事，您满意吗？"}, {"code": "speed", "title": "办得快不快？"},
    {"code": "manner", "title": "态度好不好？"},
)  # fmt: skip
_opener = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Rater:
    """Rates on one paper (`round/short`) of a published round."""

    round: str
    keys: dict[str, PublicKey]

    @classmethod
    def of(cls, round_code: str) -> "Rater":
        manifest = json.loads(_asked(f"{settings.BOARD_INSIDE_URL}/rounds/{round_code}")["document"])
        return cls(round_code, {
            paper: PublicKey.from_spki(from_base64(told["key"])) for paper, told in manifest["papers"].items()
        })  # fmt: skip

    def rate(self, short: str, code: str, levels: dict[str, int], **more: str) -> Slip:
        paper = f"{self.round}/{short}"
        slip = fill_in(paper, self.keys[paper], levels)
        signature = _asked(f"{settings.ISSUER_INSIDE_URL}/sign", slip.ask(code.partition("-")[2]))["signature"]
        _asked(f"{settings.BOARD_INSIDE_URL}/cast", slip.signed(signature, **more))
        return slip


class Rating:
    """What is invented for the ratings of a stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.counties = org.units_below(path=stage.unit.path, level=3) or (stage.unit,)
        # The boxes go by their own clock; a round is open for them today.
        self.today = max(timezone.localdate(), stage.on)

    def open_days(self, opens: date, *, ahead: int = 1) -> tuple[date, date]:
        """First and last day of a round that can be rated now and lasts no longer than a round may."""
        closes = self.today + timedelta(days=ahead)
        return max(min(opens, timezone.localdate()), closes - _LONGEST_ROUND), closes

    @cached_property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "polls.yaml").read_text("utf-8"))
        return found

    def levels(self, subject: int, rater: int) -> dict[str, int]:
        """A rating as people give them: most are content, offices differ, few answer every question."""
        leaning = 0.35 + 0.3 * float(uniform("poll/office", subject))
        draw = float(uniform("poll/level", subject, rater))
        overall = next(place for place, most in enumerate((leaning, leaning + 0.25, 0.9, 0.96, 1.01), 1) if draw < most)
        said = {"overall": overall}
        if uniform("poll/more", subject, rater) < 0.4:
            said["speed"] = min(5, max(1, overall + int(uniform("poll/speed", subject, rater) * 3) - 1))
        if uniform("poll/more", subject, rater) < 0.15:
            said["manner"] = min(5, max(1, overall + int(uniform("poll/manner", subject, rater) * 3) - 1))
        return said

    def remarks(self, subject: int, rater: int, overall: int) -> dict[str, str]:
        kind = "bad" if overall >= 4 else "good"
        said: list[str] = self.told[kind]
        if uniform("poll/comment", subject, rater) > (0.7 if kind == "bad" else 0.1):
            return {}
        remark = {"comment": said[int(uniform("poll/which", subject, rater) * len(said))]}
        if kind == "bad" and uniform("poll/contact", subject, rater) < 0.3:
            remark["contact"] = "13800001234"
        return remark


def rate_the_city(stage: Stage, folder: Path) -> int:
    """Bring all ratings about; how many. What is there stays; a round that was cut short is finished."""
    rating = Rating(stage)
    last_year = Period.parse(f"{stage.quarter.year - 1}Q4")
    done = {(poll.code, round.period) for poll in queries.polls(viewer=SYSTEM) for round in poll.rounds}
    if any(poll == DEPARTMENTS for poll, _period in done):
        return 0
    with boxes_running():
        _define_counties(rating)
        count = _rate_last_year(rating, last_year) if (COUNTIES, last_year.key) not in done else 0
        count += _rate_counties(rating) if (COUNTIES, stage.quarter.key) not in done else 0
        return count + _rate_departments(rating, folder)


@contextmanager
def boxes_running() -> Iterator[None]:
    """Issuer and board on ports of their own while the city is loaded; they leave behind what `dukao serve` serves."""
    environment = os.environ | {"DUKAO_VAR": str(settings.VAR)}
    ports = _free_ports(2)
    served = [
        subprocess.Popen(serving(party, "127.0.0.1", port), env=environment)  # noqa: S603
        for party, port in zip(("issuer", "board"), ports, strict=True)
    ]
    before = settings.ISSUER_INSIDE_URL, settings.BOARD_INSIDE_URL
    settings.ISSUER_INSIDE_URL, settings.BOARD_INSIDE_URL = (f"http://127.0.0.1:{port}" for port in ports)
    try:
        for address in (settings.ISSUER_INSIDE_URL, settings.BOARD_INSIDE_URL):
            _await(address, served)
        yield
    finally:
        settings.ISSUER_INSIDE_URL, settings.BOARD_INSIDE_URL = before
        for process in served:
            process.terminate()
        for process in served:
            process.wait(20)


def rate_and_recompute(stage: Stage) -> tuple[int, Report]:
    """One poll from invitation to tally: six cards are rated, a seventh time is refused, the round ends, and its public
    data are recomputed; the place of the first rating in the log, and what the verifier found.
    """
    rating, given = Rating(stage), (1, 1, 2, 2, 3, 5)
    definition = PollDefinition.model_validate({
        "code": "story-window", "title": "办一次评一次", "scope": CITY, "units": [rating.counties[0].code],
        "synthetic": True,
    })  # fmt: skip
    with boxes_running():
        actions.define_poll(definition=definition, by=SYSTEM, at=stage.at())
        opens, closes = rating.open_days(stage.on)
        code = actions.open_round(poll=definition.code, opens_on=opens, closes_on=closes, by=SYSTEM, at=stage.at())
        (paper,) = queries.round_results(round=code, viewer=SYSTEM).papers
        cards = actions.print_cards(paper=paper.short, count=len(given), by=SYSTEM, at=stage.at())
        rater = Rater.of(code)
        slips = [
            rater.rate(paper.short, card.code, {"overall": place}) for card, place in zip(cards, given, strict=True)
        ]
        with suppress(HTTPError):
            rater.rate(paper.short, cards[0].code, {"overall": 1})
            raise AssertionError("a card was rated twice")
        actions.close_round(round=code, by=SYSTEM, at=stage.at())
        with _opener.open(f"{settings.BOARD_INSIDE_URL}/rounds/{code}/bundle", timeout=60) as answer:
            bundle = answer.read()
    leaves: list[str] = json.loads(bundle)["leaves"]
    place = next(at for at, leaf in enumerate(leaves, 1) if to_base64(slips[0].prepared[:32]) in leaf)
    return place, verify(bundle)


def cast_all(
    rating: Rating, round_code: str, *, waves: Sequence[float], on: date, lot: int = 0,
    ratings: tuple[int, int] = _RATINGS, with_remarks: bool = True,
) -> Iterator[list[Slip]]:  # fmt: skip
    """Cards for every paper and their ratings, in waves (parts of all, adding up to 1); the slips of each wave."""
    rater, at = Rater.of(round_code), rating.stage.at(on)
    jobs = []
    for place, paper in enumerate(queries.round_results(round=round_code, viewer=SYSTEM).papers, start=lot):
        count = ratings[0] + int(uniform("poll/count", place) * (ratings[1] - ratings[0]))
        invited = int(count / (0.15 + 0.5 * float(uniform("poll/response", place))))
        cards = actions.print_cards(paper=paper.short, count=invited, by=SYSTEM, at=at)[:count]
        for number, card in enumerate(cards):
            levels = rating.levels(place, number)
            remarks = rating.remarks(place, number, levels["overall"]) if with_remarks else {}
            jobs.append((paper.short, card.code, levels, remarks))
    jobs.sort(key=lambda job: job[1][5:])  # by chance
    done = 0
    with ThreadPoolExecutor(_RATERS) as raters:
        for wave in waves:
            some = jobs[done : done + round(wave * len(jobs))]
            done += len(some)
            yield list(raters.map(lambda job: rater.rate(job[0], job[1], job[2], **job[3]), some))


def _define_counties(rating: Rating) -> None:
    stage = rating.stage
    actions.define_poll(
        definition=PollDefinition.model_validate({
            "code": COUNTIES, "title": "县区政务服务万人评", "purpose": "看群众办事方便不方便，评事不评人",
            "scope": CITY, "units": [unit.code for unit in rating.counties], "counter": "政务服务窗口",
            "questions": _QUESTIONS, "synthetic": True,
        }),
        by=SYSTEM, at=stage.at(date(stage.quarter.year - 1, 12, 1)),
    )  # fmt: skip


def _rate_last_year(rating: Rating, period: Period) -> int:
    """A round like this year's, smaller and all dealt with: each bad rating was put right."""
    stage = rating.stage
    opens, closes = rating.open_days(date(period.year, 12, 15))
    ended = opens + timedelta(days=14)
    code = actions.open_round(
        poll=COUNTIES, opens_on=opens, closes_on=closes, period=period, by=SYSTEM, at=stage.at(opens)
    )
    (slips,) = cast_all(
        rating, code, waves=(1.0,), on=opens, lot=_LAST_YEAR, ratings=_RATINGS_LAST_YEAR, with_remarks=False
    )
    actions.close_round(round=code, by=SYSTEM, at=stage.at(ended, hour=18))
    for days in (0, 1):
        actions.gather_ratings(at=stage.at(ended + timedelta(days=days), hour=19))
    workers = {unit.code: player(worker_of(unit), stage) for unit in rating.counties}
    on = ended + timedelta(days=2)
    received = order_queries.orders(viewer=SYSTEM, today=on, state="received")
    for one in (one for one in received if one.round_code == code):
        by = workers[one.unit_code]
        actions.verify_order(order=one.number, found=rating.told["found"], by=by, at=stage.at(on))
        answer = rating.told["answers"]["fixed"]
        actions.answer_order(
            order=one.number, outcome="fixed", answer=answer, by=by, at=stage.at(on + timedelta(days=2))
        )
    actions.gather_ratings(at=stage.at(on + timedelta(days=60)))
    return len(slips)


def _rate_counties(rating: Rating) -> int:
    stage = rating.stage
    opens, closes = rating.open_days(stage.on - timedelta(days=30))
    code = actions.open_round(
        poll=COUNTIES, opens_on=opens, closes_on=closes, period=stage.quarter, by=SYSTEM, at=stage.at(opens)
    )
    first, second = stage.on - timedelta(days=12), stage.on - timedelta(days=2)
    count = 0
    for wave, day in zip(cast_all(rating, code, waves=(0.6, 1.0), on=opens), (first, second), strict=True):
        count += len(wave)
        for step in (0, 1):
            actions.gather_ratings(at=stage.at(day + timedelta(days=step)))
        if day == first:
            _work_through(rating, first + timedelta(days=1))
            _rate_again(wave)
    actions.close_round(round=code, by=SYSTEM, at=stage.at(stage.on - timedelta(days=1), hour=18))
    actions.gather_ratings(at=stage.at(stage.on))
    return count


def _work_through(rating: Rating, on: date) -> None:
    """Orders of the first days in every state that an order can be in."""
    stage, told = rating.stage, rating.told
    office = player("supervision-office", stage)
    waiting = order_queries.orders(viewer=SYSTEM, today=on, state="received")
    workers = {unit.code: player(worker_of(unit), stage) for unit in rating.counties}
    for number, one in enumerate(one for one in waiting if one.released_on is not None):
        worker, kind = workers[one.unit_code], number % 6
        if kind == 0:
            continue
        day = stage.at(on + timedelta(days=1))
        if kind == 1:
            actions.appeal_order(order=one.number, reason=told["appeal"], by=worker, at=day)
            if number > 6:
                actions.decide_order_appeal(
                    order=one.number, is_upheld=True, decision="停机公告属实，不是窗口的责任", by=office, at=day
                )
            continue
        actions.verify_order(order=one.number, found=told["found"], is_complex=kind == 2, by=worker, at=day)
        if kind == 2:
            continue
        outcome = "explained" if kind == 5 else "fixed"
        actions.answer_order(
            order=one.number, outcome=outcome, answer=told["answers"][outcome], by=worker, at=day + timedelta(days=2)
        )
        if one.has_contact:
            actions.record_call_back(
                order=one.number, outcome="已电话回访，表示认可", by=office, at=day + timedelta(days=3)
            )  # fmt: skip


def _rate_again(slips: Sequence[Slip]) -> None:
    """Some whose bad rating was answered rate again, by the secret that only their receipt holds."""
    bad = [slip for slip in slips if max(json.loads(slip.ballot)["levels"].values()) >= 4]
    answered = []
    for slip in bad:
        secret = to_base64(slip.follow_secret)
        if _asked(f"{settings.BOARD_INSIDE_URL}/follow", {"secret": secret})["answer"]:
            answered.append(secret)
    for number, secret in enumerate(answered[::2]):
        levels = {"overall": 5 if number % 4 == 3 else 2}
        _asked(f"{settings.BOARD_INSIDE_URL}/second", {"secret": secret, "levels": levels})


def _rate_departments(rating: Rating, folder: Path) -> int:
    stage = rating.stage
    actions.define_poll(
        definition=PollDefinition.model_validate({
            "code": DEPARTMENTS, "title": "市直部门服务万人评", "purpose": "办一次评一次", "scope": CITY,
            "departments": _RATED_DEPARTMENTS, "questions": _QUESTIONS, "synthetic": True,
        }),
        by=SYSTEM, at=stage.at(stage.on - timedelta(days=4)),
    )  # fmt: skip
    opens, closes = rating.open_days(stage.on - timedelta(days=3), ahead=30)
    code = actions.open_round(poll=DEPARTMENTS, opens_on=opens, closes_on=closes, by=SYSTEM, at=stage.at(opens))
    rater, count = Rater.of(code), 0
    papers = queries.round_results(round=code, viewer=SYSTEM).papers
    for place, paper in enumerate(papers, start=100):
        for number, card in enumerate(actions.print_cards(paper=paper.short, count=8, by=SYSTEM, at=stage.at(opens))):
            if number < 3 + place % 4:
                rater.rate(paper.short, card.code, rating.levels(place, number))
                count += 1
    cards = actions.print_cards(paper=papers[0].short, count=_CARDS_OVER, by=SYSTEM, at=stage.at(opens))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RATING_CARDS).write_text("".join(f"{papers[0].name} {card.code}\n" for card in cards), "utf-8")
    actions.gather_ratings(at=stage.at(stage.on))
    return count


def _asked(url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    sent = Request(  # noqa: S310 (an address of this machine)
        url, data=json.dumps(body).encode() if body else None, headers={"Content-Type": "application/json"}
    )  # fmt: skip
    with _opener.open(sent, timeout=60) as answer:
        found: dict[str, Any] = json.loads(answer.read())
        return found


def _await(address: str, served: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert all(process.poll() is None for process in served), "issuer or board ended before it began"
        with suppress(OSError):
            _asked(f"{address}/health")
            return
        time.sleep(0.05)
    raise TimeoutError(f"nobody answers at {address}")


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
