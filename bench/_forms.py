"""A form as county offices send them, made here (模拟): headers over columns, frames, units, sums, a drop-down list."""

from decimal import Decimal
from pathlib import Path

from dukao.workbooks.planning import Filling, Plan

SHEET = "模拟统计表"
_HEAD_ROWS = 4


def make_form(path: Path, *, rows: int, columns: int) -> Path:
    """Frames around `rows` × `columns` cells, the first column with names, the last row with sums."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=columns)
    sheet["A1"], sheet["A1"].font = "模拟村级情况统计表", Font(name="黑体", size=16, bold=True)
    sheet["A2"] = "填报单位：                    单位：户、人、万元"
    line = Side("thin")
    frame = Border(left=line, right=line, top=line, bottom=line)
    for column in range(1, columns + 1):
        for row in range(3, _HEAD_ROWS + rows + 2):
            cell = sheet.cell(row, column)
            cell.border, cell.alignment = frame, Alignment(horizontal="center", wrap_text=True)
        sheet.cell(3, column).value = f"类别{(column - 1) // 4 + 1}"
        sheet.cell(4, column).value = f"指标{column}（户）"
        sheet.cell(3, column).fill = sheet.cell(4, column).fill = PatternFill("solid", "FFDDE6F0")
        letter = get_column_letter(column)
        if column > 1:
            last = _HEAD_ROWS + rows
            sheet.cell(last + 1, column).value = f"=SUM({letter}{_HEAD_ROWS + 1}:{letter}{last})"
        sheet.column_dimensions[letter].width = 12
    for row in range(_HEAD_ROWS + 1, _HEAD_ROWS + rows + 1):
        sheet.cell(row, 1).value = f"模拟村民小组{row - _HEAD_ROWS}"
    sheet.add_data_validation(DataValidation("list", formula1='"是,否"', sqref="B5:B8"))
    sheet.print_title_rows = "1:4"
    sheet.page_setup.orientation = "landscape"
    book.save(path)
    return path


def plan_for(unit: str, *, rows: int, columns: int, part: float = 1.0) -> Plan:
    """A value for the first `part` of the cells of the body."""
    places = [(row, column) for row in range(_HEAD_ROWS, _HEAD_ROWS + rows) for column in range(1, columns)]
    fillings = tuple(
        Filling(
            SHEET,
            row,
            column,
            Decimal(row * column) / 4,
            f"模拟台账.xlsx 台账!C{row + 1}",
            "2026Q3",
            "模拟",
            "名称相同",
        )
        for row, column in places[: int(len(places) * part)]
    )
    return Plan(unit, None, fillings, ())
