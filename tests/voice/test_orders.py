"""What becomes of a bad rating: handed over without who it was, answered, called back, rated again, appealed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from dukao.ballots.wire import to_base64
from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotAllowed, NotThere
from dukao.law.workdays import workday_after
from dukao.voice import actions
from dukao.voice.actions.orders import NotOutside, OrderElsewhere
from dukao.voice.models import Order
from dukao.voice.queries import orders as queries
from dukao.voice.queries import polls
from dukao.voice.rules.orders import colour_of, is_outside, may_close, may_follow
from dukao.web.pages.orders.screen import rated_as
from tests.ballot_boxes import asked
from tests.voice.polled import NOW, TODAY, opened, paper_of, rated

EAST, TAX = "东县政务服务窗口", "税务局"
LATER = NOW + timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def bad(polling, city):
    """东县 was rated badly by one of six, who left a comment and a contact; the order was handed over the next day."""
    code = opened(city)
    east = paper_of(code, EAST)
    rated(polling, city, east, [1] * 5)
    (slip,) = rated(polling, city, east, [5], comment="我叫张三，跑了三趟，电话13812345678", contact="13812345678")
    actions.gather_ratings(at=NOW)
    actions.gather_ratings(at=LATER)
    return code, slip


def _order(**changes) -> Order:
    found = Order.objects.get()
    for name, value in changes.items():
        assert getattr(found, name) == value, name
    return found


def test_a_bad_rating_is_handed_over_the_next_day_without_who_it_was(polling, city):
    code = opened(city)
    rated(polling, city, paper_of(code, EAST), [1, 1, 1, 1, 4], comment="办件太慢")
    assert actions.gather_ratings(at=NOW) == 1
    assert actions.gather_ratings(at=NOW) == 0
    gina, sam = city.actor["gina"], city.actor["sam"]
    assert queries.orders(viewer=gina, today=TODAY) == ()
    assert [one.due_on for one in queries.orders(viewer=sam, today=TODAY)] == [None]
    actions.gather_ratings(at=LATER)
    (one,) = queries.orders(viewer=gina, today=TOMORROW)
    assert (one.subject, one.comment, one.has_contact) == (EAST, "办件太慢", False)
    assert one.levels == (("这次办事，您满意吗？", "不满意"),)
    Order.objects.update(levels={"absent": 1, "speed": 5, "overall": 4})
    (both,) = queries.orders(viewer=gina, today=TOMORROW)
    assert rated_as(both) == "不满意 · 办得快不快：非常不满意", "as the poll asks, whatever the order of the keys"
    assert one.due_on == workday_after(TOMORROW, 1)
    for who in ("alice", "tara", "dora", "otto", "adam"):
        assert queries.orders(viewer=city.actor[who], today=TOMORROW) == ()
        with pytest.raises(NotThere):
            queries.order(number=one.number, viewer=city.actor[who], today=TOMORROW)
        with pytest.raises(NotThere):
            actions.verify_order(order=one.number, found="属实", by=city.actor[who], at=LATER)


def test_where_too_few_rated_the_rated_never_hear_of_it(polling, city):
    code = opened(city)
    rated(polling, city, paper_of(code, EAST), [5, 1])
    for days in (0, 1, 2):
        actions.gather_ratings(at=NOW + timedelta(days=days))
    assert queries.orders(viewer=city.actor["gina"], today=TODAY + timedelta(days=2)) == ()
    actions.close_round(round=code, by=city.actor["sam"], at=NOW + timedelta(days=2))
    actions.gather_ratings(at=NOW + timedelta(days=3))
    order = _order(released_on=None, state="received")
    assert order.due_on
    with pytest.raises(NotThere):
        actions.answer_order(order=order.number, outcome="fixed", answer="已改", by=city.actor["gina"], at=LATER)
    actions.answer_order(order=order.number, outcome="explained", answer="已说明", by=city.actor["sam"], at=LATER)
    _order(state="answered", released_on=None)


def test_from_bad_rating_to_second_rating(bad, polling, city):
    _code, slip = bad
    gina, sam = city.actor["gina"], city.actor["sam"]
    number = _order(comment="我叫〔姓名〕，跑了三趟，电话〔电话〕", masked=["phone", "name"], has_contact=True).number
    seen = queries.order(number=number, viewer=gina, today=TOMORROW)
    assert seen.may == {"verify", "appeal"}
    assert "13812345678" not in repr(seen)
    with pytest.raises(OrderElsewhere):
        actions.answer_order(order=number, outcome="fixed", answer="已改", by=gina, at=LATER)
    actions.verify_order(order=number, found="材料清单不全，属实", is_complex=True, by=gina, at=LATER)
    _order(state="verified", due_on=workday_after(TOMORROW, 15))
    with pytest.raises(Invalid):
        actions.answer_order(order=number, outcome="misjudged", answer="误评", by=gina, at=LATER)
    with pytest.raises(NotThere):
        actions.show_contact(order=number, by=gina, at=LATER)
    actions.answer_order(order=number, outcome="fixed", answer="已补全清单，一次告知", by=gina, at=LATER)
    told = asked(f"{polling.board}/follow", {"secret": to_base64(slip.follow_secret)})
    assert told == {"answer": "已补全清单，一次告知", "second": False}
    assert actions.show_contact(order=number, by=sam, at=LATER) == "13812345678"
    actions.record_call_back(order=number, outcome="表示满意", by=sam, at=LATER)
    with pytest.raises(OrderElsewhere):
        actions.show_contact(order=number, by=sam, at=LATER)
    asked(f"{polling.board}/second", {"secret": to_base64(slip.follow_secret), "levels": {"overall": 2}})
    actions.gather_ratings(at=LATER)
    _order(state="closed", second_place=2, closed_on=TOMORROW)
    said = repr(list(Event.objects.values_list("verb", "detail", "subject")))
    assert "13812345678" not in said
    assert "张三" not in said
    counts = queries.order_counts(viewer=sam, today=TOMORROW)
    assert (counts.all, counts.fixed, counts.left_contact, counts.called_back, counts.rated_again_content) == (
        1, 1, 1, 1, 1,
    )  # fmt: skip


def test_a_second_bad_rating_has_it_done_again_once(bad, polling, city):
    _code, slip = bad
    gina, number = city.actor["gina"], _order().number
    _settle(number, city)
    asked(f"{polling.board}/second", {"secret": to_base64(slip.follow_secret), "levels": {"overall": 5}})
    actions.gather_ratings(at=LATER)
    _order(state="verified", times_reopened=1, second_place=5)
    actions.answer_order(order=number, outcome="fixed", answer="这次改好了", by=gina, at=LATER)
    actions.gather_ratings(at=LATER)
    _order(state="closed")


def test_an_answer_nobody_rates_again_stands_after_its_days(bad, city):
    number = _order().number
    _settle(number, city)
    actions.end_orders(at=NOW + timedelta(days=8))
    _order(state="answered")
    actions.end_orders(at=NOW + timedelta(days=40))
    _order(state="closed", second_place=None)


def test_an_order_waits_for_its_call_back(bad, city):
    number = _order().number
    _settle(number, city, with_call_back=False)
    actions.end_orders(at=NOW + timedelta(days=40))
    _order(state="answered")
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.update(state="closed", closed_on=TODAY)


@pytest.mark.parametrize("is_upheld", [True, False])
def test_an_appeal_is_decided_outside_of_the_rated(bad, city, is_upheld):
    code, _slip = bad
    gina, sam, number = city.actor["gina"], city.actor["sam"], _order().number
    actions.appeal_order(order=number, reason="当天系统停机，有公告", by=gina, at=LATER)
    own = replace(sam, name="own", standings=(
        replace(sam.standings[0], unit_path=city.path["东县"], unit_id=city.unit["东县"]),
    ))  # fmt: skip
    with pytest.raises((NotOutside, NotThere)):
        actions.decide_order_appeal(order=number, is_upheld=True, decision="成立", by=own, at=LATER)
    with pytest.raises(NotThere):
        actions.decide_order_appeal(order=number, is_upheld=True, decision="成立", by=gina, at=LATER)
    actions.decide_order_appeal(order=number, is_upheld=is_upheld, decision="查了公告", by=sam, at=LATER)
    if not is_upheld:
        _order(state="verified", appeal_upheld=False)
        with pytest.raises(OrderElsewhere, match="已经申诉过"):
            actions.appeal_order(order=number, reason="再申诉", by=gina, at=LATER)
        return
    _order(state="answered", outcome="misjudged")
    actions.close_round(round=code, by=sam, at=LATER)
    (east,) = (one for one in polls.public_round(round=code).papers if one.name == EAST)
    # Both stay in sight: as it was rated, and without what was misjudged.
    assert east.questions[0].counts == (5, 0, 0, 0, 1)
    assert east.questions[0].counts_after == (5, 0, 0, 0, 0)
    assert east.misjudged == 1


def test_people_of_the_rated_department_decide_nothing(polling, city):
    code = opened(city)
    rated(polling, city, paper_of(code, TAX), [1, 1, 1, 1, 5])
    actions.gather_ratings(at=NOW)
    actions.gather_ratings(at=LATER)
    sam, tara, number = city.actor["sam"], city.actor["tara"], _order().number
    actions.appeal_order(order=number, reason="不是本局的事项", by=tara, at=LATER)
    both = replace(sam, standings=sam.standings + tara.standings)
    with pytest.raises(NotAllowed):
        actions.decide_order_appeal(order=number, is_upheld=True, decision="成立", by=both, at=LATER)
    actions.decide_order_appeal(order=number, is_upheld=True, decision="查明", by=sam, at=LATER)


def test_a_comment_can_be_taken_away_for_ever(bad, city):
    number = _order().number
    with pytest.raises(NotThere):
        actions.remove_comment(order=number, reason="看得出是谁", by=city.actor["gina"], at=LATER)
    actions.remove_comment(order=number, reason="看得出是谁", by=city.actor["sam"], at=LATER)
    _order(comment="")


def test_steps_follow_each_other():
    assert may_follow("received", "verify")
    assert not may_follow("received", "answer")
    assert not may_follow("closed", "answer")
    day = date(2026, 10, 8)
    assert colour_of(state="received", due_on=day, soon_on=day, today=day) == "wait"
    assert colour_of(state="received", due_on=day, soon_on=day, today=day + timedelta(1)) == "warn"
    assert colour_of(state="closed", due_on=None, soon_on=day, today=day) == "ok"
    waits = {"waits_until": day, "today": day + timedelta(1)}
    assert may_close(has_contact=False, was_called_back=False, has_second=False, **waits)
    assert not may_close(has_contact=True, was_called_back=False, has_second=True, **waits)
    inside = {"decides_departments": frozenset({"tax"})}
    assert not is_outside(decides="/1/", rated="/1/", rated_department="tax", **inside)
    assert is_outside(decides="/1/", rated="/1/", rated_department="health", **inside)
    assert is_outside(decides="/1/", rated="/1/2/", rated_department="", **inside)
    assert not is_outside(decides="/1/2/", rated="/1/2/", rated_department="", **inside)


def _settle(number: str, city, *, with_call_back: bool = True) -> None:
    gina, sam = city.actor["gina"], city.actor["sam"]
    actions.verify_order(order=number, found="属实", by=gina, at=LATER)
    actions.answer_order(order=number, outcome="explained", answer="按规定要现场核验", by=gina, at=LATER)
    if with_call_back:
        actions.record_call_back(order=number, outcome="已沟通", by=sam, at=LATER)
