"""The administrator's desk: units, departments, posts, log-ins; and no business data."""

import pytest


@pytest.fixture
def adam(as_):
    return as_("adam")


def test_the_tree_is_walked_down_and_searched(adam, city):
    page = adam.get("/admin/units/").content.decode()
    assert "东县" in page
    assert "西区" in page
    below = adam.get(f"/admin/units/{city.code['甲镇']}/").content.decode()
    assert "一村" in below
    assert "四村" not in below
    assert "四村" in adam.get("/admin/units/", {"q": "四村"}).content.decode()
    assert "没有找到单位" in adam.get("/admin/units/", {"q": "没有这个"}).content.decode()


def test_units_for_a_box(adam, city):
    region = adam.region("/admin/units/options/", "datalist#unit-options", unit="甲镇")
    assert f'<option value="{city.code["甲镇"]}">甲镇</option>' in region.content.decode()


def test_posts_for_a_box(adam, city):
    region = adam.region("/admin/posts/options/", "datalist#post-options", post="一村")
    assert '<option value="alice-post">一村 · worker</option>' in region.content.decode()
    assert "wang-post" not in region.content.decode()


def test_a_department_is_set_up_and_a_bad_one_comes_back_as_typed(adam, city):
    good = {"code": "health", "name": "卫健委", "unit": city.code["富水市"]}
    assert adam.post("/admin/departments/", good).status_code == 303
    assert "卫健委" in adam.get("/admin/departments/").content.decode()
    answer = adam.post("/admin/departments/", good | {"code": "not a code", "name": "林草局"})
    assert answer.status_code == 422
    assert 'value="林草局"' in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_what_is_not_on_the_list_brings_the_form_back(adam, city):
    department = {"code": "health", "name": "卫健委", "unit": "某个乡"}
    post = {"code": "p", "title": "三村填报", "role": "worker", "unit": "某个乡", "department": ""}
    assign = {"do": "assign", "post": "某个岗位", "valid_from": "2026-01-01"}
    for url, typed in (("departments", department), ("posts", post), ("logins/alice", assign)):
        answer = adam.post(f"/admin/{url}/", typed)
        assert answer.status_code == 422
        assert "请输入名称里的几个字，再从列表中选" in answer.content.decode()
        assert 'aria-invalid="true"' in answer.content.decode()


def test_a_post_is_set_up_and_given_to_a_new_login(adam, city):
    post = {"code": "san-fill", "title": "三村填报", "role": "worker", "unit": city.code["三村"], "department": ""}
    assert adam.post("/admin/posts/", post).status_code == 303
    login = {"name": "San-Worker", "display_name": "三村", "password": "a-good-long-password"}
    answer = adam.post("/admin/logins/", login)
    assert answer.headers["Location"] == "/admin/logins/san-worker/"
    here = answer.headers["Location"]
    assign = {"do": "assign", "post": "san-fill", "valid_from": "2026-01-01"}
    assert adam.post(here, assign).status_code == 303
    assert "三村填报" in adam.get(here).content.decode()
    assert adam.post(here, {"do": "end", "post": "san-fill"}).status_code == 303
    assert "以前的岗位" in adam.get(here).content.decode()


def test_a_weak_password_is_refused_and_never_comes_back(adam):
    answer = adam.post("/admin/logins/", {"name": "new", "display_name": "新", "password": "short-pw"})
    assert answer.status_code == 422
    assert "short-pw" not in answer.content.decode()


def test_a_login_is_closed_and_opened_again(adam, as_):
    alice = as_("alice")
    assert alice.get("/search/").status_code == 200
    adam.post("/admin/logins/alice/", {"do": "disable"})
    assert "已停用" in adam.get("/admin/logins/alice/").content.decode()
    assert alice.get("/search/").status_code == 302
    adam.post("/admin/logins/alice/", {"do": "enable"})
    assert "可用" in adam.get("/admin/logins/alice/").content.decode()


def test_nobody_closes_the_own_login(adam):
    assert adam.post("/admin/logins/adam/", {"do": "disable"}).status_code == 403


def test_wrong_dates_and_unknown_deeds(adam):
    wrong = {"do": "assign", "post": "alice-post", "valid_from": "gestern"}
    assert adam.post("/admin/logins/alice/", wrong).status_code == 422
    assert adam.post("/admin/logins/alice/", {"do": "fly"}).status_code == 404
    assert adam.get("/admin/logins/nobody/").status_code == 404


def test_long_lists_are_cut_into_pages(adam, city):
    from dukao.org.models import Login

    Login.objects.bulk_create(Login(name=f"w{n:03}", display_name="某", password="!") for n in range(120))
    first = adam.get("/admin/logins/").content.decode()
    assert "上一页" not in first
    assert "下一页" in first
    assert "w119" in adam.get("/admin/logins/", {"page": "3"}).content.decode()
    assert adam.get("/admin/logins/", {"page": "999999999999"}).status_code == 200
    export = adam.get("/admin/logins/", {"export": "logins.csv"}).content.decode("utf-8-sig")
    assert export.count("\r\n") > 125
