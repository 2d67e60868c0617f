"""Whoever guesses names and numbers waits, and nobody's address is kept: misses are counted in memory for an hour.

1. Who is listed is found by name and citizen number; a neighbour may know one and try for the other. A code has 80 bits
   and wants no such care.
2. A try is counted before anybody looks, and taken back where it was no miss: many at once cannot outrun the count, and
   whoever is found leaves nothing.
3. A name or number waits soon in the network that keeps missing it, late in all others: nobody keeps a neighbour from
   rating by missing in his name.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from time import monotonic

from dukao.ballots.service import Fault
from dukao.base.floods import Hourly, Limits

_SECONDS = 3600
_NAME_HERE, _NAME_ANYWHERE, _NETWORK, _IN_ALL = 5, 30, 40, 5_000
_NETWORK_BITS = {4: 24, 6: 48}


class Patience:
    """Of one process, the issuer's."""

    def __init__(self, *, now: Callable[[], float] = monotonic) -> None:
        self._now, self._misses = now, Hourly()

    @contextmanager
    def one_try(self, name: str, number: str, address: str) -> Iterator[None]:
        """What is done within looks for this person. Raises Fault `wait`, with the seconds until the hour ends."""
        hour, gone = divmod(self._now(), _SECONDS)
        take_back = self._misses.put(_limits(name, number, network_of(address)), hour=int(hour))
        if take_back is None:
            seconds = int(_SECONDS - gone) + 1
            raise Fault(429, "wait", "too many names and numbers were not found; wait, or use a card", wait=seconds)
        is_miss = False
        try:
            yield
        except Fault as fault:
            is_miss = fault.error == "stranger"
            raise
        finally:
            if not is_miss:
                take_back()


def _limits(name: str, number: str, network: str) -> Limits:
    """What a try counts against, and how often each may miss."""
    return {
        ("name", name): _NAME_ANYWHERE, ("number", number): _NAME_ANYWHERE, ("network", network): _NETWORK,
        ("name", name, network): _NAME_HERE, ("number", number, network): _NAME_HERE, ("all",): _IN_ALL,
    }  # fmt: skip


def network_of(address: str) -> str:
    """The neighbourhood of an address, as coarse as one household or office can change it at will."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    known = getattr(known, "ipv4_mapped", None) or known
    return str(ip_network((known, _NETWORK_BITS[known.version]), strict=False))
