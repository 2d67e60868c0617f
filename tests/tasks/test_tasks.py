"""Tasks from decision to a repair that somebody else confirms; each refusal once; the gate; who may know."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from pydantic import ValidationError

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.gate import actions as gates
from dukao.gate import queries as gate
from dukao.gate.models import BurdenEntry, Demand
from dukao.gate.rules import draws
from dukao.org.rules import SYSTEM
from dukao.tasks import actions, queries
from dukao.tasks.models import Closing, Step, Task
from dukao.tasks.rules.definitions import PartyEntry
from tests.conftest import AT, ON
from tests.tasks.carried import DUE, LATER, carried, definition, set_task


def _view(city, number: str, viewer: str = "sam", today: date = ON) -> queries.TaskView:
    return queries.task(number=number, viewer=city.actor[viewer], today=today)


def test_from_decision_to_fixed(city):
    made = set_task(city, raiser="code")
    assert made.number == "DB2026-0001"
    carried(city, made.number, by="tara")
    assert _view(city, made.number).line.state == "closed"
    assert actions.answer_with_code(code=made.code.lower(), is_fixed=True, at=LATER) == made.number
    seen = _view(city, made.number)
    assert (seen.line.state, seen.closings[0].outcome, seen.closings[0].is_late) == ("fixed", "confirmed", False)
    assert [step.act_label for step in seen.steps] == [
        "立项交办", "签收", "到达节点", "到达节点", "报办结", "复核办结", "确认解决了",
    ]  # fmt: skip
    verbs = list(Event.objects.filter(subject="task:DB2026-0001").order_by("id").values_list("verb", flat=True))
    assert verbs == [f"tasks.task.{verb}" for verb in (
        "set", "signed", "milestone_reached", "milestone_reached", "reported", "closed", "confirmed")]  # fmt: skip
    with pytest.raises(actions.NothingToConfirm):
        actions.answer_with_code(code=made.code, is_fixed=False, at=LATER)


def test_denied_it_is_open_again_with_more_time_and_the_round_counts(city):
    made = set_task(city, raiser="code", due_on=date(2026, 10, 14))
    carried(city, made.number, by="tara")
    actions.answer_with_code(code=made.code, is_fixed=False, text="周末还是没人", at=LATER)
    seen = _view(city, made.number)
    assert (seen.line.state, seen.round, seen.line.n_reached) == ("doing", 2, 1)
    assert seen.line.due_on == date(2026, 10, 27)  # ten working days after the 13th
    tara = city.actor["tara"]
    actions.reach_milestone(task=made.number, position=2, kind="words", text="这回真排了班", by=tara, at=LATER)
    actions.report_done(task=made.number, by=tara, at=LATER)
    actions.close_task(task=made.number, text="再看过", by=city.actor["sam"], at=LATER)
    actions.answer_with_code(code=made.code, is_fixed=True, at=LATER)
    assert [one.outcome for one in _view(city, made.number).closings] == ["denied", "confirmed"]
    assert _view(city, made.number).line.state == "fixed"


def test_without_a_raiser_a_unit_is_drawn_that_anybody_can_draw_again(city):
    number = set_task(city).number
    promised = _view(city, number)
    assert (promised.n_candidates, len(promised.commitment)) == (2, 64)  # 一村 and 二村 have somebody to answer
    carried(city, number, by="tara")
    published = queries.published_draw(number=number, round_number=1, viewer=city.actor["tara"])
    assert draws.faults_of(published) == []
    assert published["commitment"] == promised.commitment
    first, second = (unit["unit"] for unit in published["result"]["units"])
    names = {city.code["一村"]: "alice", city.code["二村"]: "wang"}
    assert "answer" in _view(city, number, names[first]).may
    with pytest.raises(NotThere):
        _view(city, number, names[second])
    # Two weeks of silence: the next one of the same draw.
    assert actions.ask_others(at=LATER + timedelta(days=14)) == 0
    assert actions.ask_others(at=LATER + timedelta(days=15)) == 1
    assert actions.ask_others(at=LATER + timedelta(days=15)) == 0
    late = LATER + timedelta(days=16)
    actions.answer_as_unit(task=number, is_fixed=True, by=city.actor[names[second]], at=late)
    assert _view(city, number).line.state == "fixed"
    with pytest.raises(actions.WrongState):
        actions.answer_as_unit(task=number, is_fixed=False, by=city.actor[names[first]], at=late)


def test_where_everybody_stays_silent_nobody_has_confirmed(city):
    number = set_task(city, place=city.code["一村"], lead={"unit": city.code["二村"]}, minutes=30).number
    carried(city, number, by="wang")
    later = LATER + timedelta(days=15)
    actions.ask_others(at=later)
    assert Closing.objects.get().outcome == "silent"
    # A late word still counts.
    actions.answer_as_unit(task=number, is_fixed=False, by=city.actor["alice"], at=later)
    assert _view(city, number).line.state == "doing"


def test_a_task_to_a_village_is_a_demand_with_its_minutes(city):
    number = set_task(
        city, lead={"department": "tax"}, partners=[{"unit": city.code["一村"]}], minutes=30, asker="tax"
    ).number
    demand = Demand.objects.get()
    assert (demand.kind, demand.asker.code, demand.title) == ("task", "tax", "甲镇便民窗口周末无人值守")
    assert BurdenEntry.objects.get().minutes_hundredths == 100 * (30 + 2 + 2 * 5)
    (there,) = gate.demands_on_unit(unit=city.code["一村"], viewer=city.actor["alice"])
    assert there.number == demand.number
    assert gate.demands_on_unit(unit=city.code["二村"], viewer=city.actor["wang"]) == ()
    actions.withdraw_task(task=number, reason="不用办了", by=city.actor["sam"], at=AT)
    demand.refresh_from_db()
    assert demand.withdrawn_at == AT
    assert BurdenEntry.objects.get().given_back_at == AT
    set_task(city)
    assert Demand.objects.count() == 1, "a department is not the grass roots"


def _appealed(city):
    """The appeal of 一村 against the one demand is upheld; not by sam, who set the task."""
    number = Demand.objects.get().number
    appeal = gates.make_appeal(
        demand=number, unit=city.code["一村"], ground="not_ours", by=city.actor["alice"], at=LATER
    )
    gates.decide_appeal(appeal=appeal, is_upheld=True, decision="不归村里管", by=SYSTEM, at=LATER)


def test_an_appeal_upheld_lets_a_helping_village_go(city):
    number = set_task(city, lead={"department": "tax"}, partners=[{"unit": city.code["一村"]}], asker="tax").number
    actions.sign_task(task=number, by=city.actor["tara"], at=AT)
    _appealed(city)
    seen = _view(city, number)
    assert [(party.name, party.is_released) for party in seen.parties] == [("税务局", False), ("一村", True)]
    assert (seen.line.state, seen.steps[-1].act_label) == ("doing", "申诉成立，不再由它办")
    assert BurdenEntry.objects.get().given_back_at == LATER
    with pytest.raises(NotThere):
        actions.sign_task(task=number, by=city.actor["alice"], at=LATER)


@pytest.mark.parametrize("partners", [[], [{"department": "tax"}]])
def test_an_appeal_upheld_makes_whoever_asked_lead(city, partners):
    number = set_task(city, lead={"unit": city.code["一村"]}, partners=partners, asker="tax").number
    if partners:
        actions.sign_task(task=number, by=city.actor["tara"], at=AT)
    actions.sign_task(task=number, by=city.actor["alice"], at=AT)
    _appealed(city)
    seen = _view(city, number)
    assert (seen.line.state, seen.line.lead_name) == ("set", "税务局")
    actions.sign_task(task=number, by=city.actor["tara"], at=LATER)
    assert _view(city, number).line.state == "doing"
    assert Event.objects.filter(verb="tasks.task.party_released").count() == 1


def test_what_the_rules_refuse_leaves_a_trace_and_no_task(city):
    with pytest.raises(actions.TaskRefused) as refused:
        set_task(
            city, content="整改到位，每周报送照片。", lead={"unit": city.code["一村"]}, due_on=ON + timedelta(days=1)
        )
    assert [one.rule for one in refused.value.hits] == ["INS-7", "FRM-4", "FRM-3"]
    assert (Task.objects.count(), Demand.objects.count()) == (0, 0)
    year = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}
    (kept,) = gate.refusals(viewer=city.actor["sam"], **year)
    assert (kept.kind, kept.rules) == ("task", ("INS-7", "FRM-4", "FRM-3"))


@pytest.mark.parametrize("more", [
    {"template": "no_such"}, {"due_on": date(2026, 10, 7)}, {"origin": "document", "origin_number": "WJ2026-0404"},
    {"origin": "clue", "origin_number": "XS-0000000000", "raiser": "clue"}, {"lead": {"unit": "990101999999"}},
    {"lead": {"department": "nobody"}}, {"raiser": "unit", "raiser_unit": "990101999999"}, {"asker": "nobody"},
])  # fmt: skip
def test_what_is_not_well_written(city, more):
    with pytest.raises(Invalid):
        set_task(city, **more)


@pytest.mark.parametrize("more", [
    {"lead": {}}, {"raiser": "unit"}, {"raiser": "clue"}, {"partners": [{"department": "tax"}]}, {"basis": ""},
    {"raiser": "unit", "raiser_unit": "990101001201", "lead": {"unit": "990101001201"}},
])  # fmt: skip
def test_what_a_definition_cannot_be(city, more):
    with pytest.raises(ValidationError):
        definition(city, **more)


def test_not_our_duty(city):
    number = set_task(city).number
    actions.object_to_task(task=number, reason="窗口归政务服务部门管", by=city.actor["tara"], at=AT)
    late = DUE + timedelta(days=3)
    assert (_view(city, number, today=late).line.state, _view(city, number, today=late).line.light) == (
        "objected",
        "out",
    )
    (party,) = _view(city, number).parties
    with pytest.raises(Invalid):
        actions.decide_objection(
            task=number, party=party.id, is_upheld=True, decision="有理", by=city.actor["sam"], at=AT
        )
    actions.decide_objection(task=number, party=party.id, is_upheld=True, decision="有理",
                             new_lead=PartyEntry(department="statistics"), by=city.actor["sam"], at=AT)  # fmt: skip
    seen = _view(city, number, today=late)
    assert (seen.line.state, seen.line.lead_name, seen.line.light) == ("set", "统计局", "red")
    with pytest.raises(NotThere):
        actions.sign_task(task=number, by=city.actor["tara"], at=AT)


def test_who_takes_over_has_the_same_work_before_them(city):
    number = set_task(city, lead={"unit": city.code["一村"]}, minutes=30, asker="tax").number
    actions.object_to_task(task=number, reason="二村的窗口", by=city.actor["alice"], at=AT)
    (party,) = _view(city, number).parties
    actions.decide_objection(task=number, party=party.id, is_upheld=True, decision="有理",
                             new_lead=PartyEntry(unit=city.code["二村"]), by=city.actor["sam"], at=AT)  # fmt: skip
    standing = BurdenEntry.objects.get(given_back_at=None)
    assert (standing.unit_id, standing.minutes_hundredths) == (city.unit["二村"], 100 * (30 + 2 + 2 * 5))


def test_an_objection_that_does_not_hold(city):
    number = set_task(city).number
    actions.object_to_task(task=number, reason="不归我管", by=city.actor["tara"], at=AT)
    (party,) = _view(city, number).parties
    actions.decide_objection(task=number, party=party.id, is_upheld=False, decision="三定里写着", by=city.actor["sam"],
                             at=AT)  # fmt: skip
    assert "sign" in _view(city, number, "tara").may


def test_more_time_is_asked_decided_and_counted(city):
    number = set_task(city).number
    carried(city, number, by="tara", until="signed")
    tara, sam, late = city.actor["tara"], city.actor["sam"], DUE + timedelta(days=1)
    for n in (1, 2):
        until = DUE + timedelta(days=7 * n)
        actions.ask_extension(task=number, until=until, reason="等设备到货", by=tara, at=LATER)
        assert _view(city, number, today=late).line.light == "out"
        with pytest.raises(actions.WrongState):
            actions.ask_extension(task=number, until=until, reason="再等等", by=tara, at=LATER)
        actions.decide_extension(task=number, is_granted=True, decision="设备确在路上", by=sam, at=LATER)
    seen = _view(city, number, today=late)
    assert (seen.line.due_on, seen.first_due_on, seen.line.n_extensions, seen.line.light) == (
        DUE + timedelta(days=14), DUE, 2, "green",
    )  # fmt: skip
    assert seen.milestones[-1].due_on == DUE + timedelta(days=14)
    with pytest.raises(actions.TooManyExtensions):
        actions.ask_extension(task=number, until=DUE + timedelta(days=60), reason="再等", by=tara, at=LATER)


def test_a_refused_extension_and_one_that_is_none(city):
    number = set_task(city).number
    carried(city, number, by="tara", until="signed")
    with pytest.raises(Invalid):
        actions.ask_extension(task=number, until=DUE, reason="等", by=city.actor["tara"], at=LATER)
    actions.ask_extension(task=number, until=DUE + timedelta(days=1), reason="等", by=city.actor["tara"], at=LATER)
    actions.decide_extension(task=number, is_granted=False, decision="来得及", by=city.actor["sam"], at=LATER)
    assert _view(city, number).line.due_on == DUE


def test_the_office_sends_back_and_what_is_late_is_told(city):
    number = set_task(city).number
    late = AT + timedelta(days=30)
    carried(city, number, by="tara", at=late, until="reported")
    actions.return_task(task=number, reason="只报了排班，没有人到岗", by=city.actor["sam"], at=late)
    tara = city.actor["tara"]
    with pytest.raises(actions.WrongState):
        actions.report_done(task=number, by=tara, at=late)
    actions.reach_milestone(task=number, position=2, kind="words", text="人到岗了", by=tara, at=late)
    actions.report_done(task=number, by=tara, at=late)
    actions.close_task(task=number, text="到岗了", by=city.actor["sam"], at=late)
    assert _view(city, number).closings[0].is_late


def test_who_does_it_does_not_judge(city):
    number = set_task(city).number
    carried(city, number, by="tara", until="reported")
    both = replace(city.actor["sam"], standings=city.actor["sam"].standings + city.actor["tara"].standings)
    with pytest.raises(actions.WrongState):
        actions.close_task(task=number, text="好", by=both, at=LATER)
    with pytest.raises(actions.WrongState):
        actions.close_task(task=number, text="好", by=city.actor["tara"], at=LATER)


def test_who_may_know(city):
    number = set_task(city, partners=[{"unit": city.code["一村"]}], minutes=5).number
    seen = {name: len(queries.tasks(viewer=actor, today=ON)) for name, actor in city.actor.items()}
    assert {name for name, n in seen.items() if n} == {"sam", "tara", "dora", "alice"}
    for name in ("wang", "rita", "gina", "ivy", "adam", "otto", "charlie"):
        for act in (
            lambda by: queries.task(number=number, viewer=by, today=ON),
            lambda by: actions.sign_task(task=number, by=by, at=AT),
            lambda by: actions.withdraw_task(task=number, reason="x", by=by, at=AT),
        ):
            with pytest.raises(NotThere):
                act(city.actor[name])
    # Dora's bureau asks; it does not do.
    with pytest.raises(NotThere):
        actions.sign_task(task=number, by=city.actor["dora"], at=AT)
    with pytest.raises(NotThere):
        set_task(city, by="dora")


def test_a_department_does_not_stand_for_the_unit_it_belongs_to(city):
    number = set_task(city, place=city.code["富水市"], lead={"unit": city.code["富水市"]}).number
    with pytest.raises(NotThere):
        actions.sign_task(task=number, by=city.actor["tara"], at=AT)


def test_what_happened_stands(city):
    set_task(city)
    for change in (lambda: Step.objects.update(text="别的"), lambda: Step.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_lists_cost_the_same_for_one_and_for_three(city, django_assert_num_queries):
    def cost() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            assert queries.tasks(viewer=city.actor["sam"], today=ON)
        return len(seen)

    set_task(city)
    one = cost()
    for _ in range(2):
        set_task(city, raiser="code")
    assert cost() == one


def test_the_house_itself_sees_all(city):
    assert queries.task(number=set_task(city).number, viewer=SYSTEM, today=ON).may
