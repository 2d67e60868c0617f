"""What inspections are about, whatever they are called; and how alike two titles are beyond what all titles say."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pydantic import Field

from dukao.base.definitions import CODE_PATTERN, Definition

# What nearly every title says, and what tells one instalment of the same thing from the next.
_GENERIC = re.compile(
    r"20\d\d年?度?|[上下]半年|[第前][一二三四五六七八九十\d]+(?:季度|批|轮|次|期|阶段|组|片区?)|[一二三四]季度|\d+月份?"
    r"|[东西南北中]部?片区?|年度|全市|全县|全区|市级|县级|关于|开展|专项|综合|日常|联合|重点|督查|督察|督办|督导|检查|巡查|抽查|核查"
    r"|调研|暗访|考核|考评|验收|回头看|大排查|大起底|攻坚|整治|行动|工作|情况|落实|推进|方案|活动|事项|再|的|和|及|与"
)
_BESIDE = re.compile(r"[^\w]|_")
# Instalments that are only counted: （一）, ①, A.
_COUNTED = re.compile(r"[（(][一二三四五六七八九十\dA-Za-z]+[)）]|[①-⑳]")


class Topic(Definition):
    """One entry of topics.yaml."""

    code: str = Field(pattern=CODE_PATTERN, max_length=40)
    title: str = Field(min_length=2)
    title_en: str = Field(min_length=2)
    aliases: tuple[str, ...] = ()


def topics_spoken_of(text: str, topics: Iterable[Topic]) -> frozenset[str]:
    """Codes of the topics whose title or alias the text uses; a word inside a longer one that is also used is not it.

    “森林防火” speaks of forest fires, and not of 防火 as such.
    """
    plain = tidy(text)
    found: list[tuple[int, int, str]] = []
    for topic in topics:
        for name in (topic.title, *topic.aliases):
            word = tidy(name)
            at = plain.find(word)
            while at >= 0:
                found.append((at, at + len(word), topic.code))
                at = plain.find(word, at + 1)
    return frozenset(
        code for start, end, code in found
        if not any((s <= start and end <= e) and (e - s > end - start) for s, e, _code in found)
    )  # fmt: skip


def likeness_percent(one: str, other: str) -> int:
    """How alike two titles are, 0 to 100, rounded down: pairs of neighbouring characters in common (Dice).

    Years, instalments, regions and the words of every title (专项督查, 工作, 情况) do not count: they are what a split
    or a new name changes. Basis: none (own convention).
    """
    left, right = core(one), core(other)
    if not left or not right:
        return 100 if tidy(one) == tidy(other) else 0
    pairs, others = _pairs(left), _pairs(right)
    common = sum(min(count, others.get(pair, 0)) for pair, count in pairs.items())
    return 200 * common // (sum(pairs.values()) + sum(others.values()))


@lru_cache(maxsize=4096)
def core(title: str) -> str:
    """What a title says of its matter."""
    counted = _COUNTED.sub("", unicodedata.normalize("NFC", title))
    return _GENERIC.sub("", tidy(counted))


@lru_cache(maxsize=4096)
def tidy(text: str) -> str:
    """Full-width as half-width, no case, no blanks, no punctuation."""
    return _BESIDE.sub("", unicodedata.normalize("NFKC", text).casefold())


def _pairs(text: str) -> dict[str, int]:
    pairs: dict[str, int] = {}
    for at in range(max(1, len(text) - 1)):
        pair = text[at : at + 2]
        pairs[pair] = pairs.get(pair, 0) + 1
    return pairs
