"""The console stays empty: every page that a role's menus and pages lead to is opened, and so is all that folds.

The fault itself is found by `person`, which fails a journey with any error in the console.
"""

from urllib.parse import urlsplit

import pytest
from stories import furnish, send

_PAGES_MOST = 25


@pytest.mark.parametrize(
    ("who", "phone"), [(who, False) for who in ("alice", "rita", "dora", "sam", "adam", "otto")] + [("alice", True)]
)
def test_every_page_of_a_role_is_quiet(city, settings, tmp_path, person, who, phone):
    settings.VAR = tmp_path
    furnish(city, tmp_path)
    send(city, "tax_revenue", "population", "new_projects", "finished_projects", "remark")
    somebody = person(who, phone=phone)
    page = somebody.page
    waiting, seen = [urlsplit(page.url).path], set()
    while waiting and len(seen) < _PAGES_MOST:
        path = waiting.pop(0)
        seen.add(_kind(path))
        somebody.goes_to(path)
        assert page.locator("h1").count() == 1, path
        page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
        _ask_about(page)
        for href in page.eval_on_selector_all("a[href^='/']", "links => links.map(a => a.getAttribute('href'))"):
            if _is_page(href) and _kind(href) not in seen | set(map(_kind, waiting)):
                waiting.append(href)
    assert len(seen) > 3


def _is_page(href: str) -> bool:
    address = urlsplit(href)
    return "export=" not in address.query and "." not in address.path.rpartition("/")[2]


def _kind(href: str) -> tuple[str, ...]:
    """Pages of one kind differ in their codes only: one of each is opened."""
    address = urlsplit(href)
    steps = (step if step.isalpha() else "*" for step in address.path.strip("/").split("/"))
    return (*steps, *(part.partition("=")[0] for part in address.query.split("&")))


def _ask_about(page) -> None:
    """“Not right?” opens in the cell, is refused without a reason, and taken with one."""
    asking = page.locator("button:has-text('不对？'):visible")
    if not asking.count():
        return
    asking.first.click()
    page.wait_for_selector(".cell-dispute")
    page.click(".cell-dispute button")
    page.wait_for_selector(".cell-dispute .error")
    page.fill(".cell-dispute input", "与村里的台账不符")
    page.click(".cell-dispute button")
    page.wait_for_selector(".saved:has-text('已记下')")
