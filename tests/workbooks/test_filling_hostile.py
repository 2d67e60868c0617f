"""Workbooks that break readers: filled with nothing they are what they were, or they are refused."""

from pathlib import Path

import pytest

from dukao.workbooks.filling import fill_workbook
from dukao.workbooks.grid import Value
from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading import read_here, read_workbook
from tests.workbooks.made import sheet_xml
from tests.workbooks.plans import plan, write_form

HOSTILE = Path(__file__).resolve().parents[3] / "shared/data/hostile/calamine/tests"
_WORKBOOKS = sorted(p for p in HOSTILE.glob("*") if p.suffix in (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"))
# xlrd and calamine read these differently, both with reason: old encodings that the file does not tell.
_OTHERWISE = {"biff5-rich-text-string.xls", "sheet_name_parsing.xls"}


@pytest.mark.skipif(not _WORKBOOKS, reason=f"no hostile workbooks at {HOSTILE}")
@pytest.mark.parametrize("path", _WORKBOOKS, ids=lambda p: p.name)
def test_filled_with_nothing_it_is_what_it_was_or_refused(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "filled.xlsx"
    try:
        fill_workbook(path, target, plan())
    except Unreadable:
        assert not target.exists()
        with pytest.raises(Unreadable):
            read_workbook(path)
        return
    before, after = read_workbook(path), read_here(target)
    assert len(after.grids) == len(before.grids) + 1
    for was, now in zip(before.grids, after.grids, strict=False):
        assert (now.name, now.is_hidden, now.merges) == (was.name, was.is_hidden, was.merges)
        assert (now.hidden_rows, now.hidden_columns) == (was.hidden_rows, was.hidden_columns)
        if path.name not in _OTHERWISE:
            assert [list(map(_alike, row)) for row in now.rows] == [list(map(_alike, row)) for row in was.rows]


def _alike(value: Value) -> object:
    """Numbers as spreadsheets show them, to 12 digits; days at midnight as days."""
    if isinstance(value, int | float):
        return float(f"{value:.12g}")
    return str(value).removesuffix(" 00:00:00") if not isinstance(value, str | None) else value


def test_a_form_beyond_the_limits_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    path.write_text("名称,户数\n" * 100, encoding="utf-8")
    with pytest.raises(Unreadable):
        fill_workbook(path, tmp_path / "filled.xlsx", plan(), limits=Limits(file_bytes=100))
    assert not (tmp_path / "filled.xlsx").exists()


def test_a_sheet_too_large_to_be_edited_is_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Millions of empty rows that somebody formatted are no damage, and the clerk can do something about them."""
    rows = "".join(f'<row r="{r}"><c r="A{r}" s="0"/></row>' for r in range(2, 5_000))
    form = write_form(tmp_path / "form.xlsx", sheet_xml(f'<row r="1"><c r="A1"><v>1</v></c></row>{rows}'))
    monkeypatch.setattr("dukao.workbooks.filling.archive._PART_LIMIT_BYTES", 100_000)
    with pytest.raises(Unreadable, match="工作簿解开后太大") as refused:
        fill_workbook(form, tmp_path / "filled.xlsx", plan({"B1": 5}))
    assert "删除空白的行列" in refused.value.todo
    assert not (tmp_path / "filled.xlsx").exists()
