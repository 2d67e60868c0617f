"""One right to rate is one signature and one rating; whatever else comes is refused and counts for nothing."""

import json
import multiprocessing
import threading
from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from dukao.ballots.blind import blind, finalize
from dukao.ballots.client import digest_of_code, digest_of_person, new_code
from dukao.ballots.issuing import Ask, Issuing
from dukao.ballots.service import Fault
from dukao.ballots.wire import from_base64, to_base64
from tests.ballots.conftest import BAD, GOOD, ROUND

EAST, WEST = f"{ROUND}/east", f"{ROUND}/west"


def test_the_same_question_gets_the_same_signature_and_another_is_refused(parties):
    (code,) = parties.invite(EAST, 1)
    first, other = parties.slip(EAST), parties.slip(EAST)
    status, answer, _ = parties.issuer("POST", "/sign", first.ask(code))
    assert status == 200
    assert parties.issuer("POST", "/sign", first.ask(code))[:2] == (200, answer)
    assert parties.issuer("POST", "/sign", first.ask(f" {code.lower().replace('-', '')} "))[:2] == (200, answer)
    assert parties.issuer("POST", "/sign", other.ask(code))[0] == 409
    assert parties.issuing.add(EAST, [digest_of_code(code)]) == 0, "adding it again does not fill it anew"
    assert parties.issuer("POST", "/sign", other.ask(code))[0] == 409


def test_a_right_holds_for_its_paper_only(parties):
    (code,) = parties.invite(EAST, 1)
    assert parties.issuer("POST", "/sign", parties.slip(WEST).ask(code))[0] == 404
    assert parties.issuer("POST", "/sign", parties.slip(EAST).ask(new_code()))[0] == 404
    assert parties.issuer("POST", "/sign", parties.slip(EAST).ask(code) | {"paper": "other/east"})[0] == 404


def test_somebody_on_the_list_is_known_by_name_and_number(parties):
    parties.issuing.add(EAST, [digest_of_person("张 三", "23020219900101123x")])
    slip = parties.slip(EAST)
    ask = slip.ask("") | {"person": {"name": "张三", "number": "23020219900101123X "}}
    del ask["code"]
    assert parties.issuer("POST", "/sign", ask)[0] == 200
    kept = (parties.issuing.folder / "issuer.sqlite3").read_bytes()
    assert digest_of_person("张三", "23020219900101123X") not in kept, "only what its key makes of it is kept"


def test_totals_count_and_a_closed_round_signs_no_more(parties):
    used, unused = parties.invite(EAST, 2)
    slip = parties.slip(EAST)
    assert parties.issuer("POST", "/sign", slip.ask(used))[0] == 200
    assert parties.issuer("GET", "/totals", query=f"round={ROUND}")[0] == 404
    parties.issuing.close(ROUND)
    status, totals, _ = parties.issuer("GET", "/totals", query=f"round={ROUND}")
    assert status == 200
    assert '"issued":{"sample-2026/east":1,"sample-2026/far":0,"sample-2026/west":0}' in totals["document"]
    for code in (used, unused):
        status, answer, _ = parties.issuer("POST", "/sign", slip.ask(code))
        assert (status, answer["error"]) == (409, "closed")
    assert not list((parties.issuing.folder / "keys").rglob("*.pem")), "the private keys are destroyed"
    with pytest.raises(Fault, match="closed"):
        parties.issuing.make_papers(ROUND, ["east", "more"])


def _sign_each(folder, codes, blinded, start, answers):
    issuing = Issuing(folder)
    start.wait()
    for code, one in zip(codes, blinded, strict=True):
        (outcome,) = issuing.sign_all([Ask(EAST, digest_of_code(code), one)])
        answers.put((code, outcome if isinstance(outcome, bytes) else None))


def test_two_processes_at_once_give_one_signature(parties):
    codes = parties.invite(EAST, 25)
    forking = multiprocessing.get_context("fork")
    start, answers = forking.Barrier(2), forking.Queue()
    blinded = [[blind(parties.keys[EAST], b"m" * 64).message for _ in codes] for _ in range(2)]
    children = [
        forking.Process(target=_sign_each, args=(parties.issuing.folder, codes, mine, start, answers))
        for mine in blinded
    ]
    for child in children:
        child.start()
    given = [answers.get(timeout=60) for _ in range(2 * len(codes))]
    for child in children:
        child.join()
    assert Counter(code for code, signature in given if signature) == dict.fromkeys(codes, 1)


def test_two_threads_at_once_give_one_signature(parties):
    codes = parties.invite(EAST, 12)
    slips = [(code, parties.slip(EAST)) for code in codes for _ in range(2)]
    told = []

    def ask(half):
        told.extend(parties.issuer.many("POST", "/sign", [slip.ask(code) for code, slip in slips[half::2]]))

    assert parties.issuer
    threads = [threading.Thread(target=ask, args=(half,)) for half in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(status for status, _ in told) == {200: len(codes), 409: len(codes)}


def _tampered(body, draw):
    """One thing of a good ballot made another."""
    part = draw.choice(["token", "signature", "commitment", "salt", "paper"])
    if part == "paper":
        return body | {"paper": draw.choice([WEST, f"{ROUND}/far", "other/east"])}
    raw = bytearray(from_base64(body[part]))
    raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
    return body | {part: to_base64(bytes(raw))}


def test_thousands_of_bad_tokens_and_not_one_is_counted(parties):
    draw = Random(7)
    good = [parties.ballot(EAST, GOOD if n % 3 else BAD) for n in range(12)]
    late = [parties.ballot(EAST) for _ in range(3)]
    assert [status for status, _ in parties.board.many("POST", "/cast", good)] == [201] * len(good)
    forged = [body | {"signature": to_base64(draw.randbytes(256)), "token": to_base64(draw.randbytes(32))}
              for body in good for _ in range(40)]  # fmt: skip
    tampered = [_tampered(draw.choice(good + late), draw) for _ in range(1500)]
    swapped = [one | {"token": other["token"], "signature": other["signature"]}
               for one in good for other in good if one is not other]  # fmt: skip
    replayed = good * 40
    for kind, bodies in (("forged", forged), ("tampered", tampered), ("swapped", swapped), ("replayed", replayed)):
        statuses = Counter(status for status, _ in parties.board.many("POST", "/cast", bodies))
        assert 201 not in statuses, kind
        assert kind != "replayed" or statuses == {200: len(replayed)}, "the answer again, and nothing more"
    parties.clock.moment += timedelta(days=8)
    assert {(s, a["error"]) for s, a in parties.board.many("POST", "/cast", late * 50)} == {(409, "over")}
    parties.clock.moment -= timedelta(days=8)
    parties.close()
    assert {(s, a["error"]) for s, a in parties.board.many("POST", "/cast", late * 50)} == {(409, "closed")}
    bundle = parties.bundle()
    assert len(bundle["leaves"]) == len(set(bundle["leaves"])) == len(good)
    assert sum(bundle["results"][EAST]["overall"]) == len(good)


def test_before_a_round_opens_nothing_is_taken(parties):
    body = parties.ballot(EAST)
    parties.clock.moment -= timedelta(days=2)
    assert parties.cast(body)[1]["error"] == "before"


def test_what_was_verified_before_the_end_and_comes_to_be_kept_after_it_is_late(parties):
    from dukao.ballots.board import _read

    body = json.dumps(parties.ballot(EAST)).encode()
    (verified,) = _read(parties.boarding, [body])
    parties.close()
    (late,) = parties.boarding.cast_all([verified])
    assert (late.status, late.error) == (409, "closed")
    assert parties.reading().counts(ROUND)[EAST] == 0


def test_a_batch_with_one_spent_token_keeps_the_others(parties):
    from dukao.ballots.board import _read

    def kept(bodies):
        casts = _read(parties.boarding, [json.dumps(body).encode() for body in bodies])
        return [taken.is_new for taken in parties.boarding.cast_all(casts)]

    known, *fresh = [parties.ballot(EAST) for _ in range(4)]
    assert kept([known]) == [True]
    assert kept([fresh[0], known, fresh[1], fresh[1], fresh[2]]) == [True, False, True, False, True]
    assert parties.reading().counts(ROUND)[EAST] == 4
    assert parties.boarding._waiting[1, 0] == 4


def test_one_token_on_two_ballots_counts_once(parties):
    """Somebody with two rights signs two ballots under one token."""
    first = parties.slip(EAST, GOOD)
    second = parties.slip(EAST, BAD)
    prepared = first.prepared[:32] + second.prepared[32:]
    blinded = blind(parties.keys[EAST], prepared)
    one, other = parties.invite(EAST, 2)
    answer = parties.issuer("POST", "/sign", first.ask(one))[1]
    body = first.signed(answer["signature"])
    again = {"paper": EAST, "code": other, "blinded": to_base64(blinded.message)}
    signed = from_base64(parties.issuer("POST", "/sign", again)[1]["signature"])
    signature = finalize(parties.keys[EAST], prepared, signed, blinded.inverse)
    double = body | {
        "signature": to_base64(signature), "commitment": to_base64(prepared[32:]), "ballot": second.ballot,
        "salt": to_base64(second.salt),
    }  # fmt: skip
    assert sorted(s for s, _ in parties.board.many("POST", "/cast", [body, double])) == [201, 409]
    assert parties.reading().counts(ROUND)[EAST] == 1


def test_a_round_stays_closed_and_its_manifest_stays_what_it_was(parties):
    manifest = parties.boarding.rounds[ROUND].manifest.text
    same = json.loads(manifest)
    parties.close()
    parties.close()
    assert parties.boarding.publish(same)
    assert parties.boarding.rounds[ROUND].is_closed
    with pytest.raises(Fault, match="published"):
        parties.boarding.publish(same | {"closes": "2027-01-01T00:00:00+08:00"})


def test_a_lost_card_is_withdrawn_by_its_serial_and_another_takes_its_place(parties):
    lost, used = parties.invite(EAST, 2)
    parties.invite(WEST, 1)
    other = new_code()
    serial, spent = parties.issuing.serials(EAST, [digest_of_code(lost), digest_of_code(used)])
    assert len(serial) == 9
    assert parties.issuer("POST", "/sign", parties.slip(EAST).ask(used))[0] == 200

    def withdrawn(serial, **more):
        return parties.issuer.admin("/admin/withdraw", {"round": ROUND, "serial": serial} | more)[:2]

    for none in ("", "7K3D", "7K3D-9X2", lost, "ZZZZ-ZZZZ"):
        status, said = withdrawn(none)
        assert (status, said["error"]) in ((404, "stranger"), (422, "unreadable"))
    assert withdrawn(spent)[1]["error"] == "used"
    status, said = withdrawn(serial.lower(), another=to_base64(digest_of_code(other)))
    assert (status, said["paper"]) == (200, EAST)
    assert [said["serial"]] == parties.issuing.serials(EAST, [digest_of_code(other)])
    assert withdrawn(serial)[1]["error"] == "stranger"
    assert parties.issuer("POST", "/sign", parties.slip(EAST).ask(lost))[1]["error"] == "stranger"
    assert json.loads(parties.issuing.totals(ROUND)["document"])["entitled"][EAST] == 2
    assert withdrawn(said["serial"])[1] == {"paper": EAST, "serial": ""}
    totals = json.loads(parties.issuing.totals(ROUND)["document"])
    assert (totals["entitled"][EAST], totals["issued"][EAST], totals["entitled"][WEST]) == (1, 1, 1)
    parties.close()
    assert withdrawn(spent)[1]["error"] == "closed"
