"""Random draws: what is promised binds, what is drawn can be replayed by anybody, ties keep inspectors away."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given as drawn_given
from hypothesis import strategies as st

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.gate import actions, queries
from dukao.gate.models import Draw
from dukao.gate.rules import draws as rules
from tests.conftest import AT
from tests.gate.planned import approved_item

VILLAGES = ("一村", "二村", "三村", "四村", "五村", "六村")
PEOPLE = [{"name": f"检查员{letter}", "office": "执法岗"} for letter in "甲乙丙丁"]
NEXT_DAY = AT + timedelta(days=1)


def _promise(city, **changes):
    asked = {
        "item": changes.get("item") or approved_item(city), "units": [], "units_wanted": 2, "inspectors": PEOPLE,
        "inspectors_wanted": 2,
        "public_source": "福彩双色球第2026118期开奖号码", "by": city.actor["dora"], "at": AT,
    }  # fmt: skip
    return actions.promise_draw(**asked | changes)


def _drawn(city, **changes):
    promised = _promise(city, **changes)
    return actions.draw_units(number=promised.number, public_part="03 08 17 21 25 30 + 11", by=city.actor["dora"],
                              at=NEXT_DAY)  # fmt: skip


def test_a_promise_says_the_digest_and_nothing_of_the_outcome(city):
    promised = _promise(city)
    assert (promised.unit_count, promised.inspector_count, promised.seed, promised.result) == (6, 4, "", ())
    event = Event.objects.get(subject=f"draw:{promised.number}")
    assert event.detail["commitment"] == promised.commitment
    assert event.unit_path == city.path["富水市"], "auditors of a village that may come out see nothing of it"
    with pytest.raises(NotThere):
        queries.published_draw(number=promised.number, viewer=city.actor["dora"])


def test_what_is_drawn_can_be_replayed(city):
    done = _drawn(city)
    assert len(done.result) == 2
    assert {unit.name for unit in done.result} <= set(VILLAGES)
    assert all(len(unit.inspectors) == 2 for unit in done.result)
    published = queries.published_draw(number=done.number, viewer=city.actor["sam"])
    assert rules.faults_of(published) == []


def test_the_record_is_replayed_with_nothing_but_python(city, tmp_path):
    published = queries.published_draw(number=_drawn(city).number, viewer=city.actor["dora"])
    file = tmp_path / "draw.json"
    command = [sys.executable, "-I", "-S", str(Path(rules.__file__))]
    for record, said in ((published, (0, "重放一致\n")), (published | {"public_part": "1"}, None)):
        file.write_text(json.dumps(record, ensure_ascii=False))
        with file.open() as opened:
            done = subprocess.run(command, stdin=opened, capture_output=True, text=True)
        assert said is None or (done.returncode, done.stdout) == said
        assert said or (done.returncode == 1 and "不一致" in done.stdout)


@pytest.mark.parametrize(("field", "value"), [
    ("units", ["990101001201"]), ("units_wanted", 3), ("inspectors", PEOPLE[:3]), ("inspectors_wanted", 1),
    ("public_source", "别的数"), ("seed", "0" * 64), ("public_part", "别的号码"), ("commitment", "0" * 64),
    ("format", "dukao-draw/2"), ("result", {"units": []}),
])  # fmt: skip
def test_nothing_published_can_be_changed_unseen(city, field, value):
    published = queries.published_draw(number=_drawn(city).number, viewer=city.actor["dora"])
    assert rules.faults_of(published | {field: value}) != []
    published.pop(field)
    assert rules.faults_of(published) != []


def test_a_draw_is_drawn_once_and_not_on_the_day_of_its_promise(city):
    promised = _promise(city)
    dora = city.actor["dora"]
    draw = {"number": promised.number, "public_part": "1", "by": dora}
    with pytest.raises(actions.DrawnTooSoon):
        actions.draw_units(**draw, at=AT + timedelta(hours=13))
    first = actions.draw_units(**draw, at=NEXT_DAY)
    with pytest.raises(actions.DrawnAlready):
        actions.draw_units(**draw | {"public_part": "2"}, at=NEXT_DAY)
    assert queries.draw(number=promised.number, viewer=dora) == first


def test_what_was_promised_cannot_be_changed_in_the_database(city):
    promised = _promise(city)
    Draw.objects.filter(number=promised.number).update(units_wanted=1)
    with pytest.raises(actions.PromiseBroken):
        actions.draw_units(number=promised.number, public_part="1", by=city.actor["dora"], at=NEXT_DAY)


def test_who_has_ties_stays_away_and_it_is_said_why(city):
    """A tie to a town counts for its villages, one to a village not for its neighbour."""
    tied = [
        {**PEOPLE[0], "ties": [{"unit": city.code["甲镇"], "reason": "曾在甲镇任职"}]},
        {**PEOPLE[1], "ties": [{"unit": city.code["一村"], "reason": "亲属在一村任职"}]}, *PEOPLE[2:],
    ]  # fmt: skip
    done = _drawn(city, inspectors=tied, units_wanted=6)
    sent = {unit.name: set(unit.inspectors) for unit in done.result}
    assert not sent["一村"] & {"检查员甲 执法岗", "检查员乙 执法岗"}
    assert "检查员甲 执法岗" not in sent["二村"]
    for unit in done.result:
        for who, why in unit.passed_over:
            assert (who, why) in {("检查员甲 执法岗", "曾在甲镇任职"), ("检查员乙 执法岗", "亲属在一村任职")}


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"units_wanted": 0}, Invalid), ({"units_wanted": 7}, Invalid), ({"inspectors_wanted": 5}, Invalid),
    ({"inspectors": []}, Invalid), ({"inspectors": [PEOPLE[0], PEOPLE[0]]}, Invalid), ({"public_source": " "}, Invalid),
    ({"units": ["990101000000"]}, Invalid), ({"item": "JH2026-9999"}, NotThere),
    ({"inspectors": [{**PEOPLE[0], "ties": [{"unit": "000000000000", "reason": "籍贯"}]}]}, Invalid),
    ({"inspectors": [{**p, "ties": [{"unit": "990101001201", "reason": "籍贯"}]} for p in PEOPLE[:3]] + PEOPLE[3:]},
     actions.TooFewInspectors),
])  # fmt: skip
def test_refused(city, changes, refusal):
    with pytest.raises(refusal):
        _promise(city, **changes)
    assert not Draw.objects.exists()
    assert not Event.objects.filter(verb__startswith="gate.draw").exists()


@pytest.mark.parametrize("name", ["alice", "rita", "tara", "sam", "adam", "otto", "charlie"])
def test_only_the_department_draws(city, name):
    promised = _promise(city)
    with pytest.raises(NotThere):
        _promise(city, item=promised.item_number, by=city.actor[name])
    with pytest.raises(NotThere):
        actions.draw_units(number=promised.number, public_part="1", by=city.actor[name], at=NEXT_DAY)
    if name != "sam":
        assert queries.draws(viewer=city.actor[name]) == ()


@drawn_given(
    seed=st.text("0123456789abcdef", min_size=8, max_size=64), public=st.text(min_size=1, max_size=20),
    n_units=st.integers(1, 30), wanted=st.integers(1, 30), n_people=st.integers(1, 6),
)  # fmt: skip
def test_any_draw_takes_as_many_as_are_wanted_each_once_and_replays(seed, public, n_units, wanted, n_people):
    units = [f"9901010012{n:02}" for n in range(n_units)]
    given = rules.drawn_from(units=units, inspectors=PEOPLE[:n_people], units_wanted=min(wanted, n_units),
                             inspectors_wanted=1, public_source="x")  # fmt: skip
    result = rules.drawn(seed, public, given)
    drawn = [row["unit"] for row in result["units"]]
    assert len(drawn) == len(set(drawn)) == min(wanted, n_units)
    shuffled = given | {"units": given["units"][::-1], "inspectors": given["inspectors"][::-1]}
    assert rules.drawn(seed, public, rules.drawn_from(**shuffled)) == result
    assert rules.commitment_of(seed, rules.drawn_from(**shuffled)) == rules.commitment_of(seed, given)


def test_every_unit_is_as_likely_as_any_other():
    """600 draws of one in six: 100 times each are expected, and 60 to 140 are within chance."""
    units = [f"99010100120{n}" for n in range(6)]
    given = rules.drawn_from(units=units, inspectors=PEOPLE[:1], units_wanted=1, inspectors_wanted=1, public_source="x")
    first = [rules.drawn(str(n), "y", given)["units"][0]["unit"] for n in range(600)]
    assert all(60 <= first.count(unit) <= 140 for unit in units)
