"""Keeping floods out without keeping anybody's address: counts in memory, under a key that is thrown away each hour."""

import hmac
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from threading import Lock

Limits = Mapping[tuple[str, ...], int]


class Hourly:
    """How often something was done in this hour, in this process alone; for any number of threads.

    What is counted stands under a keyed digest. With the hour its key is gone, and nothing could be asked of it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.empty()

    def empty(self) -> None:
        self._hour, self._key, self._counts = -1, b"", Counter[bytes]()

    def put(self, limits: Limits, *, hour: int) -> Callable[[], None] | None:
        """One more of each, counted at once, so that many at a time cannot outrun the count.

        Returns what takes it back, from the hour it was counted in; None where one of them has reached its limit, and
        then nothing is counted.
        """
        with self._lock:
            if hour != self._hour:
                self._hour, self._key, self._counts = hour, secrets.token_bytes(32), Counter()
            counts, most = self._counts, {self._digest(what): most for what, most in limits.items()}
            if any(counts[key] >= limit for key, limit in most.items()):
                return None
            counts.update(most.keys())

        def take_back() -> None:
            with self._lock:
                counts.subtract(most.keys())

        return take_back

    def _digest(self, what: Sequence[str]) -> bytes:
        return hmac.digest(self._key, "\0".join(what).encode(), "sha256")


def address_of(connection: str, passed: str, *, proxies: int) -> str:
    """Where somebody comes from: the connection, or what the outermost of the house's own proxies wrote down.

    `passed` is X-Forwarded-For, its lines joined by commas; `proxies` is how many of the house's own add to it.
    """
    told = passed.split(",")
    return told[-proxies].strip() if 0 < proxies <= len(told) else connection
