"""What a round is, as everyone can read it: its questions, its papers with their keys, its moments and its floor."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from dukao.ballots.keys import BadInput, PublicKey
from dukao.ballots.wire import Unreadable, canonical, from_base64, parse

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_FIELDS = {"round", "title", "questions", "scale", "bad", "papers", "issuer", "opens", "closes", "floor", "mix"}
_MOST_PAPERS, _MOST_QUESTIONS, _MOST_LEVELS = 20_000, 30, 11
_MIX_SECONDS_MOST = 24 * 3600
_READ_MOST = 10_000
_BALLOT = re.compile(r'\{"follow":"([0-9a-f]{64})","levels":(\{[^{}]*\})\}')


@dataclass(frozen=True)
class Manifest:
    """One round. `text` is its canonical JSON, which is what the board signs."""

    text: str
    round: str
    questions: dict[str, bool]
    levels: int
    bad_from: int
    papers: dict[str, str]
    issuer_key: str
    opens: datetime
    closes: datetime
    floor: int
    mix_seconds: int
    mix_at_least: int
    _read: dict[str, dict[str, int]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def keys(self) -> dict[str, PublicKey]:
        return {paper: PublicKey.from_spki(from_base64(key)) for paper, key in self.papers.items()}

    def state(self, now: datetime) -> str:
        """Where the clock stands: before, open or over."""
        if now < self.opens:
            return "before"
        return "open" if now < self.closes else "over"

    def levels_of(self, ballot: str) -> tuple[dict[str, int], str]:
        """The levels and the `follow` of an opened ballot. Raises Unreadable unless it answers the questions."""
        if not (found := _BALLOT.fullmatch(ballot)):
            raise Unreadable("a ballot is canonical JSON of follow, 64 hexadecimal digits, and levels")
        follow, levels = found.groups()
        if levels not in self._read:
            if canonical(parse(levels)) != levels:
                raise Unreadable("levels are canonical JSON")
            # There are few ways to answer a few questions.
            if len(self._read) >= _READ_MOST:
                self._read.clear()
            self._read[levels] = self.checked_levels(parse(levels))
        return self._read[levels], follow

    def checked_levels(self, levels: Any) -> dict[str, int]:
        if not isinstance(levels, dict) or not levels or not levels.keys() <= self.questions.keys():
            raise Unreadable("levels must answer this round's questions")
        if any(needed and question not in levels for question, needed in self.questions.items()):
            raise Unreadable("a question is not answered")
        if not all(type(level) is int and 1 <= level <= self.levels for level in levels.values()):
            raise Unreadable(f"a level is a whole number from 1 to {self.levels}")
        return levels

    def is_bad(self, levels: dict[str, int]) -> bool:
        return bool(self.bad_from) and max(levels.values()) >= self.bad_from


def read_manifest(text: str) -> Manifest:
    """The manifest in this canonical JSON. Raises Unreadable, naming the field."""
    said = parse(text)
    if canonical(said) != text or not said.keys() >= _FIELDS:
        missing = ", ".join(sorted(_FIELDS - said.keys()))
        raise Unreadable(f"a manifest is canonical JSON with all its fields{missing and f'; missing: {missing}'}")
    try:
        return _read(text, said)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise (
            error if isinstance(error, Unreadable) else Unreadable("a field of the manifest is not as it must be")
        ) from None


def _read(text: str, said: dict[str, Any]) -> Manifest:
    scale, questions = said["scale"], {q["code"]: not q.get("optional", False) for q in said["questions"]}
    found = Manifest(
        text=text, round=said["round"], questions=questions, levels=len(scale), bad_from=said["bad"],
        papers={name: paper["key"] for name, paper in said["papers"].items()}, issuer_key=said["issuer"]["key"],
        opens=_moment(said["opens"]), closes=_moment(said["closes"]), floor=said["floor"],
        mix_seconds=said["mix"]["seconds"], mix_at_least=said["mix"]["at_least"],
    )  # fmt: skip
    from_base64(found.issuer_key, size=32)
    numbers = (found.bad_from, found.floor, found.mix_seconds, found.mix_at_least)
    for is_right, wanted in (
        (CODE.fullmatch(found.round), "round: letters, digits, dots and dashes"),
        (isinstance(scale, list) and 2 <= len(scale) <= _MOST_LEVELS, "scale: a list of words, best first"),
        (
            0 < len(questions) <= _MOST_QUESTIONS and len(questions) == len(said["questions"]),
            "questions: each code once",
        ),
        (all(CODE.fullmatch(code) for code in questions), "questions: codes of letters, digits, dots and dashes"),
        (any(questions.values()), "questions: one at least is not optional"),
        (all(type(number) is int for number in numbers), "bad, floor and mix are whole numbers"),
        (0 <= found.bad_from <= len(scale), "bad: a place of the scale, or 0"),
        (found.floor >= 1 and found.mix_at_least >= 1, "floor and mix.at_least: 1 at least"),
        (0 <= found.mix_seconds <= _MIX_SECONDS_MOST, "mix.seconds: a day at most"),
        (0 < len(found.papers) <= _MOST_PAPERS, "papers: one at least"),
        (all(_is_paper(name, found.round) for name in found.papers), "papers: named round/subject"),
        (len(set(found.papers.values())) == len(found.papers), "papers: each with a key of its own"),
        (found.opens < found.closes, "opens before closes"),
    ):
        if not is_right:
            raise Unreadable(wanted)
    try:
        _ = found.keys
    except BadInput:
        raise Unreadable("papers: RSA keys of ballots as SPKI in base64") from None
    return found


def _is_paper(name: str, round_code: str) -> bool:
    start, _, subject = name.partition("/")
    return start == round_code and CODE.fullmatch(subject) is not None


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise Unreadable("opens and closes carry their zone")
    return found
