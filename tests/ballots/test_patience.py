"""Guessing who is on the list: misses wait, whoever is found does not, and nothing of it is kept."""

from contextlib import ExitStack

import pytest

from dukao.ballots.client import digest_of_person
from dukao.ballots.patience import Patience, network_of
from dukao.ballots.service import Fault
from tests.ballots.conftest import ROUND

EAST = f"{ROUND}/east"
LISTED = {"name": "甲 某某", "number": "11010519491231002x"}


def _miss(patience, name, number, address):
    with pytest.raises(Fault) as told, patience.one_try(name, number, address):
        raise Fault(404, "stranger", "")
    return told.value


def test_a_name_waits_soon_where_it_is_missed_and_late_elsewhere():
    clock = [0.0]
    patience = Patience(now=lambda: clock[0])
    for n in range(5):
        assert _miss(patience, "甲", str(n), "10.1.1.1").error == "stranger"
    clock[0] = 3000
    told = _miss(patience, "甲", "6", "10.1.1.200")
    assert (told.status, told.error, told.wait) == (429, "wait", 601)
    for network in range(2, 7):
        for n in range(5):
            assert _miss(patience, "甲", f"{network}-{n}", f"10.1.{network}.1").error == "stranger"
    assert _miss(patience, "甲", "7", "10.1.9.9").error == "wait", "guessing from many places ends too"
    assert _miss(patience, "乙", "7", "10.1.9.9").error == "stranger"
    clock[0] = 3600
    assert _miss(patience, "甲", "8", "10.1.1.1").error == "stranger"


def test_a_network_and_all_together_have_their_limits():
    patience = Patience(now=lambda: 0.0)
    errors = [_miss(patience, f"甲{n}", f"{n}", "2001:db8:1:2::5").error for n in range(41)]
    assert errors == ["stranger"] * 40 + ["wait"]
    assert _miss(patience, "丙", "1", "2001:db8:1:ffff::9").error == "wait", "one network, whatever its last bits"
    errors = [_miss(patience, f"甲{n}", f"{n}", f"10.{n // 30}.1.1").error for n in range(41, 5_010)]
    assert errors.count("stranger") == 4_960


def test_whoever_is_found_does_not_count_nor_what_failed_for_another_reason():
    patience = Patience()
    for _ in range(50):
        with patience.one_try("甲", "1", "10.0.0.1"):
            pass
        with pytest.raises(Fault), patience.one_try("甲", "1", "10.0.0.1"):
            raise Fault(409, "used", "")
        with pytest.raises(RuntimeError), patience.one_try("甲", "1", "10.0.0.1"):
            raise RuntimeError
    for n in range(5):
        assert _miss(patience, "甲", "1", "10.0.0.1").error == "stranger", f"only misses count: {n}"


def test_many_at_once_cannot_outrun_the_count():
    """A try counts from its beginning, until it proves to be none."""
    patience = Patience()
    with ExitStack() as begun:
        for n in range(5):
            begun.enter_context(patience.one_try("甲", str(n), "10.0.0.1"))
        with pytest.raises(Fault, match="wait"):
            begun.enter_context(patience.one_try("甲", "5", "10.0.0.1"))
    with patience.one_try("甲", "5", "10.0.0.1"):
        pass


@pytest.mark.parametrize(("address", "network"), [
    ("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"),
    ("::ffff:203.0.113.77", "203.0.113.0/24"), ("", ""), ("unix:", ""),
])  # fmt: skip
def test_the_network_of_an_address(address, network):
    assert network_of(address) == network


def test_at_the_issuers_door(parties):
    """The listed person and every code get through while the guesser waits; the answer says how long."""
    slip = parties.slip(EAST)
    parties.issuing.add(EAST, [digest_of_person(LISTED["name"], LISTED["number"])])
    told = slip.ask("") | {"person": LISTED}
    told.pop("code")
    guess = told | {"person": LISTED | {"number": "110105194912310038"}}
    answers = parties.issuer.many("POST", "/sign", [guess] * 5)
    assert {answer["error"] for _, answer in answers} == {"stranger"}
    status, answer, _ = parties.issuer("POST", "/sign", guess)
    assert (status, answer["error"]) == (429, "wait")
    assert 0 < answer["wait"] <= 3601
    (code,) = parties.invite(EAST, 1)
    assert parties.issuer("POST", "/sign", parties.slip(EAST).ask(code))[0] == 200
    assert parties.issuer("POST", "/sign", slip.ask("AAAA-AAAA-AAAA-AAAA"))[1]["error"] == "stranger"
    waiting = parties.issuer("POST", "/sign", told)[1]
    assert waiting["error"] == "wait", "from the guesser's own network the name waits"
    elsewhere = parties.issuer("POST", "/sign", told, headers={"x-forwarded-for": "198.51.100.7"})
    assert elsewhere[1]["error"] == "wait", "no proxy of the house wrote that down"


def test_a_proxy_tells_the_network(parties):
    from dukao.ballots import issuer as issuer_door
    from tests.ballots.conftest import SECRET, Door

    door = Door(issuer_door.service(parties.issuing, secret=SECRET, proxies=1))
    told = parties.slip(EAST).ask("") | {"person": LISTED}
    told.pop("code")
    for address, error in [*[("192.0.2.1, 198.51.100.7", "stranger")] * 5, ("192.0.2.9, 198.51.100.8", "wait"),
                           ("198.51.100.7, 192.0.2.1", "stranger")]:  # fmt: skip
        assert door("POST", "/sign", told, headers={"x-forwarded-for": address})[1]["error"] == error
    door.application.stop()
