"""Sending a sheet: done, refused (each refusal once), not allowed, audited, nothing half-done; taking back, ending."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from dukao.base.models import Event
from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere
from dukao.base.spoken import spoken
from dukao.gate import actions as gate_actions
from dukao.gate import queries as gate
from dukao.gate.models import Demand
from dukao.law import queries as law
from dukao.org.rules import SYSTEM
from dukao.sheets import actions, queries
from dukao.sheets.models import Dispatch, DispatchQuestion, Filing
from tests.conftest import AT, ON
from tests.sheets.conftest import DUE, Q3


def test_a_dispatch_reaches_every_village_through_the_gate(house, city):
    house.know_all("tax_revenue", "2026Q3")
    number = house.send("tax_revenue", "new_projects", "illness")
    assert number == "BB2026-0001"
    view = queries.dispatch(number=number, viewer=city.actor["dora"])
    assert (view.n_units, view.n_open, view.n_asked, view.demand) == (6, 6, 1, "XQ2026-0001")
    demand = gate.demand(number=view.demand, viewer=city.actor["sam"])
    assert (demand.unit_count, demand.minutes_hundredths, demand.title) == (6, 1200, "三季度经济运行表（2026年三季度）")
    carried = dict(DispatchQuestion.objects.values_list("question__element__code", "is_asked"))
    assert carried == {"tax_revenue": False, "new_projects": True}
    assert Event.objects.filter(verb="gate.demand.issued").count() == 1
    told = Event.objects.get(verb="sheets.sheet.dispatched")
    assert (told.subject, told.unit_path, told.actor) == ("dispatch:BB2026-0001", city.path["富水市"], "dora")
    assert told.detail["minutes_hundredths"] == 1200
    assert Dispatch.objects.get().compiled["questions"]["tax_revenue"]["verdict"] == "held"


def _nothing_was_written():
    return not (Dispatch.objects.exists() or Filing.objects.exists() or Demand.objects.exists()
                or Event.objects.filter(verb__startswith="sheets.sheet.dispatched").exists())  # fmt: skip


@pytest.mark.parametrize(("changes", "refusal", "rule"), [
    ({"legal": {"type": "statistical"}}, actions.SheetRefused, "FRM-1"),
    ({"due_on": date(2026, 10, 9)}, actions.SheetRefused, "FRM-3"),
    ({"frequency": "daily"}, actions.SheetRefused, "FRM-4"),
    ({"basis": ""}, gate_actions.DemandWithoutBasis, ""),
    ({"trim": False}, actions.SheetRefused, "FRM-2"),
])  # fmt: skip
def test_refused(house, changes, refusal, rule):
    house.know_all("tax_revenue", "2026Q3")
    with pytest.raises(refusal) as refused:
        house.send("tax_revenue", "new_projects", **changes)
    assert refused.value.rule == rule
    assert _nothing_was_written()


def test_every_refusal_is_told_at_once(house):
    house.know_all("tax_revenue", "2026Q3")
    with pytest.raises(actions.SheetRefused) as refused:
        house.send("new_projects", legal={"type": "statistical"}, due_on=date(2026, 10, 9), frequency="daily")
    assert [r["rule"] for r in refused.value.as_dict()["refusals"]] == ["FRM-1", "FRM-3", "FRM-4"]
    assert "另有 2 处" in str(refused.value)


def test_nothing_is_sent_where_nothing_is_left(house):
    house.know_all("tax_revenue", "2026Q3")
    with pytest.raises(actions.NothingLeftToAsk):
        house.send("tax_revenue", "illness")
    assert _nothing_was_written()


@pytest.mark.parametrize(("questions", "changes", "rules"), [
    (["tax_revenue", "new_projects"], {"trim": False}, ("FRM-2",)),
    (["tax_revenue", "illness"], {}, ("FRM-2", "PII-1")),
    (["new_projects"], {"legal": {"type": "statistical"}, "frequency": "daily"}, ("FRM-1", "FRM-4")),
])  # fmt: skip
def test_what_the_rules_refuse_is_on_record(house, city, questions, changes, rules):
    """Who wanted to ask what of whom, when, and which rule stood against it; the supervision office sees it."""
    house.know_all("tax_revenue", "2026Q3")
    with pytest.raises((actions.SheetRefused, actions.NothingLeftToAsk)):
        house.send(*questions, **changes)
    year = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}
    (told,) = gate.refusals(viewer=city.actor["sam"], **year)
    assert (told.title, told.asker_name, told.scope_name) == ("三季度经济运行表（2026年三季度）", "统计局", "富水市")
    assert (told.rules, told.by_name, told.refused_at) == (rules, "dora", AT)
    assert len(told.reasons) == len(rules)
    assert Event.objects.get(verb="gate.demand.refused").detail["rules"] == sorted(rules)
    assert gate.refusals(viewer=city.actor["dora"], **year) == (told,)
    assert gate.refusals(viewer=city.actor["tara"], **year) == ()
    assert gate.refusals(viewer=city.actor["sam"], since=date(2025, 1, 1), until=date(2026, 1, 1)) == ()


def test_a_refusal_is_on_record_in_chinese_whoever_asked(house, city):
    house.know_all("tax_revenue", "2026Q3")
    with translation.override("en"), pytest.raises(actions.SheetRefused):
        house.send("tax_revenue", "new_projects", trim=False)
    (told,) = gate.refusals(viewer=city.actor["sam"], since=date(2026, 1, 1), until=date(2027, 1, 1))
    assert "已由" in told.reasons[0]
    with translation.override("en"):
        assert spoken(told.reasons[0]) != told.reasons[0]


def test_what_is_mistyped_is_no_refusal_by_the_rules(house, city):
    with pytest.raises(gate_actions.DemandWithoutBasis):
        house.send("new_projects", basis="")
    assert not Event.objects.filter(verb="gate.demand.refused").exists()


def test_a_draft_is_not_sent(house, city):
    actions.save_draft(definition=house.sheet("new_projects"), by=city.actor["dora"], at=AT)
    with pytest.raises(actions.NotReady):
        actions.dispatch_sheet(sheet="econ", scope_unit=city.code["富水市"], period=Q3, due_on=DUE, basis="据",
                               by=city.actor["dora"], at=AT)  # fmt: skip
    assert _nothing_was_written()


def test_a_scope_without_such_units(house, city):
    city_only = house.sheet("tax_revenue", level="city")
    actions.define_sheet(definition=city_only, by=city.actor["dora"], at=AT)
    with pytest.raises(gate_actions.NobodyAsked):
        actions.dispatch_sheet(sheet="econ", scope_unit=city.code["东县"], period=Q3, due_on=DUE, basis="据",
                               by=city.actor["dora"], at=AT)  # fmt: skip


@pytest.mark.parametrize("name", ["alice", "rita", "sam", "adam", "otto", "charlie", "tara"])
def test_not_allowed(house, name):
    with pytest.raises(NotThere):
        house.send("new_projects", by=name)
    assert _nothing_was_written()


def test_an_emergency_shortens_the_time_and_is_on_the_record(house, city):
    house.define("new_projects", frequency="daily")
    number = actions.dispatch_sheet(
        sheet="econ", scope_unit=city.code["富水市"], period=Q3, due_on=date(2026, 10, 9), basis="防汛应急响应",
        is_emergency=True, by=city.actor["dora"], at=AT,
    )  # fmt: skip
    assert queries.dispatch(number=number, viewer=city.actor["sam"]).is_emergency
    assert Event.objects.get(verb="gate.demand.issued").detail["is_emergency"] is True


def test_an_edit_of_a_sheet_that_was_sent_makes_the_next_version(house, city):
    house.send("new_projects")
    assert house.define("new_projects").outcome == "unchanged"
    assert house.define("new_projects", "tax_revenue") == actions.DefinedSheet("econ", 2, "versioned")
    assert [v.version for v in queries.versions(code="econ", viewer=city.actor["dora"])] == [2, 1]
    assert queries.dispatch(number="BB2026-0001", viewer=city.actor["dora"]).version == 1
    with pytest.raises(actions.SheetInUse):
        actions.retire_sheet(sheet="econ", by=city.actor["dora"], at=AT)


def test_a_draft_of_the_next_version_does_not_stand_in_the_way(house, city):
    house.send("new_projects", scope="东县")
    actions.save_draft(definition=house.sheet("new_projects", "sales"), by=city.actor["dora"], at=AT)
    assert queries.sheet(code="econ", viewer=city.actor["dora"]).state == "draft"
    number = actions.dispatch_sheet(sheet="econ", scope_unit=city.code["西区"], period=Q3, due_on=DUE, basis="据",
                                    by=city.actor["dora"], at=AT)  # fmt: skip
    assert queries.dispatch(number=number, viewer=city.actor["dora"]).version == 1


def test_a_named_version_is_sent(house, city):
    house.send("new_projects")
    house.define("tax_revenue")
    actions.withdraw_dispatch(dispatch="BB2026-0001", reason="换版", by=city.actor["dora"], at=AT)
    number = actions.dispatch_sheet(
        sheet="econ", version=1, scope_unit=city.code["东县"], period=Q3, due_on=DUE, basis="据",
        by=city.actor["dora"], at=AT,
    )  # fmt: skip
    assert queries.dispatch(number=number, viewer=city.actor["dora"]).version == 1


def test_withdrawing_takes_back_what_was_typed(house, city):
    number = house.send("new_projects")
    house.type(number, "new_projects", "7")
    house.act("submit_filing", number)
    assert house.total("new_projects", "富水市").sum == 7
    with pytest.raises(Invalid):
        actions.withdraw_dispatch(dispatch=number, reason="", by=city.actor["dora"], at=AT)
    for _ in range(2):
        actions.withdraw_dispatch(dispatch=number, reason="口径有误", by=city.actor["dora"], at=AT)
    assert house.total("new_projects", "富水市") is None
    assert Event.objects.filter(verb="sheets.dispatch.withdrawn").count() == 1
    assert gate.demand(number="XQ2026-0001", viewer=SYSTEM).withdrawn_at == AT
    with pytest.raises(actions.FilingClosed):
        house.type(number, "new_projects", "8", by="wang", unit="二村")
    with pytest.raises(actions.DispatchClosed):
        actions.close_dispatch(dispatch=number, by=city.actor["dora"], at=AT)


def test_what_was_accepted_stays_after_withdrawing(house, city):
    number = house.send("new_projects")
    house.type(number, "new_projects", "7")
    house.act("submit_filing", number)
    house.act("accept_filing", number, by="rita")
    actions.withdraw_dispatch(dispatch=number, reason="不再需要", by=city.actor["dora"], at=AT)
    assert house.total("new_projects", "富水市").sum == 7


def test_closing(house, city):
    number = house.send("new_projects")
    house.type(number, "new_projects", "7")
    house.type(number, "new_projects", "5", by="wang", unit="二村")
    house.act("submit_filing", number)
    with pytest.raises(actions.FilingsUnderReview):
        actions.close_dispatch(dispatch=number, by=city.actor["dora"], at=AT)
    house.act("accept_filing", number, by="rita")
    for _ in range(2):
        actions.close_dispatch(dispatch=number, by=city.actor["dora"], at=AT)
    assert house.total("new_projects", "富水市").sum == 7
    assert Event.objects.filter(verb="sheets.dispatch.closed").count() == 1
    with pytest.raises(actions.DispatchClosed):
        actions.withdraw_dispatch(dispatch=number, reason="x", by=city.actor["dora"], at=AT)


@pytest.mark.parametrize("name", ["alice", "rita", "sam", "charlie", "tara"])
def test_only_the_issuer_ends_a_dispatch(house, city, name):
    number = house.send("new_projects")
    for end in (actions.close_dispatch, lambda **k: actions.withdraw_dispatch(reason="x", **k)):
        with pytest.raises(NotThere):
            end(dispatch=number, by=city.actor[name], at=AT)
        with pytest.raises(NotThere):
            end(dispatch="BB2026-0404", by=city.actor["dora"], at=AT)


def test_after_closing_the_rest_may_be_asked_again(house, city):
    number = house.send("new_projects", "sales")
    house.type(number, "new_projects", "7")
    with pytest.raises(actions.NothingLeftToAsk):
        house.send("new_projects", code="again")
    actions.close_dispatch(dispatch=number, by=city.actor["dora"], at=AT)
    assert house.send("new_projects", code="again") == "BB2026-0002"


def test_the_database_refuses_a_second_filing_and_a_dispatch_without_demand(house):
    number = house.send("new_projects")
    found = Dispatch.objects.get(number=number)
    filing = found.filings.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Filing.objects.create(dispatch=found, unit_id=filing.unit_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispatch.objects.filter(pk=found.pk).update(demand=None)


def test_a_monthly_sheet_for_its_month(house, city):
    house.define("sales", period="month", frequency="monthly")
    number = actions.dispatch_sheet(
        sheet="econ", scope_unit=city.code["甲镇"], period=Period.parse("2026-09"), due_on=DUE, basis="据",
        by=city.actor["dora"], at=AT,
    )  # fmt: skip
    assert queries.dispatch(number=number, viewer=city.actor["dora"]).n_units == 2


def test_what_is_open_longer_than_a_demand_may_last_is_ended(house):
    """180 days after it went out, once the day it was due has passed; what was handed in is reviewed first."""
    number = house.send("new_projects")
    house.type(number, "new_projects", "4")
    house.act("submit_filing", number)
    days = law.rule("BRD-1", ON).parameters["demand_days_most"]
    assert actions.end_expired_dispatches(at=AT + timedelta(days=days + 1)) == 0
    house.act("accept_filing", number, by="rita")
    assert actions.end_expired_dispatches(at=AT + timedelta(days=days)) == 0
    assert actions.end_expired_dispatches(at=AT + timedelta(days=days + 1)) == 1
    assert queries.dispatch(number=number, viewer=house.city.actor["dora"]).state == "closed"
