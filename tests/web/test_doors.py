"""The door before every page: who is let near what was sent, what is too large, where the wrong way leads."""

import logging

import pytest
from checking import CheckingClient
from django.http import HttpRequest

UPLOAD = "/deliveries/new/"


@pytest.fixture
def unread(monkeypatch):
    """Fails the test where anybody opens what was sent."""

    def opened(request: HttpRequest):
        raise AssertionError("the body was read")

    monkeypatch.setattr(HttpRequest, "_load_post_and_files", opened)
    monkeypatch.setattr("django.core.handlers.wsgi.WSGIRequest._load_post_and_files", opened, raising=False)


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "a"])
def test_what_a_stranger_sends_is_not_opened(city, unread, content_type):
    client = CheckingClient(enforce_csrf_checks=True)
    answer = client.post(UPLOAD, b"--x\r\n" * 1000, content_type=content_type)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/?expired=yes")


@pytest.mark.parametrize(
    ("who", "path", "sent", "said"),
    [
        ("", "/sign-in/", 5_000_001, "最多 5 MB"),
        ("alice", "/my/password/", 5_000_001, "请分几次提交"),
        ("alice", UPLOAD, 5_000_001, "最多 5 MB"),
        ("dora", UPLOAD, 6_200_000_000, "发来的有 6.2 GB，最多 4 GB"),
        ("dora", "/deliveries/receipt/", 5_000_001, "最多 5 MB"),
    ],
)
def test_what_is_too_large_is_not_opened_either_and_the_limit_is_told(city, as_, unread, who, path, sent, said):
    answer = as_(who).post(path, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(sent))
    assert answer.status_code == 413
    assert said in answer.content.decode()


def test_a_length_that_is_no_number_is_no_server_error(city, as_):
    assert as_("dora").post(UPLOAD, b"", content_type="a/b", CONTENT_LENGTH="many").status_code < 500


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/deliveries/receipt/", "/deliveries/new/"),
        ("/sheets/econ/dispatches/", "/sheets/econ/compilation/"),
        ("/dispatches/BB2026-0001/withdrawal/", "/dispatches/BB2026-0001/"),
        ("/review/BB2026-0001/1/return/", "/review/BB2026-0001/1/"),
        ("/filings/BB2026-0001/1/answers/projects/2026Q3/clearing/", "/filings/BB2026-0001/1/"),
        ("/-/desk/", "/"),
    ],
)
def test_the_target_of_a_form_leads_to_the_page_of_the_form(city, as_, path, page):
    answer = as_("dora").get(path, follow=True)
    assert page in [address for address, _status in answer.redirect_chain]
    assert answer.content.decode().count("请从这里重新操作") == 1


def test_other_ways_are_told_which_there_are(city, as_):
    answer = as_("alice").put("/search/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert "不能直接打开" in answer.content.decode()


def test_a_host_that_is_not_ours_is_refused_calmly(city, as_):
    for who in ("", "alice"):
        answer = as_(who).get("/search/", HTTP_HOST="elsewhere.example")
        assert answer.status_code == 400
        assert "elsewhere.example" not in answer.content.decode()


def test_the_form_of_a_stranger_still_needs_its_token(city):
    for path in ("/sign-in/", "/-/language/"):
        client = CheckingClient(enforce_csrf_checks=True)
        assert client.post(path, {"name": "alice", "password": "x", "language": "en"}).status_code == 403


@pytest.mark.parametrize("is_tls", [False, True])
def test_cookies_are_for_this_house_only(city, settings, is_tls):
    from dukao.org.models import Login

    settings.TLS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = is_tls
    login = Login.objects.get(name="alice")
    login.set_password("a-good-long-password")
    login.large_type, login.language = True, "en"
    login.save()
    client = CheckingClient()
    client.get("/sign-in/")
    client.post("/sign-in/", {"name": "alice", "password": "a-good-long-password"})
    assert set(client.cookies) == {"csrftoken", "sessionid", "type", settings.LANGUAGE_COOKIE_NAME}
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert bool(cookie["secure"]) == is_tls, name
        assert not cookie["domain"], name


def test_nothing_of_a_request_but_its_path_is_logged(city, as_, monkeypatch, caplog):
    """Neither addresses with what was asked, nor what a form said, nor who it was."""
    client = as_("alice")
    client.raise_request_exception = False
    monkeypatch.setattr("dukao.org.queries.search_units", lambda **_: 1 / 0)
    with caplog.at_level(logging.INFO):
        assert client.get("/search/?q=SECRET-1").status_code == 500
        client.post("/my/password/", {"old": "SECRET-2", "new": "SECRET-3", "again": ""})
        client.get("/nowhere/?q=SECRET-4")
        client.get("/search/?q=SECRET-5", HTTP_HOST="elsewhere.example")
        CheckingClient(enforce_csrf_checks=True).post("/sign-in/", {"name": "SECRET-6", "password": "SECRET-7"})
    told = caplog.text + "".join(str(record.exc_info) for record in caplog.records)
    assert "/search/" in told
    assert "SECRET" not in told
    assert "alice" not in told


@pytest.mark.parametrize(
    "wanted",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "\\\\elsewhere.example",
     "javascript:alert(1)", "http:elsewhere.example", "\t//elsewhere.example", "https://testserver@elsewhere.example"],
)  # fmt: skip
def test_no_address_leads_out_of_the_house(city, as_, wanted):
    assert as_("alice").get("/sign-in/", {"next": wanted}).headers["Location"] == "/"
    for path, form in (("/-/language/", {"language": "en"}), ("/-/type/", {}), ("/-/figures/", {})):
        assert as_("alice").post(path, form | {"next": wanted}).headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/department/", "/deliveries/", "/deliveries/?export=deliveries.csv"])
def test_head_is_answered_as_get_without_the_body(city, as_, path):
    full, head = as_("dora").get(path), as_("dora").head(path)
    assert (head.status_code, head.content) == (full.status_code, b"")
    assert full.content
    assert int(head.headers["Content-Length"]) == len(full.content)
    assert head.headers["Content-Type"] == full.headers["Content-Type"]
