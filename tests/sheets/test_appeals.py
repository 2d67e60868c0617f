"""An appeal upheld against a sheet closes the unit's filing; what it held provisionally no longer counts."""

import pytest

from dukao.base.models import Event
from dukao.gate import actions as gate
from dukao.sheets import actions, queries
from tests.conftest import AT, ON


def _appeal(house, number: str) -> str:
    return gate.make_appeal(
        demand=number.replace("BB", "XQ"), unit=house.city.code["一村"], ground="duplicate",
        by=house.city.actor["alice"], at=AT,
    )  # fmt: skip


def _decide(house, appeal: str, *, is_upheld: bool = True):
    return gate.decide_appeal(
        appeal=appeal, is_upheld=is_upheld, decision="乡镇上周已经报过", by=house.city.actor["sam"], at=AT
    )


def test_upheld(house):
    number = house.send("new_projects")
    house.type(number, "new_projects", "4")
    assert house.total("new_projects", "甲镇").sum == 4
    assert _decide(house, _appeal(house, number)).kind == "sheet"
    page = house.page(number)
    assert (page.state, page.reason, page.may_fill) == ("spared", "申诉成立，不用再填", False)
    assert house.total("new_projects", "甲镇") is None
    assert queries.desk(viewer=house.city.actor["alice"], today=ON).to_fill == ()
    with pytest.raises(actions.FilingClosed, match="无需填报"):
        house.type(number, "new_projects", "5")
    assert house.page(number, viewer="wang", unit="二村").may_fill
    event = Event.objects.get(verb="sheets.filing.released")
    assert (event.actor, event.detail["facts_retracted"]) == ("sam", 1)


def test_handed_in_but_not_yet_accepted_it_closes_too(house):
    number = house.send("new_projects")
    house.type(number, "new_projects", "4")
    house.act("submit_filing", number)
    _decide(house, _appeal(house, number))
    assert house.page(number).state == "spared"
    with pytest.raises(actions.NotSubmitted):
        house.act("accept_filing", number, by="rita")


def test_what_was_accepted_stays(house):
    number = house.send("new_projects")
    house.type(number, "new_projects", "4")
    house.act("submit_filing", number)
    house.act("accept_filing", number, by="rita")
    _decide(house, _appeal(house, number))
    assert (house.page(number).state, house.total("new_projects", "甲镇").sum) == ("accepted", 4)


def test_rejected_the_filing_stays_open(house):
    number = house.send("new_projects")
    _decide(house, _appeal(house, number), is_upheld=False)
    assert house.page(number).may_fill
