"""Charts as data, the small lines, and the map."""

import json
from decimal import Decimal

import pytest

from dukao.web import charts, maps
from dukao.web.figures import Scale

D = Decimal


def test_areas_are_sorted_and_what_is_unknown_comes_last():
    areas = [
        charts.Area("1", "甲", None, "没有数据", "/1"), charts.Area("2", "乙", D(3), "3", "/2"),
        charts.Area("3", "丙", D(7), "7", "/3"), charts.Area("4", "丁", D(-1), "−1", "/4"),
    ]
    unit = {"indicator": "tax", "unit": "万元", "scale": Scale(0, "万元")}
    chart = charts.areas_chart("k", "m", "s", areas, **unit)
    spec = chart.spec
    assert [area["name"] for area in spec["areas"]] == ["丙", "乙", "丁", "甲"]
    assert (spec["kind"], chart.height, chart.note) == ("bars", 160, "")
    drawn = charts.areas_chart("k", "m", "s", areas, map_url="/m", **unit)
    assert (drawn.spec["kind"], drawn.height, drawn.note) == ("map", 0, "斜线：1 个还没有数")


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ([], None),
        ([D(1)], None),
        ([D(1), None], None),
        ([D(1), D(2)], "M2.0 25.0L82.0 3.0"),
        ([D(5), D(5), D(5)], "M2.0 14.0L42.0 14.0L82.0 14.0"),
        ([D(0), None, D(1)], "M2.0 25.0M82.0 3.0"),  # a gap stays a gap
    ],
)
def test_sparks(values, path):
    spark = charts.spark(values)
    assert (spark and spark.path) == path


@pytest.fixture
def var(tmp_path, settings):
    settings.VAR = tmp_path
    return tmp_path


def test_neighbours_on_the_map_still_share_their_corners(var):
    codes = ("230202000000", "230203000000", "230204000000")
    path = maps.county_map(codes)
    features = json.loads(path.read_bytes())["features"]
    assert [feature["properties"]["name"] for feature in features] == list(codes)

    def corners(feature):
        return {tuple(c) for polygon in feature["geometry"]["coordinates"] for ring in polygon for c in ring}

    assert corners(features[0]) & corners(features[1])
    assert path.stat().st_size < 20_000
    assert maps.county_map(codes) == path  # made once


def test_units_without_boundaries_have_no_map(var):
    assert maps.county_map(("990101000000",)) is None
    assert maps.county_map(("990101000000",)) is None
    assert maps.county_map(()) is None
