"""Keeping floods out without keeping anybody's address: counts in memory, under a key that is thrown away each hour."""

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

from django.utils.translation import gettext as _

from dukao.base.refusals import Refused


class TooMany(Refused):
    """So much was sent in this hour that the rest has to wait."""

    status = 429


class Bucket:
    """How often something was done in this hour, from one address and by all together; of this process alone.

    Addresses are counted under a keyed digest; with the hour its key is gone, and nothing could be asked of it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.empty()

    def empty(self) -> None:
        self._hour, self._key, self._counts, self._all = "", b"", Counter[bytes](), 0

    @contextmanager
    def one(self, address: str, *, at: datetime, most: int, most_in_all: int) -> Iterator[None]:
        """One more from this address, counted where what is done within comes off. Raises TooMany."""
        key = self._put(address, at, most, most_in_all)
        try:
            yield
        except BaseException:
            # Whoever corrects a form is no flood.
            with self._lock:
                self._counts[key] -= 1
                self._all -= 1
            raise

    def _put(self, address: str, at: datetime, most: int, most_in_all: int) -> bytes:
        with self._lock:
            if (hour := f"{at:%Y%m%d%H}") != self._hour:
                self.empty()
                self._hour, self._key = hour, secrets.token_bytes(32)
            key = hmac.new(self._key, address.encode(), hashlib.sha256).digest()
            if self._counts[key] >= most or self._all >= most_in_all:
                raise TooMany(_("这一小时送得太多了"), todo=_("没有收下，请过一小时再来；写好的话请先抄下来"))
            self._counts[key] += 1
            self._all += 1
            return key
