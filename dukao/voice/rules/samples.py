"""How large a sample must be for the margin that is wanted, how it is shared out, and what a frame's file must be."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from dukao.base.words import Words, _noop, words
from dukao.voice.rules.surveys import FrameDefinition, SampleDefinition

LINES_MOST = 1_000_000
_NAME_MOST = 60
_PHONE = re.compile(r"(1\d{10}|0\d{9,11}|[2-9]\d{6,7})")


class BadFrame(Exception):
    """The frame's file cannot be drawn from; `said` names the line."""

    def __init__(self, said: Words) -> None:
        self.said = said
        super().__init__(str(said))


@dataclass(frozen=True, slots=True)
class FrameLine:
    line: int  # 1 is the first below the head
    phone: str
    stratum: str
    cluster: str
    region: str


@dataclass(frozen=True, slots=True)
class Size:
    """`interviews` completed ones are wanted, `numbers` must be drawn for them."""

    interviews: int
    numbers: int


def size_for(sample: SampleDefinition, lines: int) -> Size:
    """Interviews for the margin at 95 %, and the numbers they take at the response expected.

    `lines` of the frame bound both; 0 where it is not known yet.
    """
    from svy import SampleSize

    share = sample.expected_percent / 100
    found = SampleSize().estimate_prop(
        p=share, moe=sample.margin_points / 100, deff=sample.design_effect, pop_size=lines or None
    )
    interviews = ceil(found.n)  # type: ignore[arg-type]
    numbers = ceil(interviews / (sample.response_percent / 100))
    return Size(min(interviews, lines or interviews), min(numbers, lines or numbers))


def shared_out(sample: SampleDefinition, numbers: int, lines: Mapping[str, int]) -> dict[str, int]:
    """How many numbers each stratum gives: the least that was asked for, never more than it has, and at least one.

    Own arithmetic: svy 0.35.0 drops every floor where one stratum is smaller than it, and then gives small strata
    nothing, so that nobody in them could be drawn (tests/voice/test_survey_rules.py shows it).
    """
    floor = {stratum: min(count, max(1, sample.stratum_least)) for stratum, count in lines.items()}
    wish = {
        stratum: {"proportional": count, "equal": 1.0, "neyman": count * sample.spreads.get(stratum, 0.5)}[
            sample.allocation
        ]
        for stratum, count in lines.items()
    }
    given = dict(floor)
    left = min(numbers, sum(lines.values())) - sum(given.values())
    while left > 0:
        # What a full stratum cannot take goes to the others.
        open_ones = {stratum for stratum in lines if given[stratum] < lines[stratum]}
        share = {stratum: max(0.0, _fair(wish, open_ones, given, left, stratum)) for stratum in open_ones}
        whole = {stratum: min(int(share[stratum]), lines[stratum] - given[stratum]) for stratum in open_ones}
        if not any(whole.values()):
            for stratum in sorted(open_ones, key=lambda s: (-(share[s] % 1), s))[:left]:
                given[stratum] += 1
            left = min(numbers, sum(lines.values())) - sum(given.values())
            continue
        for stratum, count in whole.items():
            given[stratum] += count
        left -= sum(whole.values())
    return given


def _fair(wish: Mapping[str, float], among: set[str], given: Mapping[str, int], left: int, stratum: str) -> float:
    """What the stratum lacks to its part of what those among have and will get together."""
    together = left + sum(given[other] for other in among)
    short = {other: max(0.0, together * wish[other] / sum(wish[o] for o in among) - given[other]) for other in among}
    return left * short[stratum] / (sum(short.values()) or 1.0)


def frame_lines(content: bytes, frame: FrameDefinition) -> list[FrameLine]:
    """Every line of the frame's file (CSV with a head, UTF-8 or GBK). Raises BadFrame."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    rows = csv.DictReader(io.StringIO(text))
    wanted = [name for name in (frame.phone, frame.stratum, frame.cluster, frame.region) if name]
    if lacking := [name for name in wanted if name not in (rows.fieldnames or ())]:
        raise BadFrame(words(_noop("抽样框缺少这些列：{columns}"), columns=tuple(lacking)))
    found: list[FrameLine] = []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, start=1):
        if line > LINES_MOST:
            raise BadFrame(words(_noop("抽样框超过 {n} 行"), n=LINES_MOST))
        phone = plain_phone(row[frame.phone] or "")
        if not _PHONE.fullmatch(phone):
            raise BadFrame(words(_noop("第 {line} 行的电话读不懂"), line=line))
        if phone in seen:
            said = words(_noop("第 {line} 行和第 {first} 行是同一个电话"), line=line, first=seen[phone])
            raise BadFrame(said)
        seen[phone] = line
        stratum, cluster, region = (
            (row[name] or "").strip() if name else "" for name in (frame.stratum, frame.cluster, frame.region)
        )
        if (
            not stratum
            or max(len(stratum), len(cluster)) > _NAME_MOST
            or (region and not re.fullmatch(r"\d{12}", region))
        ):
            raise BadFrame(words(_noop("第 {line} 行的层、群或单位代码填得不对"), line=line))
        found.append(FrameLine(line, phone, stratum, cluster, region))
    if not found:
        raise BadFrame(words(_noop("抽样框是空的")))
    return found


def plain_phone(raw: str) -> str:
    """The number in digits, without the country's code."""
    digits = re.sub(r"[^\d]", "", raw)
    return re.sub(r"^(0086|86)(?=1\d{10}$)", "", digits)


def masked_phone(phone: str) -> str:
    """As it may stand on a screen: first three and last two digits."""
    return f"{phone[:3]}{'*' * (len(phone) - 5)}{phone[-2:]}"
