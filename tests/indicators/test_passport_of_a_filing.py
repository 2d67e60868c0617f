"""From a city's figure down to the answer a worker typed: through the real sheet, submission and review."""

from datetime import date

from dukao.indicators import queries
from dukao.indicators.actions import define_indicator
from dukao.indicators.rules import IndicatorDefinition
from dukao.org.rules import SYSTEM
from tests.conftest import AT
from tests.sheets.conftest import Q3, house  # noqa: F401 (a fixture)


def passport(house, place, viewer="sam"):  # noqa: F811
    return queries.passport(
        indicator="projects", unit=house.city.code[place], period=Q3, viewer=house.city.actor[viewer]
    )


def test_a_typed_answer_is_traced_to_its_filing_and_its_review(house):  # noqa: F811
    define_indicator(by=SYSTEM, at=AT, definition=IndicatorDefinition.model_validate({
        "code": "projects", "title": "新开工项目", "why": "看后劲", "numerator": "new_projects", "unit": "个",
        "decimals": 0, "period": "quarter", "basis": "测试", "review_on": date(2027, 1, 1),
    }))
    number = house.send("new_projects")
    house.type(number, "new_projects", "4")
    city = passport(house, "富水市")
    assert (city.value, city.counts) == (4, (1, 6, 1))

    (fact,) = passport(house, "一村").numerator[0].facts
    assert (fact.filing.dispatch, fact.filing.sheet_title) == (number, "三季度经济运行表")
    assert (fact.answer.answered_by, fact.accepted_at) == ("alice", None)

    house.type(number, "new_projects", "5")
    house.act("submit_filing", number)
    house.act("accept_filing", number, by="rita")
    (fact,) = passport(house, "一村").numerator[0].facts
    assert (fact.value, fact.accepted_at) == (5, AT)
    assert (fact.filing.submitted_by, fact.filing.reviewed_by) == ("alice", "rita")
    assert [passport(house, "一村", who).numerator[0].facts[0].filing.access for who in ("alice", "rita", "sam")] == [
        "fill", "review", "read",
    ]  # fmt: skip
    assert [(old.value, old.answer) for old in fact.before] == [(4, None)]
    assert passport(house, "富水市").counts == (1, 6, 0)
