"""A paper from Dora's desk to Alice's phone, one too many through Sam's hands, and what Sam's radar shows."""

from datetime import date, timedelta

import pytest

_SOON = date.today() + timedelta(days=20)
_TEXT = f"""富统发〔{date.today().year}〕模拟8号

关于做好秋收统计工作的通知

各村（社区）：
秋收在即，请各村安排专人核对收割面积，逐块登记，不要漏报，也不要重复。
一、请填写收割进度表，于{_SOON.month}月{_SOON.day}日前报送市统计局。
二、请召开一次村民会议，讲清楚怎么登记。
三、不再要求报送总结。

富水市统计局
{date.today().year}年10月8日
"""


@pytest.fixture
def last_year(city) -> None:
    """The statistics bureau issued one document in the year before."""
    from dukao.gate.models import Baseline

    for year, count in ((date.today().year - 1, 1), (2018, 12)):
        Baseline.objects.create(
            unit_id=city.unit["富水市"], department_id=city.department["statistics"], kind="document", year=year,
            count=count, source="发文登记簿（模拟）", is_synthetic=True,
        )  # fmt: skip


def _written(page, title: str = "", channel: str = "red_head") -> None:
    page.click("text=拟一份文件")
    page.fill("#text", _TEXT)
    page.fill("#title", title)
    page.select_option("#channel", channel)
    page.fill("#basis", "2026年发文计划（模拟）第3项")
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_selector("text=一致性评估")


def _assessed(page) -> None:
    page.fill("#minutes", "30")
    page.get_by_role("button", name="核对过了").click()
    page.wait_for_selector("text=一致性评估已保存")


def test_from_a_draft_to_the_village_and_the_radar(city, last_year, person):
    dora, sam = person("dora"), person("sam")
    page = dora.page
    page.click(".menu >> text=文件会议")
    dora.looked_at("documents-empty")
    page.click("text=拟一份文件")
    dora.looked_at("document-new")
    page.go_back()
    _written(page)
    assert page.inner_text("h1") == "关于做好秋收统计工作的通知"
    assert page.input_value("#forms") == page.input_value("#meetings") == page.input_value("#reports") == "1"
    assert page.input_value("#due_on") == _SOON.isoformat()
    dora.looked_at("document-draft")
    page.get_by_role("button", name="印发给 6 个村").click()
    page.wait_for_selector("text=一致性评估还没有填")
    dora.looked_at("document-refused")
    _assessed(page)
    page.get_by_role("button", name="印发给 6 个村").click()
    page.wait_for_selector("text=已印发，编号")
    dora.looked_at("document-issued")

    page.click(".menu >> text=文件会议")
    _written(page, title="秋收登记提示", channel="note")
    assert "再发就多于去年" in page.inner_text("main")
    assert "换了标题" in page.inner_text("main")
    _assessed(page)
    page.fill("#excuse", "上级临时增加的任务")
    page.get_by_role("button", name="保存理由").click()
    page.wait_for_selector("text=等待批准")
    dora.looked_at("document-waits")
    sam.page.click(".menu >> text=文件会议")
    sam.looked_at("documents-office")
    sam.page.click("text=秋收登记提示")
    sam.looked_at("document-to-allow")
    sam.page.get_by_role("button", name="同意印发这一件").click()
    sam.page.wait_for_selector("text=已批准")
    page.reload()
    page.get_by_role("button", name="印发给 6 个村").click()
    page.wait_for_selector("text=已印发，编号")

    sam.page.click("text=变通雷达")
    sam.page.wait_for_selector("text=换标题重发")
    sam.looked_at("radar")
    sam.page.get_by_role("link", name="对照").click()
    sam.page.wait_for_selector("mark")
    sam.looked_at("radar-pair")
    sam.goes_to("/documents/counts/")
    sam.looked_at("document-counts")
    small = person("sam", phone=True)
    for path, picture in (("/documents/", "documents"), ("/documents/WJ2026-0002/", "document"), ("/radar/", "radar"),
                          ("/radar/WJ2026-0002/WJ2026-0001/", "radar-pair"),
                          ("/documents/counts/", "document-counts")):  # fmt: skip
        small.goes_to(path.replace("2026", str(date.today().year)))
        small.looked_at(f"{picture}-office")


def test_alice_reads_what_came_on_her_phone(city, person):
    from django.utils import timezone

    from dukao.gate.actions import Paper, assess_document, draft_document, issue_document
    from dukao.org.rules import SYSTEM

    paper = Paper(title="关于做好秋收统计工作的通知", channel="red_head", kind="general", target_level=5, text=_TEXT,
                  scope_unit=city.code["富水市"], basis="2026年发文计划（模拟）第3项", is_synthetic=True)  # fmt: skip
    by = {"by": SYSTEM, "at": timezone.now()}
    number = draft_document(department="statistics", paper=paper, **by)
    assess_document(number=number, minutes=30, forms=1, meetings=1, reports=1, due_on=_SOON, **by)
    issue_document(number=number, **by)
    alice = person("alice", phone=True)
    page = alice.goes_to("/documents/")
    alice.looked_at("documents-received")
    page.click("main >> text=关于做好秋收统计工作的通知")
    page.wait_for_selector("text=请召开一次村民会议")
    assert "规则怎么说" not in page.inner_text("main")
    alice.looked_at("document-received")
