"""The joint plan at the terminal."""

import json

from dukao.cli.main import main
from tests.gate.plan_items import approve, propose
from tests.gate.test_joint import GRAIN


def test_a_year_is_merged_looked_at_and_adopted(city, capsys):
    approve(city, propose(city), propose(city, "statistics", **GRAIN))
    year = ["--year", "2026", "--unit", city.code["富水市"]]
    assert main(["joint", "show", *year, "--as", "sam"]) == 3
    assert main(["joint", "propose", *year, "--as", "tara"]) == 3
    capsys.readouterr()
    assert main(["joint", "propose", *year, "--as", "sam", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["planned"], told["joint"], told["saved"], len(told["visits"])) == (6, 3, 3, 3)
    assert main(["joint", "adopt", *year, "--as", "sam"]) == 3
    assert "定稿" in capsys.readouterr().err
