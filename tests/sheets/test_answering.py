"""Filling in: what is known is locked, stale takes one tap, the rest counts at once; two people; every refusal."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.org.rules import SYSTEM
from dukao.registers import queries as registers
from dukao.sheets import actions
from dukao.sheets.models import Answer
from tests.conftest import AT

LATER = AT + timedelta(days=50)  # the end of November: July's figures have grown old


def _same(figure, total, n, pending, pending_n):
    return (figure.sum, figure.n, figure.pending_sum, figure.pending_n) == (total, n, pending, pending_n)


def test_what_is_typed_counts_at_once_up_to_the_city(house):
    number = house.send("tax_revenue")
    assert house.type(number, "tax_revenue", "1,284.50").shown == "1284.50"
    for place in ("甲镇", "东县", "富水市"):
        assert _same(house.total("tax_revenue", place), 128450, 1, 128450, 1)
    house.type(number, "tax_revenue", "2", by="wang", unit="二村")
    house.type(number, "tax_revenue", "3")
    assert _same(house.total("tax_revenue", "富水市"), 500, 2, 500, 2)
    assert house.total("tax_revenue", "西区") is None


def test_the_event_says_who_typed_what_where(house, city):
    number = house.send("tax_revenue", "remark")
    house.type(number, "tax_revenue", "12.5")
    event = Event.objects.get(verb="sheets.answer.typed")
    assert (event.subject, event.actor) == (f"filing:{number}/{city.code['一村']}", "alice")
    assert event.unit_path == city.path["一村"]
    assert event.detail == {"element": "tax_revenue", "period": "2026Q3", "value": "12.50"}


def test_saving_the_same_twice_leaves_one_event(house):
    number = house.send("tax_revenue")
    for _ in range(2):
        house.type(number, "tax_revenue", "12.5")
    assert Event.objects.filter(verb="sheets.answer.typed").count() == 1


def test_months_of_a_quarter_are_typed_one_by_one(house):
    number = house.send("sales")
    with pytest.raises(Invalid, match="2026-07、2026-08、2026-09"):
        house.type(number, "sales", "1")
    with pytest.raises(Invalid):
        house.type(number, "sales", "1", period="2026-06")
    house.type(number, "sales", "1.5", period="2026-08")
    assert house.total("sales", "富水市", "2026-08").sum == 15


def test_text_and_codes(house):
    number = house.send("remark", "has_road")
    assert house.type(number, "has_road", "是").shown == "是"
    house.type(number, "remark", " =1+1 说明 ")
    assert set(Answer.objects.values_list("text", flat=True)) == {"1", "=1+1 说明"}


@pytest.mark.parametrize(("element", "raw", "why"), [
    ("tax_revenue", "1.234", "小数"), ("tax_revenue", "-1", "不能小于"), ("new_projects", "1001", "不能大于 1000"),
    ("has_road", "3", "可选范围"), ("remark", "字" * 501, "500"), ("new_projects", "十", "不是数字"),
])  # fmt: skip
def test_invalid(house, element, raw, why):
    number = house.send("tax_revenue", "new_projects", "has_road", "remark")
    with pytest.raises(Invalid, match=why) as invalid:
        house.type(number, element, raw)
    assert list(invalid.value.errors) == [f"{element}:2026Q3"]
    assert not Answer.objects.exists()
    assert not Event.objects.filter(verb__startswith="sheets.answer").exists()


def test_what_is_known_is_locked(house):
    house.know("tax_revenue", "2026Q3", "一村", 100)
    number = house.send("tax_revenue", "new_projects")
    with pytest.raises(actions.AlreadyKnown) as refused:
        house.type(number, "tax_revenue", "5")
    assert "政务数据共享条例" in refused.value.source
    assert house.total("tax_revenue", "富水市").sum == 100
    house.type(number, "tax_revenue", "5", by="wang", unit="二村")


def test_what_is_only_shown_is_not_typed(house):
    house.know_all("vat_revenue", "2026Q3", "一村 二村 三村 四村 五村")
    other = house.send("vat_revenue", "sales", code="first")
    number = house.send("vat_revenue", "new_projects", code="second")
    assert house.cell(number, "vat_revenue", unit="六村", viewer="dora").state == "elsewhere"
    with pytest.raises(actions.AlreadyKnown):
        house.type(other, "vat_revenue", "1")
    with pytest.raises(actions.NotAskedHere):
        _as_worker_of(house, "六村", number, "vat_revenue")


def _as_worker_of(house, unit, number, element):
    from dukao.org.rules import SYSTEM

    return actions.type_answer(dispatch=number, unit=house.city.code[unit], element=element, raw="1", by=SYSTEM, at=AT)


def test_clearing_takes_it_back_everywhere(house):
    number = house.send("tax_revenue")
    house.type(number, "tax_revenue", "12")
    assert house.type(number, "tax_revenue", "  ").state == "asked"
    assert house.total("tax_revenue", "富水市") is None
    assert not Answer.objects.exists()
    assert house.act("clear_answer", number, element="tax_revenue").state == "asked"
    assert Event.objects.filter(verb="sheets.answer.cleared").count() == 1


def test_stale_takes_one_tap(house):
    house.know("population", "2026-06", "一村", 1203)
    house.know("tax_revenue", "2026Q3", "一村", 100)
    number = house.send("population", "tax_revenue", "new_projects")
    today = date(2026, 11, 27)
    for period in ("2026-07", "2026-08", "2026-09"):
        cell = house.cell(number, "population", period, today=today)
        assert (cell.state, cell.shown, cell.value_period) == ("stale", "1203", "2026年6月")
    assert house.cell(number, "tax_revenue", today=today).state == "stale"

    saved = house.act("confirm_answer", number, element="tax_revenue", at=LATER)
    assert (saved.state, saved.shown) == ("answered", "1.00")
    assert house.total("tax_revenue", "富水市").pending_n == 0  # an accepted fact stands until the review
    from dukao.base.periods import Period

    for _ in range(2):
        house.act("confirm_answer", number, element="population", period=Period.parse("2026-08"), at=LATER)
    assert _same(house.total("population", "富水市", "2026-08"), 1203, 1, 1203, 1)  # counts right away
    assert Event.objects.filter(verb="sheets.answer.confirmed").count() == 2


def test_a_stale_value_may_be_replaced_and_becomes_a_fact_when_accepted(house):
    house.know("tax_revenue", "2026Q3", "一村", 100)
    number = house.send("tax_revenue", "new_projects")
    house.type(number, "tax_revenue", "2", at=LATER)
    house.type(number, "new_projects", "3", at=LATER)
    assert house.total("tax_revenue", "富水市").sum == 100
    house.act("submit_filing", number, at=LATER)
    house.act("accept_filing", number, by="rita", at=LATER)
    assert _same(house.total("tax_revenue", "富水市"), 200, 1, 0, 0)


def test_only_stale_is_confirmed(house):
    house.know("tax_revenue", "2026Q3", "一村")
    number = house.send("tax_revenue", "new_projects")
    for element in ("tax_revenue", "new_projects"):
        with pytest.raises(actions.NotStale):
            house.act("confirm_answer", number, element=element)


def test_what_lower_levels_add_up_to_can_be_not_right_too(house):
    house.know_all("tax_revenue", "2026Q3", "一村 二村 三村")
    number = house.send("tax_revenue", "county_plan", level="county")
    here = {"unit": "东县", "by": "system", "element": "tax_revenue"}
    house.city.actor["system"] = SYSTEM
    assert house.cell(number, "tax_revenue", unit="东县", viewer="dora").shown == "3.00"
    assert house.act("dispute_answer", number, **here, reason="二村报重了").shown == "3.00"
    cell = house.cell(number, "tax_revenue", unit="东县", viewer="dora")
    assert (cell.state, cell.shown, cell.source.kind) == ("disputed", "3.00", "below")
    assert cell.disputed_reason == "二村报重了"
    house.act("type_answer", number, **here | {"element": "county_plan"}, raw="1")
    house.act("submit_filing", number, unit="东县", by="system")
    assert house.cell(number, "tax_revenue", unit="东县", viewer="dora").disputed_reason == "二村报重了"


def test_not_right_may_be_taken_back_of_a_folded_value(house):
    house.know_all("tax_revenue", "2026Q3", "一村 二村 三村")
    number = house.send("tax_revenue", "county_plan", level="county")
    house.city.actor["system"] = SYSTEM
    here = {"unit": "东县", "by": "system", "element": "tax_revenue"}
    house.act("dispute_answer", number, **here, reason="二村报重了")
    saved = house.act("clear_answer", number, **here)
    assert (saved.state, saved.shown) == ("known", "3.00")


def test_not_right_keeps_the_value_and_the_reason(house):
    house.know("tax_revenue", "2026Q3", "一村", 100)
    number = house.send("tax_revenue", "new_projects")
    for wrong in ("", "因" * 301):
        with pytest.raises(Invalid):
            house.act("dispute_answer", number, element="tax_revenue", reason=wrong)
    assert house.act("dispute_answer", number, element="tax_revenue", reason="少了一家企业").state == "disputed"
    cell = house.cell(number, "tax_revenue")
    assert (cell.state, cell.shown, cell.disputed_reason) == ("disputed", "1.00", "少了一家企业")
    assert house.total("tax_revenue", "富水市").sum == 100
    with pytest.raises(actions.AlreadyKnown):
        house.type(number, "tax_revenue", "2")
    with pytest.raises(actions.NotDisputable):
        house.act("dispute_answer", number, element="new_projects", reason="x")
    assert house.act("clear_answer", number, element="tax_revenue").state == "known"


def test_two_people_in_one_filing_both_leave_their_event(house, city):
    from dataclasses import replace

    city.actor["anna"] = replace(city.actor["alice"], name="anna")
    number = house.send("tax_revenue")
    assert house.type(number, "tax_revenue", "1").wrote_before == ""
    assert house.type(number, "tax_revenue", "2", by="anna").wrote_before == "alice"
    assert house.total("tax_revenue", "富水市").sum == 200
    events = Event.objects.filter(verb="sheets.answer.typed").order_by("id")
    assert [(event.actor, event.detail["value"]) for event in events] == [("alice", "1.00"), ("anna", "2.00")]
    assert house.cell(number, "tax_revenue").answered_by == "anna"
    assert house.act("clear_answer", number, element="tax_revenue").wrote_before == "anna"


def test_a_delivery_that_lands_meanwhile_wins(house):
    number = house.send("tax_revenue")
    house.type(number, "tax_revenue", "5")
    house.know("tax_revenue", "2026Q3", "一村", 700)
    cell = house.cell(number, "tax_revenue")
    assert (cell.state, cell.shown) == ("known", "7.00")
    with pytest.raises(actions.AlreadyKnown):
        house.type(number, "tax_revenue", "6")
    house.act("submit_filing", number)
    assert Answer.objects.get().origin == "prefilled"
    house.act("accept_filing", number, by="rita")
    assert house.total("tax_revenue", "富水市").sum == 700


@pytest.mark.parametrize("name", ["wang", "rita", "dora", "tara", "sam", "adam", "otto", "charlie"])
@pytest.mark.parametrize("verb", ["type", "confirm_answer", "dispute_answer", "clear_answer", "submit_filing"])
def test_not_allowed(house, name, verb):
    number = house.send("tax_revenue")
    more = {} if verb == "submit_filing" else {"element": "tax_revenue"}
    more |= {"reason": "x"} if verb == "dispute_answer" else {}
    with pytest.raises(NotThere):
        house.type(number, "tax_revenue", "1", by=name) if verb == "type" else house.act(verb, number, by=name, **more)


@pytest.mark.parametrize(("dispatch", "unit", "element"), [
    ("BB2026-0404", "一村", "tax_revenue"), (None, "甲镇", "tax_revenue"), (None, "一村", "new_projects"),
    (None, "一村", "nothing"),
])  # fmt: skip
def test_not_there(house, city, dispatch, unit, element):
    number = house.send("tax_revenue")
    with pytest.raises(NotThere):
        house.type(dispatch or number, element, "1", unit=unit)


def test_a_filing_that_was_handed_in_is_closed(house):
    number = house.send("tax_revenue")
    house.type(number, "tax_revenue", "1")
    house.act("submit_filing", number)
    with pytest.raises(actions.FilingClosed):
        house.type(number, "tax_revenue", "2")
    with pytest.raises(actions.FilingClosed):
        house.act("clear_answer", number, element="tax_revenue")


def test_figures_about_persons_stay_out_of_the_trail(house, city):
    from dukao.base.definitions import checked
    from dukao.org.rules import SYSTEM
    from dukao.registers.actions import define_element
    from dukao.registers.rules import ElementDefinition

    person = {
        "code": "helped",
        "title": "帮扶对象",
        "about": "person",
        "kind": "text",
        "period": "quarter",
        "level": "village",
    }
    define_element(definition=checked(ElementDefinition, person, place="x"), by=SYSTEM, at=AT)
    number = house.send("helped")
    house.type(number, "helped", "某某")
    assert Event.objects.get(verb="sheets.answer.typed").detail == {"element": "helped", "period": "2026Q3"}


def test_the_database_holds_one_answer_per_cell_and_repeats_name_their_fact(house):
    number = house.send("tax_revenue")
    house.type(number, "tax_revenue", "1")
    answer = Answer.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(filing_id=answer.filing_id, question_id=answer.question_id, period=answer.period,
                              origin="typed", answered_at=AT, answered_by="x")  # fmt: skip
    for origin in ("confirmed", "prefilled"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.filter(pk=answer.pk).update(origin=origin)


def test_every_total_equals_its_recomputation(house):
    number = house.send("tax_revenue", "sales", "population")
    for raw in ("1", "2", "", "3"):
        house.type(number, "tax_revenue", raw)
        house.type(number, "sales", raw, period="2026-08", by="wang", unit="二村")
    assert registers.totals_that_differ() == ()
