"""A department calls a meeting that is too large, the office decides, and the chair's clock runs without a network."""

import pytest

from tests.journeys.conftest import PASSWORD


@pytest.fixture
def called(city, person):
    """The statistics bureau lays a meeting of 120 people before the office."""
    dora = person("dora")
    page = dora.page
    dora.goes_to("/meetings/new/")
    for name, value in {
        "title": "四季度报表业务会", "basis": "统调〔2026〕9号", "on": _day(20), "time": "09:00", "minutes": "90",
        "attendees_per_unit": "20", "speaker-1": "市统计局负责同志", "minutes-1": "40", "speaker-2": "甲镇",
        "minutes-2": "10", "excuse": "全市统一培训",
    }.items():  # fmt: skip
        page.fill(f"#{name}", value)
    page.select_option("#level", "village")
    page.select_option("#speech-1", "principal")
    page.get_by_role("button", name="先看要花多少时间、合不合规则").click()
    page.wait_for_selector(".finding:has-text('有 120 人参加，超过 80 人')")
    dora.looked_at("meeting-judged")
    page.get_by_role("button", name="报督考办批准").click()
    page.wait_for_selector(".notice:has-text('已报督考办')")
    dora.looked_at("meeting-proposed")
    return dora


def _day(after: int) -> str:
    from datetime import date, timedelta

    return (date.today() + timedelta(days=after)).isoformat()


def test_the_office_decides_and_the_clock_runs_on_without_a_network(called, person):
    sam = person("sam")
    sam.goes_to("/meetings/")
    sam.page.click("text=四季度报表业务会 >> nth=0")
    sam.page.fill("#reason", "同意，请控制时间")
    sam.looked_at("meeting-to-decide")
    sam.page.get_by_role("button", name="批准，通知参会单位").click()
    sam.page.wait_for_selector(".notice:has-text('已批准')")

    alice = person("alice", phone=True)
    alice.goes_to("/meetings/")
    alice.page.wait_for_selector("td:has-text('四季度报表业务会')")
    alice.looked_at("meetings-of-a-village")

    page = called.page
    page.reload()
    page.click("text=会议计时")
    page.wait_for_selector(".clock-left:has-text('40:00')")
    called.looked_at("meeting-clock")
    page.keyboard.press("Space")
    page.wait_for_selector(".clock-left:has-text('39:59')")
    # Closed and opened again it has lost nothing.
    page.reload()
    page.wait_for_selector(".clock-left:has-text('39:')")
    page.context.set_offline(True)
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".clock-speaker:has-text('甲镇')")
    page.wait_for_selector(".clock-left:has-text('9:59')")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="散会").click()
    page.wait_for_selector(".clock-said:has-text('联网后自动上报')")
    page.wait_for_timeout(300)
    called.faults.clear()  # the request that found no network
    # After half an hour without a click the sitting has ended: the times wait until the chair has signed in again.
    page.context.clear_cookies(name="sessionid")
    page.context.set_offline(False)
    page.wait_for_url("**/sign-in/?next=**")
    _signs_in(page)
    page.wait_for_selector(".notice:has-text('用时已记下')")
    called.looked_at("meeting-ended")
    assert page.locator("td:has-text('0:0')").count() >= 2

    # So do times written down by hand, also those that are refused first.
    page.click("text=会议计时")
    page.click("summary:has-text('手工填写用时')")
    page.fill("#used-2", "9:15")
    page.fill("#ended_at", "十点半")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="记下用时").click()
    page.wait_for_url("**/sign-in/?next=**")
    _signs_in(page)
    page.wait_for_selector("#ended_at-error")
    assert page.input_value("#used-2") == "9:15"
    called.looked_at("meeting-times-refused")
    page.fill("#began_at", f"{_day(-1)} 09:00")
    page.fill("#ended_at", f"{_day(-1)} 10:30")
    page.get_by_role("button", name="记下用时").click()
    page.wait_for_selector(".notice:has-text('用时已记下')")
    assert page.locator("td:has-text('9:15')").count() == 1


def _signs_in(page):
    page.fill("#name", "dora")
    page.fill("#password", PASSWORD)
    page.click("main button.button-main")
