"""The sheet at the end that says what was filled in, with its source, and what is left to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dukao.workbooks.filling.book import DECLARATION
from dukao.workbooks.filling.markup import escaped, spoken
from dukao.workbooks.filling.outcome import Skipped, told
from dukao.workbooks.filling.values import shown
from dukao.workbooks.grid import cell_name
from dukao.workbooks.planning import Filling, Gap, Plan
from dukao.workbooks.texts import SUMMARY

_LONGEST = 1_000  # characters of a text; the cell itself has it all
WIDTHS = (16, 10, 34, 44, 16, 44)  # of its columns, in letters
_SURELY_FIT = tuple(width // 2 for width in WIDTHS)  # so many letters of any kind, without being broken
_LINE_POINTS = 16
_OPEN = ("工作表", "单元格", "要填的内容", "为什么空着", "计量单位", "相近的数据（由人确认）")
_SKIPPED = ("工作表", "单元格", "已知的值", "为什么没有写入", "截至", "来源")
_FILLED = ("工作表", "单元格", "填入的值", "来源", "截至", "依据")


@dataclass(frozen=True)
class Said:
    """All that the summary tells."""

    title: str
    plan: Plan
    filled: Sequence[Filling]
    skipped: Sequence[Skipped]
    gaps: Sequence[Gap]
    doubts: Sequence[str]

    @property
    def lines(self) -> Iterator[str]:
        """What stands above the lists."""
        if self.title:
            yield self.title
        period = self.plan.period.label if self.plan.period else ""
        yield "　　".join(part for part in (f"单位：{self.plan.unit}", f"时期：{period}" if period else "") if part)
        yield "填入的格有批注，写明来源；原来就有批注的，批注没有改动，来源见下表。"
        yield "浅黄色的格要由人填写。已有内容的格和公式没有改动。"
        yield from (f"注意：{doubt}" for doubt in self.doubts)

    @property
    def lists(self) -> Iterator[tuple[str, Sequence[str], str, list[tuple[str, int, int, tuple[str, ...]]]]]:
        """Title, heads, look of the cell's name, and rows: sheet, row, column, the rest."""
        if self.gaps:
            yield f"需填 {len(self.gaps)} 项", _OPEN, "open", [
                (g.sheet, g.slot.row, g.slot.column, (
                    " / ".join((*g.asked.row_path, *g.asked.path)), g.why, g.asked.unit,
                    "；".join(g.told),
                )) for g in self.gaps
            ]  # fmt: skip
        if self.skipped:
            yield f"没有写入 {len(self.skipped)} 项", _SKIPPED, "link", [
                (s.filling.sheet, s.filling.row, s.filling.column,
                 (shown(s.filling.value), s.why, s.filling.as_of, s.filling.source)) for s in self.skipped
            ]  # fmt: skip
        if self.filled:
            yield (
                f"已填 {len(self.filled)} 项",
                _FILLED,
                "link",
                [(f.sheet, f.row, f.column, (shown(f.value), f.source, f.as_of, f.reason)) for f in self.filled],
            )

    @property
    def told(self) -> str:
        return told(len(self.filled), len(self.gaps), len(self.skipped))


def free_sheet_name(names: Sequence[str]) -> str:
    """`填报摘要`, or with a number where the workbook has one."""
    taken = {name.casefold() for name in names}
    number = 1
    while (name := SUMMARY if number == 1 else f"{SUMMARY}{number}") in taken:
        number += 1
    return name


def summary_xml(said: Said, looks: Mapping[str, int], namespace: str) -> bytes:
    """The sheet's XML; `looks` are the numbers of its styles."""
    sheet = _Sheet(looks)
    sheet.line("title", said.told)
    for line in said.lines:
        sheet.line("plain", line)
    for title, heads, look, rows in said.lists:
        sheet.line("plain", "")
        sheet.line("title", title)
        sheet.row([("head", head) for head in heads])
        for row in rows:
            sheet.listed(look, *row)
    return sheet.written(namespace)


class _Sheet:
    """Rows of text, one after the other."""

    def __init__(self, looks: Mapping[str, int]) -> None:
        self._looks = looks
        self._rows: list[str] = []
        self._hyperlinks: list[str] = []

    def line(self, look: str, text: str) -> None:
        self.row([(look, text)])

    def row(self, cells: Sequence[tuple[str, str]]) -> None:
        number = len(self._rows) + 1
        inside = "".join(
            _cell(f"{letter}{number}", self._looks[look], text)
            for letter, (look, text) in zip("ABCDEF", cells, strict=False)
        )
        height = f' ht="{_LINE_POINTS}"' if len(cells) > 1 else ""  # else what the letters of its look need
        self._rows.append(f'<row r="{number}"{height}>{inside}</row>')

    def listed(self, look: str, sheet: str, row: int, column: int, rest: Sequence[str]) -> None:
        """A row about this cell, which the second of its own leads to."""
        number, name, style = len(self._rows) + 1, cell_name(row, column), self._looks["text"]
        self._hyperlinks.append(f'<hyperlink ref="B{number}" location="{_quoted(sheet)}!{name}"/>')
        inside = "".join([
            f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is>{_said(text)}</is></c>'
            if text
            else f'<c r="{letter}{number}" s="{style}"/>'
            for letter, text in zip("CDEF", rest, strict=False)
        ])  # fmt: skip
        is_short = len(sheet) <= _SURELY_FIT[0] and all(map(int.__le__, map(len, rest), _SURELY_FIT[2:]))
        height = _LINE_POINTS if is_short else _height(sheet, name, *rest)
        self._rows.append(
            f'<row r="{number}" ht="{height}">{_cell(f"A{number}", style, sheet)}'
            f'<c r="B{number}" s="{self._looks[look]}" '
            f't="inlineStr"><is><t>{name}</t></is></c>{inside}</row>'
        )

    def written(self, namespace: str) -> bytes:
        columns = "".join(
            f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(WIDTHS, 1)
        )
        links = f"<hyperlinks>{''.join(self._hyperlinks)}</hyperlinks>" if self._hyperlinks else ""
        return (
            f'{DECLARATION}<worksheet xmlns="{namespace}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews><cols>{columns}</cols>'
            f"<sheetData>{''.join(self._rows)}</sheetData>{links}"
            '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
        ).encode()


def _height(*texts: str) -> int:
    """Of a row whose texts are broken into lines, in points: not every program works that out when it opens."""
    sizes = (len(text[:_LONGEST].encode("gb18030", "replace")) for text in texts)  # 1 for a Latin letter, 2 for 汉
    return _LINE_POINTS * max(1, *(-(-size // width) for size, width in zip(sizes, WIDTHS, strict=False)))


def _cell(name: str, style: int, text: str) -> str:
    if not text:
        return f'<c r="{name}" s="{style}"/>'
    return f'<c r="{name}" s="{style}" t="inlineStr"><is>{_said(text)}</is></c>'


def _said(text: str) -> str:
    return spoken("t", text if len(text) <= _LONGEST else text[:_LONGEST] + "…")


@lru_cache
def _quoted(sheet: str) -> str:
    return "'" + escaped(sheet.replace("'", "''")) + "'"
