"""What has just happened: the trail's new events, for processes that watch it.

A reader keeps the number of the last event it saw. On PostgreSQL a transaction may commit a lower number after a higher
one was seen, so a window before it is read again and what was seen before is left out. An event that commits after more
than a window of later numbers is never news: whoever must not miss one looks at the whole now and then.
"""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from dukao.base.models import Event

# How many later numbers an event may commit after and still be news.
_WINDOW = 500


@dataclass(frozen=True, slots=True)
class News:
    """One new event: what was done to what, and the path of the unit concerned (empty: every unit)."""

    id: int
    verb: str
    subject: str
    unit_path: str


class NewsReader:
    """Reads every event once, from the moment it was made on."""

    def __init__(self) -> None:
        self._last = Event.objects.aggregate(last=Max("id"))["last"] or 0
        self._seen = {news.id for news in self._read()}

    def new(self) -> list[News]:
        """Events committed since the last call, by number."""
        found = [news for news in self._read() if news.id not in self._seen]
        if found:
            self._last = max(self._last, found[-1].id)
            self._seen.update(news.id for news in found)
            self._seen = {number for number in self._seen if number > self._last - _WINDOW}
        return found

    def _read(self) -> list[News]:
        # SQLite has one writer at a time: numbers come in the order of commits.
        after = self._last - (_WINDOW if connection.vendor == "postgresql" else 0)
        rows = Event.objects.filter(id__gt=after).order_by("id").values_list("id", "verb", "subject", "unit_path")
        return [News(*row) for row in rows]
