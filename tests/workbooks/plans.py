"""Plans as short as a test needs them."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dukao.workbooks.grid import Value, cell_place
from dukao.workbooks.matching import Asked
from dukao.workbooks.planning import Filling, Gap, Plan
from dukao.workbooks.tables import Slot
from tests.workbooks.made import DECLARATION, write_xlsx


def plan(values: dict[str, Value] | None = None, gaps: tuple[str, ...] = (), *, sheet: str = "表一") -> Plan:
    """`{"B3": 5}` is filled in, `("C3",)` stays open; on another sheet as `附表!B3`."""
    fillings = tuple(
        Filling(*_place(name, sheet), value, "模拟台账.xlsx 台账!C2", "2026Q3", "户数", "名称相同")
        for name, value in (values or {}).items()
    )
    opened = tuple(
        Gap(on, Slot(row, column, ("户数",)), Asked(("户数",), ("龙东村",), "户"), "没有找到确定对应的数据")
        for on, row, column in (_place(name, sheet) for name in gaps)
    )
    return Plan("龙东村", None, fillings, opened)


def write_form(path: Path, sheet: str | Mapping[str, str], *, parts: Mapping[str, str | bytes] | None = None) -> Path:
    """As `write_xlsx`, with the types that openpyxl asks for."""
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    count = 1 if isinstance(sheet, str) else len(sheet)
    kinds = {"workbook": f"{office}.sheet.main+xml", "styles": f"{office}.styles+xml"}
    kinds |= {f"worksheets/sheet{n}": f"{office}.worksheet+xml" for n in range(1, count + 1)}
    listed = "".join(f'<Override PartName="/xl/{name}.xml" ContentType="{kind}"/>' for name, kind in kinds.items())
    types = (
        f'{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )
    return write_xlsx(path, sheet, parts={"[Content_Types].xml": types, **(parts or {})})


def _place(name: str, sheet: str) -> tuple[str, int, int]:
    on, _, cell = name.rpartition("!")
    return on or sheet, *cell_place(cell)


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def looks(cell: Any) -> tuple[Any, ...]:
    """How openpyxl sees a cell's style."""
    return (
        cell.font.name, cell.font.sz, cell.font.b, cell.fill.fill_type, cell.fill.fgColor.rgb, cell.number_format,
        cell.border.left.style, cell.border.top.style, cell.alignment.horizontal, cell.alignment.wrap_text,
        cell.protection.locked,
    )  # fmt: skip
