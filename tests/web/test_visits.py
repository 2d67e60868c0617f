"""Pages of visits: the code stands in no address, the QR carries it behind a #, steps come one after the other."""

import re
from datetime import timedelta
from html import unescape

import pytest
import segno
from desk_helpers import HTMX, text_of

from dukao.gate import actions, queries
from dukao.gate.models import CodeMiss, JointPlan, Plan, Visit
from tests.conftest import AT, ON
from tests.gate.planned import approved_item

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def item(city) -> str:
    return approved_item(city)


def _form(city, item: str | list[str], **changes) -> dict[str, str | list[str]]:
    return {
        "item": item, "unit": city.code["一村"], "on": ON.isoformat(), "mode": "announced", "purpose": "看台账",
        "team_size": "2", "people": "统计执法岗\n统计调查岗", "request_key": "from-the-page",
    } | changes  # fmt: skip


def _book(city, item: str, **changes):
    asked = {
        "items": [item], "unit": city.code["一村"], "on": ON, "mode": "announced", "purpose": "看台账", "team_size": 1,
        "people": [{"name": "", "office": "统计岗"}], "request_key": "by-hand", "by": city.actor["dora"], "at": AT,
    }  # fmt: skip
    return actions.hold_visit(**asked | changes)


def test_booking_goes_step_by_step(city, item, as_):
    dora = as_("dora")
    page = text_of(dora.get("/visits/new/"))
    assert "第一步：选计划事项" in page
    assert "还可以去 12 次，共 12 次" in page
    page = text_of(dora.get(f"/visits/new/?item={item}"))
    assert "第二步：选单位" in page
    assert "六村" in page
    assert "六村" not in text_of(dora.get(f"/visits/new/?item={item}&q=一"))
    page = text_of(dora.get(f"/visits/new/?item={item}&unit={city.code['一村']}"))
    assert "第三步：定日子和人" in page
    assert "四不两直" not in page, "the plan told openly how they come"
    sealed = approved_item(city, number="JH2026-0003", method="unannounced")
    page = text_of(dora.get(f"/visits/new/?item={sealed}&unit={city.code['一村']}"))
    assert "到场后 24 小时内要有结论" in page


def test_units_still_to_go_to_come_first_and_those_done_are_no_links(city, item, as_, monkeypatch):
    from dukao.gate.models import PlanItem, PlanTarget
    from dukao.gate.queries import booking

    [one] = PlanItem.objects.filter(number=item)
    named = [city.unit[name] for name in ("一村", "二村", "三村", "六村")]
    PlanTarget.objects.bulk_create(PlanTarget(item=one, unit_id=unit) for unit in named)
    _book(city, item)
    monkeypatch.setattr(booking, "_UNITS_MOST", 2)
    page = as_("dora").get(f"/visits/new/?item={item}")
    linked = set(re.findall(r"&(?:amp;)?unit=(\d+)", page.content.decode()))
    assert len(linked) == 2
    assert city.code["一村"] not in linked
    still, _, spent = text_of(page).partition("不能再约的 1 个")
    assert "还有 1 个没有列出" in still
    assert "一村" in spent, "whatever is cut, what is spent is named"


def test_the_unit_appeals_from_the_page_of_the_visit_and_of_the_meeting(city, item, as_):
    """The first of two taps: both lead to the grounds."""
    import routes_meetings

    routes_meetings.furnish(city)
    alice = as_("alice")
    held = _book(city, item)
    for address in (f"/visits/{held.number}/", "/meetings/HY2026-0001/"):
        [href] = re.findall(r'href="(/burden/demands/[^"]+)"', alice.get(address).content.decode())
        assert "点一个理由就申诉" in text_of(alice.get(href))
        assert "/burden/demands/" not in as_("dora").get(address).content.decode()


def test_nobody_comes_for_an_item_that_is_looked_at_in_data(city, item, as_):
    remote = approved_item(city, number="JH2026-0004", method="internet", title="参保核查")
    dora = as_("dora")
    assert "参保核查" not in text_of(dora.get("/visits/new/"))
    answer = dora.post("/visits/new/", _form(city, remote))
    assert answer.status_code == 409
    assert "“参保核查”批准的是不到现场" in text_of(answer)
    assert "参保核查" not in text_of(as_("alice").get("/plan/"))
    page = text_of(dora.get(f"/visits/remote/?item={remote}&unit={city.code['一村']}"))
    assert "参保核查" in page
    assert "现场" not in page.partition("参保核查 · 一村")[2]


@pytest.mark.parametrize("on", ["0001-01-01", "2023-06-01", "9999-12-31"])
def test_days_of_which_no_rule_knows_are_refused_like_others(city, item, as_, on):
    dora = as_("dora")
    assert dora.get("/visits/new/", {"item": item, "unit": city.code["一村"], "on": on}).status_code == 200
    answer = dora.post("/visits/new/", _form(city, item, on=on))
    assert answer.status_code == 409
    assert "只在2026年1月1日到2026年12月31日之间开展" in text_of(answer)


def test_what_it_would_come_to_is_shown_as_one_types_and_books_nothing(city, item, as_):
    dora = as_("dora")
    region = HTMX | {"HTTP_HX_TARGET": "section#trial"}
    answer = dora.post("/visits/new/", _form(city, item, do="try", people=""), **region)
    page = text_of(answer)
    for said in ("现在可以预约", "约 2 小时，记在统计局名下", "还有 12 次，共 12 次", "还有空，最多 1 次"):
        assert said in page
    assert "10月8日、10月9日、10月10日" in page
    assert not Visit.objects.exists()
    _book(city, item)
    assert "10月13日、10月14日、10月15日" in text_of(dora.post("/visits/new/", _form(city, item, do="try"), **region))
    assert "填上日子" in text_of(dora.post("/visits/new/", _form(city, item, do="try", on="1"), **region))


def test_who_leads_books_from_the_calendar(city, item, as_):
    other = approved_item(city, number="JH2026-0002", department="tax", title="发票核查", topic="tax")
    joint = JointPlan.objects.create(plan=Plan.objects.get(), made_at=AT, made_by="sam", planned=2, bound=1,
                                     limits={"visits_per_month": 2, "cooling_workdays": 3, "departments_most": 4,
                                             "visits_per_department_day": 10},
                                     crowded_months=0, adopted_at=AT)  # fmt: skip
    joint.visits.create(unit_id=city.unit["一村"], on=ON, items=[item, other])
    calendar = f"/joint/?unit={city.code['富水市']}"
    page = as_("dora").get(calendar).content.decode()
    assert "统计局（牵头）、税务局" in page
    assert "由统计局预约" in text_of(as_("tara").get(calendar))
    [address] = re.findall(r'href="(/visits/new/[^"]+)"', page)
    page = text_of(as_("dora").get(unescape(address)))
    assert "日子按联合检查的日历定" in page
    assert "比各来各的省" in page
    assert "税务局" in text_of(as_("dora").post("/visits/new/", _form(city, [item, other])))


def test_the_code_is_shown_once_and_its_qr_hides_it_from_logs(city, item, as_):
    dora = as_("dora")
    answer = dora.post("/visits/new/", _form(city, item))
    held = Visit.objects.get()
    code = actions.hold_visit(items=[item], unit=city.code["一村"], on=ON, mode="announced", purpose="看台账",
                              people=held.people, team_size=2, request_key="from-the-page", by=city.actor["dora"],
                              at=AT).code  # fmt: skip
    assert answer.status_code == 200, "no address leads to a page with a code"
    html = answer.content.decode()
    drawn = segno.make(f"http://testserver/visits/code/#{code}", error="m").svg_inline(
        scale=4, border=4, omitsize=True, svgclass=None, lineclass=None
    )
    assert drawn in html
    assert "-".join(code[n : n + 4] for n in range(0, 16, 4)) in html
    assert code not in dora.get(f"/visits/{held.number}/").content.decode()


def test_what_is_wrong_is_said_at_its_place_and_nothing_typed_is_lost(city, item, as_):
    answer = as_("dora").post("/visits/new/", _form(city, item, on="明天", purpose="看台账和名册"))
    assert answer.status_code == 422
    assert "应像 2026-10-16" in text_of(answer)
    assert "看台账和名册" in text_of(answer)
    assert not Visit.objects.exists()


def test_what_the_rules_do_not_let_through_is_told_with_what_to_do(city, item, as_):
    _book(city, item)
    answer = as_("dora").post("/visits/new/", _form(city, item, on=(ON + timedelta(days=1)).isoformat()))
    assert answer.status_code == 409
    assert "INS-3" in text_of(answer)


def test_the_office_books_several_items_as_one_visit(city, item, as_):
    other = approved_item(city, number="JH2026-0002", department="tax", title="发票核查", topic="tax")
    here = f"?item={item}&item={other}&unit={city.code['一村']}&on={ON}"
    page = text_of(as_("sam").get(f"/visits/new/{here}"))
    assert "统计数据质量核查" in page
    assert "发票核查" in page
    booked = as_("sam").post("/visits/new/", _form(city, [item, other]))
    assert "税务局" in text_of(booked)
    assert len(queries.visits(viewer=city.actor["alice"])) == 1, "the unit is visited once"
    for name in ("dora", "tara"):
        assert [v.departments for v in queries.visits(viewer=city.actor[name])] == ["统计局、税务局"]
    assert as_("dora").post("/visits/new/", _form(city, [item, other], request_key="k")).status_code == 404


def test_the_village_reads_the_code_and_confirms(city, item, as_):
    held = _book(city, item)
    alice = as_("alice")
    assert "今天来检查的 1 件" in text_of(alice.get("/visits/"))
    answer = alice.post("/visits/code/", {"code": held.code.lower()})
    page = text_of(answer)
    assert answer.status_code == 200
    for said in (
        "统计局",
        "看台账",
        "富统调〔2026〕8号",
        "常住人口台账",
        "30 天内可以提异议",
        "没有要求层层陪同和汇报",
    ):
        assert said in page
    arrived = alice.post("/visits/code/arrival/", {"code": held.code})
    assert arrived.headers["Location"] == f"/visits/{held.number}/"
    assert "等待反馈结论" in text_of(alice.get(arrived.headers["Location"]))


def test_a_code_for_another_unit_is_told_apart(city, item, as_):
    held = _book(city, item)
    page = text_of(as_("wang").post("/visits/code/", {"code": held.code}))
    assert "这个码是给一村的，不是给本单位的" in page
    assert "没有码，我拒绝了" in page
    assert "确认到场" not in page
    assert as_("wang").post("/visits/code/arrival/", {"code": held.code}).status_code == 404


def test_a_stranger_sees_what_an_announced_code_says_and_may_do_nothing(city, item, as_):
    held = _book(city, item)
    page = text_of(as_("").post("/visits/code/", {"code": held.code}))
    assert "统计局" in page
    assert "登录后确认到场" in page
    assert "没有码，我拒绝了" not in page


def test_guessing_on_the_page_is_stopped(city, as_):
    alice = as_("alice")
    answers = [alice.post("/visits/code/", {"code": "7K3M0D2X7K3M0D2X"}).status_code for _time in range(12)]
    assert answers == [409] * 10 + [429] * 2
    assert CodeMiss.objects.count() == 10


def test_a_strangers_guesses_count_for_the_address(city, item, as_):
    held = _book(city, item)
    for _time in range(10):
        as_("").post("/visits/code/", {"code": "7K3M0D2X7K3M0D2X"})
    assert as_("").post("/visits/code/", {"code": held.code}).status_code == 429
    assert as_("alice").post("/visits/code/", {"code": held.code}).status_code == 200


def test_only_the_page_that_reads_codes_may_use_the_camera(city, as_):
    assert "camera=(self)" in as_("alice").get("/visits/code/").headers["Permissions-Policy"]
    assert "camera=()" in as_("alice").get("/visits/").headers["Permissions-Policy"]


def test_deadlines_are_shown_and_being_late_is_said(city, as_, monkeypatch):
    held = _book(city, approved_item(city, number="JH2026-0003", method="unannounced"), mode="unannounced")
    actions.arrive(code=held.code, unit=city.code["一村"], by=city.actor["alice"], at=AT)
    assert "10月9日 10:00前" in text_of(as_("alice").get(f"/visits/{held.number}/")).replace(" 前", "前")
    monkeypatch.setattr("dukao.web.doors.now", lambda: AT + timedelta(hours=25))
    assert "超过期限" in text_of(as_("sam").get(f"/visits/{held.number}/"))
    assert "已到场，结论超过期限" in text_of(as_("sam").get("/visits/"))


def test_the_conclusion_goes_to_and_fro_on_the_page(city, item, as_):
    held = _book(city, item)
    actions.arrive(code=held.code, unit=city.code["一村"], by=city.actor["alice"], at=AT)
    here = f"/visits/{held.number}/"
    empty = as_("dora").post(here + "conclusion/", {"conclusion": ""})
    assert (empty.status_code, "不能为空" in text_of(empty)) == (422, True)
    assert as_("dora").post(here + "conclusion/", {"conclusion": "漏登一户"}).status_code == 303
    assert "漏登一户" in text_of(as_("alice").get(here))
    assert as_("alice").post(here + "objection/", {"objection": "下月登记"}).status_code == 303
    assert as_("sam").post(here + "decision/", {"decision": "成立"}).status_code == 422, "an outcome is chosen"
    assert as_("sam").post(here + "decision/", {"decision": "更正", "outcome": "upheld"}).status_code == 303
    assert "异议成立" in text_of(as_("dora").get(here))


def test_data_instead_of_a_visit(city, item, as_, house):
    house.know("population", "2026-09", "一村", 1203)
    dora, here = as_("dora"), f"/visits/remote/?item={item}&unit={city.code['一村']}"
    page = text_of(dora.get(here))
    assert "1203 人" in page
    assert "台账是否及时登记" in page, "what data do not answer is said"
    form = {"item": item, "unit": city.code["一村"], "request_key": "remote"}
    done = dora.post("/visits/remote/", form)
    assert done.status_code == 303
    seen = text_of(as_("alice").get(done.headers["Location"]))
    assert "没有到现场，没有占用被检查单位的时间" in seen
    assert queries.visits(viewer=city.actor["alice"])[0].mode == "remote"
