"""What follows a booking: codes read at the door, conclusions, objections, what a unit tells, data instead."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from dukao.base import slips
from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.gate import actions, queries
from dukao.gate.models import BurdenEntry, CodeMiss, Demand, RefusedVisit, Visit
from dukao.org.rules import SYSTEM, Actor
from tests.conftest import AT, ON
from tests.gate.planned import approved_item
from tests.sheets import conftest as sheets

house = sheets.house
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CONDUCT = "没有要求层层陪同和汇报"


class Visits:
    """Dora's bureau books, Alice receives in 一村, Sam oversees."""

    def __init__(self, city) -> None:
        self.city = city
        self.item = approved_item(city, method="unannounced")

    def book(self, *, mode: str = "announced", on: date = ON, unit: str = "一村", by: str = "dora", **changes):
        asked = {
            "items": [self.item], "unit": self.city.code[unit], "on": on, "mode": mode, "purpose": "看台账是否一致",
            "people": [{"name": "", "office": "统计执法岗"}], "team_size": 2, "request_key": f"{unit}-{mode}-{on}",
        }  # fmt: skip
        return actions.hold_visit(**asked | changes, by=self.city.actor[by], at=AT)

    def arrived(self, **changes) -> str:
        held = self.book(**changes)
        actions.arrive(code=held.code, unit=self.city.code["一村"], by=self.city.actor["alice"], at=AT)
        return held.number

    def concluded(self, **changes) -> str:
        number = self.arrived(**changes)
        self.act("conclude_visit", number, by="dora", at=AT + HOUR, conclusion="台账与上报数一致")
        return number

    def objected(self) -> str:
        number = self.concluded()
        self.act("object_to_visit", number, by="alice", at=AT + DAY, objection="漏看了补登的一页")
        return number

    def act(self, verb: str, number: str, *, by, at=AT, **more):
        actor = by if isinstance(by, Actor) else self.city.actor[by]
        return getattr(actions, verb)(visit=number, by=actor, at=at, **more)

    def see(self, number: str, by: str):
        return queries.visit(number=number, viewer=self.city.actor[by])


@pytest.fixture
def visits(city) -> Visits:
    return Visits(city)


# Codes


@given(st.binary(min_size=slips.CODE_BYTES, max_size=slips.CODE_BYTES), st.data())
def test_a_code_is_read_however_it_is_typed(chance, data):
    code = slips.code_of(chance)
    typed = "".join(data.draw(st.sampled_from([
        letter, letter.lower(), chr(ord(letter) + 0xFEE0), {"0": "O", "1": "l"}.get(letter, letter), f"{letter} ",
        f"{letter}-",
    ])) for letter in code)  # fmt: skip
    assert slips.code_from(typed) == slips.code_from(slips.code_text(code)) == code


@pytest.mark.parametrize(
    "text", ["", "7K3M", "7K3M-0D2X-7K3M-0D2", "7K3M-0D2X-7K3M-0D2XX", "7K3M-0D2X-7K3M-0D2U", "码" * 16]
)
def test_what_is_no_code_is_none(text):
    assert slips.code_from(text) == ""


def test_the_code_says_who_comes_why_and_on_what_basis(visits, city):
    held = visits.book()
    for reader in ("alice", "wang", "sam", None):
        seen = queries.visit_of_code(code=held.code, viewer=city.actor[reader] if reader else None, at=AT)
        assert (seen.departments, seen.purpose, seen.basis) == ("统计局", "看台账是否一致", "富统调〔2026〕8号")
        assert seen.asks == ("常住人口台账", "台账是否及时登记")
        assert (seen.team_size, seen.people[0].office, seen.minutes_hundredths) == (2, "统计执法岗", 12_000)


def test_the_code_itself_is_kept_nowhere(visits):
    held = visits.book()
    row = Visit.objects.filter(number=held.number).values().get()
    assert held.code not in repr(row)
    assert all(held.code not in repr(event) for event in Event.objects.values())


@pytest.mark.parametrize("is_over", ["cancelled", "expired", "unknown"])
def test_a_code_that_does_not_hold_gets_one_answer(visits, city, is_over):
    held, at = visits.book(), AT
    if is_over == "cancelled":
        visits.act("give_back", held.number, by="dora", reason="不去了")
    if is_over == "expired":
        at = held.expires_at
    code = "0" * 16 if is_over == "unknown" else held.code
    with pytest.raises(queries.CodeDoesNotHold) as refused:
        queries.visit_of_code(code=code, viewer=city.actor["alice"], at=at)
    assert refused.value.rule == "INS-1"
    assert "可以拒绝" in str(refused.value.why)


def test_a_sealed_code_shows_itself_at_its_door_only(visits, city):
    held = visits.book(mode="unannounced")
    for reader in ("wang", "rita", "tara", "charlie", None):
        with pytest.raises(queries.CodeDoesNotHold):
            queries.visit_of_code(code=held.code, viewer=city.actor[reader] if reader else None, at=AT)
    assert queries.visit_of_code(code=held.code, viewer=city.actor["alice"], at=AT).mode == "unannounced"


def test_guessing_is_stopped_and_waiting_helps(visits, city):
    held = visits.book()
    read = {"address": "", "by": city.actor["alice"]}
    for _time in range(10):
        with pytest.raises(queries.CodeDoesNotHold):
            actions.read_code(code="7K3M0D2X7K3M0D2X", **read, at=AT)
    with pytest.raises(actions.TooManyCodes):
        actions.read_code(code=held.code, **read, at=AT)
    assert actions.read_code(code=held.code, address="", by=city.actor["wang"], at=AT).number == held.number
    assert actions.read_code(code=held.code, address="10.0.0.1", by=None, at=AT).number == held.number
    assert actions.read_code(code=held.code, **read, at=AT + timedelta(minutes=16)).number == held.number
    assert not CodeMiss.objects.exists(), "what holds is not counted, what is long ago is forgotten"


def test_who_misread_a_code_cannot_be_read_from_the_table(city):
    with pytest.raises(queries.CodeDoesNotHold):
        actions.read_code(code="x", address="10.0.0.1", by=city.actor["alice"], at=AT)
    assert "alice" not in repr(list(CodeMiss.objects.values()))


# Turning away


def test_who_has_no_code_is_turned_away_and_the_office_is_told(city):
    told = {"unit": city.code["一村"], "who": "某局", "what": "要台账", "by": city.actor["alice"]}
    for _tap in range(2):
        actions.refuse_visit(**told, at=AT)
    year = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}
    assert [(r.unit_name, r.who) for r in queries.refused_visits(viewer=city.actor["sam"], **year)] == [
        ("一村", "某局")
    ]
    assert len(queries.refused_visits(viewer=city.actor["alice"], **year)) == 1
    for name in ("wang", "dora", "rita", "charlie"):
        assert queries.refused_visits(viewer=city.actor[name], **year) == ()
    assert Event.objects.get(verb="gate.visit.turned_away").unit_path == city.path["一村"]


@pytest.mark.parametrize("name", ["wang", "rita", "dora", "sam", "charlie"])
def test_nobody_else_turns_away_for_a_unit(city, name):
    with pytest.raises(NotThere):
        actions.refuse_visit(unit=city.code["一村"], by=city.actor[name], at=AT)
    assert not RefusedVisit.objects.exists()


# Conclusion, objection, decision


def test_a_conclusion_is_told_to_the_unit_within_the_days_of_the_profile(visits):
    number = visits.arrived()
    # INS-8: ten working days after Thursday 8 October 2026, with Saturday 10 October worked.
    assert visits.see(number, "alice").conclude_by.astimezone().date() >= date(2026, 10, 21)
    visits.act("conclude_visit", number, by="dora", at=AT + HOUR, conclusion="属实")
    seen = visits.see(number, "alice")
    assert (seen.state, seen.conclusion) == ("concluded", "属实")
    assert seen.object_by == AT + HOUR + 30 * DAY


@pytest.mark.parametrize(("after", "is_late"), [(24 * HOUR, False), (24 * HOUR + timedelta(seconds=1), True)])
def test_an_unannounced_visit_is_recorded_within_a_day(visits, after, is_late):
    """INS-9: the record of 四不两直 stands 24 hours after arrival; a second more is late, and is said to be."""
    number = visits.arrived(mode="unannounced")
    assert visits.see(number, "dora").conclude_by == AT + 24 * HOUR
    visits.act("conclude_visit", number, by="dora", at=AT + after, conclusion="属实")
    assert Event.objects.get(verb="gate.visit.concluded").detail["is_late"] is is_late


@pytest.mark.parametrize(("after", "is_in_time"), [(30 * DAY, True), (30 * DAY + timedelta(seconds=1), False)])
def test_thirty_days_to_object(visits, after, is_in_time):
    """supervision-regulation#17"""
    number = visits.concluded()
    object_to = {"by": "alice", "at": AT + HOUR + after, "objection": "不属实"}
    if is_in_time:
        assert visits.act("object_to_visit", number, **object_to).decide_by == AT + HOUR + after + 30 * DAY
    else:
        with pytest.raises(actions.ObjectionTooLate):
            visits.act("object_to_visit", number, **object_to)


def test_an_objection_is_decided_by_who_took_no_part(visits, city):
    number = visits.objected()
    visits.act("decide_objection", number, by="sam", at=AT + 2 * DAY, is_upheld=True, decision="补看后更正结论")
    for name in ("alice", "dora", "sam"):
        seen = visits.see(number, name)
        assert (seen.is_upheld, seen.decision) == (True, "补看后更正结论")


@pytest.mark.parametrize("part", ["booked_by", "concluded_by", "arrived_by", "objected_by"])
def test_who_took_part_keeps_out(visits, city, part):
    number = visits.objected()
    Visit.objects.filter(number=number).update(**{part: "sam"})
    with pytest.raises(actions.TookPart):
        visits.act("decide_objection", number, by="sam", is_upheld=False, decision="维持")
    if part != "objected_by":
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(number=number).update(
                objection_decided_at=AT, objection_decided_by="sam", objection_upheld=False, objection_decision="维持"
            )


def test_who_belongs_to_the_visiting_department_keeps_out(visits, city):
    number = visits.objected()
    both = Actor("both", "Both", None, (*city.actor["sam"].standings, *city.actor["dora"].standings))
    with pytest.raises(actions.TookPart):
        visits.act("decide_objection", number, by=both, is_upheld=False, decision="维持")


@pytest.mark.parametrize(("verb", "stage", "by", "more", "refusal"), [
    ("conclude_visit", "book", "dora", {"conclusion": "x"}, actions.NotArrived),
    ("conclude_visit", "concluded", "dora", {"conclusion": "x"}, actions.NotArrived),
    ("conclude_visit", "arrived", "dora", {"conclusion": " "}, Invalid),
    ("conclude_visit", "arrived", "dora", {"conclusion": "字" * 5001}, Invalid),
    ("conclude_visit", "arrived", "tara", {"conclusion": "x"}, NotThere),
    ("conclude_visit", "arrived", "alice", {"conclusion": "x"}, NotThere),
    ("conclude_visit", "arrived", "sam", {"conclusion": "x"}, NotThere),
    ("object_to_visit", "arrived", "alice", {"objection": "x"}, actions.NothingToObjectTo),
    ("object_to_visit", "objected", "alice", {"objection": "x"}, actions.NothingToObjectTo),
    ("object_to_visit", "concluded", "alice", {"objection": ""}, Invalid),
    ("object_to_visit", "concluded", "rita", {"objection": "x"}, NotThere),
    ("object_to_visit", "concluded", "dora", {"objection": "x"}, NotThere),
    ("decide_objection", "concluded", "sam", {"is_upheld": True, "decision": "x"}, actions.NothingToDecide),
    ("decide_objection", "objected", "sam", {"is_upheld": True, "decision": ""}, Invalid),
    ("decide_objection", "objected", "dora", {"is_upheld": True, "decision": "x"}, NotThere),
    ("tell_of_visit", "book", "alice", {"minutes": 5}, NotThere),
    ("tell_of_visit", "arrived", "dora", {"minutes": 5}, NotThere),
    ("tell_of_visit", "arrived", "alice", {"kept": {"别的": True}}, Invalid),
    ("tell_of_visit", "arrived", "alice", {"minutes": -1}, Invalid),
])  # fmt: skip
def test_refused(visits, verb, stage, by, more, refusal):
    made = getattr(visits, stage)()
    number = made if isinstance(made, str) else made.number
    before = Visit.objects.filter(number=number).values().get(), Event.objects.count()
    with pytest.raises(refusal):
        visits.act(verb, number, by=by, **more)
    assert (Visit.objects.filter(number=number).values().get(), Event.objects.count()) == before


# What the unit tells


def test_what_the_unit_tells_of_conduct_only_it_and_the_office_see(visits):
    number = visits.concluded()
    visits.act("tell_of_visit", number, by="alice", kept={CONDUCT: False}, minutes=95)
    assert visits.see(number, "alice").conduct == visits.see(number, "sam").conduct == ((CONDUCT, False),)
    assert visits.see(number, "dora").conduct == ()
    assert CONDUCT not in repr(list(Event.objects.values_list("detail", flat=True)))


def test_the_minutes_the_unit_tells_stand_in_the_ledger(visits):
    number = visits.concluded()
    visits.act("tell_of_visit", number, by="alice", minutes=95)
    assert visits.see(number, "dora").measured_minutes == 95
    entry = BurdenEntry.objects.get(demand__visits__number=number)
    assert (entry.minutes_hundredths, entry.measured_hundredths, entry.measure) == (12_000, 9_500, "told")


def test_minutes_are_told_also_where_nobody_is_charged_any_more(visits, city):
    number = visits.concluded()
    BurdenEntry.objects.filter(demand__visits__number=number).update(given_back_at=AT)
    assert visits.act("tell_of_visit", number, by="alice", minutes=95).measured_minutes == 95
    assert BurdenEntry.objects.get(demand__visits__number=number).measured_hundredths is None


def test_eight_rules_of_conduct_are_data():
    assert len(queries.conduct_rules(on=ON)) == 8
    assert CONDUCT in queries.conduct_rules(on=ON)


# Remote


def _look(visits, *, by: str = "dora", unit: str = "一村", key: str = "remote-1"):
    return actions.look_remotely(item=visits.item, unit=visits.city.code[unit], request_key=key,
                                 by=visits.city.actor[by], at=AT)  # fmt: skip


def test_a_question_is_answered_from_data_and_costs_nobody_a_minute(visits, house):
    house.know("population", "2026-09", "一村", 1203)
    seen = _look(visits)
    assert (seen.mode, seen.state, seen.minutes_hundredths) == ("remote", "arrived", 0)
    assert [(s.question, s.value, s.unit) for s in seen.seen] == [("常住人口台账", "1203", "人")]
    assert Demand.objects.get(visits__number=seen.number).minutes_hundredths == 0
    assert BurdenEntry.objects.get(demand__visits__number=seen.number).minutes_hundredths == 0
    assert visits.see(seen.number, "alice").seen == seen.seen, "the unit sees what was read"
    assert _look(visits).number == seen.number, "the same request is one visit"
    assert not Visit.objects.get(number=seen.number).caps, "no cap is drawn on"


def test_its_conclusion_can_be_objected_to_like_any_other(visits, house):
    house.know("population", "2026-09", "一村", 1203)
    number = _look(visits).number
    visits.act("conclude_visit", number, by="dora", at=AT + HOUR, conclusion="人数与上年持平")
    assert visits.act("object_to_visit", number, by="alice", at=AT + DAY, objection="九月有迁入").objected_at


def test_what_is_not_known_or_not_accepted_answers_nothing(visits, house):
    house.know("population", "2026-09", "二村", 900)
    with pytest.raises(actions.NothingKnown):
        _look(visits)
    assert not Visit.objects.exists()
    assert not Demand.objects.exists()


@pytest.mark.parametrize("name", ["alice", "tara", "sam", "charlie"])
def test_only_the_items_department_looks(visits, house, name):
    house.know("population", "2026-09", "一村", 1203)
    with pytest.raises(NotThere):
        _look(visits, by=name)
    with pytest.raises(NotThere):
        queries.remote_look(item=visits.item, unit=visits.city.code["一村"], viewer=visits.city.actor[name], on=ON)


def test_what_is_sensitive_only_its_owner_reads(visits, house):
    from dukao.registers.models import Element

    house.know("population", "2026-09", "一村", 1203)
    Element.objects.filter(code="population").update(sensitivity="sensitive", owner_id=visits.city.department["tax"])
    with pytest.raises(actions.NothingKnown):
        _look(visits)


# Who sees what


def test_each_side_sees_its_own(visits, city):
    number = visits.concluded()
    for name in ("alice", "dora", "sam"):
        assert [v.number for v in queries.visits(viewer=city.actor[name])] == [number]
    for name in ("wang", "rita", "tara", "adam", "otto", "charlie"):
        assert queries.visits(viewer=city.actor[name]) == ()
        with pytest.raises(NotThere):
            visits.see(number, name)
    assert len(queries.visits(viewer=SYSTEM)) == 1


def test_many_visits_take_as_many_queries_as_one(visits, city, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    visits.book()
    with CaptureQueriesContext(connection) as one:
        queries.visits(viewer=city.actor["sam"])
    visits.book(unit="三村")
    visits.book(unit="五村")
    with django_assert_num_queries(len(one)):
        assert len(queries.visits(viewer=city.actor["sam"])) == 3


def test_counts_are_of_what_the_viewer_may_know(visits, city):
    visits.concluded()
    visits.book(unit="三村", mode="unannounced")
    year = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}
    seen = queries.visit_counts(viewer=city.actor["sam"], **year)
    assert (seen.all, seen.held, seen.on_site, seen.remote, seen.minutes_hundredths) == (2, 1, 1, 0, 12_000)
    assert queries.visit_counts(viewer=city.actor["alice"], **year).all == 1
    assert queries.visit_counts(viewer=city.actor["tara"], **year).all == 0


def test_what_waits_is_found_however_old_it_is(visits, city):
    number = visits.arrived()
    waiting = {"viewer": city.actor["sam"], "is_waiting": True}
    assert [v.number for v in queries.visits(**waiting)] == [number]
    visits.act("conclude_visit", number, by="dora", at=AT + HOUR, conclusion="属实")
    assert queries.visits(**waiting) == ()
    visits.act("object_to_visit", number, by="alice", at=AT + DAY, objection="不属实")
    assert [v.number for v in queries.visits(**waiting)] == [number]
