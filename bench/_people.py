"""Somebody signed in, for benches that go through the pages."""

from datetime import UTC, date, datetime
from typing import Any

from bench._facts import CITY


def make_login(name: str, role: str, unit_code: str = CITY) -> int:
    """A log-in with one post; answers its id."""
    from dukao.org.models import Holding, Login, Post, Unit

    unit = Unit.objects.get(code=unit_code)
    login = Login.objects.create(name=name, display_name=name, password="!")
    post = Post.objects.create(
        code=f"{name}-post", title=role, role=role, unit=unit, department_id=1 if role == "department" else None
    )
    Holding.objects.create(login=login, post=post, valid_from=date(2024, 1, 1))
    return login.pk


def signed_in(role: str, unit_code: str = CITY, name: str = "") -> Any:
    """A Django client whose browser has signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    key = sitting(make_login(name or f"bench-{role}", role, unit_code))
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def sitting(login_id: int) -> str:
    """A session of this log-in, as signing in leaves it; answers the cookie."""
    from importlib import import_module

    from django.conf import settings

    from dukao.org.models import Sitting

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.create()
    at = datetime.now(UTC)
    Sitting.objects.create(login_id=login_id, session_key=session.session_key, began_at=at, last_seen_at=at)
    return session.session_key
