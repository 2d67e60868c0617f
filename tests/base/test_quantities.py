from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dukao.base.quantities import SCALED_LIMIT, NotANumber, decimal_from_scaled, scaled_from_text, text_from_scaled


@pytest.mark.parametrize(("raw", "decimals", "scaled"), [
    ("1234.5", 2, 123450), ("1,234.50", 2, 123450), ("１２３４．５", 2, 123450), (" -0.05 ", 2, -5), ("−3", 0, -3),
    ("12.00", 0, 12), (".5", 1, 5), ("1，234", 0, 1234), ("\u00a012\u3000", 0, 12), ("﹣3", 0, -3),
])
def test_what_people_write(raw, decimals, scaled):
    assert scaled_from_text(raw, decimals) == scaled


@pytest.mark.parametrize("raw", ["", "一百", "12%", "1e5", "1 2", "12,34", "1.005", "=1+1", "NaN", "Infinity", "٣", 
                                 "--1", "￥3", "3元", "12①", "5²", "12⒈", "½", str(SCALED_LIMIT),
                                 "1." + "0" * 34 + "1", "9" * 61])
def test_what_would_need_a_guess_is_refused(raw):
    with pytest.raises(NotANumber):
        scaled_from_text(raw, 2)


def test_a_currency_sign_fits_only_yuan():
    assert scaled_from_text("￥1,234.50", 2, unit="元") == scaled_from_text("-1,234.5元", 2, unit="元") * -1 == 123450


@given(st.integers(-SCALED_LIMIT, SCALED_LIMIT), st.integers(0, 6))
def test_nothing_is_lost_on_the_way(scaled, decimals):
    assert scaled_from_text(text_from_scaled(scaled, decimals), decimals) == scaled
    assert decimal_from_scaled(scaled, decimals) * 10**decimals == Decimal(scaled)
