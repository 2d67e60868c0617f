"""The pages of the ledger: formulas beside figures, files, two taps, decisions, and what is not said right."""

import pytest
from desk_helpers import HTMX, text_of

from dukao.law import queries as law
from dukao.sheets.actions import withdraw_dispatch
from tests.conftest import AT

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def demand(house) -> str:
    return house.send("new_projects", "remark").replace("BB", "XQ")


@pytest.fixture
def unit(house) -> dict[str, str]:
    return {name: f"/burden/units/{code}/" for name, code in house.city.code.items()}


@pytest.fixture
def asked(house, demand) -> str:
    return f"/burden/demands/{demand}/{house.city.code['一村']}/"


def test_a_statement_prints_its_formulas_and_can_be_taken_along(demand, unit, as_):
    sam = as_("sam")
    page = text_of(sam.get(unit["富水市"]))
    assert "富水市 · 2026年10月的负担账" in page
    assert "有实测的用实测，没有的用估算" in page
    assert "平均每村 = 合计 ÷ 村（社区）个数" in page
    assert "要填的每一项 × 每项分钟" in page
    assert "不作排名" in page
    for name in ("children", "lines", "askers", "kinds"):
        assert sam.get(f"{unit['富水市']}?export={name}.xlsx").status_code == 200
    csv = sam.get(f"{unit['东县']}?export=children.csv").content.decode("utf-8-sig")
    assert "甲镇,2,2,0.08,0.08,,2.5" in csv.replace("\r", "")


def test_each_is_led_to_the_own_statement(house, unit, as_):
    leads = {name: as_(name).get("/burden/").headers["Location"] for name in ("alice", "rita", "dora", "sam")}
    assert leads == {
        "alice": unit["一村"], "rita": unit["甲镇"], "dora": "/burden/departments/statistics/", "sam": unit["富水市"],
    }  # fmt: skip


def test_a_village_reads_its_own_and_the_median(demand, unit, as_):
    page = text_of(as_("alice").get(unit["一村"]))
    assert "全市 6 个村（社区）当期的中位数是 2.5 分钟，本单位自己 2.5 分钟" in page
    by_kind = page[page.index("按种类") :]
    assert "2.5 分钟" in by_kind, "the tables say a small sum as the figures above do"
    assert f"/burden/demands/{demand}/" in as_("alice").get(unit["一村"]).content.decode()
    assert f"/burden/demands/{demand}/" not in as_("dora").get(unit["一村"]).content.decode()


def test_a_department_reads_what_it_asked(demand, as_):
    page = text_of(as_("dora").get("/burden/departments/statistics/"))
    assert "统计局 · 2026年10月要了基层多少时间" in page
    assert "涉及的单位 6 个" in page


@pytest.mark.parametrize("period", ["2026-13", "昨天", "2026-10-08"])
def test_a_period_that_is_none(demand, unit, as_, period):
    assert as_("sam").get(f"{unit['富水市']}?period={period}").status_code == 422


@pytest.mark.parametrize(
    ("period", "title"), [("2026Q4", "2026年四季度"), ("2026", "2026年"), ("2025-10", "2025年10月")]
)
def test_quarters_and_years_too(demand, unit, as_, period, title):
    assert f"{title}的负担账" in text_of(as_("sam").get(f"{unit['富水市']}?period={period}"))


def test_the_calendar(demand, unit, as_):
    alice = as_("alice")
    page = text_of(alice.get(unit["一村"] + "calendar/"))
    assert "10月20日 周二" in page
    assert "三季度经济运行表" in page
    assert "这个月没有安排" in text_of(alice.get(unit["一村"] + "calendar/?month=2026-12"))
    assert alice.get(unit["一村"] + "calendar/?month=2026").status_code == 422
    assert alice.get(unit["一村"] + "calendar/?export=calendar.xlsx").status_code == 200


def test_two_taps(house, demand, asked, as_):
    alice = as_("alice")
    assert alice.post(asked + "appeals/", {"ground": "boring"}).status_code == 422
    made = alice.post(asked + "appeals/", {"ground": "not_ours", "note": "不归村里管"})
    assert made.headers["Location"] == "/appeals/SS2026-0001/"
    page = text_of(alice.get("/appeals/SS2026-0001/"))
    assert "不归村里管" in page
    assert "作出决定" not in page
    assert "SS2026-0001" in text_of(as_("dora").get("/appeals/"))
    assert "点一个理由就申诉" not in text_of(alice.get(asked))


def test_a_decision_says_yes_or_no_and_why(house, demand, asked, as_):
    as_("alice").post(asked + "appeals/", {"ground": "duplicate"})
    sam = as_("sam")
    assert "成立，一村不用办了" in text_of(sam.get("/appeals/SS2026-0001/"))
    for form in ({"decision": "查过了"}, {"outcome": "upheld", "decision": ""}):
        assert sam.post("/appeals/SS2026-0001/decision/", form).status_code == 422
    sam.post("/appeals/SS2026-0001/decision/", {"outcome": "upheld", "decision": "乡镇报过"})
    assert house.page(demand.replace("XQ", "BB")).state == "spared"
    assert "申诉成立，不用再填" in text_of(as_("alice").get(f"/filings/{demand.replace('XQ', 'BB')}/"
                                                           f"{house.city.code['一村']}/"))  # fmt: skip
    assert "该拦没拦" in text_of(sam.get("/statistics/"))


@pytest.mark.parametrize(
    ("minutes", "status"), [("7", 303), ("0", 303), ("七", 422), ("-1", 422), ("10001", 422), ("", 422)]
)
def test_telling_minutes(demand, asked, as_, minutes, status):
    assert as_("alice").post(asked + "minutes/", {"minutes": minutes}).status_code == status


def test_baselines(demand, unit, as_):
    sam, address = as_("sam"), unit["富水市"] + "baselines/"
    assert "没有基线" in text_of(sam.get(address))
    form = {"kind": "document", "count": "200", "source": "登记簿（模拟）"}
    assert sam.post(address, form | {"count": "二百"}).status_code == 422
    assert sam.post(address, form | {"source": ""}).status_code == 422
    assert sam.post(address, form).status_code == 303
    page = text_of(sam.get(address))
    assert "200 登记簿（模拟） −100% −50% 100 在内" in page
    assert sam.post(address, form | {"count": "300"}).status_code == 409
    assert "定 2018 年的基线" not in text_of(as_("alice").get(unit["一村"] + "baselines/"))


def test_what_would_come_of_it(house, demand, as_):
    house.define("vat_revenue", code="second", title="后发的表")
    dora, query = as_("dora"), f"?scope={house.city.code['富水市']}&period=2026Q3&due_on=2026-10-21"
    assert "/sheets/second/what-if/" in dora.get(f"/sheets/second/compilation/{query}").content.decode()
    page = dora.get(f"/sheets/second/what-if/{query}")
    assert "6 个单位，平均每个不到 1 分钟" in text_of(page)
    assert "三季度经济运行表" in text_of(page)
    region = dora.get(f"/sheets/second/what-if/{query}", HTTP_HX_TARGET="p#what-if", **HTMX).content.decode()
    assert region.strip().startswith('<div id="what-if"')


def test_one_out_for_one_in_is_asked_where_the_profile_wants_it(house, demand, as_, monkeypatch):
    rule = law.rule

    def stricter(id, on, **more):
        found = rule(id, on, **more)
        more_of = {"one_in_one_out": True} if id == "BRD-1" else {}
        return type(found)(found.id, found.title, found.action, dict(found.parameters) | more_of, found.sources)

    house.define("vat_revenue", code="second", title="后发的表")
    address = f"/sheets/second/compilation/?scope={house.city.code['富水市']}&period=2026Q3&due_on=2026-10-21"
    assert "接替哪一项" not in text_of(as_("dora").get(address))
    withdraw_dispatch(dispatch=demand.replace("XQ", "BB"), reason="不用了", by=house.city.actor["dora"], at=AT)
    monkeypatch.setattr(law, "rule", stricter)
    dora = as_("dora")
    assert "接替哪一项" in text_of(dora.get(address))
    form = {
        "scope": house.city.code["富水市"],
        "period": "2026Q3",
        "due_on": "2026-10-21",
        "basis": "据",
        "do": "whole",
    }
    assert dora.post("/sheets/second/dispatches/", form).status_code == 409
    assert dora.post("/sheets/second/dispatches/", form | {"in_place_of": demand}).status_code == 303
