"""Departments and the office at the same moment, on real connections: one matter stays one item, one limit holds."""


import pytest

from dukao.base.refusals import Refused
from dukao.gate import actions
from dukao.gate.models import PlanItem, Quota, Refusal
from tests.conftest import AT
from tests.databases import own_database  # noqa: F401 (a fixture)
from tests.gate.plan_items import approve, definition, propose, publish
from tests.together import at_once


@pytest.fixture
def db(own_database):  # noqa: F811
    """What the cast and the plan are written into: a database that other threads see too."""


def test_one_matter_proposed_many_timesat_once_is_one_item(city):
    found = at_once(*[lambda n=n: propose(city, title=f"秸秆禁烧督查（{n}）") for n in range(1, 7)])
    assert [one for one in found if isinstance(one, str)] == ["JH2026-0001"]
    assert PlanItem.objects.count() == 1
    assert Refusal.objects.count() == 5


def test_numbers_are_given_once(city):
    topics = [
        ("straw_burning", "秸秆禁烧"),
        ("grain", "储备粮"),
        ("flood", "汛前准备"),
        ("wages", "欠薪"),
        ("roads", "村路"),
    ]
    works = [
        lambda topic=topic, title=title, department=department: propose(
            city, department, topic=topic, title=f"{title}检查", purpose="看"
        )
        for topic, title in topics for department in ("tax", "statistics")
    ]  # fmt: skip
    assert sorted(at_once(*works)) == [f"JH2026-{n:04}" for n in range(1, 11)]


def test_deciding_at_the_same_moment_happens_once(city):
    number, sam = propose(city), city.actor["sam"]
    found = at_once(
        lambda: actions.approve_item(number=number, reason="同意", by=sam, at=AT),
        lambda: actions.refuse_item(number=number, reason="不同意", by=sam, at=AT),
        lambda: actions.withdraw_item(number=number, reason="不报了", by=city.actor["tara"], at=AT),
    )
    state = PlanItem.objects.get().state
    refused = [one for one in found if isinstance(one, Refused)]
    # Approved may be withdrawn right after; the other decisions end it.
    assert len(refused) == (1 if state == "withdrawn" and Quota.objects.exists() else 2)
    assert state in ("approved", "refused", "withdrawn")


def test_amendmentsat_once_are_versions_one_after_the_other(city):
    number = propose(city)
    approve(city, number)
    publish(city)
    shorter = [definition(city, ends_on=f"2026-12-{day}") for day in (17, 16, 15, 14)]
    sam = city.actor["sam"]
    kept = at_once(*[
        lambda one=one: actions.amend_item(number=number, definition=one, reason="早些结束", by=sam, at=AT)
        for one in shorter
    ])  # fmt: skip
    assert sorted(one.version for one in kept) == [2, 3, 4, 5]
    assert PlanItem.objects.filter(is_current=True).count() == 1
    assert Quota.objects.get(key=f"item:{number}").limit == 3
