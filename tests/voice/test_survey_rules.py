"""Sizes, allocations, weights and intervals as tables that a statistician can read."""

import warnings
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dukao.voice.rules.estimates import degrees_of_freedom, estimates_of, share_interval
from dukao.voice.rules.interviews import field_count, next_call
from dukao.voice.rules.samples import masked_phone, plain_phone, shared_out, size_for
from dukao.voice.rules.surveys import SampleDefinition
from dukao.voice.rules.weighting import CannotWeigh, People, kish, weighted


@pytest.mark.parametrize(
    ("points", "effect", "lines", "interviews"),
    [(5, 1, 0, 385), (3, 1, 0, 1068), (2.2, 1, 0, 1985), (3, 1.5, 0, 1602), (5, 1, 1000, 279)],
)  # fmt: skip
def test_sizes_are_those_of_the_textbooks(points, effect, lines, interviews):
    sample = SampleDefinition(margin_points=points, design_effect=effect, response_percent=50)
    found = size_for(sample, lines)
    assert found.interviews == interviews
    assert found.numbers == (min(lines, 2 * interviews) if lines else 2 * interviews)


@settings(max_examples=40)
@given(st.lists(st.sampled_from([1, 2, 30, 500, 9000]), min_size=1, max_size=16), st.integers(1, 4000),
       st.sampled_from([0, 3, 40]), st.sampled_from(["proportional", "equal", "neyman"]))  # fmt: skip
def test_no_stratum_is_left_out(sizes, numbers, least, allocation):
    lines = {f"s{place}": size for place, size in enumerate(sizes)}
    found = shared_out(SampleDefinition(stratum_least=least, allocation=allocation), numbers, lines)
    assert all(min(lines[s], max(1, least)) <= found[s] <= lines[s] for s in lines)
    assert sum(found.values()) >= min(numbers, sum(sizes))


def test_why_numbers_are_shared_out_here():
    """svy gives a small stratum nothing where another is smaller than the floor: nobody in it could be drawn."""
    from svy import SampleSize

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = SampleSize().allocate(n=1000, pop_size={"a": 5000, "b": 30, "c": 60000}, min_n=40).n
    assert theirs["b"] == 0
    assert shared_out(SampleDefinition(stratum_least=40), 1000, {"a": 5000, "b": 30, "c": 60000})["b"] == 30


def test_equal_weights_are_worth_as_many_as_there_are():
    assert kish(np.full(620, 7.5)) == pytest.approx(620)
    assert kish(np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 6)


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [(0.838, 1068, 0.815, 0.859), (1.0, 10, 0.722, 1.0), (0.0, 10, 0.0, 0.278), (0.5, 384, 0.450, 0.550)],
)  # fmt: skip
def test_intervals_of_simple_samples_are_wilsons(share, n, low, high):
    error = np.sqrt(share * (1 - share) / (n - 1))
    found = share_interval(share, error, n=n, n_eff=n)
    assert found == pytest.approx((low, high), abs=6e-4)


def test_few_clusters_make_the_interval_wider_and_ends_stay_ends():
    low, high = share_interval([0.5, 0.0, 1.0], [0.05, 0.0, 0.0], n=100, n_eff=100)
    wider_low, wider_high = share_interval([0.5, 0.0, 1.0], [0.05, 0.0, 0.0], n=100, n_eff=100, clusters_df=5)
    assert (wider_high - wider_low > 1.2 * (high - low)).all()
    assert (low[1], high[2], wider_low[1], wider_high[2]) == (0, 1, 0, 1)
    # All six who say so live in one of 25 villages: that is nearly nothing to go by, yet no reason to say "up to 90 %".
    assert 0.1 < share_interval(0.016, 0.016, n=375, n_eff=375, clusters_df=24)[1] < 0.3


def test_rare_answers_and_uneven_weights_make_the_error_less_sure():
    def width(share, **of):
        low, high = share_interval(share, 1.5 * np.sqrt(share * (1 - share) / 400), n=400, n_eff=400, **of)
        return high - low

    for of in ({"skewness": 2.0}, {"clusters_df": 39}):
        assert width(0.5, **of) < 1.05 * width(0.5)
        assert width(0.03, **of) > 1.08 * width(0.03)
        assert width(0.97, **of) == pytest.approx(width(0.03, **of))


def test_degrees_of_freedom_rest_on_the_heavy_units():
    # Stratum a: clusters of 30, 20 and 10 in weight; b: two alike. 900, 400, 100 and twice 100 in variance.
    people = _people(
        unit=["1", "1", "1", "2", "2", "3", "1", "1", "2", "2"], weight=[10.0] * 6 + [5.0] * 4, status=["rr"] * 10,
        known={}, is_clustered=True,
    )  # fmt: skip
    sample = weighted(people, margins={}, is_raked=False, cell_least=1, trim_medians=5)
    alike = 1400**2 / (900**2 + 400**2 + 100**2)
    wanted = 1600**2 / (1400**2 / (alike - 1) + 200**2 / (2 - 1))
    assert degrees_of_freedom(sample, np.ones(10, bool)) == pytest.approx(wanted)


def _people(**changes):
    given = {"stratum": ["a"] * 6 + ["b"] * 4, "unit": [str(n) for n in range(10)], "weight": [10.0] * 10,
             "status": ["rr"] * 4 + ["nr", "in"] + ["rr"] * 3 + ["uk"], "strata_size": {"a": 60, "b": 40},
             "known": {"sex": ["m", "f", "m", "f", "", "", "m", "f", "m", ""]}}  # fmt: skip
    return People(**given | changes)


def test_who_is_silent_is_made_up_for_in_the_stratum_and_margins_are_met():
    margins = {"sex": {"m": 60.0, "f": 40.0}}
    found = weighted(_people(), margins=margins, is_raked=True, cell_least=1, trim_medians=5)
    sex = np.array(["m", "f", "m", "f", "m", "f", "m"])
    assert {level: found.weights[sex == level].sum() for level in "mf"} == pytest.approx(margins["sex"], rel=1e-6)
    # In b nobody knows of one of four: it is spread over the three others.
    assert found.report.steps[1].total == pytest.approx(50 + 40)
    assert found.report.misfit < 1e-6
    assert list(found.rows) == [0, 1, 2, 3, 6, 7, 8]


def test_small_strata_are_adjusted_together_and_told():
    found = weighted(_people(), margins={}, is_raked=False, cell_least=4, trim_medians=5)
    assert found.report.merged == ("a", "b")


def test_an_empty_margin_is_named():
    for margins, said in (({"sex": {"m": 5.0, "f": 4.0, "x": 1.0}}, "x"), ({"sex": {"m": 10.0}}, "f")):
        with pytest.raises(CannotWeigh) as refused:
            weighted(_people(), margins=margins, is_raked=True, cell_least=1, trim_medians=5)
        assert said in str(refused.value)


def test_weights_are_trimmed_and_told():
    weights = [10.0] * 9 + [200.0]
    people = _people(weight=weights, status=["rr"] * 10, known={})
    found = weighted(people, margins={}, is_raked=False, cell_least=1, trim_medians=5)
    assert found.report.cap == 50
    assert found.report.trimmed_count == 1
    assert found.report.trimmed_share == pytest.approx(150 / 290)
    assert found.weights.max() <= 50.001
    assert found.weights.sum() == pytest.approx(290)


def test_where_all_say_the_same_there_is_still_an_interval():
    people = _people(status=["rr"] * 10, known={})
    sample = weighted(people, margins={}, is_raked=False, cell_least=1, trim_medians=5)
    (found,) = estimates_of(sample, {"y": np.ones(10)})
    assert (found.value, found.error, found.high, found.deff) == (1.0, 0.0, 1.0, None)
    assert 0.6 < found.low < 0.75


def test_response_rates_are_aapors():
    outcomes = ["completed"] * 40 + ["refused"] * 30 + ["wrong_number"] * 30 + ["no_answer"] * 50
    found = field_count(outcomes)
    assert found.eligible_share == pytest.approx(0.7)
    assert found.response_rate == pytest.approx(40 / (70 + 0.7 * 50))
    assert found.cooperation_rate == pytest.approx(40 / 70)
    assert field_count([]).response_rate is None


@pytest.mark.parametrize("chance", [0.0, 0.3, 0.999])
@pytest.mark.parametrize("hour", [9, 15, 20])
def test_another_try_is_within_the_hours(hour, chance):
    at = datetime(2026, 10, 8, hour, 30)
    found = next_call(at, from_hour=9, to_hour=21, hours_least=3, chance=chance)
    assert 9 <= found.hour < 21
    assert (found - at).total_seconds() >= 3 * 3600


def test_numbers_as_people_write_them():
    assert plain_phone("+86 120-0000-0001") == "12000000001"
    assert masked_phone("12000000001") == "120******01"
