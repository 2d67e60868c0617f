"""A department's data person: deliver a file with faults, design a sheet, see what it costs, send it, watch."""

from datetime import timedelta

import pytest
from django.utils import timezone
from stories import QUARTER, furnish

from dukao.registers.actions import land_waiting

ROWS = "行政区划代码,新开工的项目,备注\r\n{一村},3,\r\n{二村},4,\r\n{三村},二十,看不清\r\n999999999999,1,\r\n"


@pytest.fixture
def bureau(city, settings, tmp_path):
    settings.VAR = tmp_path
    furnish(city, tmp_path)
    return city


def test_dora_delivers_a_file_with_faults(bureau, person, tmp_path):
    file = tmp_path / "项目.csv"
    file.write_bytes(ROWS.format(**bureau.code).encode("gb18030"))
    dora = person("dora")
    page = dora.page
    page.wait_for_selector("h1:has-text('统计局 · 工作台')")
    dora.looked_at("department-desk-empty")
    page.click(".menu >> text=数据交付")
    page.click(".tabs >> text=数据资源")
    dora.looked_at("datasets")
    page.click("#table-datasets >> text=项目季度数据")
    dora.looked_at("dataset")
    page.get_by_role("link", name="交付数据", exact=True).click()
    page.select_option("#period", QUARTER.code)
    dora.looked_at("delivery-upload")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="上传，核对列").click()
    page.wait_for_selector("h1:has-text('核对列')")
    assert page.input_value("#column-unit_code") == "#1"
    assert page.input_value("#column-projects") == "#2"
    assert "名称相近" in page.inner_text("tr:has(#column-projects)")
    dora.looked_at("delivery-columns")
    page.get_by_role("button", name="列都对，开始入库").click()
    page.wait_for_selector("progress")
    dora.looked_at("delivery-waiting")
    land_waiting(at=timezone.now())
    page.wait_for_selector("text=已入库")
    assert "“二十”不是数字" in page.inner_text("#table-rejects")
    assert "GB18030" in page.inner_text("#state")
    dora.looked_at("delivery-landed")
    with page.expect_download() as download:
        page.click("text=下载完整的问题清单")
    assert "999999999999" in download.value.path().read_text("utf-8-sig")
    page.click(".menu >> text=部门工作台")
    page.wait_for_selector("text=有 2 行没有入库")
    dora.looked_at("department-desk")


def test_dora_designs_a_sheet_trims_it_and_watches_it_come_back(bureau, person):
    dora = person("dora")
    page = dora.goes_to("/sheets/new/")
    page.fill("#title", "项目和税收季报")
    page.fill("#code", "projects_and_tax")
    page.fill("#form_number", "富统2表（模拟）")
    page.fill("#approval_number", "富统审〔2026〕模拟9号")
    page.fill("#valid_until", "2999-12-31")
    page.select_option("#level", "village")
    page.fill("#s0-title", "投资和税收")
    for title in ("新开工项目", "竣工项目", "税收收入"):
        page.fill("#find", title)
        page.get_by_role("button", name=f"加入 {title}").click()
        page.wait_for_selector(f".designer-line:has-text('{title}')")
    assert "共 3 项" in page.inner_text(".designer-total")
    page.get_by_role("button", name="上移：税收收入").press("Enter")
    page.wait_for_selector(".designer-line:nth-child(2):has-text('税收收入')")
    page.get_by_role("button", name="加一条校验").click()
    page.fill("#c0-name", "竣工不多于开工")
    page.fill("#c0-rule", "finished_projects <= new_project")
    page.fill("#c0-message", "竣工项目多于新开工项目")
    page.get_by_role("button", name="检查并定稿").click()
    page.wait_for_selector(".refusal:has-text('表里没有的数据元')")
    dora.looked_at("designer-refused")
    page.fill("#c0-rule", "finished_projects <= new_projects")
    dora.looked_at("designer")
    page.get_by_role("button", name="检查并定稿").click()
    page.wait_for_selector("h1:has-text('项目和税收季报')")
    dora.looked_at("sheet")

    page.click("text=试算并下发")
    page.select_option("#period", QUARTER.code)
    page.fill("#due_on", (timezone.localdate() + timedelta(days=1)).isoformat())
    page.get_by_role("button", name="重新试算").click()
    page.wait_for_selector(".refusal:has-text('个工作日')")
    assert not page.get_by_role("button", name="只问剩下的").count()
    dora.looked_at("compiler-refused")
    page.fill("#due_on", (timezone.localdate() + timedelta(days=12)).isoformat())
    page.get_by_role("button", name="重新试算").click()
    page.wait_for_selector("tfoot:has-text('合计 3 项：1 项免问 · 2 项要问')")
    page.click(".compiled-known summary")
    assert "不得重复采集" in page.inner_text(".compiled-known")
    dora.looked_at("compiler")
    page.fill("#basis", "富政办〔2026〕模拟12号")
    page.get_by_role("button", name="只问剩下的 2 项，发给 6 个村（社区）").click()
    page.wait_for_selector(".notice:has-text('已发出')")
    page.click("#table-progress >> text=东县")
    page.click("#table-progress >> text=甲镇")
    page.wait_for_selector("#table-progress >> text=一村")
    dora.looked_at("dispatch")

    alice = person("alice", phone=True)
    alice.page.click(".task")
    alice.page.get_by_label("新开工项目").fill("3")
    alice.page.wait_for_selector(".saved")
    page.wait_for_selector("#table-progress tr:has-text('一村'):has-text('含待审')")
    alice.page.get_by_label("竣工项目").fill("1")
    alice.page.get_by_role("button", name="交给甲镇审核").tap()
    page.wait_for_selector("#table-progress tr:has-text('一村') .badge:has-text('待审')")
    with page.expect_download() as download:
        page.click(".page-tools >> text=CSV")
    assert "新开工项目（个）" in download.value.path().read_text("utf-8-sig")
    page.click("#table-progress >> text=一村")
    page.wait_for_selector("h1:has-text('一村 · 项目和税收季报')")
    dora.looked_at("dispatch-filing")
    page.get_by_role("button", name="通过，入库").click()
    page.wait_for_selector(".notice:has-text('已通过')")


def test_sam_reads_the_register_of_demands(bureau, person):
    from stories import send

    send(bureau, "new_projects", "tax_revenue")
    sam = person("sam")
    page = sam.page
    page.wait_for_selector("h1:has-text('督考台')")
    assert "重复的要求，已拦下（1 项）" in page.inner_text("main")
    page.click("text=查看全部要求")
    sam.looked_at("demands")
    page.click("#table-demands >> text=季度经济运行表")
    sam.looked_at("demand")
    page.click("text=查看这张表的填报进度")
    page.wait_for_selector("#table-progress >> text=东县")
    sam.looked_at("dispatch-supervised")


@pytest.mark.parametrize("path", ["/elements/", "/elements/population/", "/elements/new/", "/sheets/", "/deliveries/"])
def test_registers_are_sound_on_a_phone_too(bureau, person, path):
    dora = person("dora", phone=True)
    dora.goes_to(path)
    dora.looked_at("register" + path.replace("/", "-"))
