"""A poll from definition to result: who may hold it, who is invited, what is counted, and what nobody is shown."""

import json
from datetime import timedelta
from urllib.error import HTTPError

import pytest

from dukao.ballots.client import NotTaken, Unreachable, new_code
from dukao.base.models import Event
from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere
from dukao.voice import actions
from dukao.voice.actions.inviting import AlreadyInvited, CardUsed, NoSuchCard, RoundEnded
from dukao.voice.actions.polls import PollStands, RoundNotOpen
from dukao.voice.models import Batch, Paper, Poll, Round, ServedMatter
from dukao.voice.queries import polls as queries
from tests.voice.polled import NOW, TODAY, definition, opened, paper_of, rated

EAST, WEST, TAX = "东县政务服务窗口", "西区政务服务窗口", "税务局"


@pytest.fixture
def sam(city):
    return city.actor["sam"]


def test_a_poll_is_written_down_by_the_office(city, sam):
    asked = definition(city)
    assert actions.define_poll(definition=asked, by=sam, at=NOW) == asked.code
    assert actions.define_poll(definition=asked, by=sam, at=NOW) == asked.code
    found = queries.poll(code=asked.code, viewer=sam)
    assert found.subjects == (EAST, WEST, TAX)
    assert Poll.objects.get().scale == ["非常满意", "满意", "基本满意", "不满意", "非常不满意"]
    assert Event.objects.filter(verb="voice.poll.defined").count() == 1
    for who in ("dora", "gina", "alice", "adam", "otto", "charlie", "ivy"):
        with pytest.raises(NotThere):
            actions.define_poll(definition=definition(city), by=city.actor[who], at=NOW)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"questions": [{"code": c, "title": "问题"} for c in ("overall", "a", "b", "c", "d")]}, "问题太多"),
        ({"scope": "990101000000"}, "不在本级范围"),
        ({"departments": [], "level": "city"}, None),
    ],
)
def test_what_a_poll_may_not_be(city, sam, more, told):
    asked = definition(city, **more)
    if told is None:
        assert actions.define_poll(definition=asked, by=sam, at=NOW)
        return
    with pytest.raises(Invalid, match=told):
        actions.define_poll(definition=asked, by=sam, at=NOW)
    assert not Poll.objects.exists()


def test_a_round_has_keys_of_its_own_and_stands_on_the_board(polling, city, sam):
    code = opened(city)
    row = Round.objects.get(code=code)
    assert (row.state, row.papers.count()) == ("open", 3)
    manifest = json.loads(_board(polling, code)["document"])
    assert {p["title"] for p in manifest["papers"].values()} == {EAST, WEST, TAX}
    assert len({p["key"] for p in manifest["papers"].values()}) == 3
    assert (manifest["bad"], manifest["floor"], manifest["questions"][1]["optional"]) == (4, 5, True)
    poll = row.poll.code
    with pytest.raises(RoundNotOpen):
        actions.open_round(poll=poll, closes_on=TODAY, by=sam, at=NOW)
    with pytest.raises(PollStands):
        actions.define_poll(definition=definition(city, code=poll, title="另一个题目"), by=sam, at=NOW)
    with pytest.raises(NotThere):
        actions.close_round(round=code, by=city.actor["gina"], at=NOW)


def test_a_round_that_was_cut_short_goes_on(polling, city, sam, settings):
    poll = actions.define_poll(definition=definition(city), by=sam, at=NOW)
    settings.BOARD_URL = "http://127.0.0.1:9"
    with pytest.raises(Unreachable):
        actions.open_round(poll=poll, closes_on=TODAY, by=sam, at=NOW)
    assert Round.objects.get().state == "preparing"
    settings.BOARD_URL = polling.board
    code = actions.open_round(poll=poll, closes_on=TODAY, by=sam, at=NOW)
    assert Round.objects.get().code == code
    assert Round.objects.get().state == "open"


def test_cards_are_rated_once_and_counted(polling, city, sam):
    code = opened(city)
    east, tax = paper_of(code, EAST), paper_of(code, TAX)
    cards = actions.print_cards(paper=east.short, count=8, by=sam, at=NOW)
    assert len({card.code for card in cards}) == len({card.serial for card in cards}) == 8
    assert all(card.code.startswith(east.short) and len(card.code) == 24 for card in cards)
    secrets = [card.code.partition("-")[2] for card in cards]
    for secret, place in zip(secrets, (1, 1, 2, 3, 4, 5), strict=False):
        polling.rate(f"{code}/{east.short}", secret.lower().replace("-", " "), {"overall": place, "speed": 1})
    for secret in (secrets[0], new_code()):
        with pytest.raises(HTTPError):
            polling.rate(f"{code}/{east.short}", secret, {"overall": 1})
    with pytest.raises(HTTPError):  # a card of one subject rates no other
        polling.rate(f"{code}/{tax.short}", secrets[6], {"overall": 1})
    rated(polling, city, tax, [1, 1, 1, 5])
    actions.gather_ratings(at=NOW)
    east.refresh_from_db()
    assert (east.invited, east.issued, east.counted, east.tally) == (8, 6, 6, None)
    actions.close_round(round=code, by=sam, at=NOW)
    actions.close_round(round=code, by=sam, at=NOW)
    found = {one.name: one for one in queries.public_round(round=code).papers}
    assert found[EAST].questions[0].counts == (2, 1, 1, 1, 1)
    assert found[EAST].questions[1].counts == (6, 0, 0, 0, 0)
    # Below five nothing but the count is ever told.
    assert (found[TAX].counted, found[TAX].questions[0].counts, found[TAX].is_published) == (4, (), False)
    assert (found[WEST].invited, found[WEST].counted) == (0, 0)
    with pytest.raises(HTTPError):
        polling.rate(f"{code}/{east.short}", secrets[7], {"overall": 1})
    with pytest.raises(RoundEnded):
        actions.print_cards(paper=east.short, count=1, by=sam, at=NOW)


def test_a_lost_card_is_withdrawn_and_replaced_and_the_counts_stay_true(polling, city, sam):
    code = opened(city)
    east = paper_of(code, EAST)
    lost, used, kept = actions.print_cards(paper=east.short, count=3, by=sam, at=NOW)
    polling.rate(f"{code}/{east.short}", used.code.partition("-")[2], {"overall": 1})

    def withdraw(serial, by=sam, *, is_replaced=False):
        return actions.withdraw_card(round=code, serial=serial, is_replaced=is_replaced, by=by, at=NOW)

    for who in ("gina", "tara", "alice"):
        with pytest.raises(NotThere):
            withdraw(lost.serial, city.actor[who])
    with pytest.raises(CardUsed):
        withdraw(used.serial)
    for none in ("7K3D-9X2M", lost.code, "", "编号"):
        with pytest.raises(NoSuchCard):
            withdraw(none)
    done = withdraw(lost.serial, is_replaced=True)
    assert done.paper == east.short
    assert done.card.code.startswith(f"{east.short}-")
    with pytest.raises(HTTPError):
        polling.rate(f"{code}/{east.short}", lost.code.partition("-")[2], {"overall": 1})
    polling.rate(f"{code}/{east.short}", done.card.code.partition("-")[2], {"overall": 2})
    assert withdraw(kept.serial).card is None
    with pytest.raises(NoSuchCard):
        withdraw(kept.serial)
    east.refresh_from_db()
    assert east.invited == 2, "before issuer and platform have compared"
    actions.gather_ratings(at=NOW)
    east.refresh_from_db()
    assert (east.invited, east.issued, east.counted) == (2, 2, 2)
    assert sorted(Batch.objects.values_list("way", "count")) == [
        ("cards", 1), ("cards", 3), ("withdrawn", -1), ("withdrawn", -1)
    ]  # fmt: skip
    events = Event.objects.filter(verb="voice.card.withdrawn").order_by("id")
    assert [one.detail["serial"] for one in events] == [lost.serial, kept.serial]
    assert not [one for one in (lost, used, kept) if one.code in str(list(Event.objects.values_list("detail")))]
    actions.close_round(round=code, by=sam, at=NOW)
    with pytest.raises(RoundEnded):
        withdraw(used.serial)


def test_whoever_is_rated_holds_no_codes_and_sees_nothing_below_five(polling, city, sam):
    code = opened(city)
    east, tax, gina = paper_of(code, EAST), paper_of(code, TAX), city.actor["gina"]
    for who in ("gina", "tara", "dora", "alice"):
        with pytest.raises(NotThere):
            actions.print_cards(paper=east.short, count=1, by=city.actor[who], at=NOW)
    rated(polling, city, east, [5, 5, 5, 5])
    rated(polling, city, tax, [1, 1, 1, 1, 1])
    actions.gather_ratings(at=NOW)
    (own,) = queries.round_results(round=code, viewer=gina).papers
    assert (own.name, own.counted, own.questions[0].counts, own.evidence) == (EAST, 4, (), None)
    actions.close_round(round=code, by=sam, at=NOW)
    (own,) = queries.round_results(round=code, viewer=gina).papers
    assert (own.name, own.counted, own.questions[0].counts) == (EAST, 4, ())
    assert own.evidence.verdict == "too_few"
    (own,) = queries.round_results(round=code, viewer=city.actor["tara"]).papers
    assert (own.name, own.questions[0].counts) == (TAX, (5, 0, 0, 0, 0))
    for who in ("dora", "alice", "otto", "adam"):
        with pytest.raises(NotThere):
            queries.round_results(round=code, viewer=city.actor[who])


def test_a_question_that_few_answered_is_not_told(polling, city, sam):
    code = opened(city)
    east = paper_of(code, EAST)
    for place, card in enumerate(actions.print_cards(paper=east.short, count=5, by=sam, at=NOW)):
        levels = {"overall": 1} | ({"speed": 5} if place < 4 else {})
        polling.rate(f"{code}/{east.short}", card.code.partition("-")[2], levels)
    actions.close_round(round=code, by=sam, at=NOW)
    (told,) = (one for one in queries.public_round(round=code).papers if one.name == EAST)
    assert [one.counts for one in told.questions] == [(5, 0, 0, 0, 0), ()]
    assert told.questions[1].separates is None


def test_each_question_is_told_with_its_own_number_and_interval(polling, city, sam, client):
    """Thirty rate, all but two answer both questions; the second is judged by its own answers."""
    code = opened(city)
    east = paper_of(code, EAST)
    for place, card in enumerate(actions.print_cards(paper=east.short, count=32, by=sam, at=NOW)):
        levels = {"overall": 1} | ({"speed": 1 if place % 2 else 5} if place > 1 else {})
        polling.rate(f"{code}/{east.short}", card.code.partition("-")[2], levels)
    actions.close_round(round=code, by=sam, at=NOW)
    (told,) = (one for one in queries.public_round(round=code).papers if one.name == EAST)
    overall, speed = told.questions
    assert (overall.answered, speed.answered, speed.counts) == (32, 30, (15, 0, 0, 0, 15))
    assert speed.evidence.share == 0.5
    assert speed.separates == pytest.approx((0.3315, 0.6685), abs=1e-4)  # Wilson's interval of 15 out of 30
    page = client.get(f"/ratings/{code}/").content.decode()
    assert page.count("办得快不快？") == 1
    assert "33.2–66.8%" in page
    assert "89.3–100.0%" in page, "and that of the first question"


def test_a_mistyped_code_may_be_typed_again(city, client):
    answer = client.get("/rate/0000/")
    assert answer.status_code == 404
    assert "没有以“0000”开头的码" in answer.content.decode()
    assert 'name="code"' in answer.content.decode()


def test_a_matter_is_invited_once(polling, city):
    code = opened(city)
    tax, west, tara = paper_of(code, TAX), paper_of(code, WEST), city.actor["tara"]
    card = actions.invite_matter(paper=tax.short, matter="2026-sw-00017", on_tablet=True, by=tara, at=NOW)
    polling.rate(f"{code}/{tax.short}", card.partition("-")[2], {"overall": 2})
    for paper, who in ((tax, tara), (west, city.actor["sam"])):
        with pytest.raises(AlreadyInvited):
            actions.invite_matter(paper=paper.short, matter=" 2026-SW-00017", on_tablet=True, by=who, at=NOW)
    with pytest.raises(NotThere):
        actions.invite_matter(paper=west.short, matter="2026-SW-00018", on_tablet=True, by=tara, at=NOW)
    actions.invite_matter(paper=tax.short, matter="2026-SW-00018", on_tablet=True, by=tara, at=NOW)
    # What is kept: two hashes, and one count of the day; no event, whose moment would tell who was served.
    assert ServedMatter.objects.count() == 2
    assert list(Batch.objects.values_list("way", "count", "by_name")) == [("tablet", 2, "")]
    assert not Event.objects.filter(verb__startswith="voice.invit").exists()


def test_a_list_of_residents_leaves_only_digests(polling, city, sam, tmp_path):
    code = opened(city)
    east = paper_of(code, EAST)
    file = tmp_path / "list.csv"
    file.write_text(
        "居民名单,\n姓名,身份证号\n甲某某,11010519491231002X\n乙某某,440524188001010014\n丙某某,440524188001010015\n"
        "甲某某,11010519491231002x\n,440524188001010014\n", "utf-8"
    )  # fmt: skip
    listed = actions.invite_residents(paper=east.short, file=file, by=sam, at=NOW)
    assert (listed.read, listed.new) == (5, 2)
    assert [(one.row, one.reason[:4]) for one in listed.bad] == [(5, "身份证号"), (6, "与前面的"), (7, "姓名空着")]
    again = actions.invite_residents(paper=east.short, file=file, by=sam, at=NOW)
    assert again.new == 0
    person = {"name": "甲 某某", "number": "11010519491231002x"}
    name = f"{code}/{east.short}"
    _rate_as(polling, name, person)
    with pytest.raises(HTTPError):
        _rate_as(polling, name, person)
    assert "某某" not in str(list(Event.objects.values_list("detail", "subject")))
    file.write_text("a,b\n1,2\n")
    with pytest.raises(Invalid, match="姓名和身份证号"):
        actions.invite_residents(paper=east.short, file=file, by=sam, at=NOW)


def test_a_round_ends_by_itself_after_its_last_day(polling, city, sam):
    code = opened(city)
    rated(polling, city, paper_of(code, EAST), [1] * 6)
    actions.gather_ratings(at=NOW + timedelta(days=10))
    assert Round.objects.get(code=code).state == "open"
    actions.gather_ratings(at=NOW + timedelta(days=11))
    assert Round.objects.get(code=code).state == "closed"
    assert paper_of(code, EAST).tally["overall"] == [6, 0, 0, 0, 0]


def test_nobody_answers_is_told_and_tried_again(polling, city, sam, settings):
    code = opened(city)
    settings.BOARD_URL = "http://127.0.0.1:9"
    assert actions.gather_ratings(at=NOW) == 0
    with pytest.raises(Unreachable):
        actions.close_round(round=code, by=sam, at=NOW)
    settings.BOARD_URL = polling.board
    actions.close_round(round=code, by=sam, at=NOW)
    with pytest.raises(NotTaken):
        polling_issuer_adds_after_closing(code)


def polling_issuer_adds_after_closing(code: str) -> None:
    from dukao.ballots.client import digest_of_code
    from dukao.voice.actions.boxes import issuer

    paper = Paper.objects.filter(round__code=code).first()
    issuer().add(f"{code}/{paper.short}", [digest_of_code(new_code())])


def test_satisfaction_says_what_it_is_worth(polling, city, sam):
    code = opened(city)
    east, west, tax = (paper_of(code, name) for name in (EAST, WEST, TAX))
    rated(polling, city, east, [1] * 28 + [4] * 2)
    rated(polling, city, west, [1] * 5)
    actions.print_cards(paper=tax.short, count=3, by=sam, at=NOW)
    actions.close_round(round=code, by=sam, at=NOW)
    quarter = Period(Round.objects.get(code=code).period)
    units = [city.unit["东县"], city.unit["西区"], city.unit["甲镇"]]
    found = queries.satisfaction(units=units, period=quarter)
    assert set(found) == {city.unit["东县"], city.unit["西区"]}
    good = found[city.unit["东县"]]
    assert (good.n, good.invited, good.satisfied, good.verdict) == (30, 30, 28, "ok")
    assert good.share == pytest.approx(28 / 30)
    assert good.low < 28 / 30 < good.high
    few = found[city.unit["西区"]]
    assert (few.n, few.share, few.verdict) == (5, None, "too_few")
    assert queries.satisfaction_of(departments=["tax"], period=quarter)["tax"].n == 0
    assert queries.satisfaction(units=units, period=quarter.next()) == {}
    assert queries.satisfaction(units=units, period=quarter.within("year")) == found


def _board(polling, code):
    from tests.ballot_boxes import asked

    return asked(f"{polling.board}/rounds/{code}")


def _rate_as(polling, paper: str, person: dict) -> None:
    from dukao.ballots.blind import PublicKey
    from dukao.ballots.rating import fill_in
    from dukao.ballots.wire import from_base64
    from tests.ballot_boxes import asked

    manifest = json.loads(_board(polling, paper.partition("/")[0])["document"])
    slip = fill_in(paper, PublicKey.from_spki(from_base64(manifest["papers"][paper]["key"])), {"overall": 1})
    told = slip.ask("") | {"person": person}
    told.pop("code")
    asked(f"{polling.board}/cast", slip.signed(asked(f"{polling.issuer}/sign", told)["signature"]))


def test_what_is_published_of_a_round(polling, city, sam):
    from dukao.voice.published import ratings_of

    code = opened(city)
    rated(polling, city, paper_of(code, EAST), [1, 1, 2, 3, 5])
    rated(polling, city, paper_of(code, TAX), [1, 1])
    quarter = Period(Round.objects.get(code=code).period)
    assert ratings_of(quarter) == ()
    actions.close_round(round=code, by=sam, at=NOW)
    east, west, tax = ratings_of(quarter)
    assert (east.unit, east.department, east.counted, east.places) == (city.code["东县"], "", 5, (2, 1, 1, 0, 1))
    assert (west.counted, west.places) == (0, ())
    assert (tax.unit, tax.department, tax.counted, tax.places) == ("", "tax", 2, ())
