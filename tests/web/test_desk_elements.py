"""The dictionary of elements: look up, read, define from YAML with errors that name their place."""

import pytest
from desk_helpers import text_of
from django.core.files.uploadedfile import SimpleUploadedFile

pytestmark = pytest.mark.usefixtures("on_the_day", "house")

GOOD = """\
- code: opened_shops
  title: 新开店铺
  unit: 家
  period: quarter
  adds_up: {units: sum, periods: sum}
  level: village
  owner: statistics
"""


def test_elements_are_found_by_name_and_owner(as_):
    dora = as_("dora")
    assert "数据元（9 项）" in text_of(dora.get("/elements/"))
    assert "数据元（1 项）" in text_of(dora.get("/elements/?q=常住"))
    assert "增值税" in text_of(dora.get("/elements/?owner=tax"))
    assert "没有符合条件的数据元" in text_of(dora.get("/elements/?q=没有这个"))
    assert "常住人口" in dora.get("/elements/?export=elements.csv").content.decode()


def test_an_element_says_what_it_is(as_):
    page = text_of(as_("alice").get("/elements/population/"))
    assert "常住人口" in page
    assert "取最近一期" in page
    assert "期末后 45 天" in page
    assert as_("alice").get("/elements/nothing/").status_code == 404


def test_an_element_says_who_uses_it(house, as_):
    house.define("population", "new_projects")
    assert "三季度经济运行表" in text_of(as_("dora").get("/elements/population/"))


def test_elements_are_defined_from_a_text(as_):
    dora = as_("dora")
    response = dora.post("/elements/new/", {"text": GOOD})
    assert response.status_code == 303
    assert response.headers["Location"] == "/elements/opened_shops/"
    assert "数据元：新建 1 项" in text_of(dora.get("/elements/opened_shops/"))


def test_elements_are_defined_from_a_file(as_):
    upload = SimpleUploadedFile("shops.yaml", GOOD.encode())
    assert as_("dora").post("/elements/new/", {"file": upload}).status_code == 303


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请上传 YAML 文件，或把内容粘贴到框里"),
        ("code: [", "不是正确的 YAML"),
        ("code: [", "格式读不通，请检查缩进、冒号、引号和括号"),
        (GOOD.replace("level: village", "level: street"), "第 1 项 opened_shops · level 只能是"),
        (GOOD.replace("unit: 家", "colour: red"), "没有这个字段，请检查拼写"),
        (GOOD.replace("statistics", "nobody"), "没有代码为 nobody 的部门"),
    ],
)
def test_what_is_wrong_is_named_by_place_and_nothing_is_lost(as_, text, said):
    response = as_("dora").post("/elements/new/", {"text": text})
    assert response.status_code in (404, 422)
    assert said in text_of(response)
    if text:
        assert text.splitlines()[0].removeprefix("- ") in response.content.decode()


def test_of_several_definitions_all_are_made_or_none(as_):
    dora, another = as_("dora"), GOOD.replace("opened_shops", "closed_shops").replace("statistics", "nobody")
    assert dora.post("/elements/new/", {"text": GOOD.strip() + "\n" + another.strip()}).status_code == 404
    assert dora.get("/elements/opened_shops/").status_code == 404


def test_another_departments_element_is_not_mine_to_define(as_):
    response = as_("tara").post("/elements/new/", {"text": GOOD})
    assert response.status_code == 404
    assert as_("alice").post("/elements/new/", {"text": GOOD}).status_code == 403


def test_a_binary_file_is_refused_in_words(as_):
    response = as_("dora").post("/elements/new/", {"file": SimpleUploadedFile("x.yaml", b"\xff\xfe\x00")})
    assert response.status_code == 422
    assert "不是 UTF-8 文本" in text_of(response)
