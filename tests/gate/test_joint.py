"""The joint plan of a year: proposed from what is approved, adopted by the office, seen by its departments."""

from datetime import date

import pytest

from dukao.base.refusals import NotThere
from dukao.gate import actions, queries
from dukao.gate.models import JointPlan, PlanItem
from tests.conftest import AT
from tests.gate.plan_items import approve, propose

GRAIN = {"title": "秋粮收购专项督查", "topic": "grain", "purpose": "看粮款是否按时付", "questions": ["粮款几天到账"],
         "criteria": ["不打白条"]}  # fmt: skip


@pytest.fixture
def two_items(city):
    """The tax bureau and the statistics bureau each want to see three villages of 东县 in the same ten weeks."""
    numbers = propose(city), propose(city, "statistics", **GRAIN)
    approve(city, *numbers)
    return numbers


def _propose(city, who="sam"):
    return actions.propose_joint(year=2026, unit=city.code["富水市"], by=city.actor[who], at=AT)


def _plan(city, who="sam"):
    return queries.joint_plan(year=2026, unit=city.code["富水市"], viewer=city.actor[who])


def _freeze(city):
    actions.freeze_plan(year=2026, unit=city.code["富水市"], by=city.actor["sam"], at=AT)


def test_six_visits_become_three(city, two_items):
    _propose(city)
    plan = _plan(city)
    assert (plan.planned, plan.joint, plan.saved, plan.bound, plan.left) == (6, 3, 3, 3, ())
    visits = queries.joint_visits(plan=plan, viewer=city.actor["sam"])
    assert {visit.unit_name for visit in visits} == {"一村", "二村", "三村"}
    assert all([item.number for item in visit.items] == sorted(two_items) for visit in visits)
    assert all(date(2026, 10, 12) <= visit.on <= date(2026, 12, 18) for visit in visits)
    assert sum(month.alone for month in plan.months) == 6
    assert sum(month.joint for month in plan.months) == 3


def test_a_window_without_a_working_day_is_told_and_in_no_bound(city, two_items):
    PlanItem.objects.filter(number=two_items[0]).update(starts_on=date(2026, 10, 17), ends_on=date(2026, 10, 18))
    _propose(city)
    plan = _plan(city)
    assert (plan.planned, plan.joint, plan.bound, plan.beyond_bound, plan.saved) == (6, 3, 3, 0, 0)
    assert {(one.number, one.unit_name) for one in plan.dayless} == {
        (two_items[0], unit) for unit in ("一村", "二村", "三村")
    }


def test_what_is_not_approved_or_comes_unannounced_stays_out(city, two_items):
    propose(city, "statistics", title="另一件没批准的事", topic="rivers", purpose="看水", questions=["水从哪来"])
    sealed = propose(city, title="夜间暗访", topic="work_safety", method="unannounced", purpose="看值守",
                     questions=["谁在岗"], criteria=["有人在岗"])  # fmt: skip
    approve(city, sealed)
    _propose(city)
    plan = _plan(city)
    assert plan.planned == 6
    assert [item.number for item in plan.left_out] == [sealed]


def test_a_department_sees_it_only_when_adopted_and_only_its_own(city, two_items):
    third = propose(city, "statistics", title="水库安全专项督查", topic="flood", purpose="看大坝",
                    questions=["谁管闸门"], criteria=["责任到人"], scope=city.code["西区"],
                    targets=[city.code["四村"]])  # fmt: skip
    approve(city, third)
    proposal = _propose(city)
    assert _plan(city, "tara") is None
    with pytest.raises(actions.PlanStillOpen):
        actions.adopt_joint(proposal=proposal, by=city.actor["sam"], at=AT)
    _freeze(city)
    for _twice in range(2):
        actions.adopt_joint(proposal=proposal, by=city.actor["sam"], at=AT)
    own = queries.joint_visits(plan=_plan(city, "tara"), viewer=city.actor["tara"])
    assert {visit.unit_name for visit in own} == {"一村", "二村", "三村"}
    assert len(queries.joint_visits(plan=_plan(city), viewer=city.actor["sam"])) == 4
    assert len(queries.joint_visits(plan=_plan(city), viewer=city.actor["sam"], text="四")) == 1


def test_a_new_proposal_takes_the_place_of_the_one_before(city, two_items):
    _freeze(city)
    actions.adopt_joint(proposal=_propose(city), by=city.actor["sam"], at=AT)
    adopted = JointPlan.objects.get()
    again = _propose(city)
    assert JointPlan.objects.count() == 2
    actions.adopt_joint(proposal=again, by=city.actor["sam"], at=AT)
    assert JointPlan.objects.get().pk != adopted.pk


def test_strangers_and_departments_do_not_merge(city, two_items):
    for name in ("tara", "alice", "charlie", "otto", "adam"):
        with pytest.raises(NotThere):
            _propose(city, name)
    for name in ("alice", "charlie", "otto", "adam", "rita"):
        with pytest.raises(NotThere):
            _plan(city, name)
    proposal = _propose(city)
    with pytest.raises(NotThere):
        actions.adopt_joint(proposal=proposal, by=city.actor["dora"], at=AT)


def test_without_anything_to_merge_it_says_what_to_do(city):
    with pytest.raises(actions.NothingToMerge, match="还没有能合并的检查"):
        _propose(city)
