"""表格助手: a form goes in, a filled one comes out; a pile is compared; a form becomes a sheet."""

import io
import os
import re
import time
from datetime import UTC, datetime, timedelta
from html import unescape

import openpyxl
import pytest
from desk_helpers import HTMX, text_of
from django.core.files.uploadedfile import SimpleUploadedFile

from dukao.base.models import Event
from dukao.sheets import actions, queries
from dukao.web import uploads
from dukao.workbooks.matching import Asked
from tests.conftest import AT

LINES = (
    ("税收收入", "万元"),
    ("其中：增值税", "万元"),
    ("新开工项目", "个"),
    ("本季开工的项目个数", "个"),
    ("说明", ""),
)


def form(*lines: tuple[str, str], title: str = "村级经济情况表（模拟）", typed: str = "") -> bytes:
    """A form as a town would send it: what is asked down, the figure beside it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表一"
    sheet.append([title])
    sheet.merge_cells("A1:C1")
    sheet.append(["填报单位：", "", "2026年三季度"])
    sheet.append(["指标名称", "计量单位", "本期数"])
    for name, unit in lines or LINES:
        sheet.append([name, unit, None])
    if typed:
        sheet["C4"] = typed
    return saved(book)


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def file(content: bytes, name: str = "村级经济情况表.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def hidden(response, name: str) -> list[str]:
    found = re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', response.content.decode())
    return [unescape(one) for one in dict.fromkeys(found)]


def buttons(response, name: str) -> list[str]:
    return [unescape(v) for v in re.findall(rf'name="{name}" value="([^"]*)"', response.content.decode())]


def wanted(response, **more) -> dict:
    """What the page's forms carry on."""
    kept = {name: hidden(response, name)[0] for name in ("ticket", "unit", "period")}
    return kept | {"still": hidden(response, "still")} | more


@pytest.fixture
def here(house, on_the_day, settings, tmp_path):
    settings.VAR = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    settings.WORKBOOKS_PATIENCE_SECONDS = 60
    house.know_all("tax_revenue", "2026Q3", value=128450)
    house.know("vat_revenue", "2026Q3", "一村", 130000)
    of_which = Asked(("本期数",), ("税收收入", "其中：增值税")).signature
    actions.confirm_meaning(
        signature=of_which, element="vat_revenue", unit=house.city.code["富水市"], by=house.city.actor["dora"], at=AT
    )
    return house


def _sheet(response):
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))["表一"]


def test_a_form_comes_back_filled_with_what_is_known_and_only_that(here, as_):
    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(form())})
    assert page.status_code == 200
    text = text_of(page)
    assert "已填 2" in text
    assert "1284.50" in text
    assert "一村" in text
    assert "2026年三季度" in text
    sheet = _sheet(alice.post("/workbooks/form/filled/", wanted(page)))
    assert (sheet["C4"].value, sheet["C5"].value, sheet["C6"].value) == (1284.5, 1300, None)
    assert "本单位填报" in sheet["C4"].comment.text


def test_another_printed_period_and_formulas_that_reach_out_are_told(here, as_):
    book = openpyxl.load_workbook(io.BytesIO(form()))
    book["表一"]["C2"], book["表一"]["C8"] = "2026年上半年", "=cmd|'/c calc'!A0"
    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(saved(book))})
    assert hidden(page, "period") == ["2026Q3"]
    assert "表上写的是2026年上半年，按2026年三季度填" in text_of(page)
    assert "有 1 处（如 C8）公式要调用别的程序，没有运行" in text_of(page)
    assert "表上写的是" not in text_of(alice.post("/workbooks/", {"file": file(form())}))


def test_what_a_person_typed_stays(here, as_):
    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(form(typed="7"))})
    assert _sheet(alice.post("/workbooks/form/filled/", wanted(page)))["C4"].value == "7"


def test_one_tap_says_what_words_mean_and_it_is_remembered_for_all_below(here, city, as_):
    here.know("new_projects", "2026Q3", "一村", 3)
    rita = as_("rita")
    page = rita.post("/workbooks/", {"file": file(form())})
    meant = next(v for v in buttons(page, "confirm") if v.startswith("new_projects|"))
    again = rita.post("/workbooks/form/", wanted(page, unit=city.code["一村"], confirm=meant), **HTMX,
                      headers={"HX-Target": "div#form-page"})  # fmt: skip
    assert "已记住，甲镇以后都这样填" in text_of(again)
    assert "<html" not in again.content.decode()
    signature = meant.partition("|")[2]
    assert _said(city).chosen[signature] == "new_projects"
    assert Event.objects.filter(verb="sheets.meaning.confirmed", actor="rita").count() == 1

    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(form())})
    assert "上级确认的" in text_of(page)
    assert _sheet(alice.post("/workbooks/form/filled/", wanted(page)))["C7"].value == 3
    page = rita.post("/workbooks/form/", wanted(page, ticket=wanted(again)["ticket"], forget=meant))
    assert "已撤回" in text_of(page)
    assert signature not in _said(city).chosen


def _said(city) -> queries.Meanings:
    return queries.meanings(viewer=city.actor["alice"], unit=city.code["一村"])


def test_a_match_that_was_taken_by_itself_is_ruled_out_with_one_tap_and_another_is_found(here, city, as_):
    here.know("new_projects", "2026Q3", "一村", 3)
    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(form(("新开工项目", "个"), ("养蜂箱数", "箱")))})
    assert "已填 1，需填 1" in text_of(page)
    (wrong,) = buttons(page, "reject")
    page = alice.post("/workbooks/form/", wanted(page, reject=wrong))
    text = text_of(page)
    assert "已记住，一村以后都不这样填" in text
    assert "已填 0，需填 2" in text
    assert "“新开工项目 › 本期数”是哪个数据元？" in text, "what it is instead is asked at once"
    element, _bar, signature = wrong.partition("|")
    assert _said(city).never == {signature: {element}}
    assert _sheet(alice.post("/workbooks/form/filled/", wanted(page)))["C4"].value is None

    page = alice.post("/workbooks/form/", wanted(page, choose=signature, find="shuish"))
    assert f"tax_revenue|{signature}" in buttons(page, "confirm")
    again = alice.post("/workbooks/", {"file": file(form(("新开工项目", "个")), "另一张.xlsx")})
    assert "不是 新开工项目（个）" in text_of(again), "remembered for the next form"
    page = alice.post("/workbooks/form/", wanted(again, forget=wrong))
    assert "已撤回" in text_of(page)
    assert "已填 1，需填 0" in text_of(page)


def test_for_any_open_cell_an_element_is_searched_and_chosen(here, city, as_):
    here.know("new_projects", "2026Q3", "一村", 3)
    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(form(("养蜂箱数", "个")))})
    assert not buttons(page, "confirm")
    (asked,) = buttons(page, "choose")
    page = alice.post("/workbooks/form/", wanted(page, choose=asked))
    assert 'name="find"' in page.content.decode()
    assert "没有找到“无此物”" in text_of(alice.post("/workbooks/form/", wanted(page, choose=asked, find="无此物")))
    page = alice.post("/workbooks/form/", wanted(page, choose=asked, find="新开工"))
    page = alice.post("/workbooks/form/", wanted(page, confirm=f"new_projects|{asked}"))
    assert 'name="find"' not in page.content.decode(), "done"
    assert _sheet(alice.post("/workbooks/form/filled/", wanted(page)))["C4"].value == 3
    assert _said(city).chosen[asked] == "new_projects"


def test_words_that_the_form_does_not_use_are_not_looked_up(here, as_):
    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(form())})
    page = alice.post("/workbooks/form/", wanted(page, choose="别的词", find="税"))
    assert page.status_code == 200
    assert 'name="find"' not in page.content.decode()


def test_an_offer_says_what_it_would_put_there(here, as_):
    here.know("new_projects", "2026Q3", "一村", 3)
    text = text_of(as_("alice").post("/workbooks/", {"file": file(form())}))
    assert "3 个 · 2026年三季度 · 本单位填报" in text


def test_the_answers_that_a_form_prints_are_listed_as_choices(here, as_):
    book = openpyxl.load_workbook(io.BytesIO(form(("厕所类型", ""))))
    book["表一"]["C4"] = "□水冲 □旱厕"
    assert "可选：水冲 / 旱厕" in text_of(as_("alice").post("/workbooks/", {"file": file(saved(book))}))


def test_totals_wait_each_for_its_own_row_and_computed_cells_say_of_what(here, as_):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表一"
    sheet.append(["各村情况（模拟）"])
    sheet.append(["村名", "税收收入（万元）", "养蜂箱数（箱）"])
    for name in ("一村", "二村", "合计"):
        sheet.append([name, None, None])
    page = as_("rita").post("/workbooks/", {"file": file(saved(book), "2026年三季度各村情况.xlsx")})
    text = text_of(page)
    assert "2569" in text, "the total of what is known"
    assert "表一!C3 等 2 格" in text, "the total below them is no question of theirs"
    assert "表一!C5" in text


def test_an_old_value_is_offered_and_taken_with_one_tap(here, as_):
    here.know("population", "2026-02", "一村", 1203)
    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(form(("常住人口", "人"), ("税收收入", "万元")))})
    assert "1203 人 · 2026年2月" in text_of(page)
    (still,) = (v for v in buttons(page, "still") if v not in hidden(page, "still"))
    page = alice.post("/workbooks/form/", wanted(page, still=still))
    assert "已填 2，需填 0" in text_of(page)
    assert _sheet(alice.post("/workbooks/form/filled/", wanted(page)))["C4"].value == 1203


def test_rules_of_the_form_are_tested_on_what_was_filled_in(here, as_):
    text = text_of(as_("alice").post("/workbooks/", {"file": file(form())}))
    assert "按表上的规则，这些对不上" in text
    assert "第 5 行" in text


def test_the_file_of_one_is_not_there_for_another(here, as_):
    page = as_("alice").post("/workbooks/", {"file": file(form())})
    for address in ("/workbooks/form/", "/workbooks/form/filled/", "/workbooks/overlap/", "/workbooks/overlap/report/"):
        refused = as_("wang").post(address, wanted(page))
        assert refused.status_code == 404
        assert "请重新上传" in text_of(refused)


def test_a_unit_that_is_not_ones_own_is_not_there(here, city, as_):
    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(form())})
    for code in (city.code["二村"], city.code["甲镇"], "999999999999"):
        assert alice.post("/workbooks/form/", wanted(page, unit=code)).status_code == 404
    assert alice.post("/workbooks/form/", wanted(page, period="夏天")).status_code == 422


def test_a_file_is_kept_for_a_day(here, as_, settings):
    page = as_("alice").post("/workbooks/", {"file": file(form())})
    kept = {path.suffix: path.stem for path in (settings.VAR / "uploads/waiting").iterdir()}
    assert kept.keys() == {"", ".read"}, "the file, and what it was understood as"
    assert kept[""] not in page.content.decode()
    assert uploads.sweep(at=datetime.now(UTC) + timedelta(hours=23)) == 0
    assert uploads.sweep(at=datetime.now(UTC) + timedelta(hours=25)) == 2


def _until_read(client, tickets: list[str]) -> list[str]:
    """What the page says of its progress, asked again and again as the page does."""
    told, until = [], time.monotonic() + 60
    while time.monotonic() < until:
        region = client.post("/workbooks/reading/", {"ticket": tickets}, **HTMX, headers={"HX-Target": "form#reading"})
        assert "<html" not in region.content.decode()
        told.append(text_of(region))
        if "data-goes-on" in region.content.decode():
            return told
    raise AssertionError(told)


def test_what_takes_long_shows_how_far_it_is_and_then_the_outcome(here, as_, settings):
    settings.WORKBOOKS_PATIENCE_SECONDS = 0
    sam = as_("sam")
    page = sam.post("/workbooks/", {"file": _pile()})
    assert "正在读表" in text_of(page)
    assert 'hx-trigger="every 1s"' in page.content.decode()
    assert "看看到哪一步了" in text_of(page), "without JavaScript a button asks"
    tickets = hidden(page, "ticket")
    assert _until_read(sam, tickets)[-1].count("已读 3 张，共 3 张")
    assert "3 张表里问重了什么" in text_of(sam.post("/workbooks/reading/", {"ticket": tickets}))
    assert as_("alice").post("/workbooks/reading/", {"ticket": tickets}).status_code == 404


def test_a_single_file_is_named_while_it_is_read_and_refused_on_the_upload_page(here, as_, settings):
    settings.WORKBOOKS_PATIENCE_SECONDS = 0
    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(b"PK\x03\x04 nothing", "坏.xlsx")})
    assert "正在读 坏.xlsx" in text_of(page)
    (ticket,) = hidden(page, "ticket")
    _until_read(alice, [ticket])
    refused = alice.post("/workbooks/reading/", {"ticket": ticket})
    assert refused.status_code == 422
    assert 'type="file"' in refused.content.decode()


def test_a_reader_that_is_gone_is_replaced(here, as_, settings):
    """The web process that was reading ended in the midst of it: the next question begins anew."""
    settings.WORKBOOKS_PATIENCE_SECONDS = 0
    alice = as_("alice")
    (ticket,) = hidden(alice.post("/workbooks/", {"file": file(form())}), "ticket")
    _until_read(alice, [ticket])
    folder = settings.VAR / "uploads/waiting"
    (outcome,) = folder.glob("*.read")
    outcome.unlink()
    at_work = outcome.with_suffix(".reading")
    at_work.touch()
    long_ago = time.time() - 3600
    os.utime(at_work, (long_ago, long_ago))
    _until_read(alice, [ticket])
    assert outcome.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("表.xlsx", b"PK\x03\x04 nothing"),
        ("表.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("空.xlsx", b""),
    ],
)
def test_what_cannot_be_read_is_refused_on_the_page(here, as_, name, content):
    page = as_("alice").post("/workbooks/", {"file": file(content, name)})
    assert page.status_code == 422
    assert 'class="refusal"' in page.content.decode()
    assert 'type="file"' in page.content.decode()


def test_nothing_chosen_is_told(here, as_):
    assert "请选择要填的表" in text_of(as_("alice").post("/workbooks/", {}))


def test_text_of_a_file_is_text(here, as_):
    page = as_("alice").post("/workbooks/", {"file": file(form(("<script>alert(1)</script>", "个")), "<b>表.xlsx")})
    assert "<script>alert" not in page.content.decode()
    assert "<b>表" not in page.content.decode()


def _pile() -> list[SimpleUploadedFile]:
    return [
        file(form(("税收收入", "万元"), ("新开工项目", "个"), title="季度经济表（模拟）"), "统计局.xlsx"),
        file(form(("税收收入", "元"), ("常住人口", "人"), title="季度税源表（模拟）"), "税务局.xlsx"),
        file(form(("新开工项目", "个"), title="季度项目表（模拟）"), "发改局.xlsx"),
    ]


def test_a_pile_is_compared_in_hours_that_are_called_an_estimate(here, as_):
    sam = as_("sam")
    page = sam.post("/workbooks/", {"file": _pile()})
    text = text_of(page)
    assert "3 张表里问重了什么" in text
    assert "换了计量单位" in text
    assert "税务局.xlsx" in text
    assert "6 个单位填一年。分钟数是估计" in text
    tickets = hidden(page, "ticket")
    assert len(tickets) == 3
    again = sam.post("/workbooks/overlap/", {"ticket": tickets, "units": "1,599", "minutes": "1"})
    assert "1,599 个单位" in text_of(again)
    for units, minutes in (("-1", "1"), ("1", "nan"), ("一", "1"), ("1", "1e9")):
        bad = sam.post("/workbooks/overlap/", {"ticket": tickets, "units": units, "minutes": minutes})
        assert bad.status_code == 422


def test_the_report_is_a_workbook_with_the_merged_form_or_a_page(here, as_):
    sam = as_("sam")
    tickets = hidden(sam.post("/workbooks/", {"file": _pile()}), "ticket")
    report = sam.post("/workbooks/overlap/report/", {"ticket": tickets, "units": "6", "minutes": "0.5", "as": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(report.streaming_content)))
    assert "合并后的表" in book.sheetnames
    report = sam.post("/workbooks/overlap/report/", {"ticket": tickets, "units": "6", "minutes": "0.5", "as": "html"})
    assert "attachment" in report["Content-Disposition"]
    assert "统计局.xlsx" in b"".join(report.streaming_content).decode()


def test_what_of_a_pile_cannot_be_read_is_told_and_the_rest_compared(here, as_):
    page = as_("sam").post("/workbooks/", {"file": [*_pile(), file(b"PK\x03\x04", "坏.xlsx")]})
    assert page.status_code == 200
    assert "坏.xlsx" in text_of(page)
    page = as_("sam").post("/workbooks/", {"file": [_pile()[0], file(b"PK\x03\x04", "坏.xlsx")]})
    assert page.status_code == 422


def test_a_form_becomes_a_draft_in_the_designer(here, as_):
    dora = as_("dora")
    ticket = hidden(dora.post("/workbooks/", {"file": file(form())}), "ticket")[0]
    page = dora.post("/workbooks/sheet/", {"ticket": ticket})
    text = text_of(page)
    assert "对上 3 项" in text
    assert "vat_revenue &lt;= tax_revenue" in text
    assert "本季开工的项目个数" in text
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))
    designer = dora.post("/sheets/new/", {k: unescape(v) for k, v in carried.items()} | {"do": "show"})
    assert designer.status_code == 200
    text = text_of(designer)
    assert "共 3 项" in text
    assert 'value="vat_revenue &lt;= tax_revenue"' in designer.content.decode()
    fields = {k: unescape(v) for k, v in carried.items()} | {"code": "village_economy", "do": "draft"}
    assert dora.post("/sheets/new/", fields).status_code == 303
    found = queries.sheet(code="village_economy", viewer=here.city.actor["dora"])
    assert [q["element"] for s in found.definition["sections"] for q in s["questions"]] == [
        "tax_revenue", "vat_revenue", "new_projects",
    ]  # fmt: skip
    assert found.definition["level"] == "village"


def test_a_match_that_is_wrong_is_ruled_out_on_the_draft_s_page_and_taken_back(here, as_):
    dora = as_("dora")
    ticket = hidden(dora.post("/workbooks/", {"file": file(form())}), "ticket")[0]
    page = dora.post("/workbooks/sheet/", {"ticket": ticket})
    assert "对上的 3 项，不对可以改" in text_of(page)
    (wrong,) = re.findall(r'name="reject" value="(tax_revenue\|[^"]+)"', page.content.decode())
    page = dora.post("/workbooks/sheet/", {"ticket": ticket, "reject": unescape(wrong)})
    assert "对上 2 项" in text_of(page)
    assert "以后都不这样填" in text_of(page)
    assert "是哪个数据元？" in text_of(page), "another one is looked for at once"
    assert "vat_revenue &lt;= tax_revenue" not in text_of(page)
    (own,) = re.findall(r'name="forget" value="(tax_revenue\|[^"]+)"', page.content.decode())
    page = dora.post("/workbooks/sheet/", {"ticket": ticket, "forget": unescape(own)})
    assert "对上 3 项" in text_of(page)


def test_the_legal_marks_that_a_form_prints_are_taken_into_its_draft(here, as_):
    book = openpyxl.load_workbook(io.BytesIO(form()))
    sheet = book["表一"]
    sheet["D1"], sheet["D2"] = "表　　号：富民季1表", "制定机关： 富水市民政局（模拟）"
    sheet["D3"], sheet["E3"] = "批准文号：", "富统审〔2026〕模拟8号"
    sheet["D4"] = "有效期至：2028年6月"
    dora = as_("dora")
    ticket = hidden(dora.post("/workbooks/", {"file": file(saved(book))}), "ticket")[0]
    page = dora.post("/workbooks/sheet/", {"ticket": ticket})
    assert "富民季1表" in text_of(page)
    said = {name: hidden(page, name)[0] for name in ("form_number", "issuing_body", "approval_number", "valid_until")}
    assert said == {
        "form_number": "富民季1表", "issuing_body": "富水市民政局（模拟）",
        "approval_number": "富统审〔2026〕模拟8号", "valid_until": "2028-06-30",
    }  # fmt: skip


def test_a_question_in_a_grid_is_called_by_row_and_column(here, city, as_):
    book = openpyxl.load_workbook(io.BytesIO(form(("税收收入", "万元"))))
    book["表一"]["C3"] = "入库金额"
    dora = as_("dora")
    meant = Asked(("入库金额",), ("税收收入",)).signature
    actions.confirm_meaning(
        signature=meant, element="tax_revenue", unit=city.code["富水市"], by=city.actor["dora"], at=AT
    )  # fmt: skip
    ticket = hidden(dora.post("/workbooks/", {"file": file(saved(book))}), "ticket")[0]
    page = dora.post("/workbooks/sheet/", {"ticket": ticket})
    assert hidden(page, "s0-q0-label") == ["税收收入 入库金额"]


def test_only_who_designs_makes_sheets(here, as_):
    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(form())})
    assert "做成报表" not in text_of(page)
    assert alice.post("/workbooks/sheet/", wanted(page)).status_code == 403


def test_in_english_nothing_of_the_page_stays_chinese_but_the_file(here, as_, settings):
    alice = as_("alice")
    alice.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    html = alice.post("/workbooks/", {"file": file(form())}).content.decode()
    shell = re.sub(r'<div class="table-scroll drawn-scroll".*?</div>', "", html, flags=re.S)
    assert "Download" in shell
    assert "待填" not in shell


def test_sheets_that_nobody_sees_are_not_drawn_and_ask_nothing(here, as_):
    book = openpyxl.load_workbook(io.BytesIO(form()))
    hidden_one = book.copy_worksheet(book["表一"])
    hidden_one.title, hidden_one.sheet_state = "藏着的", "hidden"
    text = text_of(as_("alice").post("/workbooks/", {"file": file(saved(book))}))
    assert "本表 4 项" in text, "each once, and nobody must fill in the remark"
    assert "藏着的" not in text


def test_a_village_roster_is_filled_for_each_village_that_the_reader_may_see(here, as_):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表一"
    sheet.append(["各村税收情况（模拟）"])
    sheet.append(["序号", "村名", "税收收入（万元）", "备注"])
    for number, name in enumerate(("一村", "二村", "三村"), start=1):
        sheet.append([number, name, None, None])
    rita = as_("rita")
    page = rita.post("/workbooks/", {"file": file(saved(book), "2026年三季度各村税收.xlsx")})
    back = _sheet(rita.post("/workbooks/form/filled/", wanted(page)))
    assert [back[f"C{row}"].value for row in (3, 4, 5)] == [1284.5, 1284.5, None]


def test_a_form_with_the_numbers_own_unit_is_converted(here, as_):
    alice = as_("alice")
    page = alice.post("/workbooks/", {"file": file(form(("税收收入", "元")))})
    assert _sheet(alice.post("/workbooks/form/filled/", wanted(page)))["C4"].value == 12845000
