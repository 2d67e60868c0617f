"""Official documents (公文) in the layout of GB/T 9704-2012, as DOCX to go on with and as PDF to look at and print.

A4 with 37 mm above and 28 mm at the binding edge, a type area of 156 × 225 mm with 22 lines of 28 characters; the title
in size 2, the text in size 3 of 仿宋, headings 黑体 and 楷体, the page number in size 4 between dashes, outside.
Tables stand in size 5. Basis: GB/T 9704-2012.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dukao.base.refusals import Refused

_TITLE, _TEXT, _PAGE, _TABLE = 22.0, 16.0, 14.0, 10.5  # points: sizes 2, 3, 4 and 5
_LINE = 225 / 22 * 72 / 25.4  # points: 22 lines fill the type area
_LAYOUT = Path(__file__).with_name("paper.typ")
_RED = RGBColor(0xD0, 0x10, 0x10)
# What offices have installed first; what Debian brings (fonts-noto-cjk) behind it.
_SONG = ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "SimSun", "Noto Serif CJK SC", "Source Han Serif SC")
_FANGSONG = ("FangSong_GB2312", "FangSong", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC")
_HEI = ("SimHei", "STHeiti", "Noto Sans CJK SC", "Source Han Sans SC")
_KAI = ("KaiTi_GB2312", "KaiTi", "STKaiti", "Noto Serif CJK SC", "Source Han Serif SC")


class NoFont(Refused):
    """The machine has no Chinese font: a PDF would be empty boxes."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a paper: texts only, as they are printed; `numbers` are the columns that stand right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part of the text: its heading, paragraphs, and tables under them."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    sheets: tuple[Sheet, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """An official document. `office` stands in red above; `number` (发文字号) may be left to be filled in."""

    office: str
    number: str
    title: str
    to: str
    opening: str
    parts: tuple[Part, ...]
    signed: str
    on: date
    note: str = ""  # 附注, in brackets under the date


def as_docx(paper: Paper) -> bytes:
    """The paper for a word processor, with the fonts that offices have."""
    book = Document()
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    book.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    _line(book, paper.office, _SONG[1], 36, align=WD_ALIGN_PARAGRAPH.CENTER, colour=_RED, exact=False)
    _underline(_line(book, paper.number, "仿宋_GB2312", _TEXT, align=WD_ALIGN_PARAGRAPH.CENTER))
    _line(book, "", "仿宋_GB2312", _TEXT)
    _line(book, paper.title, _SONG[1], _TITLE, align=WD_ALIGN_PARAGRAPH.CENTER, exact=False)
    _line(book, "", "仿宋_GB2312", _TEXT)
    _line(book, paper.to, "仿宋_GB2312", _TEXT)
    _line(book, paper.opening, "仿宋_GB2312", _TEXT, indent=True)
    for number, part in enumerate(paper.parts, start=1):
        _line(book, f"{_chinese(number)}、{part.heading}", "黑体", _TEXT, indent=True)
        for text in part.paragraphs:
            _line(book, text, "仿宋_GB2312", _TEXT, indent=True)
        for sheet in part.sheets:
            _table(book, sheet)
    _line(book, "", "仿宋_GB2312", _TEXT)
    for text in (paper.signed, _day(paper.on)):
        _line(book, f"{text}　　　　", "仿宋_GB2312", _TEXT, align=WD_ALIGN_PARAGRAPH.RIGHT)
    if paper.note:
        _line(book, f"（{paper.note}）", "仿宋_GB2312", _TEXT, indent=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_pdf(paper: Paper) -> bytes:
    """The paper as it is printed. Raises NoFont."""
    import typst

    if not _has_font():
        raise NoFont(
            _("这台机器没有中文字体，排不出 PDF"), why=_("没有字体的 PDF 里只有方框"),
            todo=_("请系统管理员安装 fonts-noto-cjk，或下载 DOCX"),
        )  # fmt: skip
    told = asdict(paper) | {
        "on": _day(paper.on), "fonts": {"song": _SONG, "fangsong": _FANGSONG, "hei": _HEI, "kai": _KAI},
        "sizes": {"title": _TITLE, "text": _TEXT, "page": _PAGE, "table": _TABLE, "line": _LINE},
        "counted": [_chinese(number) for number in range(1, len(paper.parts) + 1)],
    }  # fmt: skip
    # The text comes in as data: nothing in it is read as markup.
    made = typst.compile(_LAYOUT.read_bytes(), sys_inputs={"paper": json.dumps(told, ensure_ascii=False)})
    assert isinstance(made, bytes), "one PDF"
    return made


@lru_cache(maxsize=1)
def _has_font() -> bool:
    import typst

    return bool({*_FANGSONG, *_HEI} & set(typst.Fonts(include_system_fonts=True).families()))


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _chinese(number: int) -> str:
    """1 to 99 as parts are counted: 一, 十二, 二十."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else digits[tens] + "十") + (
        digits[ones] if ones or not tens else ""
    )


def _line(
    book: Any, text: str, font: str, size: float, *, align: Any = None, indent: bool = False,
    colour: RGBColor | None = None, exact: bool = True,
) -> Any:  # fmt: skip
    paragraph = book.add_paragraph()
    if align is not None:
        paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    if exact:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(_LINE)
    if indent:
        form.first_line_indent = Pt(2 * size)
    _font(paragraph.add_run(text), font, size, colour)
    return paragraph


def _font(run: Any, font: str, size: float, colour: RGBColor | None = None) -> None:
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour


def _underline(paragraph: Any) -> None:
    """The red line across the type area, 4 mm below the number."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", "D01010")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _table(book: Any, sheet: Sheet) -> None:
    table = book.add_table(rows=0, cols=len(sheet.head))
    table.style = "Table Grid"
    for at, texts in enumerate((sheet.head, *sheet.rows)):
        for column, (cell, text) in enumerate(zip(table.add_row().cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            if at and column in sheet.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _font(paragraph.add_run(text), "黑体" if at == 0 else "仿宋_GB2312", _TABLE)
    head = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(head)


def _page_number(footer: Any, align: Any) -> None:
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = align
    for kind, text in (("", "— "), ("begin", ""), ("", "PAGE"), ("end", ""), ("", " —")):
        run = paragraph.add_run("" if kind or text == "PAGE" else text)
        _font(run, "宋体", _PAGE)
        if kind:
            field = OxmlElement("w:fldChar")
            field.set(qn("w:fldCharType"), kind)
            run._r.append(field)
        elif text == "PAGE":
            code = OxmlElement("w:instrText")
            code.text = text
            run._r.append(code)


def sheet_of(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> Sheet:
    """A table from plain sequences."""
    return Sheet(tuple(head), tuple(tuple(row) for row in rows), tuple(numbers))
