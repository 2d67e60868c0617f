"""A filing goes out as a workbook and comes back filled: differences first, then the worker's own typing."""

import io

import openpyxl
import pytest
from desk_helpers import send_mixed, text_of
from test_workbooks import file, form, hidden, saved


@pytest.fixture
def sent(house, on_the_day, settings, tmp_path):
    settings.VAR = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return send_mixed(house)


@pytest.fixture
def book(sent, city):
    return f"/filings/{sent}/{city.code['一村']}/workbook"


def _template(alice, book):
    answer = alice.get(f"{book}.xlsx")
    assert "attachment" in answer["Content-Disposition"]
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def _row(sheet, key: str) -> int:
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 8).value == key)


def _filled(alice, book, **values):
    workbook = _template(alice, book)
    sheet = workbook.active
    for key, value in values.items():
        sheet.cell(_row(sheet, key.replace("__", ":").replace("_on_", "-")), 6).value = value
    return file(saved(workbook), "填好的.xlsx")


def test_the_file_holds_what_is_known_locked_and_leaves_open_what_is_asked(house, book, as_):
    sheet = _template(as_("alice"), book).active
    known, asked, stale = (_row(sheet, k) for k in ("tax_revenue:2026Q3", "new_projects:2026Q3", "population:2026-07"))
    assert sheet.cell(known, 6).value == 1284.5
    assert sheet.cell(known, 6).protection.locked
    assert sheet.cell(asked, 6).value is None
    assert not sheet.cell(asked, 6).protection.locked
    assert sheet.cell(stale, 6).value is None
    assert "旧数 1203" in sheet.cell(stale, 7).value
    assert sheet.print_area == f"'填报'!$A$1:$G${sheet.max_row}", "keys are not printed"


def test_differences_are_shown_before_anything_changes_and_then_typed(house, sent, book, as_):
    alice = as_("alice")
    told = alice.post(f"{book}/", {"file": _filled(alice, book, new_projects__2026Q3=7, remark__2026Q3="修路")})
    text = text_of(told)
    assert "要采用的 2 项" in text
    assert "新开工项目" in text
    assert house.cell(sent, "new_projects").state == "asked", "nothing has changed yet"
    done = alice.post(f"{book}/taking/", {
        "take:new_projects:2026Q3": "yes", "value:new_projects:2026Q3": hidden(told, "value:new_projects:2026Q3")[0],
        "value:remark:2026Q3": "修路",
    })  # fmt: skip
    assert done.status_code == 303
    assert house.cell(sent, "new_projects").shown == "7"
    assert house.cell(sent, "remark").state == "asked", "its tick was taken away"
    assert "已采用 1 项" in text_of(alice.get(done["Location"]))


def test_an_old_value_that_comes_back_is_confirmed(house, sent, book, as_):
    alice = as_("alice")
    told = alice.post(f"{book}/", {"file": _filled(alice, book, **{"population__2026_on_07": 1203})})
    assert "和旧数一样：确认仍对" in text_of(told)
    assert alice.post(f"{book}/taking/", {"still:population:2026-07": "yes"}).status_code == 303
    cell = house.cell(sent, "population", "2026-07")
    assert (cell.state, cell.shown) == ("answered", "1203")
    assert cell.source is not None, "confirmed, not typed"


def test_what_is_wrong_is_told_with_its_reason_and_not_taken(house, sent, book, as_):
    alice = as_("alice")
    told = alice.post(f"{book}/", {"file": _filled(alice, book, new_projects__2026Q3=1001, remark__2026Q3="好")})
    text = text_of(told)
    assert "填得不对的 1 项" in text
    assert "不能大于 1000" in text
    assert "take:new_projects" not in told.content.decode()
    bad = alice.post(f"{book}/taking/", {"take:new_projects:2026Q3": "yes", "value:new_projects:2026Q3": "1001"})
    assert bad.status_code == 422
    assert house.cell(sent, "new_projects").state == "asked"


def test_what_is_known_is_not_overtyped_but_disputed(house, sent, book, city, as_):
    alice = as_("alice")
    workbook = _template(alice, book)
    workbook.active.cell(_row(workbook.active, "tax_revenue:2026Q3"), 6).value = 5
    told = alice.post(f"{book}/", {"file": file(saved(workbook))})
    assert "与已有数不同的 1 项" in text_of(told)
    assert f"/filings/{sent}/{city.code['一村']}/answers/tax_revenue/2026Q3/dispute/" in told.content.decode()
    forced = alice.post(f"{book}/taking/", {
        "take:tax_revenue:2026Q3": "yes", "value:tax_revenue:2026Q3": "5",
        "take:new_projects:2026Q3": "yes", "value:new_projects:2026Q3": "7",
    })  # fmt: skip
    assert forced.status_code == 422
    assert "税收收入" in text_of(forced)
    assert house.cell(sent, "tax_revenue").shown == "1284.50"
    assert house.cell(sent, "new_projects").shown == "7", "one that is refused does not hold back the others"


def test_the_file_of_another_unit_is_refused(house, sent, book, city, as_):
    other = f"/filings/{sent}/{city.code['二村']}/workbook"
    wang = as_("wang")
    told = as_("alice").post(f"{book}/", {"file": _filled(wang, other, new_projects__2026Q3=7)})
    assert told.status_code == 422
    assert "别的单位的表" in text_of(told)


def test_any_filled_form_is_read_by_the_names_it_uses(house, sent, book, as_):
    workbook = openpyxl.load_workbook(io.BytesIO(form(("新开工项目", "个"), ("情况说明", ""))))
    workbook.active["A2"] = "填报单位：一村"
    workbook.active["C4"] = 9
    told = as_("alice").post(f"{book}/", {"file": file(saved(workbook), "镇里发的表.xlsx")})
    text = text_of(told)
    assert "要采用的 1 项" in text
    assert "新开工项目" in text


def test_a_file_that_says_nothing_about_the_sheet_is_told(house, book, as_, settings):
    told = as_("alice").post(f"{book}/", {"file": file(form(("养蜂箱数", "箱")))})
    assert told.status_code == 422
    assert "没有找到这张表的值" in text_of(told)
    assert not list((settings.VAR / "uploads/waiting").iterdir()), "it is not kept"


def test_a_filing_that_was_handed_in_takes_no_file(house, sent, book, as_):
    from desk_helpers import hand_in

    hand_in(house, sent)
    assert as_("alice").get(f"{book}/").status_code == 404
    assert as_("alice").get(f"{book}.xlsx").status_code == 404


def test_a_formula_without_its_outcome_is_told_and_not_taken_for_an_empty_cell(house, sent, book, as_):
    """openpyxl writes formulas and computes none, as other programs do that fill in forms."""
    alice = as_("alice")
    told = alice.post(f"{book}/", {"file": _filled(alice, book, new_projects__2026Q3="=3+4", remark__2026Q3="修路")})
    text = text_of(told)
    assert "要采用的 1 项" in text
    assert "是公式，文件里没有存算出的数" in text
    assert house.cell(sent, "new_projects").state == "asked"
    alone = alice.post(f"{book}/", {"file": file(saved(_with_formulas_alone()), "全是公式.xlsx")})
    assert alone.status_code == 422
    assert "是公式，文件里没有存算出的数" in text_of(alone)


def _with_formulas_alone():
    workbook = openpyxl.load_workbook(io.BytesIO(form(("新开工项目", "个"))))
    workbook.active["A2"] = "填报单位：一村"
    workbook.active["C4"] = "=3+4"
    return workbook
