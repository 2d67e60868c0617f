"""What a department has out: progress by unit in the order of codes, sums that move, files, withdrawal."""

import csv
import io

import pytest
from desk_helpers import hand_in, send_mixed, text_of

from tests.sheets.conftest import LEGAL, House

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def sent(house: House) -> str:
    return send_mixed(house)


def _csv(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_list_tells_how_far_each_has_come(house, sent, as_):
    page = text_of(as_("dora").get("/dispatches/"))
    assert "6 个村（社区）" in page
    assert "0/6" in page
    assert "没有下发的报表" in text_of(as_("tara").get("/dispatches/"))
    assert "没有下发的报表" in text_of(as_("dora").get("/dispatches/?state=closed"))


def test_progress_goes_down_the_tree_in_the_order_of_codes(house, sent, as_):
    dora = as_("dora")
    rows = _csv(dora.get(f"/dispatches/{sent}/?export=progress.csv"))
    assert [r[0] for r in rows if r[0] in ("东县", "西区", "合计")] == ["东县", "西区", "合计"]
    county = house.city.code["东县"]
    assert "甲镇" in text_of(dora.get(f"/dispatches/{sent}/?unit={county}"))
    town = house.city.code["甲镇"]
    html = dora.get(f"/dispatches/{sent}/?unit={town}").content.decode()
    assert f"/dispatches/{sent}/filings/{house.city.code['一村']}/" in html


def test_what_is_typed_counts_at_once_and_says_that_it_waits(house, sent, as_):
    house.type(sent, "new_projects", "5")
    page = text_of(as_("dora").get(f"/dispatches/{sent}/?unit={house.city.code['甲镇']}"))
    assert "含待审" in page


def test_the_region_moves_without_the_frame(house, sent, as_):
    region = as_("dora").region(f"/dispatches/{sent}/", "div#moving")
    assert region.status_code == 200
    assert 'id="moving"' in region.content.decode()


def test_every_cell_is_a_file(house, sent, as_):
    hand_in(house, sent, projects="3")
    rows = _csv(as_("dora").get(f"/dispatches/{sent}/?export=answers.csv"))
    head = next(r for r in rows if r[0] == "单位代码")
    first = next(r for r in rows if r[1:2] == ["一村"])
    assert "常住人口 2026年7月（人）" in head
    assert first[head.index("新开工项目（个）")] == "3"
    assert as_("dora").get(f"/dispatches/{sent}/?export=answers.xlsx").status_code == 200


def test_a_filing_is_read_by_who_asked(house, sent, as_):
    url = f"/dispatches/{sent}/filings/{house.city.code['一村']}/"
    assert "一村 · 三季度经济运行表" in text_of(as_("dora").get(url))
    assert as_("tara").get(url).status_code == 404


def test_withdrawing_needs_a_reason_and_twice_is_once(house, sent, as_):
    dora, url = as_("dora"), f"/dispatches/{sent}/withdrawal/"
    refused = dora.post(url, {"reason": ""})
    assert refused.status_code == 422
    assert "请写明撤回的原因" in text_of(refused)
    for _time in range(2):
        assert dora.post(url, {"reason": "问重了"}).status_code == 303
    assert "已撤回" in text_of(dora.get(f"/dispatches/{sent}/"))
    assert "今天没有要办的" in text_of(as_("alice").get("/desk/"))


def test_closing_waits_for_the_review(house, sent, as_):
    hand_in(house, sent)
    dora = as_("dora")
    refused = dora.post(f"/dispatches/{sent}/closing/")
    assert refused.status_code == 409
    assert "还有 1 份已交、未审" in text_of(refused)
    house.act("accept_filing", sent, by="rita")
    assert dora.post(f"/dispatches/{sent}/closing/").status_code == 303


@pytest.mark.parametrize("who", ["tara", "alice", "charlie"])
def test_strangers_neither_see_nor_end_it(house, sent, as_, who):
    assert as_(who).get(f"/dispatches/{sent}/").status_code == 404
    assert as_(who).post(f"/dispatches/{sent}/withdrawal/", {"reason": "x"}).status_code == 404
    assert as_(who).post(f"/dispatches/{sent}/closing/").status_code == 404


def test_refusals_of_the_grass_roots_are_shown_with_their_reason(house, as_, monkeypatch):
    from tests.conftest import AT, ON

    number = house.send("new_projects", legal=LEGAL | {"valid_until": "2026-10-20"})
    house.act("refuse_filing", number, at=AT.replace(month=11))
    monkeypatch.setattr("dukao.web.doors.today", lambda: ON.replace(month=11))
    page = text_of(as_("dora").get(f"/dispatches/{number}/"))
    assert "拒绝填报的单位" in page
    assert "有效期限" in page


def test_refusals_by_many_units_come_in_pages_and_in_one_file(house, as_, monkeypatch):
    from tests.conftest import AT, ON

    number = house.send("new_projects", legal=LEGAL | {"valid_until": "2026-10-20"})
    house.act("refuse_filing", number, at=AT.replace(month=11))
    house.act("refuse_filing", number, unit="二村", by="wang", at=AT.replace(month=11))
    monkeypatch.setattr("dukao.web.doors.today", lambda: ON.replace(month=11))
    monkeypatch.setattr("dukao.web.pages.dispatches._ROWS_PER_PAGE", 1)
    url, units = f"/dispatches/{number}/", ("一村", "二村")
    for page, seen in ((1, "一村"), (2, "二村"), (99, "二村")):
        listed = text_of(as_("dora").get(f"{url}?page={page}")).split("拒绝填报的单位")[1]
        assert [unit for unit in units if unit in listed] == [seen]
    file = _csv(as_("dora").get(f"{url}?export=refused.csv"))
    assert [r[0] for r in file if r[:1] and r[0] in units] == list(units)
