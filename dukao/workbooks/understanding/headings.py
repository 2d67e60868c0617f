"""Columns: the path of names above each, its unit of measure, kind, codes and number."""

import re
from dataclasses import replace

from dukao.workbooks.grid import Area
from dukao.workbooks.tables import Heading, Kind
from dukao.workbooks.texts import plain
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.canvas import Canvas, Cell, Shape
from dukao.workbooks.understanding.codes import codes_in
from dukao.workbooks.understanding.headers import Header

_PERCENT = re.compile(r"%|率$|占比$|比重$|比例$|百分比$|增幅$|增速$|同比$|环比$")
_DATE = re.compile(r"日期|时间$|年月$|出生(?![^年日]*[数率]$|人)|年月日|起止|期限$")
_NUMBER = re.compile(
    r"数$|[^\d]量$|额$|金额|面积|收入|支出|人口|产值|单价|价格|[户人个次家件套台亩]数|余额|资金|款$|费$|年龄|规模$|投资|存栏|出栏|总[数额量]"
    r"|合计|小计|总计|完成$|计划$|[末初]$|累计$|同期$|本期|本年|本月|上年|上期|(?:19|20)\d\d年$"
)
_COUNT = re.compile(r"[^代号]数$|人次$|面积$|金额$")
_TEXT = re.compile(
    r"姓名|名称|地址|住址|备注|说明|原因|电话|手机|身份证|证件|证号|账号|卡号|编号|代码|内容|情况|意见|单位$|部门$|学校|职务|联系人|负责人|地点|关系"
    r"|称谓|民族|面貌|学历|用途|来源|措施|项目$|指标$"
)
_STRICT_TEXT = re.compile(r"身份证|证件号|证号|电话|手机|账号|卡号|编号|代码|备注")
_IMPLIED = (("人数", "count 人"), ("人口", "count 人"), ("人员", "count 人"), ("户数", "count 户"), ("户", "count 户"),
            ("面积", "area"), ("金额", "money"), ("收入", "money"), ("支出", "money"), ("资金", "money"),
            ("产量", "mass"), ("额", "money"), ("率", "share"), ("占比", "share"), ("产值", "money"), ("款", "money"),
            ("费", "money"), ("个数", "count 个"), ("投资", "money"))  # fmt: skip


def columns_of(canvas: Canvas, area: Area, header: Header, body: list[int], unit: str) -> tuple[Heading, ...]:
    """One heading per column of the block; `unit` is what the table's unit line says."""
    found: list[Heading] = []
    for column in range(area.left, area.right + 1):
        cells = path_cells(canvas, area, header, column)
        path = tuple(dict.fromkeys(cell.text for cell in cells))
        found.append(_heading(canvas, column, cells, path, header, body))
    return _with_shared_unit(found, unit)


def _with_shared_unit(found: list[Heading], unit: str) -> tuple[Heading, ...]:
    """Columns of figures without a unit of their own have the table's; unclear ones only between figures."""
    figures = all(h.kind not in (Kind.TEXT, Kind.DATE, Kind.CODE) or "备注" in "".join(h.path) for h in found[2:])
    wanted = (Kind.NUMBER, Kind.UNKNOWN) if figures else (Kind.NUMBER,)
    shared = []
    for heading in found:
        own = heading.unit or (shared_unit(heading.path, unit) if heading.kind in wanted else "")
        if heading.kind is Kind.PERCENT and not own:
            own = next((one for one in words.units_in(unit) if words.dimension(one) == "share"), "")
        kind = Kind.NUMBER if own and heading.kind is Kind.UNKNOWN else heading.kind
        shared.append(replace(heading, unit=own, kind=kind))
    return tuple(shared)


def path_cells(canvas: Canvas, area: Area, header: Header, column: int) -> list[Cell]:
    """The header cells above a column from the outermost; a blank continues a shared name on its left."""
    found: list[Cell] = []
    for place, row in enumerate(header.naming):
        cell = canvas.at(row, column) or _continued(canvas, area, header, place, column)
        if cell is not None and cell not in found and cell.shape is not Shape.BLOCK:
            found.append(cell)
    return found


def _continued(canvas: Canvas, area: Area, header: Header, place: int, column: int) -> Cell | None:
    rows = header.naming
    row, below = rows[place], rows[place + 1 :]
    if not any(_own(canvas, lower, column) for lower in below):
        return None
    for left in range(column - 1, area.left - 1, -1):
        cell = canvas.at(row, left)
        if cell is None:
            continue
        if cell.area.right > cell.column:
            return None  # a merged name says itself how far it reaches
        has_children = any(_own(canvas, lower, cell.column) for lower in below)
        same_parent = place == 0 or canvas.at(rows[place - 1], cell.column) in (
            canvas.at(rows[place - 1], column) or _continued(canvas, area, header, place - 1, column),
        )
        return cell if has_children and same_parent else None
    return None


def _own(canvas: Canvas, row: int, column: int) -> bool:
    cell = canvas.at(row, column)
    return cell is not None and cell.row == row


def _heading(
    canvas: Canvas, column: int, cells: list[Cell], path: tuple[str, ...], header: Header, body: list[int]
) -> Heading:
    printed = [cell.printed for cell in cells]
    own_unit = next((u for text in reversed(path) if (u := words.unit_of_head(text))), "")
    if not own_unit and header.units is not None:
        cell = canvas.at(header.units, column)
        own_unit = cell.text.strip("()（）") if cell is not None and cell.row == header.units else ""
    codes = next((c for text in reversed(printed) if (c := codes_in(text))), ())
    codes = codes or (canvas.choices(body[0], column) if body else ())
    values = [cell for row in body[:60] if (cell := canvas.at(row, column)) is not None and cell.row == row]
    kind = kind_of(path, own_unit, codes, values)
    return Heading(
        column,
        path,
        own_unit,
        kind,
        codes,
        note=_note(path),
        is_total=any(words.is_total(text) for text in path),
        is_of_which=any(words.is_of_which(text) for text in path),
        number=_number(canvas, column, header, path),
        confidence=1.0 if path else 0.3,
    )


def kind_of(path: tuple[str, ...], unit: str, codes: tuple[tuple[str, str], ...], values: list[Cell]) -> Kind:
    """What belongs in a column, by its name first, then by what already stands in it."""
    leaf = plain(path[-1]) if path else ""
    bare = re.sub(r"[(\[].*?[)\]]", "", leaf)
    if words.is_serial_head(leaf) and leaf != "编号":
        return Kind.SERIAL
    if codes:
        return Kind.CODE
    if unit == "%" or unit == "‰":
        return Kind.PERCENT
    if _STRICT_TEXT.search(bare):
        return Kind.TEXT
    if unit:
        return Kind.NUMBER
    if _DATE.search(bare):
        return Kind.DATE
    if values:
        seen = _seen(values)
        if seen is not Kind.UNKNOWN:
            return Kind.PERCENT if seen is Kind.NUMBER and _PERCENT.search(bare) else seen
    kinds = ((_PERCENT, Kind.PERCENT), (_COUNT, Kind.NUMBER), (_TEXT, Kind.TEXT), (_NUMBER, Kind.NUMBER))
    for pattern, kind in kinds:
        if pattern.search(bare):
            return kind
    over = [re.sub(r"[(\[].*?[)\]]", "", plain(text)) for text in path[:-1]]
    return Kind.NUMBER if any(_NUMBER.search(text) and not _TEXT.search(text) for text in over) else Kind.UNKNOWN


def _seen(values: list[Cell]) -> Kind:
    shapes = [cell.shape for cell in values if cell.shape not in (Shape.BLOCK, Shape.PLACEHOLDER, Shape.ERROR)]
    if not shapes:
        return Kind.UNKNOWN
    for shape, kind in ((Shape.DATE, Kind.DATE), (Shape.NUMBER, Kind.NUMBER), (Shape.TEXT, Kind.TEXT)):
        wanted = (shape, Shape.FORMULA) if shape is Shape.NUMBER else (shape,)
        if sum(found in wanted for found in shapes) >= 0.8 * len(shapes):
            return kind
    return Kind.UNKNOWN


def shared_unit(path: tuple[str, ...], unit: str) -> str:
    """Which of the table's units of measure a heading has: by its words, or the only one."""
    offered = words.units_in(unit)
    if not offered:
        return ""
    text = plain("".join(path))
    wanted = next((dimension for word, dimension in _IMPLIED if word in text), "")
    if wanted:
        return next((one for one in offered if words.dimension(one) == wanted), "")
    figures = [one for one in offered if words.dimension(one) != "share"]
    return figures[0] if len(figures) == 1 else ""


def _note(path: tuple[str, ...]) -> str:
    """What a heading says in brackets beside its unit."""
    found = re.findall(r"[(（]([^()（）]+)[)）]", path[-1]) if path else []
    return "；".join(text for text in found if not words.is_unit(text) and not codes_in(text))


def _number(canvas: Canvas, column: int, header: Header, path: tuple[str, ...]) -> str:
    if header.numbering is not None:
        cell = canvas.at(header.numbering, column)
        if cell is not None and cell.row == header.numbering:
            return re.split(r"[=＝]", cell.text)[0].strip("()（）")
    leaf = path[-1] if path else ""
    found = re.search(rf"[{words.CIRCLED}](?=\s*[=＝(（]|$)|^[{words.CIRCLED}]", leaf)
    if found:
        return found.group()
    found = re.search(r"^[（(](\d{1,2})[)）]|^(\d{1,2})[.、．](?!\d)|[（(](\d{1,2})[)）]$", leaf)
    return next((group for group in found.groups() if group), "") if found else ""
