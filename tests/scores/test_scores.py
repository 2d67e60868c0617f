"""From a card to published scores: what is computed, who sees what, appeals, and that nobody is asked for anything."""

from datetime import date

import pytest
from django.db import Error as DatabaseError
from django.db import connection, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.gate.models import Demand
from dukao.scores import actions, published, queries
from dukao.scores.models import Score, Scorecard
from dukao.scores.queries.people import polls
from dukao.scores.rules.replay import replayed
from tests.conftest import AT, ON
from tests.scores.conftest import JANUARY, JULY, LINES, definition

EAST, WEST = "990101000000", "990102000000"


def points(page) -> dict[str, str | None]:
    return {line.code: line.points for line in page.row.lines}


def one(office, code, scored=EAST, viewer=None, **more):
    return queries.score(card=code, scored=scored, viewer=viewer or office.sam, on=ON, **more)


def test_scores_are_computed_from_what_is_held_and_can_be_replayed(office):
    code = office.show()
    page = one(office, code)
    # Without satisfaction the other 85 count as 100: 50 → 58.82, 20 → 23.53, 15 → 17.65.
    # East's tax grew by exactly a tenth, its people stayed; net = 3 × (12 × 11.0 − 4 × 11.0) = 264 of 1,000.
    assert points(page) == {"tax": "58.82", "people": "23.53", "net": "4.66", "satisfaction": None}
    assert page.row.total == "87.01"
    assert [(line.code, line.absent) for line in page.row.absent] == [("satisfaction", "no_data")]
    assert points(one(office, code, WEST))["tax"] == "0.00"
    assert replayed(page.document).is_equal
    assert [told["recorded_at"] is not None for told in page.document["inputs"]] == [True, True, True, False]
    assert Event.objects.filter(verb__startswith="scores.card").count() == 3


def test_nobody_is_asked_for_anything(office):
    code = office.show()
    office.define(code="counties_2026", year=2026)
    queries.overview(card="counties_2026", viewer=office.sam, on=ON)
    queries.overview(card=code, viewer=office.sam, on=ON)
    assert Demand.objects.count() == 0
    assert not Event.objects.filter(verb__startswith="gate.").exists()


def test_of_a_year_so_far_only_whole_quarters_count_beside_the_same_of_last_year(office):
    villages = ("一村", "二村", "三村")
    office.registers.land(
        {("vat", f"2026-{month:02d}", village): 1200 for month in range(1, 9) for village in villages}
        | {("income_tax", f"2026Q{quarter}", village): 110 for quarter in (1, 2) for village in villages}
    )
    office.set(code="counties_2026", year=2026)
    page = one(office, "counties_2026")
    tax = next(line for line in page.row.lines if line.code == "tax")
    # To June, though July and August of one tax are known: 3 × (6 × 12.0 + 2 × 11.0) against 3 × (6 × 11.0 + 2 × 11.0).
    assert (tax.given["through"], tax.given["period"]) == (2, "2026Q2")
    assert tax.how.startswith("（282 − 264）÷ 264 × 100 = 6.8182%")
    assert (page.is_to_date, page.row.version, page.versions) == (True, 0, ())
    with pytest.raises(actions.YearNotOver):
        actions.show_scores(card="counties_2026", by=office.sam, at=AT)


@pytest.mark.parametrize(("scored", "satisfied", "expected", "absent"), [
    (EAST, (80, 100, "ok"), "12.00", ""), (EAST, (3, 4, "too_few"), None, "too_few"),
])  # fmt: skip
def test_satisfaction_counts_where_there_are_enough_answers(office, monkeypatch, scored, satisfied, expected, absent):
    good, n, verdict = satisfied

    def told(*, units, period):
        return {unit: polls.Satisfaction(n, 2 * n, good, good / n, 0.7, 0.9, verdict) for unit in units}

    monkeypatch.setattr(polls, "satisfaction", told)
    page = one(office, office.show(), scored)
    assert points(page)["satisfaction"] == expected
    assert {line.code: line.absent for line in page.row.lines}["satisfaction"] == absent
    assert (page.row.low is None) is bool(absent)


def test_totals_that_overlap_have_no_order_and_without_intervals_nobody_is_grouped(office, monkeypatch):
    found = queries.overview(card=office.show(), viewer=office.sam, on=ON)
    assert found.groups == ()
    assert [row.scored.code for row in found.rows] == [EAST, WEST]

    def wide(*, units, period):
        return {unit: polls.Satisfaction(100, 200, 80, 0.8, 0.0, 1.0, "ok") for unit in units}

    monkeypatch.setattr(polls, "satisfaction", wide)
    more = queries.overview(card=office.show(code="again", title="再考一次"), viewer=office.sam, on=ON)
    # 50 points of tax apart, 15 points of satisfaction wide: here the evidence separates.
    assert more.groups == ((EAST,), (WEST,))


def test_who_sees_what(office):
    city, code = office.city, office.define()
    gina, charlie, rita, tara = (city.actor[name] for name in ("gina", "charlie", "rita", "tara"))
    for stranger in (gina, charlie, rita, tara):
        with pytest.raises(NotThere):
            queries.scorecard(code=code, viewer=stranger)
    actions.set_scorecard(card=code, by=office.sam, at=JANUARY)
    actions.show_scores(card=code, by=office.sam, at=JANUARY)
    assert [s.code for s in queries.scorecard(code=code, viewer=gina).scored] == [EAST]
    with pytest.raises(NotThere):
        one(office, code, WEST, gina)
    with pytest.raises(NotThere):
        queries.public_overview(card=code, on=ON)
    actions.publish_scores(card=code, by=office.sam, at=JULY)
    assert [s.code for s in queries.scorecard(code=code, viewer=gina).scored] == [EAST, WEST]
    assert len(queries.public_overview(card=code, on=ON).rows) == 2
    for stranger in (charlie, rita, tara):
        with pytest.raises(NotThere):
            queries.scorecard(code=code, viewer=stranger)
    assert queries.scorecards(viewer=charlie) == ()


def test_departments_are_scored_by_the_lines_that_are_theirs(office):
    lines = [
        {"of": "tax", "weight": "85", "measure": "last_year", "rule": "linear", "floor": 0, "full": 10,
         "departments": ["tax"]},
        {"of": "satisfaction", "weight": "15", "rule": "share"},
    ]  # fmt: skip
    code = office.show(code="offices", level=None, departments=["tax", "statistics"], lines=lines, public=False)
    assert points(one(office, code, "tax", office.city.actor["tara"]))["tax"] == "50.00"
    page = one(office, code, "statistics")
    assert [line.absent for line in page.row.lines] == ["not_applicable", "no_data"]
    assert page.row.total is None
    with pytest.raises(NotThere):
        one(office, code, "statistics", office.city.actor["tara"])
    with pytest.raises(NotThere):
        queries.public_overview(card=code, on=ON)


def test_a_card_that_the_rules_refuse_is_not_kept(office):
    with pytest.raises(actions.CardRefused) as refused:
        office.define(title="县区战况通报")
    assert refused.value.rule == "KPI-4"
    with pytest.raises(actions.CardRefused):
        office.define(lines=[{"of": "ghost", "weight": "100", "rule": "share"}])
    assert Scorecard.objects.count() == 0


def test_a_card_stands_once_it_is_set(office):
    office.set()
    with pytest.raises(actions.CardStands):
        office.define(title="改了标准的考核")
    assert actions.define_scorecard(definition=definition(office.city), by=office.sam, at=JULY) == "unchanged"
    with pytest.raises(NotThere):
        actions.set_scorecard(card="counties_2025", by=office.city.actor["gina"], at=JULY)


def appeal(office, **more):
    gina = office.city.actor["gina"]
    given = {"card": "counties_2025", "scored": EAST, "line": "net", "reason": "少算了一批", "by": gina, "at": JANUARY}
    return actions.make_appeal(**given | more)


def test_an_upheld_appeal_makes_a_new_version_and_the_old_one_stays(office):
    code = office.show()
    number = appeal(office)
    version = actions.decide_appeal(
        appeal=number, is_upheld=True, decision="核实属实", corrected="500", by=office.sam, at=JANUARY
    )
    page = one(office, code)
    assert (version, page.row.version, points(page)["net"]) == (2, 2, "8.83")
    net = next(line for line in page.row.lines if line.code == "net")
    assert net.given["correction"]["before"]["value"] == "264"
    assert replayed(page.document).is_equal
    old = one(office, code, version=1)
    assert (points(old)["net"], old.row.total) == ("4.66", "87.01")
    assert [v.number for v in page.versions] == [2, 1]
    assert "核实属实" in page.versions[0].reason
    assert one(office, code, WEST).row.version == 1


def test_upheld_without_a_value_the_line_is_left_out(office):
    code = office.show()
    actions.decide_appeal(appeal=appeal(office), is_upheld=True, decision="数据有误", by=office.sam, at=JANUARY)
    page = one(office, code)
    assert {line.code: line.absent for line in page.row.lines}["net"] == "withdrawn"
    assert page.row.total == "100.00"


def test_a_rejected_appeal_changes_nothing_and_is_answered(office):
    code = office.show()
    number = appeal(office)
    assert actions.decide_appeal(appeal=number, is_upheld=False, decision="口径如此", by=office.sam, at=JANUARY) == 1
    found = queries.appeal(number=number, viewer=office.city.actor["gina"])
    assert (found.state, found.decision, found.may_decide) == ("rejected", "口径如此", False)
    assert one(office, code).row.version == 1
    with pytest.raises(actions.AppealDecided):
        actions.decide_appeal(appeal=number, is_upheld=True, decision="再想想", by=office.sam, at=JANUARY)
    with pytest.raises(actions.AppealedAlready):
        appeal(office)


@pytest.mark.parametrize("who", ["sam", "rita", "tara", "charlie", "alice"])
def test_only_the_scored_appeal_their_own_score(office, who):
    office.show()
    with pytest.raises(NotThere):
        appeal(office, by=office.city.actor[who])
    with pytest.raises(NotThere):
        appeal(office, scored=WEST)


def test_appeals_have_a_line_a_reason_and_a_deadline(office):
    office.show()
    with pytest.raises(NotThere):
        appeal(office, line="gdp")
    with pytest.raises(Invalid):
        appeal(office, reason="  ")
    with pytest.raises(actions.AppealClosed) as closed:
        appeal(office, at=JULY)
    assert closed.value.rule == "SCR-1"
    number = appeal(office)
    assert queries.appeal(number=number, viewer=office.sam).due_on == date(2026, 1, 19)  # ten working days
    with pytest.raises(Invalid):
        actions.decide_appeal(appeal=number, is_upheld=True, decision="对", corrected="很多", by=office.sam, at=JANUARY)


def test_whoever_owns_the_line_does_not_decide(office):
    from dukao.indicators.models import Indicator
    from dukao.org.rules import Actor, Standing

    row = Indicator.objects.get(code="net")
    row.definition["owner"], row.owner_id = "tax", office.city.department["tax"]
    row.save()
    office.show()
    number = appeal(office)
    seats = (
        Standing(
            "supervision", "督考", office.city.unit["富水市"], "990100000000", "富水市", 2, office.city.path["富水市"]
        ),
        *office.city.actor["tara"].standings,
    )
    both = Actor(name="both", standings=seats)
    with pytest.raises(actions.NotIndependent):
        actions.decide_appeal(appeal=number, is_upheld=True, decision="对", by=both, at=JANUARY)
    assert not queries.appeal(number=number, viewer=both).may_decide
    assert queries.appeal(number=number, viewer=office.sam).may_decide


def test_publishing_waits_for_objections_and_appeals(office):
    code = office.show()
    with pytest.raises(actions.ObjectionsOpen):
        actions.publish_scores(card=code, by=office.sam, at=JANUARY)
    number = appeal(office)
    with pytest.raises(actions.ObjectionsOpen):
        actions.publish_scores(card=code, by=office.sam, at=JULY)
    actions.decide_appeal(appeal=number, is_upheld=False, decision="口径如此", by=office.sam, at=JULY)
    actions.publish_scores(card=code, by=office.sam, at=JULY)
    assert queries.scorecard(code=code, viewer=office.sam).state == "published"


def test_a_version_stands_in_the_database(office):
    office.show()
    for statement in ("UPDATE scores_score SET total_hundredths = 10000", "DELETE FROM scores_score"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Score.objects.filter(total_hundredths=8701).count() == 1


def test_a_score_is_beside_the_published_one_of_the_year_before(office):
    office.publish(code="counties_2024", year=2024, title="2024年县区考核", lines=[
        {"of": "net", "weight": "85", "rule": "linear", "floor": 0, "full": 1000},
        {"of": "satisfaction", "weight": "15", "rule": "share"},
    ])  # fmt: skip
    page = one(office, office.show())
    assert page.before_title == "2024年县区考核"
    assert page.before is not None
    assert next((line.code, line.share) for line in page.before.lines) == ("net", "0.24")


def test_the_overview_takes_as_many_queries_for_one_as_for_all(office, django_assert_num_queries):
    code = office.show()
    with django_assert_num_queries(5):
        queries.overview(card=code, viewer=office.sam, on=ON)
    with django_assert_num_queries(5):
        queries.overview(card=code, viewer=office.city.actor["gina"], on=ON)


def test_a_year_so_far_takes_as_many_for_one_as_for_all(office, django_assert_num_queries):
    lines = [*LINES[:2], {"of": "satisfaction", "weight": "15", "rule": "share"},
             {"of": "tasks_fixed", "weight": "15", "rule": "share"}]  # fmt: skip
    code = office.set(code="counties_2026", year=2026, lines=lines)
    for viewer, count in ((office.sam, 2), (office.city.actor["gina"], 1)):
        with django_assert_num_queries(16):
            assert len(queries.overview(card=code, viewer=viewer, on=ON).rows) == count


def test_the_published_table_has_the_newest_version_of_what_is_for_everybody(office):
    code = office.show()
    office.publish(code="inner_2025", title="内部考核", public=False)
    actions.decide_appeal(appeal=appeal(office), is_upheld=True, decision="属实", corrected="500", by=office.sam,
                          at=JANUARY)  # fmt: skip
    assert published.scores_of(2025) == (), "not before it is published"
    actions.publish_scores(card=code, by=office.sam, at=JULY)
    east, west = published.scores_of(2025)
    page = one(office, code)
    assert (east.card, east.unit, east.department, east.version) == (code, EAST, "", 2)
    assert (east.total, east.absent, east.digest) == (page.row.total, 1, page.digest)
    assert (west.unit, west.version) == (WEST, 1)
    assert {column for column, _title, _says in published.SCORES} < set(published.PublishedScore.__dataclass_fields__)
