"""Every demand ends; and where the profile wants one out for one in, the department names which."""

from datetime import timedelta

import pytest

from dukao.gate import actions, queries
from dukao.gate.models import Demand
from dukao.law import queries as law
from tests.conftest import AT, ON
from tests.gate.ledger import ask

DAYS = law.rule("BRD-1", ON).parameters["demand_days_most"]


@pytest.mark.parametrize(("days", "is_refused"), [(DAYS, False), (DAYS + 1, True)])
def test_a_demand_has_an_end(city, days, is_refused):
    def issue():
        ask(city, {"一村": 100}, due_on=ON + timedelta(days=days))

    if not is_refused:
        issue()
        return
    with pytest.raises(actions.DemandTooLong) as refused:
        issue()
    assert refused.value.rule == "BRD-1"


@pytest.fixture
def strict(monkeypatch):
    """A profile that wants one out for one in."""
    rule = law.rule

    def stricter(id, on, **more):
        found = rule(id, on, **more)
        if id != "BRD-1":
            return found
        parameters = dict(found.parameters) | {"one_in_one_out": True}
        return type(found)(found.id, found.title, found.action, parameters, found.sources)

    monkeypatch.setattr(law, "rule", stricter)


def _issue(city, *, days: int = 0, in_place_of: str = "", **more) -> str:
    at = AT + timedelta(days=days)
    due_on = ON + timedelta(days=days + 8)
    return ask(city, {"一村": 100}, at=at, due_on=due_on, in_place_of=in_place_of, **more)


def test_where_the_profile_does_not_want_it_nothing_is_named(city):
    _issue(city)
    _issue(city)
    assert queries.replaceable_demands(asker="statistics", kind="sheet", viewer=city.actor["dora"], today=ON) == ()


def test_one_in_one_out(city, strict):
    first = _issue(city)  # the first within a year takes nobody's place
    with pytest.raises(actions.NothingEnded, match="请选一项"):
        _issue(city, days=1)
    with pytest.raises(actions.NothingEnded, match="还没有结束"):
        _issue(city, days=8, in_place_of=first)
    later = ON + timedelta(days=9)
    (offered,) = queries.replaceable_demands(asker="statistics", kind="sheet", viewer=city.actor["dora"], today=later)
    assert offered.number == first
    second = _issue(city, days=9, in_place_of=first)
    assert Demand.objects.get(number=second).in_place_of.number == first
    with pytest.raises(actions.NothingEnded, match="已经替换过"):
        _issue(city, days=10, in_place_of=first)
    actions.withdraw_demand(number=second, reason="不用了", by=city.actor["dora"], at=AT + timedelta(days=10))
    assert _issue(city, days=11, in_place_of=second)


@pytest.mark.parametrize("changes", [
    {"is_emergency": True}, {"kind": "meeting", "estimate": "meeting"}, {"asker": "tax", "by": "tara"}, {"days": 365},
])  # fmt: skip
def test_what_takes_nobodys_place(city, strict, changes):
    """Emergencies, other kinds, other departments, and the first demand after a year without."""
    _issue(city)
    assert _issue(city, **changes)


def test_another_departments_demand_makes_no_room(city, strict):
    number = _issue(city, asker="tax", by="tara")
    _issue(city)
    with pytest.raises(actions.NothingEnded):
        _issue(city, days=20, in_place_of=number)
