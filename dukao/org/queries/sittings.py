"""Signed-in browsers, for what goes on beside the pages: a stream lasts no longer than the sitting that opened it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.timezone import localdate

from dukao.base.refusals import NotThere
from dukao.org.models import Sitting
from dukao.org.queries.people import actor_of
from dukao.org.rules import Actor


def sitting_id(*, session_key: str | None) -> int:
    """The number of the sitting behind a session key: unlike the key it opens nothing, so an address may carry it.

    Raises NotThere where nobody sits there.
    """
    found = Sitting.objects.filter(session_key=session_key or "").values_list("id", flat=True).first()
    if found is None:
        raise NotThere()
    return found


def actor_sitting(*, sitting_id: int, at: datetime) -> Actor:
    """Who sits there, without counting as a sign of life. Two SQL queries.

    Raises NotThere where the sitting has ended: signed out, log-in disabled, password changed, idle or old.
    """
    sitting = Sitting.objects.select_related("login").filter(id=sitting_id).first()
    if sitting is None or not is_open(sitting, at):
        raise NotThere()
    return actor_of(sitting.login, on=localdate(at))


def is_open(sitting: Sitting, at: datetime) -> bool:
    """Inside the room: neither idle nor old, and of a log-in that is not disabled."""
    idle_ends_at = sitting.last_seen_at + timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    ends_at = sitting.began_at + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return at < min(idle_ends_at, ends_at) and sitting.login.is_active
