"""Any workbook, any plan: what is planned is there, and nothing else changes."""

import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Border, Font, PatternFill, Side

from dukao.workbooks.filling import fill_workbook
from dukao.workbooks.grid import cell_name
from tests.workbooks.plans import looks, plan

_ROWS, _COLUMNS = 12, 8
_PLACES = st.tuples(st.integers(0, _ROWS - 1), st.integers(0, _COLUMNS - 1))
_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=20)
_VALUES = st.one_of(
    st.integers(-(10**14), 10**14), st.floats(-1e12, 1e12), st.booleans(), _TEXTS.filter(str.strip)
)  # fmt: skip
_LOOKS = st.sampled_from(["plain", "bold", "framed", "filled", "percent"])
_AREAS = st.tuples(_PLACES, st.integers(0, 2), st.integers(0, 2))


def _styled(cell: Any, look: str) -> None:
    match look:
        case "bold":
            cell.font = Font(name="黑体", bold=True, size=14)
        case "framed":
            cell.border = Border(left=Side("thin"), top=Side("thick"))
        case "filled":
            cell.fill = PatternFill("solid", "FFABCDEF")
        case "percent":
            cell.number_format = "0.00%"


@settings(max_examples=60)
@given(
    typed=st.dictionaries(_PLACES, st.one_of(_VALUES, st.just("=1+1")), max_size=25),
    styled=st.dictionaries(_PLACES, _LOOKS, max_size=25),
    areas=st.lists(_AREAS, max_size=3),
    planned=st.dictionaries(_PLACES, _VALUES, max_size=20),
    gaps=st.sets(_PLACES, max_size=10),
)
def test_only_planned_cells_change(
    typed: dict[tuple[int, int], Any], styled: dict[tuple[int, int], str], areas: list[Any],
    planned: dict[tuple[int, int], Any], gaps: set[tuple[int, int]],
) -> None:  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        form, target = Path(name) / "form.xlsx", Path(name) / "filled.xlsx"
        _make(form, typed, styled, areas)
        before = openpyxl.load_workbook(form)["表一"]
        outcome = fill_workbook(
            form, target, plan({cell_name(*p): v for p, v in planned.items()}, tuple(cell_name(*p) for p in gaps))
        )
        after = openpyxl.load_workbook(target)["表一"]
        read = python_calamine.CalamineWorkbook.from_path(target).get_sheet_by_name("表一")
        assert str(after.merged_cells) == str(before.merged_cells)
    heads = {cell: area.coord.split(":")[0] for area in before.merged_cells.ranges for row in area.rows for cell in row}
    written = {}
    for filling in outcome.filled:
        first = heads.get((filling.row + 1, filling.column + 1), filling.cell)
        assert before[first].value is None
        assert first not in written
        written[first] = filling.value
    assert len(outcome.filled) + len(outcome.skipped) == len(planned)
    open_cells = {heads.get((row + 1, column + 1), cell_name(row, column)) for row, column in gaps}
    for row in before.iter_rows(max_row=_ROWS, max_col=_COLUMNS):
        for cell in row:
            now = after[cell.coordinate]
            if cell.coordinate in written:
                assert now.value == written[cell.coordinate]
                assert now.comment is not None
                assert looks(now) == looks(cell)
            else:
                assert now.value == cell.value
                assert now.comment is None
                assert cell.coordinate in open_cells or looks(now) == looks(cell)
    values = read.to_python(skip_empty_area=False)
    for name_, value in written.items():
        cell = after[name_]
        assert values[cell.row - 1][cell.column - 1] == value


def _make(path: Path, typed: dict[Any, Any], styled: dict[Any, str], areas: list[Any]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表一"
    taken: set[tuple[int, int]] = set()
    for (row, column), down, across in areas:
        cells = {(r, c) for r in range(row, row + down + 1) for c in range(column, column + across + 1)}
        if len(cells) > 1 and not cells & taken:
            taken |= cells
            sheet.merge_cells(start_row=row + 1, start_column=column + 1, end_row=row + down + 1,
                              end_column=column + across + 1)  # fmt: skip
    for (row, column), look in styled.items():
        _styled(sheet.cell(row + 1, column + 1), look)
    for (row, column), value in typed.items():
        cell = sheet.cell(row + 1, column + 1)
        if not isinstance(cell, openpyxl.cell.MergedCell):
            cell.value = value
            if isinstance(value, str) and value != "=1+1":
                cell.data_type = "s"
    book.save(path)
