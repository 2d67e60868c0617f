"""Every route × every one of the cast, and the two lists that hold it together: the routes and the menus."""

import pytest
from django.urls import get_resolver, reverse
from routes import CAST, Route, all_routes, furnish

from dukao.web import menu

ROUTES = all_routes()


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


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_who_gets_what(route: Route, city, as_):
    furnish(city)
    path = route.path.format(**city.code)
    for who in ("", *CAST):
        expected = _expected(route, who)
        response = as_(who).get(path)
        assert response.status_code == expected, f"{who or 'a stranger'} at {path}"
        if not who and not route.public:
            assert response.headers["Location"].startswith(reverse("sign_in"))


def _expected(route: Route, who: str) -> int:
    if who in route.but:
        return route.but[who]
    if not who:
        return 302 if not route.public else 405 if route.post else 200
    if route.post:
        return 405
    return route.leads if who in route.sees else route.others


@pytest.mark.parametrize("desk", menu.DESKS)
def test_a_menu_has_at_most_seven_entries_and_each_leads_to_a_page(desk):
    entries = menu.DESKS[desk]
    assert 1 <= len(entries) <= 7
    assert [link.name for link in menu.links(desk, "")] == [entry.name for entry in entries]
