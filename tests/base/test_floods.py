"""Floods wait; whoever comes is counted and not kept."""

import pytest

from dukao.base.floods import Hourly, address_of

_MOST = {("all",): 3}


def test_each_has_its_limit_and_so_have_all_together():
    counts = Hourly()
    put = lambda address, hour=0: counts.put({("address", address): 1, **_MOST}, hour=hour)  # noqa: E731
    assert put("10.0.0.1")
    assert put("10.0.0.2")
    assert put("10.0.0.1") is None
    assert put("10.0.0.3"), "what was refused does not count"
    assert put("10.0.0.4") is None
    assert b"10.0.0.1" not in b"".join(counts._counts)
    assert put("10.0.0.1", hour=1), "forgotten with the hour"


def test_what_is_taken_back_goes_from_the_hour_it_was_counted_in():
    counts = Hourly()
    take_back = counts.put(_MOST, hour=0)
    assert take_back
    take_back()
    assert [bool(counts.put(_MOST, hour=0)) for _ in range(4)] == [True, True, True, False]
    late = counts.put(_MOST, hour=1)
    assert late
    assert [bool(counts.put(_MOST, hour=2)) for _ in range(3)] == [True] * 3
    late()
    assert counts.put(_MOST, hour=2) is None


@pytest.mark.parametrize(("passed", "proxies", "address"), [
    ("", 0, "10.0.0.9"), ("6.6.6.6", 0, "10.0.0.9"), ("6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),
    ("6.6.6.6,1.2.3.4 , 10.0.0.8", 2, "1.2.3.4"), ("1.2.3.4", 2, "10.0.0.9"),
])  # fmt: skip
def test_an_address_is_what_the_houses_own_proxies_wrote(passed, proxies, address):
    assert address_of("10.0.0.9", passed, proxies=proxies) == address
