"""What shows a milestone: the datum that is held, frozen; an issued document; words only where nothing is held."""

import pytest

from dukao.base.definitions import checked
from dukao.base.periods import Period
from dukao.base.refusals import Invalid
from dukao.org.rules import SYSTEM
from dukao.registers import actions as registers
from dukao.registers import queries as known
from dukao.registers.rules import ElementDefinition
from dukao.tasks import actions, queries
from tests.conftest import AT, ON
from tests.tasks.carried import carried, set_task

MONTHS = ("2026-07", "2026-08", "2026-09")


@pytest.fixture
def held(city):
    """Repairs are held of 一村 for three months: 1, 2 and 3."""
    for code, more in (("repairs", {}), ("illness", {"sensitivity": "sensitive"})):
        data = {
            "code": code, "title": "修好的窗口", "definition": "当月修好的", "unit": "个", "decimals": 0,
            "period": "month", "adds_up": {"units": "sum", "periods": "sum"}, "level": "village",
            "owner": "statistics", "synthetic": True,
        } | more  # fmt: skip
        registers.define_element(definition=checked(ElementDefinition, data, place="test"), by=SYSTEM, at=AT)
        _know(city, code, (1, 2, 3))
    return city


def _know(city, element: str, values: tuple[int, ...]) -> None:
    cells = [
        registers.AnsweredCell(known.element(code=element).id, Period.parse(month).key, value, "")
        for month, value in zip(MONTHS, values, strict=True)
    ]
    registers.accept_facts(
        filing_id=900_001, unit_id=city.unit["一村"], unit_path=city.path["一村"], cells=cells, at=AT
    )


def _task(city, element: str = "repairs") -> str:
    made = set_task(city, template="single", milestones=[{"title": "办成", "element": element}])
    carried(city, made.number, by="tara", until="signed")
    return made.number


def _reach(city, number: str, **more) -> None:
    actions.reach_milestone(task=number, position=1, by=city.actor["tara"], at=AT, **more)


def test_a_reading_is_frozen_with_its_period_and_source(held):
    number = _task(held)
    _reach(held, number, kind="reading", period="2026Q3")
    evidence = queries.task(number=number, viewer=held.actor["sam"], today=ON).milestones[0].evidence
    assert (evidence.text, evidence.unit_code, evidence.period, evidence.source) == (
        "6 个", held.code["甲镇"], "2026Q3", "报表填报",
    )  # fmt: skip
    _know(held, "repairs", (9, 9, 9))
    again = queries.task(number=number, viewer=held.actor["sam"], today=ON).milestones[0].evidence
    assert again == evidence
    with pytest.raises(Invalid):
        _reach(held, number, kind="reading", period="2026-09")


def test_what_is_held_needs_no_words(held):
    number = _task(held)
    with pytest.raises(actions.HeldAlready, match="3 个"):
        _reach(held, number, kind="words", text="都办好了")
    with pytest.raises(actions.NothingHeld):
        _reach(held, number, kind="reading", period="2025-01")
    with pytest.raises(Invalid):
        _reach(held, number, kind="reading", period="昨天")
    with pytest.raises(Invalid):
        _reach(held, number, kind="reading", period="2026-09", unit=held.code["四村"])
    with pytest.raises(Invalid):
        _reach(held, number, kind="photo")
    with pytest.raises(Invalid) as not_there:
        _reach(held, number, kind="document", document="WJ2026-0404")
    assert list(not_there.value.errors) == ["document"]
    _reach(held, number, kind="reading", period="2026-09", unit=held.code["一村"])


def test_sensitive_data_show_nothing(held):
    number = _task(held, "illness")
    with pytest.raises(actions.NothingHeld):
        _reach(held, number, kind="reading", period="2026-09")
    _reach(held, number, kind="words", text="都办好了")
