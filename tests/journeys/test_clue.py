"""Somebody tells a clue on a phone; the office makes it a task; closed it is denied, then fixed; all are told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dukao.base.periods import Period
from dukao.tasks import actions as tasks
from dukao.tasks import queries
from dukao.voice.models import Clue


@pytest.fixture
def place(city, settings, tmp_path):
    settings.VAR = tmp_path
    return city


def _tell(anybody) -> str:
    """What gives the writer away is covered; answers the receipt's code."""
    page = anybody.page
    anybody.goes_to("/clues/tell/")
    anybody.looked_at("clue-tell")
    page.select_option("#kind", "forms")
    page.fill("#text", "税务局每天都要一张表，我的电话13812345678，请管一管")
    page.select_option("#place", label="甲镇")
    page.select_option("#about", label="税务局")
    page.get_by_role("button", name="发给上面的督考办").click()
    page.wait_for_selector("text=遮住以后是这样")
    assert "13812345678" not in page.locator(".covered-text").inner_text()
    anybody.looked_at("clue-look-again")
    page.get_by_role("button", name="遮住后发出").click()
    page.wait_for_selector("text=回执码")
    anybody.looked_at("clue-receipt-code")
    return page.locator(".code-text").inner_text()


def _judge(anybody, code: str, button: str) -> None:
    anybody.goes_to("/clues/receipt/")
    anybody.page.fill("#code", code.lower())
    anybody.page.get_by_role("button", name="看看").click()
    anybody.page.wait_for_selector("text=真的解决了吗")
    anybody.looked_at("clue-judge")
    anybody.page.get_by_role("button", name=button, exact=True).click()
    anybody.page.wait_for_selector("text=谢谢")


def _hear_the_day_after() -> None:
    assert tasks.hear_reporters(at=timezone.now() + timedelta(days=1)) == 1


def _carry(tara, sam, number: str) -> None:
    """The tax bureau reaches the milestone and reports it done; the office closes it."""
    page = tara.page
    tara.goes_to(f"/tasks/{number}/")
    page.check("input[name=kind][value=words]")
    page.fill("#text", "这张表已经停了")
    page.get_by_role("button", name="节点到了").click()
    page.get_by_role("button", name="报办结，请督考办复核").click()
    page.wait_for_selector("text=等督考办复核")
    sam.goes_to(f"/tasks/{number}/")
    sam.page.fill("#close-text", "查了下发记录，没有再发")
    sam.page.get_by_role("button", name="复核办结，请人确认").click()
    sam.page.wait_for_selector("text=等着确认")


def test_closed_is_not_fixed(place, person):
    anybody = person(phone=True)
    code = _tell(anybody)
    sam, tara = person("sam"), person("tara")
    sam.goes_to("/clues/")
    assert "税务局" not in sam.page.locator("main").inner_text(), "nobody sees at what hour it was sent"
    Clue.objects.update(received_on=timezone.localdate() - timedelta(days=1))
    sam.goes_to("/clues/")
    sam.looked_at("clues-office")
    sam.page.click("table a")
    sam.looked_at("clue-office")
    tara.goes_to(sam.page.url.removeprefix(sam.site))
    assert "没有" in tara.page.locator("h1").inner_text()

    sam.page.get_by_role("link", name="交督办").click()
    sam.page.fill("#title", "不再向村里要税表")
    sam.page.fill("#content", "已有的数据不再向基层要。")
    sam.page.select_option("#template", "single")
    sam.page.fill("#basis", "主任办公会纪要〔2026〕3号")
    sam.page.select_option("#asker", "tax")
    sam.page.select_option("#place", label="甲镇")
    sam.page.select_option("#lead", label="税务局")
    sam.page.fill("#due_on", (timezone.localdate() + timedelta(days=10)).isoformat())
    sam.looked_at("task-new")
    sam.page.get_by_role("button", name="交办", exact=True).click()
    sam.page.wait_for_selector("text=不再向村里要税表")
    number = sam.page.url.rstrip("/").rpartition("/")[2]

    tara.goes_to("/tasks/")
    tara.looked_at("tasks-department")
    tara.page.click(".tasks a")
    assert "线索" not in tara.page.locator("main").inner_text()
    tara.page.get_by_role("button", name="签收，我们来办").click()
    tara.page.wait_for_selector("text=到了一个节点")
    tara.looked_at("task-department")

    for button in ("没有解决，重新办", "解决了"):
        _carry(tara, sam, number)
        _judge(anybody, code, button)
        _hear_the_day_after()
    sam.goes_to(f"/tasks/{number}/")
    sam.looked_at("task-fixed")
    assert "确认解决" in sam.page.locator(".page-tools").inner_text()
    anybody.goes_to("/tasks/months/")
    anybody.looked_at("tasks-months")
    assert "2 次，其中 1 次说没有解决" in anybody.page.inner_text("main")
    year = Period.of(timezone.localdate(), "year")
    (counts,) = queries.task_counts(departments=["tax"], period=year, today=timezone.localdate()).values()
    assert (counts.closed, counts.confirmed, counts.denied, counts.premature.percent) == (2, 1, 1, None)
