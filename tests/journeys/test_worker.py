"""A village worker with a phone: what is really to be done, filled in with a few taps, returned once, accepted."""

from datetime import date

import pytest
from stories import figure, furnish, send


@pytest.fixture
def village(city, settings, tmp_path):
    settings.VAR = tmp_path
    furnish(city, tmp_path)
    return city


def _open(alice, title: str = "季度经济运行表"):
    alice.goes_to("/desk/")
    alice.page.click(f".task:has-text('{title}')")
    alice.page.wait_for_selector("[data-filing]")
    return alice.page


def test_alice_fills_in_hands_in_and_gets_it_back_once(village, person):
    number = send(village, "tax_revenue", "population", "new_projects", "finished_projects", "remark")
    alice = person("alice", phone=True)
    page = alice.page
    page.wait_for_selector("h1:has-text('一村 · 今天真正要办的 1 件')")
    assert "4 项已填 1" in page.inner_text(".task")
    alice.looked_at("worker-desk")

    page = _open(alice)
    assert "1,284.50" in page.inner_text("#cell-tax_revenue-" + _quarter())
    assert "不对" in page.inner_text("#cell-tax_revenue-" + _quarter())
    assert "还剩 3 项" in page.inner_text("#progress")
    alice.looked_at("worker-sheet")

    box = page.get_by_label("新开工项目")
    box.fill("十二")
    page.wait_for_selector("#said-cell-new_projects-" + _quarter() + " .error:has-text('不是数字')")
    assert box.get_attribute("aria-invalid") == "true"
    alice.looked_at("worker-error")
    box.fill("3")
    page.wait_for_selector("#said-cell-new_projects-" + _quarter() + " .saved")
    assert box.get_attribute("aria-invalid") is None
    assert "去年同期 2" in page.inner_text("#cell-new_projects-" + _quarter())
    page.wait_for_selector("#progress:has-text('还剩 2 项')")
    assert figure(village, "new_projects", "富水市") == 3, "it counts in the city at once"

    page.get_by_role("button", name="常住人口：仍对").tap()
    page.wait_for_selector("#cell-population-" + _quarter() + ":has-text('已确认仍对')")
    page.get_by_label("竣工项目").fill("5")
    page.wait_for_selector("#problems:has-text('竣工项目多于新开工项目')")
    page.wait_for_selector("#progress:has-text('都填好了')")
    alice.looked_at("worker-ready")
    page.get_by_role("button", name="交给甲镇审核").tap()
    page.wait_for_selector("text=已经交出，等着审核")
    alice.looked_at("worker-handed-in")

    rita = person("rita")
    rita.page.wait_for_selector("h1:has-text('待审 1 份')")
    rita.looked_at("review-list")
    rita.page.click("#table-review >> text=一村")
    rita.page.wait_for_selector("text=比去年同期多 1（+50.0%）")
    rita.looked_at("review")
    rita.page.get_by_role("button", name="退回去改").click()
    assert rita.page.url.endswith(f"/review/{number}/{village.code['一村']}/"), "a reason is needed"
    rita.page.fill("#reason", "竣工不会比开工多")
    rita.page.get_by_role("button", name="退回去改").click()
    rita.page.wait_for_selector("h1:has-text('没有待审的报表')")

    alice.goes_to("/desk/")
    assert "竣工不会比开工多" in page.inner_text(".task")
    page = _open(alice)
    page.wait_for_selector("text=退回了，请改好再交")
    alice.looked_at("worker-returned")
    # What was just typed is handed in too, however quick the thumb.
    page.get_by_label("竣工项目").fill("1")
    page.get_by_role("button", name="交给甲镇审核").tap()
    page.wait_for_selector("text=已经交出，等着审核")

    rita.goes_to(f"/review/{number}/{village.code['一村']}/")
    rita.page.get_by_role("button", name="通过，入库").click()
    rita.page.wait_for_selector(".notice:has-text('已通过')")
    assert figure(village, "finished_projects", "富水市") == 1
    alice.goes_to("/desk/")
    page.wait_for_selector("h1:has-text('今天没有要办的')")
    alice.looked_at("worker-desk-empty")
    page.click("text=以前填过的表")
    page.wait_for_selector("#table-filings >> text=通过")
    alice.looked_at("worker-filings")


def test_alice_says_that_a_known_value_is_wrong(village, person):
    send(village, "tax_revenue", "new_projects")
    alice = person("alice", phone=True)
    page = _open(alice)
    page.get_by_role("button", name="税收收入：不对？").tap()
    page.fill("#why-cell-tax_revenue-" + _quarter(), "少算了一户")
    page.get_by_role("button", name="标为不对").tap()
    page.wait_for_selector("#cell-tax_revenue-" + _quarter() + ":has-text('少算了一户')")
    alice.looked_at("worker-disputed")
    page.tap("#cell-tax_revenue-" + _quarter() + " button:has-text('撤回')")
    page.wait_for_selector("#cell-tax_revenue-" + _quarter() + ".cell-known")


def test_what_could_not_be_saved_is_said_and_saved_later(village, person):
    send(village, "tax_revenue", "new_projects")
    alice = person("alice", phone=True)
    page = _open(alice)
    page.context.set_offline(True)
    page.get_by_label("新开工项目").fill("4")
    page.wait_for_selector("[data-saving]:has-text('没存上')")
    page.context.set_offline(False)
    page.wait_for_selector("[data-saving]:has-text('已保存')")
    assert figure(village, "new_projects", "一村") == 4
    alice.faults.clear()  # the browser tells of the network that was off


def test_a_slow_press_counts(village, person):
    """Leaving a field saves it, and what is said about it moves the button below: not while it is being pressed."""
    send(village, "new_projects", "finished_projects")
    page = _open(person("alice"))
    page.get_by_label("竣工项目").fill("十二")
    button = page.get_by_role("button", name="交给甲镇审核")
    before = button.bounding_box()
    page.mouse.move(before["x"] + 9, before["y"] + before["height"] - 3)
    with page.expect_response("**/answers/**"):
        page.mouse.down()
    page.wait_for_timeout(400)
    assert button.bounding_box() == before
    page.mouse.up()
    page.wait_for_url("**/submission/")


def test_alice_fills_in_without_javascript(village, person):
    send(village, "tax_revenue", "population", "new_projects")
    alice = person("alice", phone=True, java_script_enabled=False)
    page = _open(alice)
    page.get_by_label("新开工项目").fill("很多")
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.wait_for_selector(".error:has-text('“很多”不是数字')")
    page.get_by_label("新开工项目").fill("7")
    page.get_by_role("button", name="常住人口：仍对").click()
    page.wait_for_selector("text=已确认仍对")
    assert page.get_by_label("新开工项目").input_value() == "7"
    page.get_by_role("button", name="交给甲镇审核").click()
    page.wait_for_selector("text=已经交出，等着审核")
    assert figure(village, "new_projects", "富水市") == 7


def test_alice_refuses_a_sheet_whose_marks_have_run_out(village, person):
    from dukao.sheets.models import Sheet

    send(village, "new_projects")
    Sheet.objects.update(valid_until=date(2026, 1, 1))
    alice = person("alice", phone=True)
    assert "缺少法定标识，可以拒绝填报" in alice.page.inner_text(".task")
    page = _open(alice)
    page.click("text=这张表可以拒绝填报")
    assert "统计法" in page.inner_text(".filing-refusal")
    alice.looked_at("worker-may-refuse")
    page.get_by_role("button", name="拒绝填报").tap()
    page.wait_for_selector("text=这次拒填受法律保护")
    alice.looked_at("worker-refused")
    sam = person("sam")
    sam.page.wait_for_selector("#table-refused >> text=一村")
    sam.looked_at("supervision")


def test_by_keyboard_enter_goes_on_to_the_next_field(village, person):
    send(village, "new_projects", "finished_projects", "remark")
    alice = person("alice")
    page = _open(alice)
    page.get_by_label("新开工项目").focus()
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.keyboard.type("雨水多")
    page.keyboard.press("Tab")
    page.wait_for_selector("#progress:has-text('都填好了')")
    assert figure(village, "finished_projects", "一村") == 2
    alice.looked_at("worker-sheet-wide")


def _quarter() -> str:
    from stories import QUARTER

    return QUARTER.code
