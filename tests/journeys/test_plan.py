"""The yearly plan from a department's proposal to a village's phone, and what an amendment looks like there."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from stories import furnish


@pytest.fixture
def bureau(city, settings, tmp_path):
    settings.VAR = tmp_path
    furnish(city, tmp_path)
    return city


@pytest.fixture
def year() -> int:
    """The plan of the next year: its days are still to come whenever the test runs."""
    return timezone.localdate().year + 1


def _write(page, year: int, **changes) -> None:
    written = {
        "title": "秸秆禁烧专项督查", "basis": "富政发〔2026〕模拟3号", "purpose": "看露天焚烧是否得到控制",
        "starts_on": f"{year}-10-12", "ends_on": f"{year}-12-18", "targets": "一村\n二村", "criteria": "没有新的火点",
        "questions": "离田的秸秆运到了哪里",
    } | changes  # fmt: skip
    for field, text in written.items():
        page.fill(f"#{field}", text)
    page.select_option("#topic", "straw_burning")


def test_a_plan_from_proposal_to_the_village(bureau, person, year):
    tara = person("tara")
    page = tara.goes_to("/plan/all/")
    tara.looked_at("plan-empty")
    page = tara.goes_to(f"/plan/new/?year={year}")
    _write(page, year, criteria="有工作照片")
    page.wait_for_selector("#findings:has-text('看实绩，不看留下的痕迹')")
    tara.looked_at("plan-write")
    page.get_by_role("button", name="申报", exact=True).click()
    page.wait_for_selector("#findings:has-text('不能这样报')")
    page.fill("#criteria", "没有新的火点")
    page.wait_for_selector("#findings:has-text('没有要改的')")
    page.get_by_role("button", name="申报", exact=True).click()
    page.wait_for_selector(".notice:has-text('等待督考办审议')")
    tara.looked_at("plan-item-proposed")

    dora = person("dora")
    page = dora.goes_to(f"/plan/new/?year={year}")
    _write(page, year, title="秸秆综合利用检查", targets="二村\n三村", questions="补贴发了没有")
    page.get_by_role("button", name="申报", exact=True).click()
    page.wait_for_selector(".notice:has-text('等待督考办审议')")

    sam = person("sam")
    page = sam.goes_to(f"/plan/desk/?year={year}")
    page.wait_for_selector("text=等着审议的（2 项）")
    for box in page.locator(".proposals input[type=checkbox]").all():
        box.check()
    sam.looked_at("plan-desk")
    page.select_option("#into", f"JH{year}-0001")
    page.fill("#reason", "同一件事，一次去")
    page.get_by_role("button", name="合并勾选的").click()
    page.wait_for_selector(".notice:has-text('少去 1 次')")
    page.click(".proposal-title >> text=秸秆禁烧专项督查")
    page.wait_for_selector("text=一并执行")
    page.click("text=压减")
    page.fill("#targets", "一村\n二村")
    page.fill("#visits", "2")
    page.fill("#reason", "重点看两个村")
    page.get_by_role("button", name="保存压减后的一版").click()
    page.wait_for_selector(".notice:has-text('已压减')")
    page.fill("#reason", "列入年度重点")
    page.get_by_role("button", name="批准，最多 2 次").click()
    page.wait_for_selector(".notice:has-text('已批准')")
    sam.looked_at("plan-item-approved")
    sam.goes_to(f"/plan/desk/?year={year}")
    page.get_by_role("button", name="定稿").click()
    page.wait_for_selector(".notice:has-text('已定稿')")
    page.get_by_role("button", name="公布给各单位").click()
    page.wait_for_selector(".notice:has-text('各单位都能看到谁会来')")
    sam.goes_to(f"/plan/all/?year={year}")
    page.wait_for_selector(".timeline-bar")
    sam.looked_at("plan-published")

    alice = person("alice", phone=True)
    alice.goes_to(f"/plan/?year={year}")
    alice.page.wait_for_selector("h1:has-text('一村')")
    alice.looked_at("plan-coming")
    assert "最多 1 次" in alice.page.inner_text(".tasks")
    alice.page.click(".task")
    alice.page.wait_for_selector("text=超出这些问题的，可以不答。")
    before = alice.page.locator("#table-versions tbody tr").count()
    alice.looked_at("plan-item-village")

    page = sam.goes_to(f"/plan/items/JH{year}-0001/amendment/")
    page.fill("#ends_on", (date(year, 12, 18) - timedelta(days=18)).isoformat())
    page.fill("#reason", "收割提前，早些结束")
    page.get_by_role("button", name="保存变更").click()
    page.wait_for_selector(".notice:has-text('已变更')")
    alice.page.reload()
    alice.page.wait_for_selector("#table-versions >> text=收割提前，早些结束")
    assert alice.page.locator("#table-versions tbody tr").count() == before + 1
    assert "11月30日" in alice.page.inner_text(".facts")
    alice.page.click("#table-versions tbody tr:nth-child(2) a")
    alice.page.wait_for_selector("text=这是以前的一版。")
    assert "12月18日" in alice.page.inner_text(".facts")


def test_one_matter_beyond_the_plan(bureau, person):
    tara = person("tara")
    page = tara.goes_to("/plan/exceptions/")
    tara.looked_at("plan-exceptions")
    page.locator(".page-tools >> text=一事一报").click()
    today = timezone.localdate()
    _write(page, today.year, starts_on=today.isoformat(), targets="一村",
           ends_on=min(today + timedelta(days=9), date(today.year, 12, 31)).isoformat())  # fmt: skip
    page.fill("#reason", "群众来信三封")
    page.get_by_role("button", name="报请批准").click()
    page.wait_for_selector(".notice:has-text('已报批')")
    sam = person("sam")
    page = sam.goes_to(f"/plan/items/YS{today.year}-0001/")
    page.fill("#approver", "分管副市长")
    page.fill("#reason", "同意，只此一次")
    page.get_by_role("button", name="批准，最多 1 次").click()
    page.wait_for_selector(".notice:has-text('已批准')")
    alice = person("alice", phone=True)
    alice.goes_to("/plan/")
    alice.page.wait_for_selector(".task:has-text('一事一报')")
    alice.looked_at("plan-coming-exception")
