from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils.translation import override

from dukao.web.figures import axis_scale, figure_text, format_change, format_figure, format_percent, format_scaled


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "full", "short"),
    [
        (Decimal("1284.5"), 2, "万元", "1,284.50万元", "1,284.50万元"),
        (Decimal("12845"), 2, "万元", "12,845.00万元", "1.28亿元"),
        (Decimal("9999.994"), 2, "万元", "9,999.99万元", "9,999.99万元"),
        (Decimal("9999.996"), 2, "万元", "10,000.00万元", "1.00亿元"),
        (Decimal("9999.4"), 0, "人", "9,999人", "9,999人"),
        (12_845, 0, "人", "12,845人", "1.28万人"),
        (-1_345_000_000, 0, "元", "-1,345,000,000元", "-13.45亿元"),
        (Fraction(1, 3), 2, "%", "0.33%", "0.33%"),
        (Fraction(5, 1000), 2, "", "0.00", "0.00"),
        (Fraction(15, 1000), 2, "", "0.02", "0.02"),
        (0, 2, "亿元", "0.00亿元", "0.00亿元"),
        (None, 2, "万元", "没有数据", "没有数据"),
    ],
)
def test_figures_read_as_people_write_them(value, decimals, unit, full, short):
    assert format_figure(value, decimals=decimals, unit=unit) == full
    assert format_figure(value, decimals=decimals, unit=unit, style="short") == short


def test_stored_integers_read_the_same():
    assert format_scaled(128450, decimals=2) == "1,284.50"
    assert format_scaled(None, decimals=2) == "没有数据"


def test_traditional_and_english_pages_use_their_own_large_numbers():
    with override("zh-hant"):
        assert figure_text(12_845, decimals=0, unit="人", style="short") == ("1.28", "萬人")
        assert format_figure(Decimal("12.5"), decimals=2, unit="万元") == "12.50萬元"
    with override("en"):
        assert figure_text(12_845, decimals=0, unit="人", style="short") == ("12,845", "people")
        assert format_figure(Decimal("12.5"), decimals=2, unit="公顷") == "12.50 ha"
        assert format_figure(Decimal("12.5"), decimals=2, unit="万元") == "12.50 (10,000 yuan)"
        assert format_figure(Decimal("12.5"), decimals=1, unit="%") == "12.5%"


@pytest.mark.parametrize(
    ("percent", "text"),
    [(Fraction(32, 10), "+3.2%"), (Decimal("-0.04"), "0.0%"), (0, "0.0%"), (-12, "-12.0%"), (None, "—")],
)
def test_changes_carry_their_sign(percent, text):
    assert format_percent(percent, signed=True) == text


def test_a_percentage_changes_in_percentage_points():
    assert format_change(Decimal("3.24"), unit="万元", decimals=2) == "+3.2%"
    assert format_change(Decimal("-0.35"), unit="%", decimals=2) == "-0.35\u00a0个百分点"
    assert format_change(None, unit="%", decimals=2) == "—"


@pytest.mark.parametrize(("values", "unit", "scale"), [
    ([Decimal(4_500_000), None], "万元", (4, "亿元")), ([Decimal(9_999)], "万元", (0, "万元")),
    ([12_000, -90_000], "人", (4, "万人")), ([3 * 10**9], "元", (8, "亿元")),
    ([None], "%", (0, "%")), ([], "", (0, "")),
])  # fmt: skip
def test_an_axis_is_written_in_the_wan_or_yi_of_its_largest_value(values, unit, scale):
    assert axis_scale(values, unit) == scale
    with override("en"):
        assert axis_scale(values, unit).power == 0
