from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dukao.base.periods import PERIOD_TYPES, Period

DAYS = st.dates(date(1950, 1, 1), date(2900, 12, 31))
PERIODS = st.builds(Period.of, DAYS, st.sampled_from(PERIOD_TYPES))


@pytest.mark.parametrize(("code", "key", "label"), [
    ("2026", 2026000, "2026年"), ("2026Q3", 2026103, "2026年三季度"), ("2026-07", 2026207, "2026年7月"),
    ("202607", 2026207, "2026年7月"), ("2026-12-31", 2026665, "2026年12月31日"), ("20240229", 2024360, "2024年2月29日"),
])
def test_codes(code, key, label):
    assert (Period.parse(code).key, Period.parse(code).label) == (key, label)


@pytest.mark.parametrize("code", ["", "26", "2026Q5", "2026-13", "2026-02-30", "２０２６年", "2026W3"])
def test_unreadable_codes_are_refused(code):
    with pytest.raises(ValueError):
        Period.parse(code)


@given(PERIODS)
def test_a_period_reads_back_and_stands_between_its_neighbours(period):
    assert Period.parse(period.code) == period
    assert period.next().previous() == period
    assert period.starts_on < period.ends_on == period.next().starts_on


@given(PERIODS, st.sampled_from(PERIOD_TYPES))
def test_parts_cover_a_period_without_gap(period, kind):
    parts = period.parts(kind)
    assert parts[0].starts_on <= period.starts_on
    assert parts[-1].ends_on >= period.ends_on
    assert all(a.ends_on == b.starts_on for a, b in pairwise(parts))
