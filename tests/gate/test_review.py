"""The monthly review: what came, what was planned, who was crowded, whose minutes; and the document of it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dukao.base.papers import as_docx
from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.gate import actions, queries
from dukao.gate.models import PlanItem, RefusedVisit, Visit, VisitPart
from dukao.gate.queries.papers import month_before, review_paper
from tests.conftest import AT
from tests.gate.ledger import ask
from tests.gate.planned import approved_item
from tests.gate.world import PEOPLE, request

OCTOBER = Period.parse("2026-10")


def _came(city, village: str, on: date, *items: str, mode: str = "announced") -> str:
    """A visit that was booked and has arrived, its check code scanned by the village."""
    held = actions.hold_visit(**request(items=list(items), unit=city.code[village], on=on, mode=mode),
                              by=city.actor["sam"])  # fmt: skip
    worker = city.actor["alice" if village == "一村" else "wang"]
    actions.arrive(code=held.code, unit=city.code[village], by=worker, at=datetime(on.year, on.month, on.day, 2,
                                                                                   tzinfo=UTC))  # fmt: skip
    return held.number


def _review(city, who="sam", month=OCTOBER, place="富水市"):
    return queries.monthly_review(unit=city.code[place], month=month, viewer=city.actor[who])


@pytest.fixture
def october(city):
    """Two items: a joint visit to 一村, one to 二村, and one booked that never came."""
    first = approved_item(city)
    second = approved_item(city, number="JH2026-0002", department="tax", topic="taxation", title="发票核查")
    _came(city, "一村", date(2026, 10, 12), first, second)
    _came(city, "二村", date(2026, 10, 13), first)
    actions.hold_visit(**request(items=[first], unit=city.code["四村"], on=date(2026, 10, 14)), by=city.actor["dora"])
    return first, second


def test_what_came_is_counted_and_what_did_not_is_not(city, october):
    review = _review(city)
    told = review.inspections
    assert (told.n, told.planned, told.joint, told.saved) == (2, 2, 1, 1)
    # Two items of 120 minutes each, and one visit of 120 minutes that was made for both.
    assert told.saved_hundredths == 12_000
    assert review.inspections_before.n == 0
    assert [(u.name, u.inspections.n, u.n_visited) for u in review.units] == [("东县", 2, 2), ("西区", 0, 0)]
    assert _review(city, place="西区").inspections.n == 0


def test_crowding_names_the_days(city, october):
    item = PlanItem.objects.get(number=october[0])
    for day in (20, 27):
        visit = Visit.objects.create(
            number=f"X{day}", request_key=f"x{day}", state="arrived", unit_id=city.unit["二村"],
            on=date(2026, 10, day), purpose="看", team_size=1, minutes_hundredths=1, code_digest=f"{day}" * 32,
            booked_by="dora", booked_at=AT, expires_at=AT, arrived_at=AT, people=PEOPLE, caps={},
        )  # fmt: skip
        VisitPart.objects.create(visit=visit, item=item)
    [crowded] = _review(city).crowded
    assert (crowded.name, crowded.above) == ("二村", "甲镇")
    assert [day.day for day in crowded.days] == [13, 20, 27]


def test_minutes_by_department_and_the_heaviest_demand(city, october):
    number = ask(city, {"一村": 90_000, "四村": 30_000}, title="十月报表", on=date(2026, 10, 20))
    review = _review(city)
    by_code = {asker.code: asker for asker in review.askers}
    assert by_code["statistics"].minutes_by_kind["sheet"] == 120_000
    assert (review.heaviest[0].number, review.heaviest[0].n_units) == (number, 2)
    assert review.heaviest[0].minutes_hundredths == 120_000
    assert sum(a.minutes_hundredths for a in review.askers) == review.burden.minutes_hundredths


def test_refusals_and_those_turned_away(city, october):
    with pytest.raises(actions.TooSoon):
        _came(city, "二村", date(2026, 10, 14), october[0])
    RefusedVisit.objects.create(unit_id=city.unit["一村"], who="某局", what="没有码", at=AT, by_name="alice")
    review = _review(city)
    assert [(one.rule, one.n) for one in review.refused] == [("INS-3", 1)]
    assert review.n_turned_away == 1


def test_what_is_sealed_is_not_in_it_before_it_came(city):
    item = approved_item(city, method="unannounced")
    actions.hold_visit(
        **request(items=[item], unit=city.code["一村"], on=date(2026, 10, 12), mode="unannounced"),
        by=city.actor["sam"],
    )  # fmt: skip
    assert _review(city).inspections.n == 0
    assert _review(city).burden.n == 0


@pytest.mark.parametrize("name", ["dora", "alice", "rita", "adam", "otto", "charlie"])
def test_it_is_for_supervision_only(city, name):
    with pytest.raises(NotThere):
        _review(city, name)


def test_the_document_says_the_same(city, october):
    paper = review_paper(_review(city), office="市督考办", on=date(2026, 11, 3))
    assert paper.title == "2026年10月富水市基层负担调度情况"
    assert "全月接受检查 2 次，上月 0 次" in paper.parts[0].paragraphs[0]
    assert paper.parts[0].sheets[0].rows[0] == ("东县", "2", "2", "0", "2", "0")
    assert paper.note == ""
    assert as_docx(paper).startswith(b"PK")
    PlanItem.objects.filter(number=october[0]).update(is_synthetic=True)
    marked = review_paper(_review(city), office="市督考办", on=date(2026, 11, 3), spared_hundredths=6_000)
    assert marked.note == "模拟数据，仅供演示"
    assert "省下 3 小时：联合检查少花 2 小时，已经掌握、没有再问的 1 小时" in marked.parts[2].paragraphs[1]
    assert month_before(date(2026, 11, 3)) == OCTOBER
    assert month_before(date(2026, 11, 30) + timedelta(days=1)) == Period.parse("2026-11")
