"""Official documents: the layout of GB/T 9704-2012 in DOCX and PDF; text is data, never markup."""

import io
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.shared import Mm, Pt

from dukao.base import papers
from dukao.base.papers import NoFont, Paper, Part, as_docx, as_pdf, sheet_of

PAPER = Paper(
    office="模拟市督查考评办公室", number="模督〔2026〕　号", title="2026年9月基层负担调度情况", to="各县（区）：",
    opening="现将九月份情况通报如下。",
    parts=(
        Part("检查", ('共接受检查 12 次。#import "x" $1$ *粗*',),
             (sheet_of(("县", "次"), (("东县", "7"), ("西区", "5")), (1,)),)),
        Part("要求"),
    ),
    signed="模拟市督查考评办公室", on=date(2026, 10, 9), note="模拟数据",
)  # fmt: skip


def test_the_page_is_that_of_the_standard():
    book = Document(io.BytesIO(as_docx(PAPER)))
    section = book.sections[0]
    assert [round(edge.mm) for edge in (section.top_margin, section.left_margin)] == [37, 28]
    area = section.page_width - section.left_margin - section.right_margin
    assert abs(area - Mm(156)) < Mm(0.1)
    assert abs(section.page_height - section.top_margin - section.bottom_margin - Mm(225)) < Mm(0.1)
    text = next(p for p in book.paragraphs if p.text.startswith("现将"))
    assert text.runs[0].font.size == Pt(16)
    assert text.paragraph_format.first_line_indent == Pt(32)
    # 22 lines fill 225 mm; 28 characters of 16 pt fill 156 mm.
    assert abs(22 * text.paragraph_format.line_spacing - Mm(225)) < Mm(0.5)
    assert 28 * Pt(16) <= area + Mm(2.5)


def test_what_it_says_is_there_in_order():
    book = Document(io.BytesIO(as_docx(PAPER)))
    told = [p.text.strip() for p in book.paragraphs if p.text.strip()]
    assert told[:5] == [PAPER.office, PAPER.number.strip(), PAPER.title, PAPER.to, PAPER.opening]
    assert told[5] == "一、检查"
    assert told[-4:] == ["二、要求", PAPER.signed, "2026年10月9日", "（模拟数据）"]
    assert [[cell.text for cell in row.cells] for row in book.tables[0].rows] == [
        ["县", "次"],
        ["东县", "7"],
        ["西区", "5"],
    ]
    footers = [name for name in zipfile.ZipFile(io.BytesIO(as_docx(PAPER))).namelist() if "footer" in name]
    assert len(footers) == 2


def test_the_pdf_takes_text_as_text():
    made = as_pdf(PAPER)
    assert made.startswith(b"%PDF-")
    assert len(made) > 5_000


def test_without_a_font_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(papers, "_has_font", lambda: False)
    with pytest.raises(NoFont, match="没有中文字体"):
        as_pdf(PAPER)


@pytest.mark.parametrize(("number", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (21, "二十一")])
def test_parts_are_counted_as_people_write(number, text):
    assert papers._chinese(number) == text
