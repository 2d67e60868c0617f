"""Real processes, a real Chromium: `site` serves the little city, `person("sam")` is somebody at a browser.

Every page a journey leaves behind is checked: no error in the console (a breach of the content policy is one), nothing
wider than the screen, and with `looked_at` also axe's findings and a picture in var/journeys.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.databases import own_database  # noqa: F401 (a fixture)

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "var/journeys"
CHROMIUM = os.environ.get("DUKAO_CHROMIUM", "/usr/bin/chromium")
PASSWORD = "a-good-long-password"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# Nobody is timed here: so long a busy machine may take before we give up on it.
START_SECONDS = GIVE_UP_SECONDS = 60
_SERIOUS = {"serious", "critical"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.journey)


@pytest.fixture
def db(own_database):  # noqa: F811
    """The city of a journey stands in a database that the served processes see."""


@pytest.fixture
def site(city, own_database, tmp_path) -> Iterator[str]:  # noqa: F811
    """The address of the house: pages and live updates, each its own process, with the cast's passwords set."""
    from django.contrib.auth.hashers import make_password

    from dukao.org.models import Login

    Login.objects.update(password=make_password(PASSWORD))
    port, live_port = _free_ports(2)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "dukao.settings", "DUKAO_VAR": str(tmp_path), "DUKAO_SYNTHETIC": "yes",
        "DUKAO_DATABASE_URL": f"sqlite:///{own_database.settings_dict['NAME']}",
        "DUKAO_LIVE_URL": f"http://127.0.0.1:{live_port}/live",
    }  # fmt: skip
    served = [
        _granian("wsgi", port, "dukao.wsgi:application", environment),
        _granian("asginl", live_port, "dukao.asgi:application", environment),
    ]
    try:
        for wanted in (port, live_port):
            _await(wanted, served)
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in served:
            process.terminate()
        for process in served:
            process.wait(GIVE_UP_SECONDS)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(f"no Chromium at {CHROMIUM}; ./dev journeys installs it")
    # Playwright's loop runs in this thread; the tests themselves are synchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-sync",
                 "--disable-component-update", "--no-first-run", "--lang=zh-CN"]  # fmt: skip
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a browser. `page` is Playwright's own; faults gather while the journey goes on."""

    page: Page
    site: str
    faults: list[str] = field(default_factory=list)

    def goes_to(self, path: str) -> Page:
        self.page.goto(self.site + path)
        return self.page

    def signs_in(self, name: str, password: str = PASSWORD) -> None:
        self.goes_to("/sign-in/")
        self.page.fill("#name", name)
        self.page.fill("#password", password)
        self.page.click("main button.button-main")
        self.page.wait_for_url(lambda url: "/sign-in/" not in url)

    def looked_at(self, picture: str) -> None:
        """Axe finds nothing serious, nothing is wider than the screen, and there is a picture to look at."""
        page = self.page
        # A page that listens for live figures is never idle.
        if page.locator("[data-live]").count():
            page.wait_for_timeout(600)
        else:
            page.wait_for_load_state("networkidle")
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, f"{page.url} is {over} px wider than the screen"
        found = self.axe_findings()
        assert not found, f"{page.url}: {found}"
        PICTURES.mkdir(parents=True, exist_ok=True)
        # Hiding the caret would leave style attributes behind, which our content policy forbids.
        file = PICTURES / f"{picture}-{page.viewport_size['width']}.png"
        page.screenshot(path=file, full_page=True, caret="initial")

    def axe_findings(self) -> list[str]:
        self.page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
        result = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        return [
            f"{one['id']}: {node['target']} {node['html'][:120]}"
            for one in result["violations"] if one["impact"] in _SERIOUS for node in one["nodes"]
        ]


@pytest.fixture
def person(site, chromium) -> Iterator[Callable[..., Person]]:
    """`person("sam")`, `person("alice", phone=True)`, `person()` for a stranger; more go to Playwright's context."""
    people: list[Person] = []

    def sit_down(name: str = "", *, phone: bool = False, **more) -> Person:
        place = {"viewport": PHONE, "is_mobile": True, "has_touch": True} if phone else {"viewport": DESKTOP}
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **(place | more))
        one = Person(context.new_page(), site)
        one.page.set_default_timeout(GIVE_UP_SECONDS * 1000)
        one.page.on("pageerror", lambda error: one.faults.append(str(error)))
        one.page.on("console", lambda said: one.faults.append(said.text) if said.type == "error" else None)
        people.append(one)
        if name:
            one.signs_in(name)
        return one

    yield sit_down
    for one in people:
        one.page.context.close()
    # A refused request is the journey's own matter; everything else is a fault of the page.
    faults = [fault for one in people for fault in one.faults if not re.search(r"status of 4\d\d", fault)]
    assert not faults, faults


def _granian(interface: str, port: int, application: str, environment: dict[str, str]) -> subprocess.Popen:
    command = [
        sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--no-ws", "--log-level", "warning",
        *(["--blocking-threads", "4"] if interface == "wsgi" else []), application,
    ]  # fmt: skip
    return subprocess.Popen(command, env=environment, cwd=ROOT)


def _await(port: int, served: list[subprocess.Popen]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert all(process.poll() is None for process in served), "a server ended before it began"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nobody answers on port {port}")


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


