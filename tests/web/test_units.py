"""The pages of the units: figures, comparisons, the way down, looking back, files, passports."""

import io
import json
import re

import openpyxl
import pytest
from routes_units import furnish

Q3 = {"period": "2026Q3"}


@pytest.fixture
def furnished(city):
    furnish(city)
    return city


@pytest.fixture
def sam(as_):
    return as_("sam")


def _text(response) -> str:
    return response.content.decode()


def _specs(html: str) -> list[dict]:
    return [json.loads(found) for found in re.findall(r'<script type="application/json">(.*?)</script>', html, re.S)]


def test_a_citys_page_shows_the_figure_its_change_and_its_children(furnished, sam):
    html = _text(sam.get(f"/units/{furnished.code['富水市']}/", Q3))
    assert html.count("1,284.50") >= 3  # the card, the child, the list of indicators
    assert "+1,184.5%" in html
    assert "含待审" in html
    assert "模拟数据" in html
    assert f'data-figure="tax|{furnished.code["东县"]}"' in html
    areas, trend = _specs(html)
    assert [(a["name"], a["value"]) for a in areas["areas"]] == [("东县", 1284.5), ("西区", None)]
    assert areas["kind"] == "bars"
    assert (trend["labels"][-1], trend["now"][-1], trend["before"][-1]) == ("26Q3", 1284.5, 100)
    assert len(trend["now"]) == 12


def test_the_way_goes_down_to_the_village_and_up_again(furnished, sam):
    html = _text(sam.get(f"/units/{furnished.code['东县']}/", Q3))
    assert f'href="/units/{furnished.code["甲镇"]}/?period=2026Q3&amp;indicator=tax"' in html
    village = _text(sam.get(f"/units/{furnished.code['一村']}/", Q3))
    assert village.index("富水市</a>") < village.index("东县</a>") < village.index("甲镇</a>")
    assert "table-children" not in village


def test_a_worker_sees_the_names_above_but_no_way_there(furnished, as_):
    html = _text(as_("alice").get(f"/units/{furnished.code['一村']}/", Q3))
    assert "甲镇" in html
    assert f"/units/{furnished.code['甲镇']}/" not in html


def test_periods_are_read_or_refused(furnished, sam):
    here = f"/units/{furnished.code['富水市']}/"
    assert "2026年9月" in _text(sam.get(here, {"period": "2026-09"}))
    assert 'value="2019Q1" selected' in _text(sam.get(here, {"period": "2019Q1"}))
    assert sam.get(here, {"period": "soon"}).status_code == 422
    assert sam.get(here, {"as_of": "gestern"}).status_code == 422


def test_looking_back_shows_what_was_known_then_and_does_not_move(furnished, sam):
    html = _text(sam.get(f"/units/{furnished.code['富水市']}/", Q3 | {"as_of": "2026-10-01"}))
    assert "当天结束时已经知道的数" in html
    assert "1,284.50" not in html
    assert "data-live" not in html


def test_a_period_without_any_figure_leads_to_the_newest_that_has_one(furnished, sam):
    html = _text(sam.get(f"/units/{furnished.code['富水市']}/", {"period": "1999Q1"}))
    assert "1999年一季度没有任何数据" in html
    assert "看最近有数据的一期：2026年" in html
    assert "还没有数据" not in html


def test_figures_are_written_in_full_or_in_wan(furnished, sam):
    here = f"/units/{furnished.code['富水市']}/"
    from dukao.registers.models import Fact, Total

    Fact.objects.filter(period=2026103).update(value=12_845_000_00)
    Total.objects.filter(period=2026103).update(sum=12_845_000_00)
    assert "12,845,000.00" in _text(sam.get(here, Q3))
    assert sam.post("/-/figures/", {"figures": "short", "next": here}).headers["Location"] == here
    assert "1,284.50<" in _text(sam.get(here, Q3)).replace("亿元", "<")


def test_the_comparison_is_a_region_of_its_own(furnished, sam):
    region = sam.region(f"/units/{furnished.code['富水市']}/", "section#compare", **Q3, indicator="tax")
    assert "compare-areas" in _text(region)
    assert "key-figures" not in _text(region)


@pytest.mark.parametrize("wanted", ["children", "periods", "figures", "sources"])
def test_every_table_goes_out_as_a_file_with_its_label(furnished, sam, wanted):
    answer = sam.get(f"/units/{furnished.code['富水市']}/", Q3 | {"export": f"{wanted}.csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "模拟数据" in answer.content.decode("utf-8-sig")
    workbook = sam.get(f"/units/{furnished.code['富水市']}/", Q3 | {"export": f"{wanted}.xlsx"})
    assert openpyxl.load_workbook(io.BytesIO(workbook.content)).active.max_row >= 3


def test_all_children_and_indicators_in_one_table(furnished, sam):
    html = _text(sam.get(f"/units/{furnished.code['富水市']}/all/", Q3))
    assert "合计" in html or "富水市" in html
    assert sam.get(f"/units/{furnished.code['一村']}/all/", Q3).status_code == 404


def test_a_passport_says_how_and_from_where(furnished, sam):
    html = _text(sam.get(f"/units/{furnished.code['富水市']}/figures/tax/", Q3))
    assert "就是数据元“税收”的值" in html
    assert f"/units/{furnished.code['东县']}/figures/tax/" in html
    leaf = _text(sam.get(f"/units/{furnished.code['一村']}/figures/tax/", Q3))
    assert "现用" in leaf
    assert "待审" in leaf
    assert sam.get(f"/units/{furnished.code['一村']}/figures/nothing/", Q3).status_code == 404


def test_the_table_of_everything_moves_like_the_page(furnished, sam):
    assert "data-live" in _text(sam.get(f"/units/{furnished.code['富水市']}/all/", Q3))
    assert "data-live" not in _text(sam.get(f"/units/{furnished.code['富水市']}/all/", {**Q3, "as_of": "2026-01-01"}))


def test_a_city_without_indicators_says_what_to_do(city, sam):
    assert "还没有定义指标" in _text(sam.get(f"/units/{city.code['富水市']}/"))


def test_the_page_takes_the_same_number_of_queries_with_more_children(furnished, sam):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(place: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            sam.get(f"/units/{furnished.code[place]}/", Q3)
        return len(caught)

    queries("乙镇")
    assert queries("乙镇") == queries("丙镇")  # one child and three


def test_english_has_no_chinese_numbers(furnished, sam):
    sam.post("/-/language/", {"language": "en"})
    html = _text(sam.get(f"/units/{furnished.code['富水市']}/", Q3))
    assert "Q3 2026" in html
