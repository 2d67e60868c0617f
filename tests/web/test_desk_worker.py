"""The worker's desk and sheet: what is known stands there, the rest is saved as it is typed, mistakes are told."""

import re

import pytest
from desk_helpers import HTMX, confirm_population, hand_in, send_mixed, text_of

from dukao.org.rules import SYSTEM
from dukao.sheets import actions
from tests.conftest import AT, ON
from tests.sheets.conftest import LEGAL, House
from tests.tasks.carried import carried, set_task

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def sent(house: House) -> str:
    return send_mixed(house)


def _url(house: House, number: str, rest: str = "", unit: str = "一村") -> str:
    return f"/filings/{number}/{house.city.code[unit]}/{rest}"


def test_the_desk_says_what_is_really_to_be_done(house, sent, as_):
    page = text_of(as_("alice").get("/desk/"))
    assert "一村 · 今天真正要办的 1 件" in page
    assert "统计局" in page
    assert "周二（10月20日）前" in page
    assert "3 项已填 1" in page


def test_an_empty_desk_says_so(house, as_):
    assert "今天没有要办的" in text_of(as_("alice").get("/desk/"))


def test_the_desk_keeps_no_task_back(city, as_):
    """One to sign, and one whose mending a drawn neighbour is asked about."""
    village = {"unit": city.code["一村"]}
    number = set_task(city, lead=village, asker="tax").number
    page = text_of(as_("alice").get("/desk/"))
    assert "一村 · 今天真正要办的 1 件" in page
    assert "督办“甲镇便民窗口周末无人值守”：签收 · 周五（10月30日）前" in page
    carried(city, number, by="alice", at=AT)
    assert "督办“甲镇便民窗口周末无人值守”：答解决了没有" in text_of(as_("wang").get("/desk/"))
    assert "今天没有要办的" in text_of(as_("alice").get("/desk/"))


def test_a_task_names_a_village_as_people_do(city, as_):
    sam, given = as_("sam"), {
        "title": "村口桥护栏修好", "content": "护栏装好，过桥安全", "template": "repair", "origin": "finding",
        "basis": "纪要〔2026〕7号", "asker": "statistics", "place": city.code["甲镇"], "due_on": "2026-10-30",
        "minutes": "30", "raiser": "none",
    }  # fmt: skip
    for wrong, told in (
        ({"village": "没有村"}, "没有叫这个名字的单位"),
        ({"village": "990101999999"}, "没有代码是 990101999999 的单位"),
        ({"village": "一村", "lead": "department:tax"}, "上面选了牵头的"),
        ({"village": "一村", "raiser": "unit"}, "写明哪个单位"),
    ):
        answer = sam.post("/tasks/new/", given | wrong)
        assert answer.status_code == 422
        assert told in text_of(answer)
        assert "护栏装好" in text_of(answer), "what was typed stays"
    assert sam.post("/tasks/new/", given | {"village": "一村"}).status_code == 303
    assert "村口桥护栏修好" in text_of(as_("alice").get("/desk/"))


def test_known_stale_and_asked_stand_apart(house, sent, as_):
    html = as_("alice").get(_url(house, sent)).content.decode()
    assert re.search(r'cell-known[^>]*id="cell-tax_revenue-2026Q3"', html)
    assert "1,284.50" in html
    assert re.search(r'cell-stale[^>]*id="cell-population-2026-07"', html)
    assert 'aria-label="常住人口 · 7月：仍对"' in html
    assert re.search(r'cell-asked is-left[^>]*id="cell-new_projects-2026Q3"', html)
    assert "去年同期 2" in html
    assert 'name="answer:tax_revenue:2026Q3"' not in html, "what is known has no input"
    assert 'inputmode="decimal"' in html
    assert "交给甲镇审核" in html


def test_a_cell_saves_itself_and_tells_what_else_changed(house, sent, as_):
    response = as_("alice").post(
        _url(house, sent, "answers/new_projects/2026Q3/"), {"answer:new_projects:2026Q3": "１２"}, **HTMX
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert 'id="said-cell-new_projects-2026Q3"' in html
    assert 'data-shown="12"' in html
    assert 'id="progress"' in html
    assert 'hx-swap-oob="true"' in html
    assert house.cell(sent, "new_projects").shown == "12"


def test_what_is_typed_wrongly_is_said_beside_it_and_not_saved(house, sent, as_):
    house.type(sent, "new_projects", "7")
    response = as_("alice").post(
        _url(house, sent, "answers/new_projects/2026Q3/"), {"answer:new_projects:2026Q3": "十二"}, **HTMX
    )
    assert response.status_code == 422
    assert "没有保存：“十二”不是数字" in text_of(response)
    assert house.cell(sent, "new_projects").shown == "7"


def test_a_check_that_does_not_hold_is_said_with_links(house, sent, as_):
    response = as_("alice").post(
        _url(house, sent, "answers/new_projects/2026Q3/"), {"answer:new_projects:2026Q3": "999"}, **HTMX
    )
    html = response.content.decode()
    assert response.status_code == 200, "it is saved all the same"
    assert html.count("项目不会这么多") == 2, "beside the field, and above the sheet"
    assert 'href="#cell-new_projects-2026Q3"' in html
    assert as_("alice").post(_url(house, sent, "submission/")).status_code == 422


def test_coming_back_to_the_list_of_what_is_missing_shows_the_sheet(house, sent, as_):
    back = as_("alice").get(_url(house, sent, "submission/"))
    assert (back.status_code, back.headers["Location"]) == (303, _url(house, sent))


def test_one_tap_confirms(house, sent, as_):
    response = as_("alice").post(_url(house, sent, "answers/population/2026-07/confirmation/"), **HTMX)
    assert response.status_code == 200
    assert "已确认仍对" in text_of(response)
    assert house.cell(sent, "population", "2026-07").state == "answered"


def test_not_right_needs_a_reason(house, sent, as_):
    url = _url(house, sent, "answers/tax_revenue/2026Q3/dispute/")
    assert as_("alice").post(url, {"reason:tax_revenue:2026Q3": " "}, **HTMX).status_code == 422
    response = as_("alice").post(url, {"reason:tax_revenue:2026Q3": "少了一户"}, **HTMX)
    assert response.status_code == 200
    assert "少了一户" in text_of(response)
    assert house.cell(sent, "tax_revenue").state == "disputed"


def test_not_right_without_script_is_a_page_of_its_own(house, sent, as_):
    alice, url = as_("alice"), _url(house, sent, "answers/tax_revenue/2026Q3/dispute/")
    asked = alice.post(url, {"answer:new_projects:2026Q3": "4"})
    assert asked.status_code == 303
    assert house.cell(sent, "new_projects").shown == "4", "nothing typed elsewhere is lost"
    assert "这个数哪里不对" in text_of(alice.get(asked.headers["Location"]))
    refused = alice.post(url, {"reason:tax_revenue:2026Q3": ""})
    assert refused.status_code == 422
    assert "请写明哪里不对" in text_of(refused)
    assert alice.post(url, {"reason:tax_revenue:2026Q3": "少了一户"}).status_code == 303
    assert house.cell(sent, "tax_revenue").disputed_reason == "少了一户"
    assert as_("rita").get(url).status_code == 404


def test_in_the_sheet_the_reason_is_asked_in_the_cell(house, sent, as_):
    target = "div#ask-cell-tax_revenue-2026Q3"
    region = as_("alice").region(_url(house, sent, "answers/tax_revenue/2026Q3/dispute/"), target)
    assert 'name="reason:tax_revenue:2026Q3"' in region.content.decode()
    assert "<form" not in region.content.decode()


def test_what_is_known_is_not_retyped(house, sent, as_):
    response = as_("alice").post(
        _url(house, sent, "answers/tax_revenue/2026Q3/"), {"answer:tax_revenue:2026Q3": "1"}, **HTMX
    )
    assert response.status_code == 409
    assert response.headers["HX-Retarget"] == "#notices"
    assert "不得重复采集" in text_of(response)


def test_without_script_the_form_saves_everything(house, sent, as_):
    alice = as_("alice")
    response = alice.post(
        _url(house, sent),
        {"answer:new_projects:2026Q3": "3", "answer:remark:2026Q3": "雨多", "answer:population:2026-07": ""},
    )
    assert response.status_code == 303
    assert "已保存" in text_of(alice.get(_url(house, sent)))
    assert house.cell(sent, "new_projects").shown == "3"
    assert house.cell(sent, "remark").shown == "雨多"
    assert house.cell(sent, "population", "2026-07").state == "stale", "an empty box confirms nothing"


def test_without_script_a_wrong_value_keeps_its_place(house, sent, as_):
    response = as_("alice").post(
        _url(house, sent), {"answer:new_projects:2026Q3": "很多", "answer:remark:2026Q3": "雨多"}
    )
    assert response.status_code == 422
    assert 'value="很多"' in response.content.decode()
    assert "“很多”不是数字" in text_of(response)
    assert house.cell(sent, "remark").shown == "雨多"


def test_without_script_a_tap_loses_nothing_typed_elsewhere(house, sent, as_):
    as_("alice").post(
        _url(house, sent, "answers/population/2026-07/confirmation/"), {"answer:new_projects:2026Q3": "4"}
    )
    assert house.cell(sent, "new_projects").shown == "4"
    assert house.cell(sent, "population", "2026-07").state == "answered"


def test_handing_in_lists_what_is_left_with_links(house, sent, as_):
    response = as_("alice").post(_url(house, sent, "submission/"), {"answer:new_projects:2026Q3": ""})
    assert response.status_code == 422
    html = response.content.decode()
    assert "还没有填" in html
    assert "请确认是否仍对，或改写" in html
    assert 'href="#cell-population-2026-08"' in html


def test_handing_in_saves_what_was_just_typed_and_twice_is_once(house, sent, as_):
    confirm_population(house, sent)
    alice = as_("alice")
    for _time in range(2):
        assert alice.post(_url(house, sent, "submission/"), {"answer:new_projects:2026Q3": "2"}).status_code == 303
    page = text_of(alice.get(_url(house, sent)))
    assert "已经交出，等着审核" in page
    assert page.count("已交出。") == 1
    assert house.page(sent).revision == 1
    assert "已交出，等着审核" in text_of(alice.get("/desk/"))
    assert "填过的表（1 张）" in text_of(alice.get("/filings/"))


def test_what_was_returned_shows_why(house, sent, as_):
    hand_in(house, sent)
    house.act("return_filing", sent, by="rita", reason="项目数与台账不符")
    assert "退回 项目数与台账不符" in text_of(as_("alice").get("/desk/"))
    page = text_of(as_("alice").get(_url(house, sent)))
    assert "退回了，请改好再交 项目数与台账不符" in page


def test_after_handing_in_nothing_is_typed_any_more(house, sent, as_):
    hand_in(house, sent)
    html = as_("alice").get(_url(house, sent)).content.decode()
    assert "data-sends" not in html
    response = as_("alice").post(
        _url(house, sent, "answers/new_projects/2026Q3/"), {"answer:new_projects:2026Q3": "9"}, **HTMX
    )
    assert response.status_code == 409


def test_refusing_is_offered_only_where_marks_are_missing(house, sent, as_):
    assert "拒绝填报" not in text_of(as_("alice").get(_url(house, sent)))
    assert as_("alice").post(_url(house, sent, "refusal/")).status_code == 409


def test_a_sheet_whose_marks_ran_out_may_be_refused_and_the_refusal_is_protected(house, as_, monkeypatch):
    number = house.send("new_projects", legal=LEGAL | {"valid_until": "2026-10-20"})
    monkeypatch.setattr("dukao.web.doors.today", lambda: ON.replace(month=11))
    monkeypatch.setattr("dukao.web.doors.now", lambda: AT.replace(month=11))
    alice = as_("alice")
    page = text_of(alice.get(_url(house, number)))
    assert "这张表可以拒绝填报" in page
    assert "有效期限" in page
    assert "统计法" in page
    assert alice.post(_url(house, number, "refusal/")).status_code == 303
    assert "这次拒填受法律保护" in text_of(alice.get(_url(house, number)))


def test_who_wrote_last_is_told(house, sent, as_):
    _second_worker(house.city)
    house.type(sent, "new_projects", "5", by="alice")
    page = text_of(as_("wang").get(_url(house, sent)))
    assert "Alice 10月8日 10:00 填" in page
    response = as_("wang").post(
        _url(house, sent, "answers/new_projects/2026Q3/"), {"answer:new_projects:2026Q3": "6"}, **HTMX
    )
    assert "Alice 先填过" in text_of(response)


def test_what_the_house_wrote_may_be_written_over(house, sent, as_):
    actions.type_answer(dispatch=sent, unit=house.city.code["一村"], element="new_projects", raw="5", by=SYSTEM, at=AT)
    response = as_("alice").post(
        _url(house, sent, "answers/new_projects/2026Q3/"), {"answer:new_projects:2026Q3": "6"}, **HTMX
    )
    assert "系统 先填过" in text_of(response)


@pytest.mark.parametrize("rest", ["", "submission/", "answers/population/2026-07/confirmation/"])
def test_a_page_that_is_older_than_what_another_typed_takes_nothing_back(house, sent, as_, rest):
    """Two people have the sheet open; each changes one cell, and the form that carries all cells saves only that."""
    _second_worker(house.city)
    shown = _form_of(as_("wang").get(_url(house, sent)))
    house.type(sent, "new_projects", "5", by="alice")
    as_("wang").post(_url(house, sent, rest), shown | {"answer:remark:2026Q3": "雨多"})
    assert house.cell(sent, "new_projects").shown == "5"
    assert house.cell(sent, "remark").shown == "雨多"


def test_the_later_of_two_who_change_one_cell_is_told_who_wrote_before(house, sent, as_):
    _second_worker(house.city)
    wang = as_("wang")
    shown = _form_of(wang.get(_url(house, sent)))
    house.type(sent, "new_projects", "5", by="alice")
    wang.post(_url(house, sent), shown | {"answer:new_projects:2026Q3": "6"})
    assert house.cell(sent, "new_projects").shown == "6"
    assert "Alice 先填过" in text_of(wang.get(_url(house, sent)))


def test_what_a_cell_has_saved_is_what_its_page_shows(house, sent, as_):
    answer = {"answer:new_projects:2026Q3": "１２"}
    response = as_("alice").post(_url(house, sent, "answers/new_projects/2026Q3/"), answer, **HTMX)
    assert _form_of(response) == {"kept:new_projects:2026Q3": "12"}


@pytest.mark.parametrize("who", ["wang", "tara", "charlie", "adam"])
def test_a_strangers_filing_is_not_there(house, sent, as_, who):
    assert as_(who).get(_url(house, sent)).status_code == 404
    url = _url(house, sent, "answers/new_projects/2026Q3/")
    assert as_(who).post(url, {"answer:new_projects:2026Q3": "1"}).status_code == 404
    assert as_(who).post(_url(house, sent, "submission/")).status_code == 404


def test_an_unknown_cell_is_not_there(house, sent, as_):
    for cell in ("nothing/2026Q3", "new_projects/nonsense"):
        assert as_("alice").post(_url(house, sent, f"answers/{cell}/"), {}).status_code in (404, 422)


def test_the_whole_filing_is_a_file(house, sent, as_):
    hand_in(house, sent)
    csv = as_("alice").get(_url(house, sent) + "?export=filing.csv").content.decode("utf-8-sig")
    assert "税收收入,1284.50,万元,自动带入" in csv


def _form_of(response) -> dict[str, str]:
    """What a browser would send back of the answers on the page."""
    fields = re.findall(r"<input[^>]*>", response.content.decode())
    named = {name[1]: re.search(r'value="([^"]*)"', field)[1] for field in fields
             if (name := re.search(r'name="((?:answer|kept):[^"]+)"', field))}  # fmt: skip
    texts = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)', response.content.decode())
    return named | dict(texts)


def _second_worker(city) -> None:
    """Wang gets a second post, in 一村."""
    from dukao.org.models import Holding, Post

    post = Post.objects.create(code="second", title="worker", role="worker", unit_id=city.unit["一村"])
    Holding.objects.create(login_id=city.actor["wang"].login_id, post=post, valid_from=ON.replace(year=2024))
