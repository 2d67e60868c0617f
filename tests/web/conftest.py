"""Clients for the cast: `as_("alice")` is a browser that Alice has signed in with."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from checking import CheckingClient
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from routes import furnish

from tests.conftest import AT, ON, City, make_city
from tests.databases import another_database
from tests.sheets.conftest import house  # noqa: F401 (a fixture that desks share)


@pytest.fixture(autouse=True)
def nothing_sent_yet() -> None:
    """What others sent in this hour fills nobody's bucket."""
    from dukao.web.pages.clues import telling

    telling.SENT.empty()


@pytest.fixture
def as_(city) -> Callable[[str], CheckingClient]:
    """A checking client for one of the cast, signed in; `as_("")` is a stranger."""

    def enter(name: str) -> CheckingClient:
        client = CheckingClient()
        if name:
            from dukao.org.models import Sitting

            session = client.session
            session.save()
            at = datetime.now(UTC)
            Sitting.objects.create(
                login_id=city.actor[name].login_id, session_key=session.session_key, began_at=at, last_seen_at=at
            )
            client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client

    return enter


@pytest.fixture
def on_the_day(monkeypatch):
    """For the pages it is 8 October 2026, the day on which the house of tests/sheets acts."""
    monkeypatch.setattr("dukao.web.doors.now", lambda: AT)
    monkeypatch.setattr("dukao.web.doors.today", lambda: ON)


@pytest.fixture(scope="module")
def furnished(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[City]:
    """The city with all that the lists of routes speak of, built once for a file: that takes longer than its tests."""
    folder = tmp_path_factory.mktemp("furnished")
    with (
        django_db_blocker.unblock(), override_settings(VAR=folder, FILE_UPLOAD_TEMP_DIR=folder),
        pytest.MonkeyPatch.context() as patch, another_database(folder),
    ):  # fmt: skip
        patch.setattr("dukao.web.doors.now", lambda: AT)
        patch.setattr("dukao.web.doors.today", lambda: ON)
        with transaction.atomic():
            city = make_city()
            furnish(city)
        yield city
