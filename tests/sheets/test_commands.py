"""Sheets at the terminal: the whole way from compiling to acceptance, as lines and as JSON, with exit codes."""

import csv
import json

import openpyxl
import pytest

from dukao.cli.main import main
from dukao.sheets import actions
from dukao.workbooks.matching import Asked
from tests.conftest import AT
from tests.sheets.conftest import LEGAL


@pytest.fixture
def run(house, monkeypatch, capsys):
    """Run a command on the tests' day; answers (exit code, what it said as JSON)."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)

    def run(*argv: str, json_too: bool = True):
        code = main([*argv, "--json"] if json_too else [*argv])
        told = capsys.readouterr()
        return code, json.loads(told.out) if json_too else told.out + told.err

    return run


def _what(city, *verb):
    return ("sheet", *verb, "econ", "--scope", city.code["富水市"], "--period", "2026Q3", "--due", "2026-10-20")


def test_from_compiling_to_acceptance(house, city, run):
    house.define("tax_revenue", "new_projects")
    house.know_all("tax_revenue", "2026Q3")
    code, told = run(*_what(city, "compile"))
    assert (code, told["n_asked"], told["n_refused"], told["prefilled_percent"]) == (4, 1, 1, 50)
    assert told["questions"][0]["refusal"]["rule"] == "FRM-2"
    assert run(*_what(city, "dispatch"), "--basis", "据")[0] == 3
    code, told = run(*_what(city, "dispatch"), "--basis", "据", "--only-what-is-left", "--as", "dora")
    assert (code, told["number"], told["period"]) == (0, "BB2026-0001", "2026Q3")

    filing = ("BB2026-0001", city.code["一村"])
    code, told = run("filing", "show", *filing, "--as", "alice")
    assert told["tally"]["n_left"] == 1
    assert run("filing", "submit", *filing, "--as", "alice")[0] == 3
    assert run("filing", "answer", *filing, "new_projects:2026Q3", "12", "--as", "alice")[1]["shown"] == "12"
    assert run("filing", "submit", *filing, "--as", "alice")[1]["n_answered"] == 1
    assert run("filing", "return", *filing, "--reason", "再核一下", "--as", "rita")[0] == 0
    assert run("filing", "submit", *filing, "--as", "alice")[0] == 0
    assert run("filing", "accept", *filing, "--as", "rita")[1]["n_facts"] == 1
    code, told = run("sheet", "progress", "BB2026-0001")
    assert told["total"]["counts"] == {"accepted": 1, "open": 5}


def test_what_was_stopped_or_refused_is_told(house, city, run):
    house.define("tax_revenue")
    house.know_all("tax_revenue", "2026Q3")
    assert run(*_what(city, "dispatch"), "--basis", "据", "--as", "dora")[0] == 3
    [stopped] = run("demands", "--stopped", "--as", "sam")[1]
    assert (stopped["asker_code"], stopped["rules"]) == ("statistics", ["FRM-2"])
    assert run("demands", "--stopped", "--as", "tara")[1] == []
    assert "FRM-2\t“税收收入”" in run("demands", "--stopped", json_too=False)[1]
    number = house.send("new_projects", legal=LEGAL | {"valid_until": "2026-10-20"})
    late = AT.replace(month=11)
    house.act("refuse_filing", number, at=late)
    assert f"2026-11-08\t{city.code['一村']}\t一村\t{number}" in run("demands", "--refused", json_too=False)[1]


def test_people_read_lines(house, city, run):
    house.know("tax_revenue", "2026Q3", "一村", 128450)
    number = house.send("tax_revenue", "new_projects", legal={
        "type": "statistical", "form_number": "1", "issuing_body": "1", "approval_number": "1",
        "valid_until": "2026-10-31",
    })  # fmt: skip
    assert "不是报告期" in run("sheet", "compile", "econ", "--scope", "1", "--period", "Q3", json_too=False)[1]
    assert "不是日期" in run("demands", "--since", "昨天", json_too=False)[1]
    said = run("filing", "show", number, city.code["一村"], json_too=False)[1]
    assert "已带入\ttax_revenue:2026Q3\t税收收入\t1284.50（本单位填报）" in said
    assert "还剩 1 项，约 2 分钟" in said
    assert (
        run("filing", "dispute", number, city.code["一村"], "tax_revenue", "--reason", "少了", json_too=False)[0] == 0
    )
    assert run("filing", "confirm", number, city.code["一村"], "new_projects", json_too=False)[0] == 3
    assert "标识齐全" in run("filing", "refuse", number, city.code["一村"], json_too=False)[1]
    assert "econ" in run("sheet", "list", json_too=False)[1]
    assert number in run("sheet", "dispatches", json_too=False)[1]
    assert "一村\t待填" in run("filing", "list", number, json_too=False)[1]
    told = run("filing", "list", number, "--page", "2")[1]
    assert (told["rows"], told["page"], told["n_filings"], told["n_more"]) == ([], 2, 6, 0)
    assert "含待审" not in run("sheet", "progress", number, json_too=False)[1]
    assert "XQ2026-0001\t统计局" in run("demands", "--unit", city.code["一村"], json_too=False)[1]
    assert "0.2 小时" in run("demands", "--statement", json_too=False)[1]
    assert run("sheet", "withdraw", number, "--reason", "口径有误", json_too=False)[0] == 0
    assert "已撤回" in run("demands", json_too=False)[1]
    assert run("sheet", "close", number, json_too=False)[0] == 3
    assert run("sheet", "retire", "econ", json_too=False)[0] == 0


def test_a_filled_workbook_is_read_back_and_taken_over_only_on_request(house, city, run, tmp_path):
    house.know("tax_revenue", "2026Q3", "一村", 128450)
    number = house.send("tax_revenue", "new_projects", "vat_revenue")
    filing = (number, city.code["一村"])
    file = tmp_path / "填好的.csv"
    with file.open("w", encoding="utf-8", newline="") as target:
        lines = [["单位", "税收收入（元）", "新开工项目（个）", "增值税（万元）"], ["一村", "1000000", "7", "不少"]]
        csv.writer(target).writerows(lines)
    code, told = run("filing", "read-back", *filing, str(file), "--as", "alice")
    assert code == 4, "what is known and what is wrong want a look"
    assert {(d["look"], d["cell"], d["now"], d["then"]) for d in told["differences"]} == {
        ("known", "tax_revenue:2026Q3", "1284.50", "100"),
        ("change", "new_projects:2026Q3", "", "7"),
        ("invalid", "vat_revenue:2026Q3", "", "不少"),
    }
    assert (told["taken"], house.cell(number, "new_projects").state) == (0, "asked")
    said = run("filing", "read-back", *filing, str(file), "--as", "alice", json_too=False)[1]
    assert "要采用\tnew_projects:2026Q3\t新开工项目\t → 7" in said

    assert run("filing", "read-back", *filing, str(file), "--take", "--as", "alice")[1]["taken"] == 1
    assert house.cell(number, "new_projects").shown == "7"
    assert house.cell(number, "tax_revenue").shown == "1284.50"
    code, told = run("filing", "read-back", *filing, str(file), "--as", "alice")
    assert (told["same"], [d["look"] for d in told["differences"]]) == (1, ["known", "invalid"])


@pytest.mark.parametrize("heading", ["新开工项目（个）", "新开工项目"])
def test_words_where_a_number_is_asked_are_told(house, city, run, tmp_path, heading):
    number = house.send("new_projects")
    filing = (number, city.code["一村"])
    file = tmp_path / "填好的.csv"
    file.write_text(f"单位,{heading}\n一村,很多\n", encoding="utf-8")
    code, told = run("filing", "read-back", *filing, str(file), "--as", "alice")
    [one] = told["differences"]
    assert (code, one["look"], one["cell"], one["then"]) == (4, "invalid", "new_projects:2026Q3", "很多")


def test_a_number_without_its_unit_is_no_value_and_told(house, city, run, tmp_path):
    number = house.send("new_projects", "vat_revenue")
    file = tmp_path / "填好的.csv"
    file.write_text("单位,新开工项目（个）,增值税\n一村,7,320\n", encoding="utf-8")
    told = run("filing", "read-back", number, city.code["一村"], str(file), "--as", "alice")[1]
    assert [d["cell"] for d in told["differences"]] == ["new_projects:2026Q3"]
    [doubt] = told["doubts"]
    assert "“320”没有写单位" in doubt


def test_only_who_fills_a_filing_in_reads_a_workbook_back_into_it(house, city, run, tmp_path):
    number = house.send("new_projects")
    file = tmp_path / "填好的.csv"
    file.write_text("单位,新开工项目（个）\n一村,7\n", encoding="utf-8")
    for name in ("rita", "dora", "charlie"):
        assert run("filing", "read-back", number, city.code["一村"], str(file), "--take", "--as", name)[0] == 3
    assert house.cell(number, "new_projects").state == "asked"
    assert run("filing", "read-back", number, city.code["一村"], str(tmp_path / "没有.csv"))[0] == 3


def test_fill_on_the_platform_heeds_what_people_said_that_words_mean(house, city, run, tmp_path):
    house.know("tax_revenue", "2026Q3", "一村", 128450)
    house.know("vat_revenue", "2026Q3", "一村", 50000)
    form = openpyxl.Workbook()
    for row in (["村级情况表（模拟）"], ["指标名称", "计量单位", "本期数"], ["税收收入", "万元"], ["别的收入", "万元"]):
        form.active.append(row)
    form.save(tmp_path / "表.xlsx")
    fill = ("fill", str(tmp_path / "表.xlsx"), "--platform", "--unit", city.code["一村"], "--period", "2026Q3",
            "--out", str(tmp_path / "已填.xlsx"), "--as", "alice")  # fmt: skip

    def filled() -> dict[str, int | str]:
        return {cell["cell"]: cell["value"] for cell in run(*fill)[1]["cells"]}

    assert filled() == {"C3": "1284.50"}
    said = {"unit": city.code["甲镇"], "by": city.actor["rita"], "at": AT}
    taxes, other = (Asked(("本期数",), (name,)).words for name in ("税收收入", "别的收入"))
    actions.reject_meaning(signature=taxes, element="tax_revenue", **said)
    actions.confirm_meaning(signature=other, element="vat_revenue", **said)
    assert filled() == {"C4": 500}, "said above, heeded below"
    actions.confirm_meaning(
        signature=taxes, element="tax_revenue", unit=city.code["一村"], by=city.actor["alice"], at=AT
    )  # fmt: skip
    assert filled() == {"C3": "1284.50", "C4": 500}
