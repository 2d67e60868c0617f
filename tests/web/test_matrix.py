"""Every route × every one of the cast × every method, and the lists that hold it together: the routes and the menus."""

import re
from typing import Any

import pytest
from checking import CheckingClient
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import get_resolver, resolve, reverse
from routes import CAST, Route, Takes, all_routes

from dukao.web import menu
from tests.conftest import City

ROUTES = all_routes()
FORMS = [route for route in ROUTES if route.takes]
THINGS = [route for route in ROUTES if route.missing]
REFUSED = {302, 403, 404}
# What a refused visit may leave behind: a session that holds a notice.
_PASSING = {"django_session", "org_sitting"}


def _by_name(routes: list[Route]) -> Any:
    return pytest.mark.parametrize("route", routes, ids=[route.name for route in routes])


@pytest.fixture
def city(furnished, db) -> City:
    return furnished


def _all_names() -> set[str]:
    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern.name

    return set(walk(get_resolver().url_patterns))


def test_every_route_is_listed_once():
    listed = [route.name for route in ROUTES]
    assert len(listed) == len(set(listed))
    assert set(listed) == _all_names()


@_by_name(ROUTES)
def test_every_way_and_every_thing_is_listed(route: Route, city, as_):
    path = route.path.format(**city.code)
    ways = {*(() if route.form_on else ("GET",)), *(("POST",) if route.takes else ())}
    answer = as_("sam").put(path)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == ways
    assert bool(resolve(path.partition("?")[0]).kwargs) == bool(route.missing)


@_by_name(ROUTES)
def test_who_gets_what(route: Route, city, as_):
    path = route.path.format(**city.code)
    for who in ("", *CAST):
        response = as_(who).get(path)
        assert response.status_code == _expected(route, who), f"{who or 'a stranger'} at {path}"
        if not who and not route.public:
            assert response.headers["Location"].startswith(reverse("sign_in"))
        elif route.form_on:
            chain = as_(who).get(path, follow=True).redirect_chain
            assert route.form_on.format(**city.code) in [address for address, _status in chain]


@_by_name(FORMS)
def test_who_may_do_what(route: Route, city, as_):
    """A refusal changes nothing at all; nor does a form that does not come from our pages."""
    path, takes = route.path.format(**city.code), route.takes
    before = _everything()
    for who in ("", *CAST):
        expected = _expected_of_form(route, takes, who)
        with transaction.atomic():
            response = as_(who).post(path, _form(takes, city))
            assert response.status_code == expected, f"{who or 'a stranger'} at {path}"
            if expected in REFUSED:
                assert _everything() == before, f"{who or 'a stranger'} changed something"
            transaction.set_rollback(True)
        if who in takes.by:
            forger = as_(who)
            forger.handler.enforce_csrf_checks = True
            assert forger.post(path, _form(takes, city)).status_code == 403
            assert _everything() == before


@_by_name(THINGS)
def test_nobody_can_tell_what_is_not_his_from_what_is_not_there(route: Route, city, as_):
    path, missing = route.path.format(**city.code), route.missing.format(**city.code)
    strangers = set(CAST) - route.sees - route.knows
    for who in strangers:
        assert _told(as_(who), "get", path) == _told(as_(who), "get", missing), who
    for who in strangers - route.takes.by if route.takes else ():
        form = _form(route.takes, city)
        assert _told(as_(who), "post", path, form) == _told(as_(who), "post", missing, form), who


def _expected(route: Route, who: str) -> int:
    if who in route.but:
        return route.but[who]
    if not who and not route.public:
        return 302
    if route.form_on:
        return 303
    if not who:
        return 200
    return route.leads if who in route.sees else route.others


def _expected_of_form(route: Route, takes: Takes, who: str) -> int:
    if who in takes.by or (not who and route.public):
        return takes.done
    return takes.but.get(who, takes.others) if who else 302


def _form(takes: Takes, city) -> dict[str, Any]:
    return {
        name: SimpleUploadedFile(value[0], value[1].format(**city.code).encode())
        if isinstance(value, tuple)
        else value.format(**city.code)
        for name, value in takes.form.items()
    }


def _told(client: CheckingClient, method: str, path: str, form: dict[str, Any] | None = None) -> tuple[int, str]:
    """Status and text of an answer, but for the token of its forms and the address itself."""
    answer = getattr(client, method)(path, form)
    return answer.status_code, re.sub(r'[A-Za-z0-9]{64}|name="next" value="[^"]*"', "", answer.content.decode())


def _everything() -> dict[str, list]:
    """All rows of all tables."""
    held = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in _PASSING:
                cursor.execute(f'SELECT * FROM "{table}"')
                held[table] = sorted(map(repr, cursor.fetchall()))
    return held


@pytest.mark.parametrize("desk", menu.DESKS)
def test_a_menu_has_at_most_seven_entries_and_each_leads_to_a_page(desk):
    entries = menu.DESKS[desk]
    assert 1 <= len(entries) <= 7
    assert [link.name for link in menu.links(desk, "")] == [entry.name for entry in entries]
