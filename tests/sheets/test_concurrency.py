"""Several people at once, on real connections: nothing lost, nothing twice."""

from collections.abc import Callable
from typing import Any

import pytest

from dukao.base.models import Event
from dukao.base.refusals import Refused
from dukao.gate.models import Demand
from dukao.registers import queries as registers
from dukao.sheets import actions
from dukao.sheets.models import Answer, Dispatch, DispatchQuestion, Filing
from tests.conftest import AT
from tests.databases import own_database  # noqa: F401 (a fixture)
from tests.sheets.conftest import DUE, Q3
from tests.together import at_once


@pytest.fixture
def db(own_database):  # noqa: F811
    """What the cast and the house are written into: a database that other threads see too."""


def test_two_people_type_into_one_filing(house, city):
    number = house.send("tax_revenue", "sales")
    works = []
    for n in range(12):
        works.append(lambda n=n: house.type(number, "tax_revenue", str(n)))
        works.append(lambda n=n: house.type(number, "sales", str(n), period="2026-08"))
    found = at_once(*works)
    assert all(isinstance(saved, actions.Saved) for saved in found)
    assert Answer.objects.count() == 2
    assert registers.totals_that_differ() == ()
    shown = house.cell(number, "tax_revenue").shown
    assert house.total("tax_revenue", "富水市").sum == int(shown.replace(".", ""))
    assert Event.objects.filter(verb="sheets.answer.typed").count() == 24


def test_a_double_submit_at_the_same_moment(house, city):
    house.know("tax_revenue", "2026Q3", "一村")
    number = house.send("tax_revenue", "new_projects")
    house.type(number, "new_projects", "3")
    found = at_once(*[lambda: house.act("submit_filing", number)] * 6)
    assert sorted(view.again for view in found) == [False, True, True, True, True, True]
    assert Event.objects.filter(verb="sheets.filing.submitted").count() == 1
    assert Answer.objects.count() == 2


def test_typing_while_somebody_hands_in(house, city):
    number = house.send("new_projects")
    house.type(number, "new_projects", "3")
    typists = [lambda n=n: house.type(number, "new_projects", str(n)) for n in range(8)]
    found = at_once(lambda: house.act("submit_filing", number), *typists)
    assert all(isinstance(one, actions.Saved | actions.SubmittedView | actions.FilingClosed) for one in found)
    handed_in = Event.objects.get(verb="sheets.filing.submitted")
    assert not Event.objects.filter(verb="sheets.answer.typed", id__gt=handed_in.id).exists()
    assert registers.totals_that_differ() == ()


def test_accepting_twice_and_returningat_once(house, city):
    number = house.send("new_projects")
    house.type(number, "new_projects", "3")
    house.act("submit_filing", number)
    at_once(
        *[lambda: house.act("accept_filing", number, by="rita")] * 3,
        *[lambda: house.act("return_filing", number, by="rita", reason="x")] * 3,
    )
    moves = Event.objects.filter(verb__in=["sheets.filing.accepted", "sheets.filing.returned"])
    assert moves.count() == 1
    assert Filing.objects.get(unit_id=city.unit["一村"]).state == moves.get().verb.rpartition(".")[2]
    assert registers.totals_that_differ() == ()


def test_withdrawing_while_people_type(house, city):
    number = house.send("new_projects")
    works = [lambda n=n: house.type(number, "new_projects", str(n)) for n in range(4)]
    works += [lambda n=n: house.type(number, "new_projects", str(n), by="wang", unit="二村") for n in range(4)]
    at_once(lambda: actions.withdraw_dispatch(dispatch=number, reason="x", by=city.actor["dora"], at=AT), *works)
    assert house.total("new_projects", "富水市") is None
    assert registers.totals_that_differ() == ()


def test_the_same_question_sent_twice_at_the_same_moment_goes_once(house, city):
    house.define("new_projects", code="one")
    house.define("new_projects", code="two")

    found = at_once(*[lambda code=code: _send(city, code) for code in ("one", "two") * 3])
    assert sum(isinstance(one, str) for one in found) == 1
    assert (Dispatch.objects.count(), Demand.objects.count(), Filing.objects.count()) == (1, 1, 6)


def _send(city, code: str) -> Any:
    return actions.dispatch_sheet(
        sheet=code, scope_unit=city.code["富水市"], period=Q3, due_on=DUE, basis="据", by=city.actor["dora"], at=AT
    )


def test_a_sheet_is_designed_anew_while_it_is_sent(house, city):
    """It goes out as it was or as it is now, never with questions of both."""
    house.define("new_projects", code="one")
    house.define("sales", code="two")
    works: list[Callable[[], Any]] = [lambda: _send(city, "one"), lambda: _send(city, "two")]
    for element in ("tax_revenue", "vat_revenue"):
        works.append(lambda element=element: house.define(element, code="one"))
    works.append(lambda: actions.retire_sheet(sheet="two", by=city.actor["dora"], at=AT))
    found = at_once(*works)
    assert isinstance(found[0], str)
    [carried] = DispatchQuestion.objects.filter(dispatch__number=found[0])
    assert carried.question.sheet_id == carried.dispatch.sheet_id
    assert carried.question.element_id == carried.element_id
    assert isinstance(found[1], Refused) != isinstance(found[-1], Refused), "sent or retired, not both"


def test_numbers_are_given_once(house, city):
    for n, element in enumerate(("new_projects", "tax_revenue", "vat_revenue", "sales")):
        house.define(element, code=f"s{n}")
    found = at_once(*[lambda n=n: _send(city, f"s{n}") for n in range(4)])
    assert sorted(found) == [f"BB2026-000{n}" for n in range(1, 5)]
