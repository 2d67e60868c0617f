"""What a share of answers can tell: its interval, whether two of them differ at all, and the words for weak evidence.

Shared by ratings, surveys and scores. Shares are fractions from 0 to 1; `n` is a count of answers, or the effective
number where answers are weighted. Nothing here puts in order what the answers do not.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal, TypeVar

from dukao.base.words import Words, _noop, words

Verdict = Literal["ok", "weak", "too_few"]
Interval = tuple[float, float]
Key = TypeVar("Key", bound=Hashable)

VERDICTS: dict[Verdict, str] = {"ok": _noop("可以参考"), "weak": _noop("证据偏弱"), "too_few": _noop("数量太少")}
# Whoever wants to answers: what they say is true of them, and no arithmetic makes it true of the others.
SELF_SELECTED = words(_noop("自愿参与，不是随机样本：没有误差范围"))
NOT_IN_ORDER = words(_noop("区间有重叠，分不出先后，不排名次"))
_ALMOST = 1e-12


@dataclass(frozen=True, slots=True)
class Evidence:
    """A share with what it is worth. `interval` is None where it would mean nothing."""

    n: float
    share: float | None
    interval: Interval | None
    verdict: Verdict
    why: Words


def wilson(k: float, n: float, *, confidence: float = 0.95) -> Interval:
    """The Wilson score interval of `k` out of `n`, as fractions; (0, 1) where nobody answered.

    `n` may be an effective number of answers; `k` is then the weighted share times `n`.
    """
    if n <= 0:
        return 0.0, 1.0
    assert -_ALMOST <= k <= n * (1 + _ALMOST), "a part is no more than the whole"
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = min(max(k / n, 0.0), 1.0)
    middle = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    # At 0 % and 100 % the bound is the share itself; floating point misses it by a hair.
    low = 0.0 if share <= 0 else max(0.0, (middle - half) / whole)
    high = 1.0 if share >= 1 else min(1.0, (middle + half) / whole)
    return low, high


def separated(one: Interval, other: Interval) -> bool:
    """Whether the intervals have nothing in common; touching is overlapping."""
    return one[1] < other[0] or other[1] < one[0]


def groups_that_separate(intervals: Mapping[Key, Interval]) -> tuple[tuple[Key, ...], ...]:
    """Split into groups, the highest first, so that every interval of a group lies wholly above those of the next.

    Within a group intervals overlap, at least in a chain: it has no order, and keeps the one it was given in. One group
    means that nothing may be put in order.
    """
    groups: list[list[Key]] = []
    lowest = 0.0
    for key in sorted(intervals, key=lambda key: intervals[key][1], reverse=True):
        low, high = intervals[key]
        if groups and high >= lowest:
            groups[-1].append(key)
            lowest = min(lowest, low)
        else:
            groups.append([key])
            lowest = low
    place = {key: at for at, key in enumerate(intervals)}
    return tuple(tuple(sorted(group, key=place.__getitem__)) for group in groups)


def judged_sample(k: float, n: float, *, floor: int, width_points_most: float = 20) -> Evidence:
    """A share of a random sample: no figure below `floor` answers, “weak” where the interval is wider than allowed.

    `width_points_most` is the whole width in percentage points.
    """
    if n < floor:
        return _too_few(n, floor)
    low, high = wilson(k, n)
    if 100 * (high - low) > width_points_most:
        return Evidence(n, k / n, (low, high), "weak", words(_noop("区间太宽，只能看个大概")))
    return Evidence(n, k / n, (low, high), "ok", words(_noop("随机样本，区间为 95% 置信区间")))


def judged_volunteers(k: int, n: int, *, asked: int, floor: int, response_percent_least: int) -> Evidence:
    """A share of those who answered because they wanted to: never an interval.

    “Weak” where fewer than `response_percent_least` of the `asked` answered.
    """
    if n < floor:
        return _too_few(n, floor)
    if 100 * n < response_percent_least * asked:
        why = words(_noop("应答率不到 {least}%，没有作答的人可能想法不同"), least=response_percent_least)
        return Evidence(n, k / n, None, "weak", why)
    return Evidence(n, k / n, None, "ok", SELF_SELECTED)


def _too_few(n: float, floor: int) -> Evidence:
    return Evidence(n, None, None, "too_few", words(_noop("不足 {floor} 份，看不出什么，不下结论"), floor=floor))
