"""The search box: who finds what, by which names."""

import pytest
from routes_units import furnish


@pytest.fixture
def furnished(city):
    furnish(city)
    return city


def _found(client, text: str) -> str:
    return client.region("/search/", "div#search-found", q=text).content.decode()


@pytest.mark.parametrize("text", ["税收", "ssr", "tax", "SSSR"])
def test_a_figure_by_name_initials_and_code(furnished, as_, text):
    assert f"/units/{furnished.code['富水市']}/?indicator=tax#compare" in _found(as_("sam"), text)


def test_units_by_name_and_code(furnished, as_):
    assert f"/units/{furnished.code['甲镇']}/" in _found(as_("sam"), "甲镇")
    assert f"/units/{furnished.code['甲镇']}/" in _found(as_("sam"), furnished.code["甲镇"][:9])


def test_a_worker_finds_the_own_village_only(furnished, as_):
    assert "四村" not in _found(as_("alice"), "四村").replace("“四村”", "")


def test_the_administrator_finds_units_to_administer_and_no_figures(furnished, as_):
    found = _found(as_("adam"), "甲镇")
    assert f"/admin/units/{furnished.code['甲镇']}/" in found
    assert "没有找到" in _found(as_("adam"), "税收")


def test_nothing_typed_nothing_found(furnished, as_):
    assert "没有找到" not in as_("sam").get("/search/").content.decode()
    assert "没有找到" in as_("charlie").get("/search/", {"q": "甲镇"}).content.decode()
