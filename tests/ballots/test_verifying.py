"""The verifier finds every planted tampering, and nothing in what is as it was."""

import json
from random import Random

import pytest

from dukao.ballots.log import head_text, leaf_text
from dukao.ballots.verifying import verify
from dukao.ballots.wire import canonical, from_base64, to_base64
from dukao.base.merkle import Tree, leaf_hash
from dukao.cli.main import main
from tests.ballots.conftest import BAD, GOOD, ROUND, parties_in

EAST, WEST = f"{ROUND}/east", f"{ROUND}/west"


@pytest.fixture(scope="module")
def closed(drawn, tmp_path_factory):
    """A closed round: 7 ratings of east, 3 of west; with an earlier head, and the parties who could forge."""
    parties = parties_in(drawn, tmp_path_factory.mktemp("closed"))
    for n in range(5):
        parties.rate(EAST, BAD if n % 2 else GOOD)
    while not json.loads(parties.reading().head(ROUND)["document"])["size"]:
        pass
    earlier = parties.reading().head(ROUND)
    for paper in (EAST, EAST, WEST, WEST, WEST):
        parties.rate(paper)
    parties.close()
    yield parties, earlier, parties.bundle()
    parties.stop()


def _resigned(parties, told):
    """As a board would publish it that wants to deceive: with a root and a head that fit."""
    tree = Tree(leaf_hash(leaf.encode()) for leaf in told["leaves"])
    document = head_text(ROUND, len(tree), tree.root())
    return told | {"head": {"document": document, "signature": parties.boarding.signer.sign("head", document)}}


def _leaf_changed(parties, told):
    leaf = json.loads(told["leaves"][0])
    leaf["token"] = to_base64(bytes(32))
    return told | {"leaves": [canonical(leaf), *told["leaves"][1:]]}


def _leaf_changed_and_resigned(parties, told):
    return _resigned(parties, _leaf_changed(parties, told))


def _leaf_dropped(parties, told):
    return told | {"leaves": told["leaves"][1:], "opened": told["opened"][1:]}


def _leaf_dropped_and_resigned(parties, told):
    return _resigned(parties, _leaf_dropped(parties, told))


def _leaf_doubled_and_resigned(parties, told):
    return _resigned(parties, told | {"leaves": [*told["leaves"], told["leaves"][0]],
                                      "opened": [*told["opened"], told["opened"][0]]})  # fmt: skip


def _leaf_invented_and_resigned(parties, told):
    draw = Random(1)
    leaf = leaf_text(EAST, *(to_base64(draw.randbytes(size)) for size in (32, 256, 32)))
    return _resigned(parties, told | {"leaves": [*told["leaves"], leaf], "opened": [*told["opened"], None]})


def _root_wrong(parties, told):
    document = head_text(ROUND, len(told["leaves"]), bytes(32))
    return told | {"head": {"document": document, "signature": parties.boarding.signer.sign("head", document)}}


def _head_signature_wrong(parties, told):
    raw = bytearray(from_base64(told["head"]["signature"]))
    raw[3] ^= 1
    return told | {"head": told["head"] | {"signature": to_base64(bytes(raw))}}


def _receipt_passed_off_as_head(parties, told):
    document = told["head"]["document"]
    return told | {"head": {"document": document, "signature": parties.boarding.signer.sign("receipt", document)}}


def _ballot_changed(parties, told):
    place = next(n for n, one in enumerate(told["opened"]) if one)
    one = told["opened"][place]
    forged = one | {"ballot": one["ballot"].replace('"overall":5', '"overall":1').replace('"overall":1', '"overall":2')}
    return told | {"opened": [forged if n == place else kept for n, kept in enumerate(told["opened"])]}


def _ballot_withheld(parties, told):
    place = next(n for n, one in enumerate(told["opened"]) if one)
    return told | {"opened": [None if n == place else kept for n, kept in enumerate(told["opened"])]}


def _few_opened(parties, told):
    place = next(n for n, leaf in enumerate(told["leaves"]) if json.loads(leaf)["paper"] == WEST)
    shown = next(one for one in told["opened"] if one)
    return told | {"opened": [shown if n == place else kept for n, kept in enumerate(told["opened"])]}


def _more_than_issued(parties, told):
    totals = json.loads(told["issued"]["document"])
    totals["issued"][EAST] = 6
    document = canonical(totals)
    signature = parties.issuing.signer.sign("totals", document)
    return told | {"issued": {"document": document, "signature": signature}}


def _totals_forged(parties, told):
    document = told["issued"]["document"].replace(f'"{EAST}":7', f'"{EAST}":70')
    return told | {"issued": told["issued"] | {"document": document}}


def _tally_wrong(parties, told):
    tally = told["results"][EAST] | {"overall": [7, 0, 0, 0, 0]}
    return told | {"results": told["results"] | {EAST: tally}}


def _manifest_changed(parties, told):
    document = told["manifest"]["document"].replace('"floor":5', '"floor":2')
    return told | {"manifest": told["manifest"] | {"document": document}}


def _part_missing(parties, told):
    return {name: part for name, part in told.items() if name != "head"}


TAMPERINGS = [
    _leaf_changed, _leaf_changed_and_resigned, _leaf_dropped, _leaf_dropped_and_resigned, _leaf_doubled_and_resigned,
    _leaf_invented_and_resigned, _root_wrong, _head_signature_wrong, _receipt_passed_off_as_head, _ballot_changed,
    _ballot_withheld, _few_opened, _more_than_issued, _totals_forged, _tally_wrong, _manifest_changed, _part_missing,
]  # fmt: skip


def test_nothing_is_found_in_what_is_as_it_was(closed):
    parties, earlier, told = closed
    report = verify(canonical(told).encode(), key=parties.boarding.signer.key, heads=[earlier])
    assert report.found == []
    assert report.leaves == 10
    assert len(report.held) == 12
    assert report.results[EAST]["overall"] == [5, 0, 0, 0, 2]
    assert report.results[WEST] is None
    assert len(report.open) == 1, "what a bundle cannot show is said"


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__.strip("_"))
def test_every_tampering_is_found(closed, tamper):
    parties, _, told = closed
    assert verify(canonical(tamper(parties, told)).encode()).found


def test_a_log_that_was_rewritten_since_is_found(closed):
    parties, earlier, told = closed
    turned = _resigned(parties, told | {"leaves": told["leaves"][::-1], "opened": told["opened"][::-1]})
    assert not verify(canonical(turned).encode()).found, "by itself it is a log like any other"
    assert verify(canonical(turned).encode(), heads=[earlier]).found


def test_a_receipt_is_held_against_the_log(parties):
    _, answer, _ = parties.cast(parties.ballot(WEST))
    receipt = answer["receipt"]

    def said(told, **changed):
        report = verify(canonical(told).encode(), receipts=[receipt | changed])
        return [str(one) for one in report.found], [str(one) for one in report.held + report.open if "回执" in str(one)]

    found, told = said(parties.bundle())
    assert (found, "还没有进入日志" in told[0]) == ([], True)
    parties.close()
    bundle = parties.bundle()
    found, told = said(bundle)
    assert (found, "在日志里" in told[0]) == ([], True)
    for part in ("path", "salt", "signature"):
        raw = bytearray(from_base64(receipt[part]))
        raw[-1] ^= 1
        assert "不是这个计票箱签的" in said(bundle, **{part: to_base64(bytes(raw))})[0][0]
    assert "不是这个计票箱签的" in said(bundle, leaf="0" * 64)[0][0]
    assert "却没有" in " ".join(said(_leaf_dropped_and_resigned(parties, bundle))[0])


def test_another_boards_key_is_found(closed):
    _, _, told = closed
    assert verify(canonical(told).encode(), key=to_base64(bytes(32))).found


@pytest.mark.parametrize("junk", [b"", b"[]", b"{}", b'{"manifest": 1}', b"\xff", b"[" * 100_000])
def test_junk_is_told_as_such(junk):
    assert verify(junk).found


def test_the_command_tells_in_words_and_by_its_code(closed, tmp_path, capsys):
    parties, earlier, told = closed
    (tmp_path / "good.json").write_text(canonical(told))
    (tmp_path / "bad.json").write_text(canonical(_tally_wrong(parties, told)))
    (tmp_path / "head.json").write_text(json.dumps(earlier))
    (tmp_path / "receipt.json").write_text('{"receipt": {"leaf": "", "path": "", "salt": "", "signature": ""}}')
    assert main(["verify-poll", str(tmp_path / "good.json"), "--head", str(tmp_path / "head.json")]) == 0
    said = capsys.readouterr().out
    assert "10 份选票" in said
    assert "没有一个凭证用了两次" in said
    assert main(["verify-poll", str(tmp_path / "bad.json")]) == 4
    assert "✗ 重新计票" in capsys.readouterr().out
    assert main(["verify-poll", str(tmp_path / "missing.json")]) == 3
    assert main(["verify-poll", str(tmp_path / "bad.json"), "--head", str(tmp_path / "nothing")]) == 3
    assert main(["verify-poll", str(tmp_path / "good.json"), "--receipt", str(tmp_path / "receipt.json")]) == 4
    assert main(["verify-poll", str(tmp_path / "good.json"), "--receipt", str(tmp_path / "head.json")]) == 3
