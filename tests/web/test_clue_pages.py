"""Clues on the web: nothing tells those they speak of; floods wait; a code stands in no address."""

from datetime import timedelta

import pytest
import routes
from checking import CheckingClient

from dukao.voice.actions import clues as actions
from dukao.voice.models import Clue
from tests.conftest import AT

_TOLD = {"kind": "forms", "text": "上午发表，下午就要，几乎天天如此", "do": "send"}


@pytest.fixture
def city(city, on_the_day, settings, tmp_path):
    settings.VAR = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return city


def _tell(city, client, **more):
    return client.post("/clues/tell/", _TOLD | {"place": city.code["甲镇"]} | more)


def _all_pages(as_, city, who: str) -> dict[str, tuple[int, str]]:
    from tests.web.test_sealed import _CHANCE

    client, seen = as_(who), {}
    for route in routes.all_routes():
        path = route.path.format(**city.code)
        if path.endswith((".xlsx", ".pdf", ".docx")) or route.name.startswith("clues.numbers"):
            continue
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[path] = answer.status_code, _CHANCE.sub("", body.decode("utf-8", "replace"))
    return seen


@pytest.mark.parametrize("who", ["dora", "rita", "gina"])
def test_no_page_tells_those_it_speaks_of(city, as_, who):
    """The statistics bureau, the town and its county read the same pages before and after; the office does not."""
    routes.furnish(city)
    sam = city.actor["sam"]
    before, office = _all_pages(as_, city, who), as_("sam").get("/clues/").content
    for about in ({"department": "statistics"}, {"accused_unit": city.code["甲镇"]},
                  {"accused_unit": city.code["东县"]}):  # fmt: skip
        told = actions.tell_clue(kind="forms", text="天天都要同一张表，谁也说不清", place=city.code["东县"],
                                 at=AT - timedelta(days=1), **about)  # fmt: skip
        actions.accept_clue(clue=told.number, by=sam, at=AT)
        actions.ask_reporter(clue=told.number, text="从哪天开始？", by=sam, at=AT)
    assert _all_pages(as_, city, who) == before
    assert as_("sam").get("/clues/").content != office, "the office is told, so this test can fail"


def test_told_followed_and_judged_without_an_account(city, as_):
    stranger = CheckingClient()
    told = _tell(city, stranger, contact="模拟联系方式")
    assert told.status_code == 200
    code = told.context["page"].code
    assert stranger.get("/clues/receipt/").status_code == 200
    assert "已收到" in stranger.post("/clues/receipt/", {"code": code}).content.decode()
    assert "sessionid" not in told.cookies
    assert code not in told.request["PATH_INFO"]
    Clue.objects.update(received_on=AT.date() - timedelta(days=1))
    number = told.context["page"].number
    sam = as_("sam")
    assert sam.post(f"/clues/{number}/acceptance/").status_code == 303
    shown = sam.post(f"/clues/{number}/contact/", {"reason": "核实"}).content.decode()
    assert "模拟联系方式" in shown
    assert sam.post(f"/clues/{number}/contact/", {"reason": ""}).status_code == 422
    nowhere = sam.post(f"/clues/{number}/closing/", {"outcome": "appeal", "text": "已转", "reference": "SS2026-9999"})
    assert nowhere.status_code == 422
    assert "没有编号为 SS2026-9999 的申诉" in nowhere.content.decode()
    closed = {"outcome": "corrected", "text": "已停"}
    assert sam.post(f"/clues/{number}/closing/", closed).status_code == 303
    assert stranger.post("/clues/receipt/", {"code": code, "do": "not"}).status_code == 200
    assert "没有解决" in sam.get(f"/clues/{number}/").content.decode()
    assert sam.post(f"/clues/{number}/nonsense/").status_code == 404


def test_what_gives_away_is_covered_on_the_second_look(city):
    stranger, text = CheckingClient(), "我的电话13812345678，天天要表，请管一管"
    look = _tell(city, stranger, text=text)
    assert (look.status_code, Clue.objects.count()) == (409, 0)
    assert _tell(city, stranger, text=text, do="cover").status_code == 200
    assert "13812345678" not in Clue.objects.get().text


def test_floods_wait_and_nobody_is_kept(city):
    stranger = CheckingClient()
    assert [_tell(city, stranger).status_code for _ in range(6)] == [200] * 5 + [429]
    assert Clue.objects.count() == 5
    other = stranger.post("/clues/tell/", _TOLD | {"place": city.code["甲镇"]}, REMOTE_ADDR="10.1.1.1")
    assert other.status_code == 200
