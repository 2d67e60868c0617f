"""A department books and carries a code; a village reads it at the door, is told what was found, objects, is heard."""

import pytest
from django.utils import timezone
from stories import furnish

from dukao.gate import queries
from dukao.org.rules import SYSTEM
from tests.gate.planned import approved_item


@pytest.fixture
def village(city, settings, tmp_path):
    settings.VAR = tmp_path
    furnish(city, tmp_path)
    year = timezone.localdate().year
    approved_item(city, year=year)
    approved_item(city, year=year, number="JH2026-0002", title="统计台账暗访", method="unannounced")
    return city


def _book(dora, item: str = "统计数据质量核查") -> tuple[str, str]:
    """Dora books a visit to 一村 for today; answers the code as shown, and its QR's address."""
    page = dora.page
    dora.goes_to("/visits/")
    page.get_by_role("link", name="预约检查").click()
    page.click(f"text={item}")
    page.fill("#q", "一村")
    page.get_by_role("button", name="查找").click()
    page.click("main >> text=一村")
    page.fill("#on", timezone.localdate().isoformat())
    page.fill("#people", "统计执法岗\n统计调查岗")
    page.get_by_role("button", name="预约去一村，取检查码").click()
    page.wait_for_selector(".code-qr svg")
    return page.locator(".code-text").inner_text(), f"{dora.site}/visits/code/#"


def test_from_the_booking_to_the_decision(village, person):
    dora = person("dora")
    dora.goes_to("/visits/new/")
    dora.looked_at("visit-item")
    dora.goes_to("/visits/new/?item=JH2026-0001")
    dora.looked_at("visit-unit")
    dora.goes_to(f"/visits/new/?item=JH2026-0001&unit={village.code['一村']}")
    dora.looked_at("visit-book")
    code, address = _book(dora)
    dora.looked_at("visit-code")
    dora.page.emulate_media(media="print")
    dora.looked_at("visit-code-print")
    dora.page.emulate_media(media="screen")

    alice = person("alice", phone=True)
    alice.goes_to("/visits/")
    alice.looked_at("visits-village")
    # The phone's own scanner opens the address of the QR; what stands behind the # is read and sent by the page.
    alice.page.goto("about:blank")
    alice.page.goto(address + code.replace("-", ""))
    alice.page.wait_for_selector("text=只可以问这些")
    assert "#" not in alice.page.url
    assert "常住人口台账" in alice.page.locator("main").inner_text()
    alice.looked_at("visit-at-the-door")
    alice.page.get_by_role("button", name="人和码对得上，确认到场").tap()
    alice.page.wait_for_selector(".notice:has-text('已记下到场')")
    alice.looked_at("visit-arrived")

    number = queries.visits(viewer=SYSTEM)[0].number
    dora.goes_to(f"/visits/{number}/")
    dora.page.fill("#conclusion", "十月台账漏登一户，请补登。")
    dora.page.get_by_role("button", name="反馈给一村").click()
    dora.page.wait_for_selector(".notice:has-text('结论已反馈给被检查单位')")
    dora.looked_at("visit-concluded")

    alice.goes_to(f"/visits/{number}/")
    alice.page.fill("#minutes", "45")
    alice.page.click("text=来人守规矩了吗")
    alice.page.get_by_role("group", name="没有要求层层陪同和汇报").get_by_label("没有做到").check()
    alice.page.get_by_role("button", name="记下来").tap()
    alice.page.wait_for_selector(".notice:has-text('已记下')")
    alice.page.fill("#objection", "这一户十月才迁入，下月登记。")
    alice.page.get_by_role("button", name="提出异议").tap()
    alice.page.wait_for_selector(".notice:has-text('异议已提交')")
    alice.looked_at("visit-objected")

    dora.goes_to(f"/visits/{number}/")
    assert "层层陪同" not in dora.page.locator("main").inner_text(), "who visits is not told what was said of it"

    sam = person("sam")
    sam.goes_to("/visits/")
    sam.looked_at("visits-office")
    sam.goes_to(f"/visits/{number}/")
    assert "没有要求层层陪同和汇报" in sam.page.locator("main").inner_text()
    sam.page.get_by_label("成立", exact=True).check()
    sam.page.fill("#decision", "迁入日期属实，结论更正。")
    sam.page.get_by_role("button", name="作出决定，告诉双方").click()
    sam.page.wait_for_selector(".notice:has-text('复核决定已告诉双方')")
    sam.looked_at("visit-decided")
    seen = queries.visit(number=number, viewer=SYSTEM)
    assert (seen.is_upheld, seen.measured_minutes) == (True, 45)


def test_who_comes_without_a_code_is_turned_away_in_one_tap(village, person):
    alice = person("alice", phone=True)
    alice.goes_to("/visits/code/")
    alice.looked_at("visit-type-code")
    alice.page.fill("#code", "7k3m-0d2x-7k3m-0d2x")
    alice.page.get_by_role("button", name="核对", exact=True).tap()
    alice.page.wait_for_selector("text=查不到这个检查码")
    alice.looked_at("visit-no-code")
    alice.page.get_by_role("button", name="没有码，我拒绝了").tap()
    alice.page.wait_for_selector(".notice:has-text('已告诉督考办')")

    sam = person("sam")
    sam.goes_to("/visits/")
    assert "没有检查码，被基层请走的（1 次）" in sam.page.locator("main").inner_text()


def test_an_unannounced_visit_shows_itself_at_the_door(village, person):
    dora = person("dora")
    code, _address = _book(dora, "统计台账暗访")
    dora.looked_at("visit-code-sealed")
    stranger = person(phone=True)
    stranger.goes_to("/visits/code/")
    stranger.page.fill("#code", code)
    stranger.page.get_by_role("button", name="核对", exact=True).tap()
    stranger.page.wait_for_selector("text=未登录时查不到")

    alice = person("alice", phone=True)
    alice.goes_to("/visits/")
    assert "统计台账暗访" not in alice.page.locator("main").inner_text()
    alice.goes_to("/visits/code/")
    alice.page.fill("#code", code.lower())
    alice.page.get_by_role("button", name="核对", exact=True).tap()
    alice.page.get_by_role("button", name="人和码对得上，确认到场").tap()
    alice.page.wait_for_selector("text=等待反馈结论")
    alice.looked_at("visit-unannounced")


def test_a_draw_is_promised(village, person):
    dora = person("dora")
    dora.goes_to("/draws/new/")
    dora.page.fill("#inspectors", f"检查员甲 执法岗\n检查员乙 调查岗\n检查员丙 调查岗 回避 {village.code['一村']} 籍贯")
    dora.page.fill("#public_source", "福彩双色球第2026141期开奖号码")
    dora.looked_at("draw-new")
    dora.page.get_by_role("button", name="公布承诺").click()
    dora.page.wait_for_selector(".notice:has-text('承诺已公布')")
    dora.looked_at("draw-promised")
    assert "明天起可以抽取" in dora.page.locator("main").inner_text()
