"""Whoever guesses names and numbers waits, and nobody's address is kept: misses are counted in memory for an hour.

1. Who is listed is found by name and citizen number; a neighbour may know one and try for the other. A code has 80 bits
   and wants no such care.
2. A try is counted before anybody looks, and taken back where it was no miss: many at once cannot outrun the count, and
   whoever is found leaves nothing.
3. A name or number waits soon in the network that keeps missing it, late in all others: nobody keeps a neighbour from
   rating by missing in his name. Counts stand under a key that is thrown away with them when the hour is over.
"""

import hmac
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from time import monotonic

from dukao.ballots.service import Fault

_SECONDS = 3600.0
_NAME_HERE, _NAME_ANYWHERE, _NETWORK, _IN_ALL = 5, 30, 40, 5_000
_NETWORK_BITS = {4: 24, 6: 48}


class Patience:
    """For one thread, the issuer's door."""

    def __init__(self, *, now: Callable[[], float] = monotonic) -> None:
        self._now, self._ends = now, 0.0
        self._key, self._misses = b"", Counter[bytes]()

    @contextmanager
    def one_try(self, name: str, number: str, address: str) -> Iterator[None]:
        """What is done within looks for this person. Raises Fault `wait`, with the seconds until the hour ends."""
        if self._now() >= self._ends:
            self._ends = self._now() + _SECONDS
            self._key, self._misses = secrets.token_bytes(32), Counter()
        misses, limits = self._misses, self._limits(name, number, network_of(address))
        if any(misses[key] >= most for key, most in limits.items()):
            seconds = int(self._ends - self._now()) + 1
            raise Fault(429, "wait", "too many names and numbers were not found; wait, or use a card", wait=seconds)
        misses.update(limits.keys())
        is_miss = False
        try:
            yield
        except Fault as fault:
            is_miss = fault.error == "stranger"
            raise
        finally:
            if not is_miss:
                misses.subtract(limits.keys())

    def _limits(self, name: str, number: str, network: str) -> dict[bytes, int]:
        """What this try counts against, and how often each may miss."""
        parts = {
            ("name", name): _NAME_ANYWHERE, ("number", number): _NAME_ANYWHERE, ("network", network): _NETWORK,
            ("name", name, network): _NAME_HERE, ("number", number, network): _NAME_HERE, ("all",): _IN_ALL,
        }  # fmt: skip
        return {hmac.digest(self._key, "\0".join(part).encode(), "sha256"): most for part, most in parts.items()}


def network_of(address: str) -> str:
    """The neighbourhood of an address, as coarse as one household or office can change it at will."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    known = getattr(known, "ipv4_mapped", None) or known
    return str(ip_network((known, _NETWORK_BITS[known.version]), strict=False))
