"""The frame: signing in and out, the choices at the foot, refusals as pages and regions, what strangers see."""

import pytest
from checking import CheckingClient

from dukao.base.refusals import NotThere, Refused

PASSWORD = "a-good-long-password"


@pytest.fixture
def alice(city):
    from dukao.org.models import Login

    login = Login.objects.get(name="alice")
    login.set_password(PASSWORD)
    login.save()
    return login


def test_strangers_read_what_this_is_and_may_sign_in(db):
    client = CheckingClient()
    assert "问一次，就够了" in client.get("/").content.decode()
    assert client.get("/search/?q=x").headers["Location"] == "/sign-in/?next=%2Fsearch%2F%3Fq%3Dx"


def test_signing_in_leads_on_and_out_again(alice):
    client = CheckingClient()
    before = client.get("/sign-in/").wsgi_request.COOKIES
    answer = client.post("/sign-in/", {"name": "alice", "password": PASSWORD, "next": "/search/"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/search/")
    assert client.get("/search/").status_code == 200
    assert before.get("sessionid") != client.cookies["sessionid"].value
    assert client.post("/sign-out/").status_code == 303
    assert client.get("/search/").status_code == 302


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(alice, elsewhere):
    answer = CheckingClient().post("/sign-in/", {"name": "alice", "password": PASSWORD, "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_says_so_and_keeps_the_name(alice):
    answer = CheckingClient().post("/sign-in/", {"name": "alice", "password": "wrong-password"})
    assert answer.status_code == 422
    assert 'value="alice"' in answer.content.decode()
    assert "wrong-password" not in answer.content.decode()


def test_a_planted_session_key_opens_nothing(alice):
    client = CheckingClient()
    session = client.session
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    client.post("/sign-in/", {"name": "alice", "password": PASSWORD})
    thief = CheckingClient()
    thief.cookies["sessionid"] = planted
    assert thief.get("/search/").status_code == 302


def test_the_own_password(alice, as_):
    client = as_("alice")
    new = {"old": PASSWORD, "new": "another-long-one", "again": "another-long-on"}
    assert client.post("/my/password/", new).status_code == 422
    assert client.post("/my/password/", new | {"again": new["new"]}).status_code == 303
    assert "密码已修改" in client.get("/my/password/").content.decode()


def test_language_and_large_type_stay(alice):
    client = CheckingClient()
    client.post("/-/language/", {"language": "en", "next": "/sign-in/"})
    client.post("/-/type/", {"type": "large"})
    page = client.get("/sign-in/").content.decode()
    assert '<html lang="en" class="large-type">' in page
    client.post("/sign-in/", {"name": "alice", "password": PASSWORD})
    client.post("/-/type/", {"type": "large"})
    elsewhere = CheckingClient()
    elsewhere.post("/sign-in/", {"name": "alice", "password": PASSWORD})
    assert 'class="large-type"' in elsewhere.get("/my/password/").content.decode()


def test_the_browser_does_not_choose_the_language(db):
    page = CheckingClient().get("/sign-in/", HTTP_ACCEPT_LANGUAGE="en-US,en").content.decode()
    assert 'lang="zh-Hans-CN"' in page


def test_a_refusal_is_a_page_or_a_notice_above_the_page(rf, as_, monkeypatch):
    from dukao.web import doors

    client = as_("alice")

    def refuse(*args, **kwargs):
        raise Refused("没有发出", why="已由税务局掌握", source="政务数据共享条例", rule="FRM-2", todo="只问剩下的")

    monkeypatch.setattr("dukao.org.queries.search_units", refuse)
    page = client.get("/search/", {"q": "x"})
    assert page.status_code == 409
    assert all(part in page.content.decode() for part in ("没有发出", "已由税务局掌握", "FRM-2", "只问剩下的"))
    region = client.region("/search/", "div#search-found", q="x")
    assert region.status_code == 409
    assert region.headers["HX-Retarget"] == "#notices"
    assert doors.refuse(region.wsgi_request, NotThere()).status_code == 404


def test_an_unexpected_error_is_a_calm_page(as_, monkeypatch):
    client = as_("alice")
    client.raise_request_exception = False
    monkeypatch.setattr("dukao.org.queries.search_units", lambda **_: 1 / 0)
    answer = client.get("/search/", {"q": "x"})
    assert answer.status_code == 500
    assert "已经保存的内容都还在" in answer.content.decode()
    assert "ZeroDivisionError" not in answer.content.decode()


def test_a_form_sent_after_the_sitting_ended_leads_back_to_its_page(city):
    client = CheckingClient()
    answer = client.post("/my/password/", {}, HTTP_REFERER="http://testserver/my/password/?a=1")
    assert answer.headers["Location"] == "/sign-in/?next=%2Fmy%2Fpassword%2F%3Fa%3D1&expired=yes"
    assert "登录已过期" in client.get(answer.headers["Location"]).content.decode()
    elsewhere = client.post("/my/password/", {}, HTTP_REFERER="http://evil.example/page")
    assert elsewhere.headers["Location"] == "/sign-in/?expired=yes"
    region = client.get(
        "/search/", {"q": "x"}, HTTP_HX_REQUEST="true", HTTP_HX_REQUEST_TYPE="partial",
        HTTP_HX_CURRENT_URL="http://testserver/units/",
    )
    assert region.headers["HX-Redirect"] == "/sign-in/?next=%2Funits%2F"
    # What a script keeps until it is taken is not taken by the door.
    assert client.post("/my/password/", {}, HTTP_ACCEPT="application/json").status_code == 401


def test_signing_in_as_somebody_else_ends_the_sitting_before(alice, as_):
    from dukao.org.models import Sitting

    client = as_("rita")
    assert Sitting.objects.filter(login__name="rita").exists()
    client.post("/sign-in/", {"name": "alice", "password": PASSWORD})
    assert not Sitting.objects.filter(login__name="rita").exists()


def test_what_cannot_be_read_is_said_calmly(alice):
    client = CheckingClient()
    many = {f"f{n}": "x" for n in range(5_001)}
    answer = client.post("/sign-in/", many)
    assert answer.status_code == 400
    assert "没有读懂" in answer.content.decode()


def test_a_forged_form_is_refused(alice):
    client = CheckingClient(enforce_csrf_checks=True)
    answer = client.post("/sign-in/", {"name": "alice", "password": PASSWORD})
    assert answer.status_code == 403
    assert "页面放得太久了" in answer.content.decode()


def test_what_one_person_saw_is_not_kept_for_the_next(as_):
    assert as_("alice").get("/search/").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("who", "path"),
    [("alice", "/units/{富水市}/?export=children.csv"), ("sam", "/supervision/?export=nothing.csv"),
     ("charlie", "/nowhere/?export=t.xlsx"), ("", "/nowhere/?export=t.xlsx")],
)  # fmt: skip
def test_a_refusal_is_told_where_a_file_was_asked_for(city, as_, who, path):
    assert as_(who).get(path.format(**city.code)).status_code == 404


def test_a_character_that_no_database_keeps_is_not_let_in(city, as_):
    assert as_("sam").get("/search/?q=%00").status_code == 400
    assert as_("alice").get("/filings/%00/1/").status_code == 400
    assert CheckingClient().post("/sign-in/", {"name": "a\0", "password": "x"}).status_code == 400
