"""Sheets on a page: designed from elements or YAML, judged by the compiler, trimmed in one click, sent."""

import pytest
from desk_helpers import HTMX, text_of
from django.urls import reverse

from tests.sheets.conftest import LEGAL

pytestmark = pytest.mark.usefixtures("on_the_day", "house")

HEAD = {
    "code": "projects", "title": "项目季报", "issuer": "statistics", "legal_type": "statistical",
    "form_number": "富统2表", "issuing_body": "富水市统计局", "approval_number": "富统审〔2026〕9号",
    "valid_until": "2027-12-31", "period": "quarter", "frequency": "quarterly", "level": "village", "s0-title": "投资",
}  # fmt: skip
LEGAL_POSTED = {
    "form_number": "富统综1表（模拟）",
    "approval_number": "富统审〔2026〕模拟8号",
    "valid_until": "2026-12-31",
}
ONE = HEAD | {"s0-q0-element": "new_projects", "s0-q0-required": "yes"}


def _compile(house, **more) -> str:
    query = {"scope": house.city.code["富水市"], "period": "2026Q3", "due_on": "2026-10-20"} | more
    return f"{reverse('sheets.compile', args=['econ'])}?" + "&".join(f"{k}={v}" for k, v in query.items())


def test_the_list_and_one_sheet(house, as_):
    house.define("new_projects", "tax_revenue", notes=["以台账为准"])
    assert "报表（1 张）" in text_of(as_("dora").get("/sheets/"))
    page = text_of(as_("sam").get("/sheets/econ/"))
    assert "富统综1表（模拟）" in page
    assert "要填的 2 项" in page
    assert "以台账为准" in page
    assert "试算并下发" not in page, "who only looks does not send"
    assert as_("tara").get("/sheets/econ/").status_code == 404


def test_a_sheet_is_designed_step_by_step(as_):
    dora = as_("dora")
    found = dora.post("/sheets/new/", HEAD | {"do": "find", "find": "新开工"}, HTTP_HX_TARGET="div#found", **HTMX)
    assert 'value="add:new_projects"' in found.content.decode()
    added = dora.post(
        "/sheets/new/", HEAD | {"do": "add:new_projects", "into": "0"}, HTTP_HX_TARGET="form#designer", **HTMX
    )
    assert 'name="s0-q0-element" value="new_projects"' in added.content.decode()
    assert "共 1 项" in text_of(added)
    saved = dora.post("/sheets/new/", ONE | {"do": "draft"})
    assert saved.headers["Location"] == "/sheets/projects/design/"
    moved = dora.post("/sheets/projects/design/", ONE | {"s0-q1-element": "tax_revenue", "do": "question-up:0:1"})
    html = moved.content.decode()
    assert html.index('value="tax_revenue"') < html.index('value="new_projects"')
    done = dora.post("/sheets/projects/design/", ONE | {"do": "ready"})
    assert done.headers["Location"] == "/sheets/projects/"
    assert "可下发" in text_of(dora.get("/sheets/projects/"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "报表名称 没有填写"),
        ({"code": "Bad Code"}, "代码 应以小写英文字母开头"),
        ({"s0-q0-element": "county_plan"}, "这个数据元在更高一级掌握，不能问下级"),
        ({"c0-name": "校验", "c0-rule": "new_projects <", "c0-message": "不对", "c0-level": "error"}, "没有写完"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_lost(as_, changes, said):
    response = as_("dora").post("/sheets/new/", ONE | changes | {"do": "ready"})
    assert response.status_code == 422
    assert said in text_of(response)
    assert 'value="富统2表"' in response.content.decode()


def test_a_sheet_comes_from_yaml_with_errors_by_place(as_):
    text = """
code: projects
title: 项目季报
issuer: statistics
legal: {type: administrative}
period: quarter
frequency: quarterly
level: village
sections: [{title: 投资, questions: [{element: new_projects}]}]
"""
    dora = as_("dora")
    assert dora.post("/sheets/from-yaml/", {"text": text}).headers["Location"] == "/sheets/projects/"
    wrong = dora.post("/sheets/from-yaml/", {"text": text.replace("quarterly", "hourly")})
    assert wrong.status_code == 422
    assert "frequency" in text_of(wrong)


def test_the_compiler_says_what_each_question_costs(house, as_):
    house.know_all("tax_revenue", "2026Q3")
    house.define("tax_revenue", "new_projects", "illness")
    page = text_of(as_("dora").get(_compile(house)))
    assert "税收收入 6/6" in page
    assert "敏感信息限于履行法定职责所必需" in page
    assert "合计 3 项：1 项免问 · 1 项拒绝 · 1 项要问 · 共 12 分钟（由统计局承担）" in page
    assert "只问剩下的 1 项，发给 6 个村（社区）" in page
    csv = as_("dora").get(_compile(house, export="compiled.csv")).content.decode("utf-8-sig")
    assert "政务数据共享条例" in csv


def test_a_whole_refusal_stands_on_top_and_nothing_can_be_sent(house, as_):
    house.define("new_projects", legal=LEGAL | {"approval_number": ""})
    page = text_of(as_("dora").get(_compile(house, due_on="2026-10-09")))
    assert "缺少法定标识：批准或备案文号" in page
    assert "离截止只有" in page
    assert "发给 6 个村（社区）" not in page
    form = {"scope": house.city.code["富水市"], "period": "2026Q3", "due_on": "2026-10-09", "basis": "x", "do": "whole"}
    refused = as_("dora").post("/sheets/econ/dispatches/", form)
    assert refused.status_code == 409
    assert "统计法" in text_of(refused)


def test_trim_and_send(house, as_):
    house.know_all("tax_revenue", "2026Q3")
    house.define("tax_revenue", "new_projects")
    form = {"scope": house.city.code["富水市"], "period": "2026Q3", "due_on": "2026-10-20"}
    dora = as_("dora")
    without_basis = dora.post("/sheets/econ/dispatches/", form | {"basis": " ", "do": "rest"})
    assert without_basis.status_code == 409
    assert "没有依据的任务不得下达基层" in text_of(without_basis)
    whole = dora.post("/sheets/econ/dispatches/", form | {"basis": "富政办〔2026〕1号", "do": "whole"})
    assert whole.status_code == 409
    assert "不得重复采集" in text_of(whole)
    assert 'value="富政办〔2026〕1号"' in whole.content.decode(), "nothing is lost"
    sent = dora.post("/sheets/econ/dispatches/", form | {"basis": "富政办〔2026〕1号", "do": "rest"})
    assert sent.headers["Location"] == "/dispatches/BB2026-0001/"
    assert "三季度经济运行表" in text_of(as_("alice").get("/desk/"))


def test_what_is_all_known_is_not_sent(house, as_):
    house.know_all("tax_revenue", "2026Q3")
    house.define("tax_revenue")
    assert "没有要问基层的了，不用下发" in text_of(as_("dora").get(_compile(house)))


def test_bad_conditions_are_said(house, as_):
    house.define("new_projects")
    assert as_("dora").get(_compile(house, period="去年")).status_code == 422
    assert as_("dora").get(_compile(house, due_on="明天")).status_code == 422
    assert as_("dora").get(_compile(house, scope="999999999999")).status_code == 404
    assert as_("tara").get(_compile(house)).status_code == 404


def test_a_draft_is_judged_and_not_sent(as_, house):
    as_("dora").post("/sheets/new/", ONE | {"do": "draft"})
    page = text_of(as_("dora").get("/sheets/projects/compilation/"))
    assert "定稿后才能下发" in page
    assert "发给 6 个村（社区）" not in page


def test_a_sheet_is_retired(house, as_):
    house.define("new_projects")
    assert as_("dora").post("/sheets/econ/retirement/").status_code == 303
    assert "报表（0 张）" not in text_of(as_("dora").get("/sheets/?retired=yes"))
    assert as_("tara").post("/sheets/econ/retirement/").status_code == 404


def test_a_draft_of_the_next_version_does_not_stop_the_ready_one(house, as_):
    house.send("new_projects")
    dora = as_("dora")
    design = dora.get("/sheets/econ/design/").content.decode()
    assert 'value="new_projects"' in design
    changed = (
        HEAD | LEGAL_POSTED | {"title": "三季度经济运行表", "s0-q0-element": "new_projects", "s0-q1-element": "remark"}
    )
    assert dora.post("/sheets/econ/design/", changed | {"do": "draft"}).status_code == 303
    page = dora.get("/sheets/econ/").content.decode()
    assert "下发第 1 版" in page
    assert "?version=1" in page
    assert "合计 1 项" in text_of(dora.get(_compile(house, version="1")))
    assert "合计 2 项" in text_of(dora.get(_compile(house, version="2")))
