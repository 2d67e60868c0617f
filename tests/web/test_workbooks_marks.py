"""The legal marks that a form prints: number, issuing body, approval, until when."""


import pytest

from dukao.web.pages.workbooks.marks import printed_marks
from dukao.workbooks.grid import Grid, Workbook


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("表号：甲1表  制定机关：统计局  有效期至：2027.12.31", ("甲1表", "统计局", "2027-12-31")),
        ("表号：甲1表 制表机关：统计局", ("甲1表", "统计局", "")),
        ("有效期限：长期", ("", "", "")),
        ("有效期至：2027年2月30日", ("", "", "")),
        ("本表号码不用填", ("", "", "")),
    ],
)
def test_marks_are_read_as_forms_write_them(text, marks):
    found = printed_marks(Workbook("表.xlsx", "xlsx", (Grid("表一", [[text, None]]),)))
    assert tuple(found.get(name, "") for name in ("form_number", "issuing_body", "valid_until")) == marks
