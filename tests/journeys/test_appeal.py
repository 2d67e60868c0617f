"""Two taps of a village worker, a decision of somebody else, and a department that looks before it asks."""

from datetime import date

import pytest
from stories import furnish, send

from dukao.base.periods import Period


@pytest.fixture
def village(city, settings, tmp_path):
    settings.VAR = tmp_path
    furnish(city, tmp_path)
    return city


def test_alice_appeals_and_sam_decides(village, person):
    send(village, "new_projects", "remark")
    alice = person("alice", phone=True)
    alice.page.click(".task:has-text('季度经济运行表')")
    alice.page.click("text=不该由我们填？申诉")  # the first tap
    alice.page.wait_for_selector("h2:has-text('点一个理由就申诉')")
    alice.looked_at("appeal-grounds")
    alice.page.get_by_role("button", name="别处已经报过").tap()  # the second
    alice.page.wait_for_selector("h1:has-text('申诉 SS')")
    assert "待决定" in alice.page.inner_text(".page-head")
    alice.looked_at("appeal-made")

    sam = person("sam")
    sam.goes_to("/appeals/")
    sam.looked_at("appeals")
    sam.page.click("#table-waiting >> text=SS")
    sam.page.fill("#decision", "乡镇上周已经报过同样的数")
    sam.looked_at("appeal-decision")
    sam.page.get_by_role("button", name="成立，一村不用办了").click()
    sam.page.wait_for_selector("text=申诉成立，这项任务已从该单位撤下")
    sam.goes_to("/statistics/")
    assert "同一数据同一时期只问一次" in sam.page.inner_text("#table-rules")
    sam.looked_at("rules-statistics")

    alice.goes_to("/desk/")
    alice.page.wait_for_selector("text=都办完了")
    alice.goes_to("/appeals/")
    assert "成立" in alice.page.inner_text("#table-decided")


def test_alice_sees_her_month_and_tells_how_long_it_took(village, person):
    number = send(village, "new_projects", "remark").replace("BB", "XQ")
    from dukao.gate.models import Demand

    month = Period.of(Demand.objects.get(number=number).due_on, "month")
    alice = person("alice", phone=True)
    alice.goes_to(f"/burden/units/{village.code['一村']}/calendar/?month={month.code}")
    alice.looked_at("calendar")
    alice.page.click(".task:has-text('季度经济运行表')")
    alice.page.get_by_label("本单位一共花了").fill("7")
    alice.page.get_by_role("button", name="记下").tap()
    alice.page.wait_for_selector("text=记下了，谢谢")
    alice.goes_to(f"/burden/units/{village.code['一村']}/?period={month.code}")
    assert "7" in alice.page.inner_text(".key-figure:has-text('其中实测') .key-figure-value")
    alice.looked_at("statement-village")

    sam = person("sam")
    sam.goes_to(f"/burden/units/{village.code['富水市']}/?period={month.code}")
    sam.looked_at("statement-city")
    sam.goes_to(f"/burden/units/{village.code['富水市']}/baselines/")
    sam.page.select_option("#kind", "document")
    sam.page.fill("#count", "200")
    sam.page.fill("#source", "2018 年发文登记簿（模拟）")
    sam.looked_at("baseline")
    sam.page.get_by_role("button", name="定下，不再改").click()
    sam.page.wait_for_selector("text=基线已定，以后不能再改")
    assert "200" in sam.page.inner_text("#table-compared")


def test_dora_looks_before_she_asks(village, person):
    send(village, "remark", code="first", title="先发的表")
    send(village, "new_projects", code="second", title="后发的表")
    dora = person("dora")
    dora.goes_to(f"/sheets/second/compilation/?period={Period.of(date.today(), 'quarter').code}")
    dora.page.click("text=发下去会怎样")
    dora.page.wait_for_selector("#what-if h2:has-text('6 个单位')")
    dora.looked_at("what-if")
