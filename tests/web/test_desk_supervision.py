"""The supervision office: who asks whom, on what basis, and whose minutes it costs."""

import pytest
from desk_helpers import send_mixed, text_of

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def sent(house) -> str:
    return send_mixed(house)


def test_the_desk_charges_minutes_to_whoever_asks(sent, as_):
    page = text_of(as_("sam").get("/supervision/"))
    assert "督考台" in page
    assert "统计局" in page
    assert "不作排名" in page
    assert "富政办〔2026〕模拟12号" in page
    assert "2025 年各部门要求基层花的时间" in text_of(as_("sam").get("/supervision/?year=2025"))
    assert as_("sam").get("/supervision/?export=minutes.xlsx").status_code == 200


def test_the_register_is_filtered_and_leads_to_each_demand(sent, as_):
    sam, number = as_("sam"), sent.replace("BB", "XQ")
    assert "要求（1 项）" in text_of(sam.get("/demands/?asker=statistics"))
    assert "要求（0 项）" not in text_of(sam.get("/demands/?since=2026-10-01"))
    assert "没有符合条件的要求" in text_of(sam.get("/demands/?asker=tax"))
    assert sam.get("/demands/?since=昨天").status_code == 422
    assert sam.get("/demands/?since=0001-01-01").status_code == 422
    page = text_of(sam.get(f"/demands/{number}/"))
    assert "富水市的 6 个村（社区）" in page
    assert f"/dispatches/{sent}/" in sam.get(f"/demands/{number}/").content.decode()


def test_a_department_sees_its_own(sent, as_):
    number = sent.replace("BB", "XQ")
    assert as_("dora").get(f"/demands/{number}/").status_code == 200
    assert as_("tara").get(f"/demands/{number}/").status_code == 404
    assert "没有符合条件的要求" in text_of(as_("tara").get("/demands/"))


def test_refusals_and_duplicates_are_on_record(house, sent, as_):
    page = text_of(as_("sam").get("/supervision/"))
    assert "重复的要求，已拦下" in page
    assert "税收收入" in page
