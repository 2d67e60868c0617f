"""Looking at figures: from the desk down to a village and into a figure's passport, while it moves."""

import time
from datetime import UTC, datetime

import pytest
from django.db import transaction
from routes_units import furnish

MOVES_WITHIN_MS = 3_000


@pytest.fixture
def furnished(city):
    furnish(city)
    return city


def test_sam_finds_a_unit_goes_down_and_asks_where_a_figure_comes_from(furnished, person):
    sam = person("sam")
    page = sam.goes_to("/units/")
    page.wait_for_selector("h1:has-text('富水市')")
    sam.looked_at("city")

    page.keyboard.press("/")
    page.keyboard.type("东县")
    page.click("#search-found >> text=东县")
    page.wait_for_selector("h1:has-text('东县')")
    page.select_option("#period", "2026Q3")
    page.wait_for_url("**period=2026Q3**")
    sam.looked_at("county")

    page.click("#table-children >> text=甲镇")
    page.click("#table-children >> text=一村")
    page.wait_for_selector("h1:has-text('一村')")
    sam.looked_at("village")
    page.click(".key-figure-value")
    page.wait_for_selector("h1:has-text('税收收入')")
    assert page.inner_text(".passport-value").startswith("1,284.50")
    assert "现用" in page.inner_text(".history")
    sam.looked_at("passport")
    page.click(".crumbs >> text=富水市")
    page.wait_for_selector("h1:has-text('富水市')")


def test_a_figure_moves_on_an_open_page_without_reload(furnished, person):
    from dukao.base.trail import record_event
    from dukao.registers.actions import type_fact
    from dukao.registers.models import Element

    sam = person("sam")
    page = sam.goes_to(f"/units/{furnished.code['富水市']}/?period=2026Q3")
    page.wait_for_selector(".live-state:has-text('实时更新')")
    page.evaluate("window.stayed = true")
    at = datetime(2026, 10, 8, 3, 0, tzinfo=UTC)
    with transaction.atomic():
        type_fact(
            element_id=Element.objects.get(code="tax").pk, period=2026103, unit_id=furnished.unit["四村"],
            unit_path=furnished.path["四村"], value=1_000_00, filing_id=2, at=at,
        )
        record_event(
            verb="sheets.answer.typed", subject="filing:x", by=furnished.actor["alice"], at=at,
            unit_path=furnished.path["四村"],
        )
    began = time.monotonic()
    page.wait_for_selector(".key-figure-value:has-text('2,284.50')", timeout=MOVES_WITHIN_MS)
    print(f"visible after {1000 * (time.monotonic() - began):.0f} ms")
    assert page.inner_text("#table-children tbody tr:has-text('西区') td:nth-child(2)") == "1,000.00"
    assert "刚刚更新" in page.inner_text(".live-state")
    assert page.evaluate("window.stayed")


def test_rita_looks_on_her_phone(furnished, person):
    rita = person("rita", phone=True)
    rita.goes_to(f"/units/{furnished.code['甲镇']}/?period=2026Q3")
    rita.looked_at("town")
    rita.goes_to(f"/units/{furnished.code['甲镇']}/all/?period=2026Q3")
    rita.looked_at("all")
    rita.goes_to(f"/units/{furnished.code['一村']}/figures/tax/?period=2026Q3")
    rita.looked_at("passport")


def test_the_comparison_changes_in_place_and_files_come_down(furnished, person):
    page = person("sam").goes_to(f"/units/{furnished.code['富水市']}/?period=2026Q3")
    page.evaluate("window.stayed = true")
    page.select_option("#indicator", "tax")
    page.wait_for_selector("#compare svg")
    assert page.evaluate("window.stayed")
    with page.expect_download() as started:
        page.click("#table-children >> text=XLSX")
    assert started.value.suggested_filename.endswith(".xlsx")


def test_without_javascript_the_numbers_are_all_there(furnished, person):
    sam = person("sam", java_script_enabled=False)
    page = sam.goes_to(f"/units/{furnished.code['富水市']}/?period=2026Q3")
    assert "1,284.50" in page.inner_text("#table-children")
    page.select_option("#period", "2026Q2")
    page.click(".unit-filters button")
    assert "2026年二季度" in page.inner_text("h1")
    page.click("#table-children >> text=东县")
    assert "东县" in page.inner_text("h1")


def test_by_keyboard_alone(furnished, person):
    page = person("sam").goes_to(f"/units/{furnished.code['富水市']}/?period=2026Q3")
    page.keyboard.press("Tab")
    assert page.inner_text(":focus") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    sort = page.locator("#table-children .sort").nth(1)
    sort.focus()
    page.keyboard.press("Enter")
    assert page.get_attribute("#table-children th:nth-child(2)", "aria-sort") == "descending"
    assert page.inner_text("#table-children tbody tr:first-child").startswith("东县")
    page.keyboard.press("Enter")
    assert page.get_attribute("#table-children th:nth-child(2)", "aria-sort") == "ascending"
    assert page.inner_text("#table-children tbody tr:first-child").startswith("东县"), "what is unknown stays last"
    page.locator(".person summary").focus()
    page.keyboard.press("Enter")
    assert page.is_visible(".person-card")
    page.keyboard.press("Escape")
    assert not page.is_visible(".person-card")


def test_on_paper_only_what_matters(furnished, person):
    sam = person("sam")
    page = sam.goes_to(f"/units/{furnished.code['富水市']}/?period=2026Q3")
    page.emulate_media(media="print")
    assert not page.is_visible(".menu")
    assert not page.is_visible(".table-export")
    assert page.is_visible("#table-children")
