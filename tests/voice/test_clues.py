"""Clues: told by nobody in particular, seen by one office, followed up in time, judged by who told them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.db import DatabaseError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.org.models import Holding, Login, Post
from dukao.org.queries import actor_named
from dukao.org.rules import SYSTEM
from dukao.tasks import actions as tasks
from dukao.tasks import queries as seen_tasks
from dukao.voice.actions import clues as actions
from dukao.voice.models import Clue, ClueNote
from dukao.voice.queries import clues as queries
from tests.conftest import AT, ON
from tests.tasks.carried import definition

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR = tmp_path


def tell(city, **more) -> actions.Receipt:
    given = {"kind": "forms", "text": "统计局上午发表，下午就要，几乎天天如此", "place": city.code["甲镇"], "at": AT}
    return actions.tell_clue(**given | more)


def post(city, name: str, role: str, place: str):
    """One more person in the cast."""
    login = Login.objects.create(name=name, display_name=name, password="!")
    made = Post.objects.create(code=f"{name}-post", title=role, role=role, unit_id=city.unit[place])
    Holding.objects.create(login=login, post=made, valid_from=date(2024, 1, 1))
    return actor_named(name=name, on=ON)


def test_nothing_of_the_sending_is_kept(city):
    receipt = tell(city, contact="模拟联系方式")
    assert Event.objects.count() == 0
    row = Clue.objects.get()
    fields = {field.name: getattr(row, field.name) for field in Clue._meta.concrete_fields}
    assert not any(hasattr(value, "hour") for value in fields.values()), "no time finer than a day"
    assert receipt.code not in map(str, fields.values())
    assert "模拟联系方式".encode() not in bytes(row.contact_sealed)
    assert (receipt.notify_by, receipt.close_by) == (ON + 15 * DAY, ON + 60 * DAY)


def test_the_order_of_rows_is_not_the_order_of_sending(city):
    sent = [tell(city).number for _ in range(8)]
    assert list(Clue.objects.order_by("pk").values_list("number", flat=True)) != sent


def test_the_office_sees_it_the_day_after_and_nobody_else_ever(city):
    number = tell(city, department="statistics").number
    carla = post(city, "carla", "supervision", "东县")
    everybody = {**city.actor, "carla": carla, "system": SYSTEM}
    assert {name: len(queries.clues(viewer=a, today=ON)) for name, a in everybody.items() if
            queries.clues(viewer=a, today=ON)} == {}  # fmt: skip
    tomorrow = ON + DAY
    assert [name for name, a in everybody.items() if queries.clues(viewer=a, today=tomorrow)] == ["sam"]
    for name, actor in everybody.items():
        if name != "sam":
            with pytest.raises(NotThere):
                queries.clue(number=number, viewer=actor, today=tomorrow)
            with pytest.raises(NotThere):
                actions.accept_clue(clue=number, by=actor, at=AT + DAY)
            with pytest.raises(NotThere):
                actions.open_contact(clue=number, reason="看看", by=actor, at=AT + DAY)


def test_an_office_person_with_a_post_in_the_accused_department_does_not_see_it(city):
    number = tell(city, department="statistics").number
    both = replace(city.actor["sam"], standings=city.actor["sam"].standings + city.actor["dora"].standings)
    assert queries.clues(viewer=both, today=ON + DAY) == ()
    with pytest.raises(NotThere):
        actions.accept_clue(clue=number, by=both, at=AT + DAY)


def test_the_nearest_office_above_follows_it_up(city):
    carla = post(city, "carla", "supervision", "东县")
    for more, office in (
        ({}, carla), ({"department": "tax"}, city.actor["sam"]), ({"accused_unit": city.code["甲镇"]}, carla),
        ({"accused_unit": city.code["东县"], "place": city.code["东县"]}, city.actor["sam"]),
        ({"is_office_accused": True}, city.actor["sam"]),
    ):  # fmt: skip
        number = tell(city, **more).number
        assert queries.clue(number=number, viewer=office, today=ON + DAY).line.number == number
        other = city.actor["sam"] if office is carla else carla
        with pytest.raises(NotThere):
            queries.clue(number=number, viewer=other, today=ON + DAY)
    with pytest.raises(actions.NoOfficeAbove):
        tell(city, place=city.code["西区"], is_office_accused=True)


@pytest.mark.parametrize("more", [
    {"kind": "no_such"}, {"text": "太短"}, {"text": "长" * 2001}, {"place": "990101001201"}, {"place": ""},
    {"contact": "1" * 121},
])  # fmt: skip
def test_what_is_not_well_written(city, more):
    with pytest.raises(Invalid):
        tell(city, **more)
    assert not Clue.objects.exists()


def test_the_writer_looks_again_before_it_is_sent(city):
    text = "我叫王小二，电话13812345678，填表太多"
    with pytest.raises(actions.LookAgain) as look:
        tell(city, text=text)
    assert look.value.kinds == ("phone", "name")
    assert "13812345678" not in look.value.covered
    tell(city, text=look.value.covered, is_looked_at=True)
    with pytest.raises(actions.LookAgain) as look:
        tell(city, text="表太多了，再这样我就去法院起诉")
    assert [one.code for one in look.value.elsewhere] == ["lawsuit"]
    with pytest.raises(actions.BelongsElsewhere):
        tell(city, text="某某收了回扣，请查一查他", is_looked_at=True)
    assert Clue.objects.count() == 1


def test_asked_answered_extended_closed_denied_closed_fixed(city):
    receipt, sam = tell(city), city.actor["sam"]
    number, later = receipt.number, AT + DAY
    actions.accept_clue(clue=number, text="会核实", by=sam, at=later)
    actions.ask_reporter(clue=number, text="从什么时候开始的？", by=sam, at=later)
    assert queries.receipt(code=receipt.code.lower()).may_answer
    actions.answer_clue(code=receipt.code, text="上个月", at=later)
    actions.extend_clue(clue=number, reason="涉及几个部门", by=sam, at=later)
    with pytest.raises(actions.WrongState):
        actions.extend_clue(clue=number, reason="再等等", by=sam, at=later)
    assert queries.clue(number=number, viewer=sam, today=ON + DAY).close_by == ON + 90 * DAY
    with pytest.raises(actions.WrongState):
        actions.judge_clue(code=receipt.code, is_fixed=True, at=later)
    for is_fixed in (False, True):
        actions.close_clue(clue=number, outcome="corrected", text="已停", by=sam, at=later)
        actions.judge_clue(code=receipt.code, is_fixed=is_fixed, at=later)
    seen = queries.receipt(code=receipt.code)
    assert (seen.state, [note.act for note in seen.notes]) == (
        "fixed", ["accept", "ask", "answer", "extend", "close", "deny", "close", "confirm"],
    )  # fmt: skip
    verbs = list(Event.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == [f"voice.clue.{verb}" for verb in ("accepted", "asked", "extended", "closed", "closed")]
    assert Event.objects.filter(detail__icontains="上个月").count() == 0


@pytest.mark.parametrize(
    "more",
    [
        {"outcome": ""}, {"outcome": "appeal"}, {"outcome": "appeal", "reference": "SS2026-9999"},
        {"outcome": "radar", "reference": "WJ2026-9999"}, {"text": " "},
    ],
)  # fmt: skip
def test_closing_says_what_came_of_it(city, more):
    number = tell(city).number
    with pytest.raises(Invalid):
        actions.close_clue(**{"clue": number, "outcome": "corrected", "text": "已停", "by": city.actor["sam"],
                              "at": AT + DAY} | more)  # fmt: skip


def test_a_contact_is_opened_with_a_reason_that_stays_on_record(city):
    number, sam = tell(city, contact="模拟联系方式").number, city.actor["sam"]
    with pytest.raises(Invalid):
        actions.open_contact(clue=number, reason=" ", by=sam, at=AT + DAY)
    assert actions.open_contact(clue=number, reason="核实时间", by=sam, at=AT + DAY) == "模拟联系方式"
    event = Event.objects.get(verb="voice.clue.contact_opened")
    assert (event.actor, event.detail) == ("sam", {"reason": "核实时间"})
    with pytest.raises(NotThere):
        actions.open_contact(clue=tell(city).number, reason="核实", by=sam, at=AT + DAY)
    # Bound to its clue: in another row it cannot be read.
    row = Clue.objects.get(number=number)
    row.pk, row.number, row.code_digest = 7, "XS-OTHER", "x"
    row.save(force_insert=True)
    with pytest.raises(InvalidTag):
        actions.open_contact(clue="XS-OTHER", reason="核实", by=sam, at=AT + DAY)


def test_a_receipt_that_is_none(city):
    for code in ("", "7K3M", "0" * 16):
        with pytest.raises(NotThere):
            queries.receipt(code=code)
        with pytest.raises(NotThere):
            actions.judge_clue(code=code, is_fixed=True, at=AT)


def test_what_was_told_stands(city):
    actions.accept_clue(clue=tell(city).number, by=city.actor["sam"], at=AT + DAY)
    for change in (
        lambda: Clue.objects.update(text="别的"), lambda: Clue.objects.all().delete(),
        lambda: ClueNote.objects.update(text="别的"), lambda: ClueNote.objects.all().delete(),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_statistics_hide_what_is_small(city):
    for _ in range(6):
        tell(city)
    tell(city, kind="secondment")
    year = {"year": 2026, "today": date(2026, 11, 1)}
    now = queries.statistics(year=2026, today=ON)
    assert (now.until, now.received) == (date(2026, 10, 1), None), "nobody watches one come in"
    seen = queries.statistics(**year)
    told = {kind.kind: kind.received for kind in seen.kinds}
    assert (seen.received, seen.closed, told["secondment"], told["forms"]) == (7, None, None, None)
    for _ in range(2):
        tell(city, kind="traces")
    told = {kind.kind: kind.received for kind in queries.statistics(**year).kinds}
    assert (told["forms"], told["traces"], told["secondment"]) == (6, None, None)


def test_a_clue_that_becomes_a_task_is_judged_by_the_reporter(city):
    """Closed with the task, denied, heard the day after, open again, fixed; those it is about learn nothing of it."""
    receipt, sam, tara = tell(city, department="tax"), city.actor["sam"], city.actor["tara"]
    at = AT + DAY
    given = {"origin": "clue", "origin_number": receipt.number, "raiser": "clue", "template": "single"}
    number = tasks.set_task(task=definition(city, **given), by=sam, at=at).number
    assert queries.receipt(code=receipt.code).outcome == "task"
    seen = seen_tasks.task(number=number, viewer=tara, today=ON + DAY)
    assert (seen.origin_number, seen.origin_label, seen.raiser_label) == ("", "督考办交办", "提出人")
    tasks.sign_task(task=number, by=tara, at=at)
    for is_fixed in (False, True):
        tasks.reach_milestone(task=number, position=1, kind="words", text="停了", by=tara, at=at)
        tasks.report_done(task=number, by=tara, at=at)
        tasks.close_task(task=number, text="查过", by=sam, at=at)
        actions.judge_clue(code=receipt.code, is_fixed=is_fixed, at=at)
        assert tasks.hear_reporters(at=at) == 0, "the same day would tell the hour"
        at += DAY
        assert tasks.hear_reporters(at=at) == 1
        assert tasks.hear_reporters(at=at) == 0
    assert [one.outcome for one in seen_tasks.task(number=number, viewer=sam, today=ON).closings] == [
        "denied", "confirmed",
    ]  # fmt: skip
    assert queries.receipt(code=receipt.code).state == "fixed"
