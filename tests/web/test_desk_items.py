"""One way of counting on every desk; units of whom nothing is asked; what waits for a department; what was refused."""

from datetime import date

import pytest
from desk_helpers import confirm_population, hand_in, send_mixed, text_of

from dukao.base.refusals import Invalid
from dukao.sheets import actions
from tests.conftest import AT
from tests.sheets.conftest import House
from tests.sheets.test_expected import _came, _dataset

pytestmark = pytest.mark.usefixtures("on_the_day")


def _filing(house: House, number: str, rest: str = "") -> str:
    return f"/filings/{number}/{house.city.code['一村']}/{rest}"


def test_desk_page_and_refusal_count_the_same_items(house, as_):
    number, alice = send_mixed(house), as_("alice")
    for filled, left in ((1, 2), (2, 1)):
        assert f"3 项已填 {filled}" in text_of(alice.get("/desk/"))
        assert f"3 项，还剩 {left} 项" in text_of(alice.get(_filing(house, number)))
        with pytest.raises(Invalid, match=f"还有 {left} 项要填"):
            house.act("submit_filing", number)
        confirm_population(house, number)
    house.type(number, "new_projects", "2")
    assert "3 项都填好了" in text_of(alice.get(_filing(house, number)))
    handed_in = alice.post(_filing(house, number, "submission/"), follow=True)
    assert "带入 1 项，填写 2 项" in text_of(handed_in)


@pytest.fixture
def spared(house) -> str:
    house.know("new_projects", "2026Q3", "一村", 3)
    return house.send("new_projects")


def test_a_spared_unit_is_shown_so_to_everybody(house, spared, as_):
    assert "今天没有要办的" in text_of(as_("alice").get("/desk/"))
    assert "全部已知，无需填报" in text_of(as_("alice").get(_filing(house, spared)))
    assert "全部已知，无需填报（1 份）" in text_of(as_("rita").get("/review/"))
    page = text_of(as_("dora").get(f"/dispatches/{spared}/"))
    assert "其中 1 个全部已知，无需填报" in page
    assert "5 份已通过 0 份" in page
    assert "0/5" in text_of(as_("dora").get("/dispatches/"))


def test_what_a_department_is_to_deliver_is_told_to_who_asks_and_who_fills_in(house, as_):
    _dataset(house)
    _came(house, "2026Q2", date(2026, 7, 11))
    number = house.send("tax_revenue", "new_projects")
    compiled = text_of(as_("dora").get("/sheets/econ/compilation/?period=2026Q3"))
    assert "将由部门交付" in compiled
    assert "税务局将在" in compiled
    assert "等税务局交付，到了自动带入" in text_of(as_("alice").get(_filing(house, number)))


def test_a_late_department_is_named_where_the_grass_roots_are_asked(house, as_):
    _dataset(house)
    _came(house, "2025Q4", date(2026, 1, 11))
    house.define("tax_revenue")
    assert "前交付，已逾期" in text_of(as_("dora").get("/sheets/econ/compilation/?period=2026Q3"))


def test_the_supervision_office_sees_what_the_rules_did_not_let_through(house, as_):
    house.know_all("tax_revenue", "2026Q3")
    with pytest.raises(actions.NothingLeftToAsk):
        house.send("tax_revenue")
    page = text_of(as_("sam").get("/supervision/?year=2026"))
    assert "没让发下去的要求（1 次）" in page
    assert all(part in page for part in ("三季度经济运行表（2026年三季度）", "FRM-2", "“税收收入”已由税务局掌握"))


def test_what_cannot_be_done_is_told_where_one_goes_on(house, as_):
    number = send_mixed(house)
    hand_in(house, number)
    review = f"/review/{number}/{house.city.code['一村']}/"
    house.act("return_filing", number, by="rita", reason="与台账不符")
    refused = as_("rita").post(f"{review}return/", {"reason": "再核"})
    assert refused.status_code == 409
    assert "这份报表现在不在待审状态" in text_of(refused)
    assert "填报人填的" in text_of(refused)
    actions.withdraw_dispatch(dispatch=number, reason="x", by=house.city.actor["dora"], at=AT)
    late = as_("alice").post(_filing(house, number), {"answer:new_projects:2026Q3": "9"})
    assert late.status_code == 409
    assert "这次填报已经结束" in text_of(late)
    assert "三季度经济运行表" in text_of(late)


def test_a_sum_says_of_how_many_it_is_until_all_have_reported(house, as_):
    number = send_mixed(house)
    house.type(number, "new_projects", "5")
    town = text_of(as_("dora").get(f"/dispatches/{number}/?unit={house.city.code['甲镇']}"))
    assert "已报的 1 个村（社区） · 含待审" in town
    assert "已报的 2 个村（社区）" not in town, "all of them have tax revenue"
