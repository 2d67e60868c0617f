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
_WIDTHS_OF_TEXTS = (WIDTHS[0], *WIDTHS[2:])
_LINE_POINTS = 16
_OPEN = ("工作表", "单元格", "要填的内容", "为什么空着", "计量单位", "相近的数据（由人确认）")
_SKIPPED = ("工作表", "单元格", "已知的值", "为什么没有写入", "截至", "来源")
_FILLED = ("工作表", "单元格", "填入的值", "来源", "截至", "依据")

_LETTERS = (b"A", b"B", b"C", b"D", b"E", b"F")
_ROW = (
    b'<row r="%b" ht="%d"><c r="A%b"%b<c r="B%b" s="%b" t="inlineStr"><is><t>%b</t></is></c>'
    b'<c r="C%b"%b<c r="D%b"%b<c r="E%b"%b<c r="F%b"%b</row>'
)

_Listed = tuple[str, int, int, tuple[str, ...]]  # sheet, row, column, the texts of the other columns
# A cell's XML behind its name; and how wide its text is, 1 for a Latin letter and 2 for 汉: not every program works out
# the height of a row whose texts are broken into lines when it opens.
_Made = tuple[bytes, int]


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
        yield "填入的格有批注，写明来源；原来的批注保留，来源接在后面。所有来源另见下表。"
        yield "浅黄色的格要由人填写。已有内容的格和公式没有改动。"
        yield from (f"注意：{doubt}" for doubt in self.doubts)

    @property
    def lists(self) -> Iterator[tuple[str, Sequence[str], str, list[_Listed]]]:
        """Title, heads, look of the cell's name, and rows."""
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


def summary_xml(said: Said, looks: Mapping[str, int], namespace: str) -> Iterator[bytes]:
    """The sheet's XML, piece by piece; `looks` are the numbers of its styles."""
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(WIDTHS, 1)
    )
    yield (
        f'{DECLARATION}<worksheet xmlns="{namespace}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews><cols>{columns}</cols><sheetData>'
    ).encode()
    rows = _Rows(looks)
    yield rows.line("title", said.told)
    for line in said.lines:
        yield rows.line("plain", line)
    for title, heads, look, listed in said.lists:
        yield rows.line("plain", "")
        yield rows.line("title", title)
        yield rows.of([("head", head) for head in heads])
        yield from rows.listed(look, listed)
    yield b"</sheetData>"
    if rows.hyperlinks:
        yield from (b"<hyperlinks>", *rows.hyperlinks, b"</hyperlinks>")
    yield (
        b'<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        b'<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )


class _Rows:
    """Rows of text, one after the other. In bytes from the start: as text, thousands of them take twice the time."""

    def __init__(self, looks: Mapping[str, int]) -> None:
        self.hyperlinks: list[bytes] = []
        self._looks = looks
        self._count = 0
        self._made: dict[str, _Made] = {}  # sheets, dates and reasons come again and again

    def line(self, look: str, text: str) -> bytes:
        return self.of([(look, text)])

    def of(self, cells: Sequence[tuple[str, str]]) -> bytes:
        self._count += 1
        number = b"%d" % self._count
        inside = b"".join(
            b'<c r="%b%b"%b' % (letter, number, _cell(self._looks[look], text)[0])
            for letter, (look, text) in zip(_LETTERS, cells, strict=False)
        )
        height = b' ht="%d"' % _LINE_POINTS if len(cells) > 1 else b""  # else what the letters of its look need
        return b'<row r="%b"%b>%b</row>' % (number, height, inside)

    def listed(self, look: str, rows: Sequence[_Listed]) -> Iterator[bytes]:
        """Rows about cells, which the second of their own leads to."""
        style, first = b"%d" % self._looks[look], self._count + 1
        self._count += len(rows)
        known = self._made
        for at, (sheet, row, column, rest) in enumerate(rows, first):
            number, name = b"%d" % at, cell_name(row, column).encode()
            self.hyperlinks.append(b'<hyperlink ref="B%b" location="%b!%b"/>' % (number, _quoted(sheet), name))
            made = [known.get(text) or self._make(text) for text in (sheet, *rest)]
            lines = 1
            for (_, size), width in zip(made, _WIDTHS_OF_TEXTS, strict=True):
                if size > width:
                    lines = max(lines, -(-size // width))
            (a, _), (c, _), (d, _), (e, _), (f, _) = made
            yield _ROW % (number, lines * _LINE_POINTS, number, a, number, style, name,
                          number, c, number, d, number, e, number, f)  # fmt: skip

    def _make(self, text: str) -> _Made:
        made = self._made[text] = _cell(self._looks["text"], text)
        return made


def _cell(style: int, text: str) -> _Made:
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    # A Chinese character takes 3 bytes of UTF-8, so that both counts together are twice its width.
    width = (len(cut) + len(cut.encode("utf-8", "replace"))) // 2
    rest = f' s="{style}" t="inlineStr"><is>{spoken("t", cut)}</is></c>' if text else f' s="{style}"/>'
    return rest.encode(), width


@lru_cache
def _quoted(sheet: str) -> bytes:
    return ("'" + escaped(sheet.replace("'", "''")) + "'").encode()
