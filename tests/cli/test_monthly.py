"""The monthly review at the terminal."""

import json

from dukao.cli.main import main


def test_figures_and_the_document(city, capsys, tmp_path):
    asked = ["monthly", "--unit", city.code["富水市"], "--month", "2026-09"]
    assert main([*asked, "--as", "sam", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["inspections"]["n"] == 0
    for name, begins in (("review.docx", b"PK"), ("review.pdf", b"%PDF-")):
        assert main([*asked, "--as", "sam", "--office", "市督考办", "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert main([*asked, "--as", "sam", "--out", str(tmp_path / "review.txt")]) == 3
    assert main([*asked, "--as", "alice"]) == 3
    assert main(["monthly", "--unit", city.code["富水市"], "--month", "2026Q3", "--as", "sam"]) == 3
