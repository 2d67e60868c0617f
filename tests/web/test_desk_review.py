"""The reviewer's desk: what was handed in, what moved, accept or give back, and on to the next."""

from decimal import Decimal

import pytest
from desk_helpers import hand_in, send_mixed, text_of

from dukao.web.pages.filings.reviewing import difference_in_words
from tests.sheets.conftest import House

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def waiting(house: House) -> str:
    number = send_mixed(house)
    hand_in(house, number, projects="9")
    return number


def _url(house: House, number: str, rest: str = "") -> str:
    return f"/review/{number}/{house.city.code['一村']}/{rest}"


def test_what_waits_is_listed(house, waiting, as_):
    page = text_of(as_("rita").get("/review/"))
    assert "待审 1 份" in page
    assert "三季度经济运行表" in page
    assert "没有待审的报表" in text_of(as_("tara").get("/review/"))


def test_differences_are_said_in_words(house, waiting, as_):
    page = text_of(as_("rita").get(_url(house, waiting)))
    assert "先看这几处" in page
    assert "新开工项目 9个，比去年同期多 7（+350.0%）" in page
    assert "Alice 10月8日 10:00 交来" in page
    assert "自动带入的" in page


class Question:
    kind, decimals, measure_unit = "number", 2, "万元"


@pytest.mark.parametrize(
    ("now", "then", "words", "is_striking"),
    [
        ("10.00", "10.00", "与去年同期相同", False),
        ("12.00", "10.00", "比去年同期多 2.00（+20.0%）", False),
        ("4.00", "10.00", "比去年同期少 6.00（-60.0%）", True),
        ("3.00", "0.00", "比去年同期多 3.00", True),
        ("3.00", "", "", False),
        ("", "3.00", "", False),
    ],
)
def test_a_difference(now, then, words, is_striking):
    assert difference_in_words(now, then, Question) == (words, is_striking)
    assert Decimal(now or 0) >= 0


def test_accepting_leads_to_the_next_one(house, waiting, as_):
    rita = as_("rita")
    response = rita.post(_url(house, waiting, "acceptance/"))
    assert response.status_code == 303
    assert response.headers["Location"] == "/review/"
    assert "已通过，4 个数入库" in text_of(rita.get("/review/"))
    assert house.page(waiting).state == "accepted"
    again = rita.post(_url(house, waiting, "acceptance/"))
    assert again.status_code == 303, "twice is once"


def test_giving_back_needs_a_reason(house, waiting, as_):
    rita = as_("rita")
    refused = rita.post(_url(house, waiting, "return/"), {"reason": " "})
    assert refused.status_code == 422
    assert "请写明退回的原因" in text_of(refused)
    assert rita.post(_url(house, waiting, "return/"), {"reason": "与台账不符"}).status_code == 303
    assert house.page(waiting).reason == "与台账不符"


def test_the_worker_reads_but_does_not_judge(house, waiting, as_):
    alice = as_("alice")
    assert "通过，入库" not in text_of(alice.get(_url(house, waiting)))
    assert alice.post(_url(house, waiting, "acceptance/")).status_code == 403
    assert as_("charlie").post(_url(house, waiting, "acceptance/")).status_code == 404


def test_the_department_that_asked_reviews_too(house, waiting, as_):
    assert "通过，入库" in text_of(as_("dora").get(_url(house, waiting)))
    assert as_("tara").get(_url(house, waiting)).status_code == 404
