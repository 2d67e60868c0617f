"""The pages of evaluation: a card composed under the rules, read line by line, appealed, published."""

import json
import re
from datetime import UTC, datetime

import pytest

from dukao.scores import actions
from dukao.scores.models import Appeal, Scorecard
from dukao.scores.rules.replay import replayed
from tests.conftest import AT
from tests.scores.conftest import indicators, known, office, registers  # noqa: F401 (fixtures that scores share)

CARD, EAST = "/scores/counties_2025/", "/scores/counties_2025/990101000000/"
LATER = datetime(2026, 11, 9, 2, tzinfo=UTC)  # the objections of October are over


@pytest.fixture
def shown(office, on_the_day):  # noqa: F811
    """East's and West's scores of 2025, shown to them on the day."""
    actions.show_scores(card=office.set(), by=office.sam, at=AT)
    return office


def text(client, path: str, **given) -> str:
    answer = client.post(path, given) if given else client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def composed(city, **more) -> dict[str, str]:
    return {
        "code": "counties_2026", "title": "2026年县区考核", "year": "2026", "scope": city.code["富水市"],
        "level": "county", "basis": "督考〔2026〕1号", "public": "yes", "do": "save",
        "tax-weight": "85", "tax-measure": "last_year", "tax-rule": "linear", "tax-floor": "0", "tax-full": "10",
    } | {name.replace("__", "-"): value for name, value in more.items()}  # fmt: skip


def test_whoever_composes_hears_the_rules_while_writing(office, as_, on_the_day):  # noqa: F811
    sam, path = as_("sam"), "/scores/new/"
    assert 'name="satisfaction-weight" value="15"' in text(sam, path)
    traces = composed(office.city, tax__title="召开专题会议次数")
    assert "不能这样考" in text(sam, path, **traces | {"do": "judge"})
    refused = sam.post(path, traces)
    assert refused.status_code == 409
    assert 'value="召开专题会议次数"' in refused.content.decode(), "what was typed stays"
    assert Scorecard.objects.count() == 0
    said = text(sam, path, **composed(office.city, do="judge"))
    assert "没有要改的。" in said
    assert "已选 2 项，最多 30 项" in said
    assert Scorecard.objects.count() == 0, "judging keeps nothing"
    assert sam.post(path, composed(office.city)).status_code == 303
    card = Scorecard.objects.get()
    assert (card.state, card.is_public, len(card.definition["lines"])) == ("draft", True, 2)


def test_the_list_shows_each_their_cards(office, as_, on_the_day):  # noqa: F811
    office.define()
    assert "2025年县区考核" in text(as_("sam"), "/scores/")
    assert "还没有考核表" in text(as_("gina"), "/scores/"), "a draft is the office's"
    assert as_("alice").get("/scores/").status_code == 403


def test_what_is_wrong_in_a_card_stands_at_its_field(office, as_):  # noqa: F811
    page = as_("sam").post("/scores/new/", {"code": "Counties", "year": "今年", "satisfaction-weight": "x"})
    assert page.status_code == 422
    shown = page.content.decode()
    for field, why in (("code", "应以小写英文字母开头"), ("year", "应为整数"), ("basis", "没有填写")):
        assert re.search(f'id="{field}-error".*{why}', shown), field
    assert "群众满意度：应为数字" in shown


def test_a_card_stands_beside_all_its_scores_without_a_rank(shown, as_):
    page = text(as_("sam"), CARD)
    assert "58.82" in page  # East's taxes
    assert "没有一项说得出自己有多准，所以只按代码排列，不分先后。" in page
    assert "东县" in text(as_("gina"), CARD)
    assert "西区" not in text(as_("gina"), CARD), "until it is published everybody sees their own"
    lines = text(as_("gina"), CARD + "?view=lines")
    assert "比自己去年：0%起计分，10%得满分" in lines


def test_a_year_so_far_shows_the_points_of_the_file_behind_it(office, as_, on_the_day):  # noqa: F811
    for year in (2025, 2026):
        office.set(code=f"counties_{year}", year=year)
    sam = as_("sam")
    assert "今年到目前" in text(sam, "/scores/counties_2026/")
    page = text(sam, "/scores/counties_2025/")
    document = json.loads(sam.get(EAST + "score.json?view=so-far").content)
    assert document["result"]["total"] == "87.01"
    for line in document["result"]["lines"]:
        assert (line["points"] or "–") in page


def test_a_score_tells_how_it_came_about_and_its_file_is_the_one_of_the_page(shown, as_):
    gina = as_("gina")
    page = text(gina, EAST)
    for said in ("87.01", "÷ 480 × 100", "没有计分的 1 项", "dukao replay-score score.json", "（含当天）为止"):
        assert said in page
    document = json.loads(gina.get(EAST + "score.json?version=1").content)
    assert replayed(document).is_equal
    assert document["digests"]["whole"] in page
    assert gina.get("/scores/counties_2025/990102000000/").status_code == 404


def test_an_appeal_is_made_refused_while_wrong_and_upheld(shown, as_):
    gina, sam = as_("gina"), as_("sam")
    assert gina.post(EAST + "appeal/", {"line": "net", "reason": "少算了一批"}).status_code == 303
    path = f"/scores/appeals/{Appeal.objects.get().number}/"
    assert "督考办的决定" not in text(gina, path), "whoever appeals does not decide"
    shown_to_office = text(sam, path)
    assert "少算了一批" in shown_to_office
    assert "264" in shown_to_office, "who decides sees the value that is appealed against"
    wrong = sam.post(path + "decision/", {"do": "uphold", "decision": "核实属实", "corrected": "很多"})
    assert wrong.status_code == 422
    assert "核实属实" in wrong.content.decode()
    right = {"do": "uphold", "decision": "核实属实", "corrected": "500"}
    assert sam.post(path + "decision/", right).status_code == 303
    page = text(gina, EAST)
    assert "8.83" in page
    assert "核实属实" in page
    assert "87.01" in text(gina, EAST + "?version=1"), "what stood there before stays"


def test_what_is_published_needs_no_sign_in(shown, as_):
    stranger = as_("")
    assert "还没有公布的考核" in text(stranger, "/scores/published/")
    actions.publish_scores(card="counties_2025", by=shown.sam, at=LATER)
    assert "2025年县区考核" in text(stranger, "/scores/published/")
    refused = as_("alice").get("/scores/")
    assert refused.status_code == 403, "no part of a worker's desk"
    assert 'href="/scores/published/counties_2025/"' in refused.content.decode(), "but open to everybody"
    answer = stranger.get("/scores/published/counties_2025/")
    assert len(answer.content) < 100_000
    page = answer.content.decode()
    assert "87.01" in page
    assert "不排名" in page
