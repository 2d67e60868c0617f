"""Figures and passports at the terminal."""

import json

from dukao.cli.main import main
from dukao.registers.models import Total
from tests.indicators.conftest import indicators, registers  # noqa: F401 (fixtures)

VALUES = {("vat", "2026-07", "一村"): 1234_50, ("income_tax", "2026Q3", "一村"): 0}


def test_figures_of_a_unit_as_lines_and_as_json(registers, indicators, capsys):  # noqa: F811
    indicators("tax", "people")
    registers.land(VALUES)
    registers.type("vat", "2026-08", "二村", 50)
    assert main(["figures", "--unit", registers.city.code["富水市"], "--period", "2026Q3"]) == 0
    title, tax, people = capsys.readouterr().out.splitlines()
    assert title == "富水市 · 2026年三季度"
    assert tax == "tax指标\t1,235.00万元\t同比 —\t已有 2/18\t含待审 1 项"
    assert people.startswith("people指标\t没有数据\t")
    assert main(["figures", "--unit", registers.city.code["富水市"], "--period", "2026Q3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["period"], told["cards"][0]["value"]) == ("2026Q3", "1235.00")


def test_a_passport_leads_to_the_delivery(registers, indicators, capsys):  # noqa: F811
    indicators("tax")
    registers.land(VALUES)
    asked = ["passport", "tax", "--unit", registers.city.code["一村"], "--period", "2026Q3", "--as", "alice"]
    assert main(asked) == 0
    out = capsys.readouterr().out
    assert "公式：vat项 + income_tax项" in out
    assert "2026年7月：1,234.50，税务局《纳税申报》批次 returns-1，2026-10-08 10:00 入库" in out
    assert main([*asked, "--as-of", "2026-10-07"]) == 0
    assert "没有数据" in capsys.readouterr().out


def test_what_is_not_a_period_or_not_seen_is_refused(registers, indicators, capsys):  # noqa: F811
    indicators("tax")
    unit = ["--unit", registers.city.code["二村"]]
    assert main(["figures", *unit, "--period", "2026Q9"]) == 3
    assert main(["figures", *unit, "--period", "2026Q3", "--as", "alice"]) == 3
    assert main(["figures", *unit, "--period", "2026Q3", "--as-of", "gestern"]) == 3
    assert "不是时间" in capsys.readouterr().err


def test_totals_are_rebuilt_from_the_facts(registers, capsys):  # noqa: F811
    registers.land(VALUES)
    Total.objects.all().delete()
    assert main(["rebuild-totals"]) == 0
    assert "6 行" in capsys.readouterr().out
    assert main(["check", "--only", "registers"]) == 0
    assert main(["rebuild-totals", "--as", "alice"]) == 3
