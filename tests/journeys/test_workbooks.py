"""A clerk with a form on the phone, a department with a blank one, and a filled one that comes back into its filing."""

import openpyxl
import pytest
from stories import QUARTER, furnish, send

from dukao.sheets import queries


@pytest.fixture
def village(city, settings, tmp_path):
    settings.VAR = tmp_path
    furnish(city, tmp_path)
    return city


@pytest.fixture
def form(tmp_path):
    """A form as a town would send it round."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表一"
    sheet.append(["村级经济情况表（模拟）"])
    sheet.merge_cells("A1:C1")
    sheet.append(["填报单位：", "", QUARTER.label])
    sheet.append(["指标名称", "计量单位", "本期数"])
    for name, unit in (
        ("税收收入", "万元"),
        ("常住的人口", "人"),
        ("新开工项目", "个"),
        ("竣工项目", "个"),
        ("养蜂箱数", "箱"),
    ):
        sheet.append([name, unit, None])
    file = tmp_path / "村级经济情况表.xlsx"
    book.save(file)
    return file


def test_alice_gets_her_form_back_filled_in(village, person, form, tmp_path):
    alice = person("alice", phone=True)
    page = alice.page
    page.click("nav.menu >> text=表格助手")
    alice.looked_at("workbooks")
    page.set_input_files("#file", form)
    page.get_by_role("button", name="上传，看能填多少").tap()
    page.wait_for_selector("h2:has-text('本表 5 项：已填 1，需填 4')")
    assert page.locator("td.filled").inner_text() == "1284.50"
    alice.looked_at("workbooks-form")

    page.get_by_role("button", name="是它：常住的人口 › 本期数 就是 常住人口（人）").tap()
    page.wait_for_selector(".notice:has-text('已记住，一村以后都这样填')")
    # What the words mean is clear now; what is known is a year old, and one tap says that it still holds.
    page.get_by_role("button", name="1203 人").tap()
    page.wait_for_selector("h2:has-text('本表 5 项：已填 2，需填 3')")
    alice.looked_at("workbooks-form-confirmed")

    # What was matched by itself is ruled out, and found again by the first letters of its pinyin.
    page.locator("summary:has-text('不对可以改')").tap()
    page.get_by_role("button", name="不是它：税收收入 › 本期数 不是 税收收入（万元）").tap()
    page.wait_for_selector("h2:has-text('本表 5 项：已填 1，需填 4')")
    page.fill("#find", "sssr")
    page.keyboard.press("Enter")
    page.wait_for_selector("#chooser .offers")
    alice.looked_at("workbooks-form-choosing")
    page.get_by_role("button", name="是它：税收收入 › 本期数 就是 税收收入（万元）").tap()
    page.wait_for_selector("h2:has-text('本表 5 项：已填 2，需填 3')")

    with page.expect_download() as coming:
        page.get_by_role("button", name="下载填好的表").tap()
    coming.value.save_as(tmp_path / "back.xlsx")
    assert coming.value.suggested_filename == "村级经济情况表（已填）.xlsx"
    sheet = openpyxl.load_workbook(tmp_path / "back.xlsx")["表一"]
    assert [sheet[f"C{row}"].value for row in range(4, 9)] == [1284.5, 1203, None, None, None]
    assert sheet["A1"].value == "村级经济情况表（模拟）"


@pytest.fixture
def impatient(monkeypatch):
    """Whatever takes any time at all shows how far it is."""
    monkeypatch.setenv("DUKAO_WORKBOOKS_PATIENCE_MS", "0")


def test_alice_sees_how_far_the_reading_is_and_the_outcome_comes_by_itself(impatient, village, person, form):
    alice = person("alice", phone=True)
    page = alice.page
    alice.goes_to("/workbooks/")
    page.set_input_files("#file", form)
    page.get_by_role("button", name="上传，看能填多少").tap()
    page.wait_for_selector("h1:has-text('正在读表')")
    alice.looked_at("workbooks-reading")
    page.wait_for_selector("h2:has-text('本表 5 项：已填 1，需填 4')")


def test_dora_makes_a_sheet_of_a_blank_form(village, person, form):
    dora = person("dora")
    page = dora.page
    dora.goes_to("/sheets/")
    page.click("text=从现有表格开始")
    page.set_input_files("#file", form)
    page.get_by_role("button", name="上传，看能填多少").click()
    page.get_by_role("button", name="做成报表").click()
    page.wait_for_selector("h2:has-text('对上 3 项')")
    dora.looked_at("workbooks-draft")
    page.get_by_role("button", name="是它：常住的人口").click()
    page.wait_for_selector("h2:has-text('对上 4 项')")
    page.get_by_role("button", name="进入设计，补全后保存").click()
    page.wait_for_selector("#designer:has-text('共 4 项')")
    page.fill("#code", "village_economy")
    page.get_by_role("button", name="存为草稿").click()
    page.wait_for_selector(".notice:has-text('草稿已保存')")
    found = queries.sheet(code="village_economy", viewer=village.actor["dora"])
    assert found.state == "draft"
    assert [q["element"] for s in found.definition["sections"] for q in s["questions"]] == [
        "tax_revenue", "population", "new_projects", "finished_projects",
    ]  # fmt: skip


def test_alice_fills_in_at_her_spreadsheet_and_hands_the_file_back(village, person, tmp_path):
    send(village, "tax_revenue", "new_projects", "finished_projects", "remark")
    alice = person("alice", phone=True)
    page = alice.page
    page.click(".task:has-text('季度经济运行表')")
    page.click("text=用表格文件填")
    alice.looked_at("workbooks-filing")
    with page.expect_download() as coming:
        page.click("text=下载本表 XLSX")
    coming.value.save_as(tmp_path / "sheet.xlsx")
    book = openpyxl.load_workbook(tmp_path / "sheet.xlsx")
    sheet = book.active
    row_of = {sheet.cell(row, 8).value: row for row in range(4, sheet.max_row + 1)}
    for element, value in (("tax_revenue", 1), ("new_projects", 3), ("finished_projects", "两个")):
        sheet.cell(row_of[f"{element}:{QUARTER.code}"], 6).value = value
    book.save(tmp_path / "filled.xlsx")

    page.set_input_files("#file", tmp_path / "filled.xlsx")
    page.get_by_role("button", name="上传，看有哪些不同").tap()
    page.wait_for_selector("h2:has-text('要采用的 1 项')")
    assert "“两个”不是数字" in page.inner_text("main")
    assert "与已有数不同的 1 项，没有改动" in page.inner_text("main")
    alice.looked_at("workbooks-differences")
    page.get_by_role("button", name="采用打勾的").tap()
    page.wait_for_selector(".notice:has-text('已采用 1 项')")
    assert page.get_by_label("新开工项目").input_value() == "3"
    assert "1,284.50" in page.inner_text(f"#cell-tax_revenue-{QUARTER.code}")
