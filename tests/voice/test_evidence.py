"""What shares can tell: Wilson's interval, what has an order and what has none, weak evidence called weak."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dukao.voice.rules.evidence import (
    groups_that_separate,
    judged_sample,
    judged_volunteers,
    separated,
    wilson,
)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0.838 * 1_068, 1_068, 81.5, 85.9),  # the report's telephone survey
        (10, 10, 72.2, 100.0),
        (0, 10, 0.0, 27.8),
        (0.838 * 534, 534, 80.4, 86.7),  # the same share, worth half as many answers
        (0, 0, 0.0, 100.0),
    ],
)
def test_wilson(k, n, low, high):
    found = wilson(k, n)
    assert (round(100 * found[0], 1), round(100 * found[1], 1)) == (low, high)


def test_wilson_is_as_wide_as_it_is_sure():
    assert wilson(50, 100, confidence=0.99)[0] < wilson(50, 100)[0] < wilson(50, 100, confidence=0.5)[0]


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval_which_narrows_with_more_answers(kn):
    k, n = kn
    low, high = wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1
    narrower = wilson(4 * k, 4 * n)
    assert narrower[1] - narrower[0] < high - low


def test_what_overlaps_has_no_order():
    found = groups_that_separate({"甲": (0.80, 0.85), "乙": (0.60, 0.70), "丙": (0.84, 0.90), "丁": (0.10, 0.20)})
    assert found == (("甲", "丙"), ("乙",), ("丁",))
    assert groups_that_separate({"甲": (0.5, 0.6), "乙": (0.6, 0.7)}) == (("甲", "乙"),)
    assert groups_that_separate({}) == ()


_INTERVALS = st.tuples(st.integers(0, 40), st.integers(0, 8)).map(lambda pair: (pair[0] / 50, (pair[0] + pair[1]) / 50))


@settings(max_examples=200)
@given(st.lists(_INTERVALS, max_size=12))
def test_groups_are_as_fine_as_the_intervals_allow(given_intervals):
    intervals = dict(enumerate(given_intervals))
    groups = groups_that_separate(intervals)
    assert sorted(key for group in groups for key in group) == sorted(intervals)
    for upper, lower in pairwise(groups):
        assert all(intervals[one][0] > intervals[other][1] for one in upper for other in lower)
    for group in groups:
        for one in group[1:]:
            assert any(not separated(intervals[one], intervals[other]) for other in group if other != one)


def test_weak_evidence_is_called_weak():
    assert judged_sample(25, 29, floor=30).verdict == "too_few"
    assert judged_sample(25, 29, floor=30).share is None
    assert judged_sample(15, 30, floor=30).verdict == "weak"
    sure = judged_sample(895, 1_068, floor=30)
    assert sure.verdict == "ok"
    assert sure.interval == wilson(895, 1_068)


def test_volunteers_have_no_margin_of_error():
    sure = judged_volunteers(900, 1_000, asked=2_000, floor=30, response_percent_least=20)
    assert (sure.verdict, sure.interval, sure.share) == ("ok", None, 0.9)
    assert "没有误差范围" in str(sure.why)
    weak = judged_volunteers(90, 100, asked=2_000, floor=30, response_percent_least=20)
    assert (weak.verdict, weak.interval) == ("weak", None)
    assert judged_volunteers(29, 29, asked=29, floor=30, response_percent_least=20).verdict == "too_few"
