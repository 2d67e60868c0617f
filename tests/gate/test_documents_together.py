"""Documents issued at the same moment, on real connections: none beyond the number, none twice."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from dukao.gate import actions, queries
from dukao.gate.models import Baseline, Demand, Document, Quota
from tests.conftest import AT
from tests.databases import own_database  # noqa: F401 (a fixture)
from tests.gate.test_documents import Desk
from tests.together import at_once


@pytest.fixture
def db(own_database):  # noqa: F811
    """What the cast is written into: a database that other threads see too."""


@pytest.fixture
def desk(city) -> Desk:
    return Desk(city)


def _at_once(*works: Callable[[], Any]) -> Counter[str]:
    """What came of the works, all at the same moment, by its kind."""
    return Counter(type(came).__name__ for came in at_once(*works))


def test_the_last_ones_of_the_year_are_not_issued_twice(desk, city):
    Baseline.objects.create(
        unit_id=city.unit["富水市"], department_id=city.department["statistics"], kind="document", year=2025, count=2,
        source="发文登记簿",
    )  # fmt: skip
    numbers = [desk.draft(title=f"关于{subject}的通知", text=f"{subject}事项已安排。") for subject in "甲乙丙丁"]
    for number in numbers:
        desk.assess(number)
    came = _at_once(*(lambda number=number: desk.issue(number) for number in numbers))
    assert came == {"IssuedDocument": 2, "DocumentRefused": 2}
    assert Quota.objects.get(key="document:statistics:2026").used == 2
    assert list(queries.document_quotas_that_differ()) == []


def test_a_double_click_issues_once(desk):
    number = desk.draft()
    desk.assess(number)
    assert _at_once(*(lambda: desk.issue(number) for _ in range(4))) == {"IssuedDocument": 4}
    assert Demand.objects.count() == 1


def test_every_draft_has_its_own_number(desk):
    assert _at_once(*(lambda: desk.draft() for _ in range(6))) == {"str": 6}
    assert Document.objects.values("number").distinct().count() == 6


def test_issued_or_dropped_but_not_both(desk):
    number = desk.draft()
    desk.assess(number)
    _at_once(
        lambda: desk.issue(number),
        lambda: actions.drop_document(number=number, by=desk.actor("dora"), at=AT),
    )
    issued = Document.objects.get(number=number).state == "issued"
    assert Demand.objects.count() == issued
