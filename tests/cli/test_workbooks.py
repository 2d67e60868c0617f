"""read, overlap and fill as a clerk types them: on plain files, with no server. All data are 模拟."""

import json

import openpyxl
import pytest

from dukao.cli.main import main


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A form, a folder of what is known, and a pile of two forms."""
    form = openpyxl.Workbook()
    rows = [
        ["模拟镇2026年三季度情况表"], ["指标名称", "计量单位", "本期", "上年同期"], ["户籍人口", "人"],
        ["其中：60岁以上人口", "人"], ["在籍户数", "户"], ["设施大棚", "座"],
    ]  # fmt: skip
    for row in rows:
        form.active.append(row)
    form.save(tmp_path / "表.xlsx")
    folder = tmp_path / "资料"
    folder.mkdir()
    (folder / "人口2026Q3.csv").write_text(
        "村名,户籍人口（人）,60岁以上人口（人）,户籍户数（户）\n龙东村,1004,230,312\n", encoding="gb18030"
    )
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04")
    pile = tmp_path / "一摞表"
    pile.mkdir()
    for number, unit in ((1, "元"), (2, "万元")):
        (pile / f"{number}.csv").write_text(f"村名,契税（{unit}）,耕地面积{number}（亩）\n龙东村,,\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys, *words, code=0):
    assert main([*map(str, words)]) == code
    return capsys.readouterr()


def as_json(capsys, *words, code=0):
    return json.loads(run(capsys, *words, "--json", code=code).out)


def test_read_says_what_it_understood(db, desk, capsys):
    said = as_json(capsys, "read", "表.xlsx", "--html", "表.html")
    (table,) = said["sheets"][0]["tables"]
    assert set(table) >= {
        "range",
        "title",
        "unit",
        "header",
        "rows",
        "total_rows",
        "notes",
        "rules",
        "slots",
        "confidence",
    }
    assert table["header"][2] == ["本期"]
    assert {slot["cell"] for slot in table["slots"]} == {f"{c}{r}" for c in "CD" for r in range(3, 7)}
    assert 'class="slot"' in (desk / "表.html").read_text(encoding="utf-8")
    assert "模拟镇2026年三季度情况表" in run(capsys, "read", "表.xlsx").out


def test_a_unit_of_measure_that_the_heading_says_is_not_said_again(db, desk, capsys):
    (desk / "表.csv").write_text("村名,耕地面積（畝）,增減率%,戶數\n龍東村,,,\n龍西村,,,\n", encoding="utf-8")
    said = run(capsys, "read", "表.csv").out.splitlines()
    assert {"    耕地面積（畝）", "    增減率%"} <= set(said)


def test_fill_writes_what_is_known_beside_the_form(db, desk, capsys):
    said = as_json(capsys, "fill", "表.xlsx", "--unit", "龙东村", "--period", "2026Q3", "--data", "资料")
    assert (said["slots"], said["filled"], said["open"]) == (8, 2, 6)
    assert said["cells"][0] == {
        "sheet": "Sheet", "cell": "C3", "value": 1004, "source": "人口2026Q3.csv 人口2026Q3!B2", "as_of": "2026Q3",
    }  # fmt: skip
    assert any("坏.xlsx" in doubt for doubt in said["doubts"])
    sheet = openpyxl.load_workbook(desk / "表（已填）.xlsx")["Sheet"]
    assert (sheet["C3"].value, sheet["C4"].value, sheet["C5"].value) == (1004, 230, None)
    assert "人口2026Q3.csv" in sheet["C3"].comment.text


@pytest.mark.parametrize("ending", ["xls", "csv", "ods", ""])
def test_a_filled_form_is_only_written_under_the_ending_it_has(db, desk, capsys, ending):
    target = desk / f"填好.{ending}".rstrip(".")
    said = run(capsys, "fill", "表.xlsx", "--unit", "龙东村", "--data", "资料", "--out", target, code=3).err
    assert "填好的表是 .xlsx 文件" in said
    assert "--out：请把文件名的结尾改成 .xlsx" in said
    assert not target.exists()


@pytest.mark.parametrize(
    ("printed", "period", "is_told"),
    [
        ("2026年上半年", "2026Q3", True), ("2026年二季度", "2026Q3", True), ("2026年三季度", "2026Q3", False),
        ("2025年度", "2026", True), ("2026年度", "2026", False), ("2026年", "2026Q3", False),
        ("2026年9月末", "2026Q3", False), ("2026年6月底", "2026Q3", True), ("", "2026Q3", False),
    ],
)  # fmt: skip
def test_a_printed_period_that_is_not_the_one_asked_for_is_told(db, desk, capsys, printed, period, is_told):
    form = openpyxl.load_workbook("表.xlsx")
    form.active["A1"] = f"模拟镇{printed}情况表"
    form.save("表.xlsx")
    said = as_json(capsys, "fill", "表.xlsx", "--unit", "龙东村", "--period", period, "--data", "资料")["doubts"]
    label = {"2026Q3": "2026年三季度", "2026": "2026年"}[period]
    assert (f"表上写的是{printed}，按{label}填" in said) == any("表上写的是" in one for one in said) == is_told


def test_formulas_that_reach_out_are_told_and_not_run(db, desk, capsys):
    form = openpyxl.load_workbook("表.xlsx")
    form.active["D3"], form.active["D4"] = "=cmd|'/c calc'!A0", "='[外部.xlsx]表'!A1+[1]表!B2"
    form.active["D5"], form.active["D6"] = "=SUM(#REF!)", '=IF(C6="[1]甲|乙!",表[户数],C6*2)'
    form.save("表.xlsx")
    told = [
        "工作表“Sheet”有 1 处（如 D3）公式要调用别的程序，没有运行，请删去或向发表单位核实",
        "工作表“Sheet”有 1 处（如 D4）公式引用了别的文件，没有去取，用的是上次保存的值",
        "工作表“Sheet”有 1 处（如 D5）公式的引用已经失效（#REF!），算不出数",
    ]
    assert as_json(capsys, "read", "表.xlsx")["doubts"] == told
    filled = ("fill", "表.xlsx", "--unit", "龙东村", "--period", "2026Q3", "--data", "资料")
    assert set(told) <= set(as_json(capsys, *filled)["doubts"])
    assert set(told) <= set(run(capsys, *filled).out.splitlines())


def test_what_is_offered_is_taken_once_and_remembered(db, desk, capsys):
    fill = ("fill", "表.xlsx", "--unit", "龙东村", "--period", "2026Q3", "--data", "资料")
    told = run(capsys, *fill).out
    assert "--take C5=1" in told
    assert as_json(capsys, *fill, "--take", "C5=1")["filled"] == 3
    assert as_json(capsys, *fill)["filled"] == 3
    assert "在籍户" in (desk / "资料/确认.yaml").read_text(encoding="utf-8")


def test_what_is_wrong_is_ruled_out_and_remembered(db, desk, capsys):
    fill = ("fill", "表.xlsx", "--unit", "龙东村", "--period", "2026Q3", "--data", "资料")
    cells = [one["cell"] for one in as_json(capsys, *fill)["cells"]]
    assert as_json(capsys, *fill, "--never", cells[0])["filled"] == len(cells) - 1
    assert cells[0] in [gap["cell"] for gap in as_json(capsys, *fill)["gaps"]]
    assert "--take C5=1" in run(capsys, *fill).out
    assert "--take C5=1" not in run(capsys, *fill, "--never", "C5=1").out
    assert "不是:" in (desk / "资料/确认.yaml").read_text(encoding="utf-8")
    run(capsys, *fill, "--never", cells[0], code=3)
    (desk / "资料/确认.yaml").unlink()
    assert as_json(capsys, *fill, "--take", "C5=1")["filled"] == len(cells) + 1
    assert as_json(capsys, *fill, "--never", "C5")["filled"] == len(cells), "what was confirmed is taken back"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("fill", "表.xlsx", "--unit", "龙东村", "--data", "资料", "--take", "Z9=1"), "不能采用"),
        (("fill", "表.xlsx", "--unit", "龙东村", "--data", "资料", "--never", "Z9"), "不能排除"),
        (("fill", "表.xlsx", "--unit", "龙东村", "--data", "没有"), "没有文件夹"),
        (("fill", "表.xlsx", "--unit", "龙东村", "--data", "资料", "--period", "夏天"), "不是时期"),
        (("fill", "表.xlsx", "--unit", "龙东村", "--data", "资料", "--out", "表.xlsx"), "不能写回原表"),
        (("read", "没有.xlsx"), "没有文件"),
        (("read", "资料/坏.xlsx"), "文件"),
    ],
)
def test_refusals_say_what_to_do(db, desk, capsys, words, what):
    before = (desk / "表.xlsx").read_bytes()
    assert what in run(capsys, *words, code=3).err
    assert (desk / "表.xlsx").read_bytes() == before


def test_a_broken_file_of_confirmations_is_not_overwritten(db, desk, capsys):
    (desk / "资料/确认.yaml").write_text("- 坏\n", encoding="utf-8")
    run(capsys, "fill", "表.xlsx", "--unit", "龙东村", "--data", "资料", "--take", "C5=1", code=3)
    assert (desk / "资料/确认.yaml").read_text(encoding="utf-8") == "- 坏\n"


def test_rules_that_do_not_hold_are_listed_by_row(db, desk, capsys):
    (desk / "资料/人口2026Q3.csv").write_text(
        "村名,户籍人口（人）,60岁以上人口（人）\n龙东村,100,230\n", encoding="utf-8"
    )
    said = as_json(capsys, "fill", "表.xlsx", "--unit", "龙东村", "--period", "2026Q3", "--data", "资料", code=4)
    assert [(one["row"], one["left"], one["right"]) for one in said["broken"]] == [(4, 230, 100)]


def test_overlap_of_a_folder(db, desk, capsys):
    said = as_json(capsys, "overlap", "一摞表", "--units", "10", "--out", "报告")
    assert (said["forms"], said["columns"], said["distinct"], said["in_all"]) == (2, 4, 3, 1)
    assert [group["relation"] for group in said["groups"]] == ["same_other_unit"]
    assert (desk / "报告/重复项.xlsx").is_file()
    assert (desk / "报告/重复项.html").is_file()
    assert "换了计量单位" in run(capsys, "overlap", "一摞表").out


def test_a_file_that_cannot_be_read_does_not_stop_the_others(db, desk, capsys):
    said = as_json(capsys, "overlap", "一摞表/1.csv", "一摞表/2.csv", "资料/坏.xlsx", code=4)
    assert said["forms"] == 2
    assert len(said["unread"]) == 1


def test_english(db, desk, capsys):
    told = run(capsys, "overlap", "一摞表", "--language", "en").out
    assert "2 forms ask 4 items" in told
    assert "in another unit of measure" in told


def test_a_unit_of_measure_is_told_once(db, desk, capsys):
    (desk / "亩.csv").write_text("村名,耕地面积（亩）,林地面积\n龙东村,,\n单位：亩,,\n", encoding="utf-8")
    told = run(capsys, "read", "亩.csv").out
    assert "耕地面积（亩）" in told
    assert "（亩）（亩）" not in told


def test_data_of_one_name_are_told_apart_where_they_differ(db, desk, capsys):
    (desk / "资料/户数.csv").write_text("村名,户籍户数\n龙东村,315\n", encoding="utf-8")
    (desk / "户.csv").write_text("指标,户籍户数（户）,户籍人口（人）\n龙东村,,\n", encoding="utf-8")
    fill = ("fill", "户.csv", "--unit", "龙东村", "--period", "2026Q3", "--data", "资料", "--out", "户（已填）.xlsx")
    (gap,) = as_json(capsys, *fill)["gaps"]
    assert "数不一样：315（户数.csv 户数!B2）；312户（人口2026Q3.csv 人口2026Q3!D2）" in gap["why"]
    assert [(one["term_unit"], one["value"], one["source"], one["as_of"][:4]) for one in gap["offered"]] == [
        ("", "315", "户数.csv 户数!B2", gap["offered"][0]["as_of"][:4]),
        ("户", "312", "人口2026Q3.csv 人口2026Q3!D2", "2026"),
    ]
    assert "户籍户数（户）：312 户（人口2026Q3.csv" in run(capsys, *fill).out
    assert as_json(capsys, *fill, "--take", "B2=2")["filled"] == 2


def test_open_cells_of_one_name_are_taken_by_their_sheet(db, desk, capsys):
    form = openpyxl.load_workbook(desk / "表.xlsx")
    form.copy_worksheet(form.active).title = "另一张"
    form.save(desk / "两张.xlsx")
    fill = ("fill", "两张.xlsx", "--unit", "龙东村", "--period", "2026Q3", "--data", "资料")
    assert "--take 另一张!C5=1" in run(capsys, *fill).out
    run(capsys, *fill, "--take", "C5=1", code=3)
    assert as_json(capsys, *fill, "--take", "另一张!C5=1")["filled"] == 6
