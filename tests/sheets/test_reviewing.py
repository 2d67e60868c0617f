"""Handing in, returning, accepting, refusing: done once however often asked, refused, not allowed, audited."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotAllowed, NotThere
from dukao.sheets import actions
from dukao.sheets.models import Answer, Filing
from tests.conftest import AT

CHECKS = [
    {"name": "其中", "rule": "vat_revenue <= tax_revenue", "message": "增值税不应大于税收收入"},
    {"name": "偏大", "rule": "tax_revenue <= 1000", "message": "税收收入偏大，请核对", "level": "warning"},
]


def _filing(house, unit="一村"):
    return Filing.objects.get(unit_id=house.city.unit[unit])


def test_handing_in_freezes_what_was_filled_in_with_its_fact(house):
    house.know("tax_revenue", "2026Q3", "一村", 100)
    number = house.send("tax_revenue", "new_projects", {"element": "remark", "required": False})
    house.type(number, "new_projects", "3")
    done = house.act("submit_filing", number)
    assert (done.n_prefilled, done.n_answered, done.again) == (1, 1, False)
    frozen = Answer.objects.get(origin="prefilled")
    assert (frozen.value, frozen.fact_id is not None) == (100, True)
    filing = _filing(house)
    assert (filing.state, filing.submitted_by, filing.revision) == ("submitted", "alice", 1)


def test_a_double_submit_changes_nothing(house):
    house.know("tax_revenue", "2026Q3", "一村", 100)
    number = house.send("tax_revenue", "new_projects")
    house.type(number, "new_projects", "3")
    first = house.act("submit_filing", number)
    again = house.act("submit_filing", number)
    assert again == replace(first, again=True)
    assert Event.objects.filter(verb="sheets.filing.submitted").count() == 1
    assert (_filing(house).revision, Answer.objects.count()) == (1, 2)


def test_what_is_missing_and_what_does_not_add_up_is_named(house):
    house.know("population", "2026-06", "一村", 10)
    number = house.send(
        "tax_revenue", "vat_revenue", "population", {"element": "remark", "required": False}, checks=CHECKS
    )
    with pytest.raises(Invalid) as invalid:
        house.act("submit_filing", number, at=AT + timedelta(days=50))
    errors = invalid.value.errors
    assert errors["tax_revenue:2026Q3"] == "还没有填"
    assert errors["population:2026-08"] == "请确认是否仍对，或改写"
    assert "remark:2026Q3" not in errors
    assert len(errors) == 5
    assert _filing(house).state == "open"


def test_errors_stop_warnings_do_not(house):
    number = house.send("tax_revenue", "vat_revenue", checks=CHECKS)
    house.type(number, "tax_revenue", "2000")
    house.type(number, "vat_revenue", "2000.01")
    assert [v.name for v in house.page(number).violations] == ["其中", "偏大"]
    with pytest.raises(Invalid) as invalid:
        house.act("submit_filing", number)
    assert invalid.value.errors == {"check:其中": "增值税不应大于税收收入"}
    house.type(number, "vat_revenue", "2000")
    assert house.act("submit_filing", number).warnings == ("税收收入偏大，请核对",)


def test_accepting_makes_facts(house):
    number = house.send("tax_revenue", "new_projects")
    house.type(number, "tax_revenue", "5")
    house.type(number, "new_projects", "3")
    house.act("submit_filing", number)
    done = house.act("accept_filing", number, by="rita")
    assert (done.n_facts, done.overtaken, done.again) == (2, (), False)
    assert house.total("tax_revenue", "富水市").pending_n == 0
    assert house.act("accept_filing", number, by="rita").again
    assert Event.objects.filter(verb="sheets.filing.accepted").count() == 1
    with pytest.raises(actions.NotSubmitted):
        house.act("return_filing", number, by="rita", reason="x")


def test_returning_and_handing_in_again(house):
    house.know("tax_revenue", "2026Q3", "一村", 100)
    number = house.send("tax_revenue", "new_projects")
    house.type(number, "new_projects", "3")
    house.act("submit_filing", number)
    with pytest.raises(Invalid):
        house.act("return_filing", number, by="rita", reason=" ")
    for _ in range(2):
        house.act("return_filing", number, by="rita", reason="少报两个")
    assert Event.objects.filter(verb="sheets.filing.returned").count() == 1
    page = house.page(number)
    assert (page.state, page.reason, page.may_fill) == ("returned", "少报两个", True)
    assert house.total("new_projects", "富水市").pending_n == 1
    house.type(number, "new_projects", "5")
    house.act("submit_filing", number)
    house.act("accept_filing", number, by="rita")
    assert house.total("new_projects", "富水市").sum == 5
    assert (_filing(house).revision, Answer.objects.count()) == (4, 2)


def test_a_dispute_survives_handing_in(house):
    house.know("tax_revenue", "2026Q3", "一村", 100)
    number = house.send("tax_revenue", "new_projects")
    house.act("dispute_answer", number, element="tax_revenue", reason="少了一家企业")
    house.type(number, "new_projects", "5")
    house.act("submit_filing", number)
    cell = house.cell(number, "tax_revenue", viewer="rita")
    assert (cell.state, cell.disputed_reason, cell.shown) == ("disputed", "少了一家企业", "1.00")


def test_an_answer_that_a_delivery_overtook_stays_behind(house):
    number = house.send("tax_revenue", "new_projects")
    house.type(number, "tax_revenue", "5")
    house.type(number, "new_projects", "3")
    house.act("submit_filing", number)
    house.know("tax_revenue", "2026Q3", "一村", 700)
    done = house.act("accept_filing", number, by="rita")
    assert (done.n_facts, done.overtaken) == (1, ("tax_revenue",))
    told = Event.objects.get(verb="sheets.filing.accepted").detail
    assert (told["facts"], told["overtaken"]) == (1, ["tax_revenue"])
    assert house.total("tax_revenue", "富水市").sum == 700


def test_who_reviews(house, city):
    number = house.send("new_projects")
    house.type(number, "new_projects", "5")
    house.act("submit_filing", number)
    assert house.page(number, viewer="rita").may_review
    assert house.page(number, viewer="dora").may_review
    for name in ("alice", "sam"):
        assert not house.page(number, viewer=name).may_review
        with pytest.raises(NotAllowed):
            house.act("accept_filing", number, by=name)
    for name in ("wang", "tara", "adam", "otto", "charlie"):
        for verb, more in (("accept_filing", {}), ("return_filing", {"reason": "x"})):
            with pytest.raises(NotThere):
                house.act(verb, number, by=name, **more)
    assert house.act("accept_filing", number, by="dora").n_facts == 1


def test_nobody_reviews_what_he_handed_in_himself(house, city):
    number = house.send("new_projects")
    house.type(number, "new_projects", "5")
    house.act("submit_filing", number)
    both = replace(city.actor["alice"], standings=city.actor["alice"].standings + city.actor["rita"].standings)
    with pytest.raises(NotAllowed, match="自己"):
        actions.accept_filing(dispatch=number, unit=city.code["一村"], by=both, at=AT)


def test_nothing_is_reviewed_before_it_is_handed_in(house):
    number = house.send("new_projects")
    for verb, more in (("accept_filing", {}), ("return_filing", {"reason": "x"})):
        with pytest.raises(actions.NotSubmitted):
            house.act(verb, number, by="rita", **more)


EXPIRED = date(2026, 10, 20)  # valid to the due day, and not one day longer
THE_DAY_AFTER = AT + timedelta(days=13)


def test_an_expired_sheet_may_be_refused_and_the_refusal_stands(house):
    number = house.send("new_projects", legal={
        "type": "statistical", "form_number": "统1", "issuing_body": "统计局", "approval_number": "1号",
        "valid_until": EXPIRED.isoformat(),
    })  # fmt: skip
    house.type(number, "new_projects", "5")
    with pytest.raises(actions.MarksInOrder) as in_order:
        house.act("refuse_filing", number, at=AT + timedelta(days=12))
    assert "第十七条" in in_order.value.source
    page = house.page(number, today=THE_DAY_AFTER.date())
    assert (page.may_refuse, page.lacking_marks) == (True, ("有效期限已于 2026年10月20日 届满",))
    for _ in range(2):
        house.act("refuse_filing", number, at=THE_DAY_AFTER)
    assert house.total("new_projects", "富水市") is None
    event = Event.objects.get(verb="sheets.filing.refused")
    assert event.detail["missing"] == ["valid_until"]
    filing = _filing(house)
    assert (filing.state, filing.reason) == ("refused", "有效期限已于 2026年10月20日 届满")
    for attack in (lambda: Filing.objects.filter(pk=filing.pk).update(state="open"),
                   lambda: Filing.objects.filter(pk=filing.pk).update(reason="x"),
                   lambda: Filing.objects.filter(pk=filing.pk)._raw_delete("default")):  # fmt: skip
        with pytest.raises(DatabaseError, match="a refusal stands"), transaction.atomic():
            attack()
    with pytest.raises(actions.FilingClosed):
        house.type(number, "new_projects", "5", at=THE_DAY_AFTER)
    with pytest.raises(actions.FilingClosed):
        house.act("submit_filing", number, at=THE_DAY_AFTER)
    for verb, more in (("accept_filing", {}), ("return_filing", {"reason": "x"})):
        with pytest.raises(actions.NotSubmitted):
            house.act(verb, number, by="rita", at=THE_DAY_AFTER, **more)
    actions.withdraw_dispatch(dispatch=number, reason="过期", by=house.city.actor["dora"], at=THE_DAY_AFTER)
    assert _filing(house).state == "refused"


@pytest.mark.parametrize("name", ["wang", "rita", "dora", "sam", "charlie"])
def test_only_the_unit_itself_refuses(house, name):
    number = house.send("new_projects")
    with pytest.raises(NotThere):
        house.act("refuse_filing", number, by=name)


def test_after_handing_in_it_is_too_late_to_refuse(house):
    number = house.send("new_projects")
    house.type(number, "new_projects", "5")
    house.act("submit_filing", number)
    with pytest.raises(actions.FilingClosed):
        house.act("refuse_filing", number)


@pytest.mark.parametrize("broken", [
    {"state": "returned"}, {"state": "refused"}, {"state": "submitted"}, {"state": "accepted", "submitted_at": AT},
])  # fmt: skip
def test_the_database_wants_the_reason_and_the_day(house, broken):
    house.send("new_projects")
    with pytest.raises(IntegrityError), transaction.atomic():
        Filing.objects.filter(unit_id=house.city.unit["一村"]).update(**broken)


@pytest.mark.parametrize("verb", ["submit_filing", "accept_filing", "refuse_filing"])
def test_not_there(house, verb):
    number = house.send("new_projects")
    for dispatch, unit in (("BB2026-0404", "一村"), (number, "甲镇")):
        with pytest.raises(NotThere):
            house.act(verb, dispatch, unit=unit, by="rita")
