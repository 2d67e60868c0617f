"""Receipts under one signature: each holds by itself, and tells nothing of the others."""

import json
from random import Random

import pytest

from dukao.ballots.receipts import MOST_TOGETHER, is_receipt, receipts
from dukao.ballots.signing import Signer
from dukao.ballots.wire import from_base64, to_base64


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return Signer(tmp_path_factory.mktemp("board") / "board.pem")


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64, 65, MOST_TOGETHER])
def test_however_many_come_together_each_holds_and_all_look_alike(signer, count):
    leaves = [Random(n).randbytes(32) for n in range(count)]
    told = [json.loads(receipt.told()) for receipt in receipts(signer, leaves)]
    assert [one["leaf"] for one in told] == [leaf.hex() for leaf in leaves]
    assert all(is_receipt(signer.key, one) for one in told)
    assert len({one["signature"] for one in told}) == 1
    assert {len(one["path"]) for one in told} == {384}, "a path's length would tell how many they were"
    neighbours = b"".join(from_base64(one["path"]) for one in told)
    assert not any(leaf in neighbours for leaf in leaves), "a neighbour's leaf would lead to the neighbour's ballot"


def test_the_same_leaf_gets_another_receipt_each_time(signer):
    (one,), (other,) = receipts(signer, [b"l" * 32]), receipts(signer, [b"l" * 32])
    assert one.salt != other.salt
    assert one.path != other.path
    assert receipts(signer, []) == []


def test_nothing_of_a_receipt_can_be_another(signer, tmp_path):
    own, other = (json.loads(receipt.told()) for receipt in receipts(signer, [b"a" * 32, b"b" * 32]))
    for part in own:
        assert part == "signature" or not is_receipt(signer.key, own | {part: other[part]})
        assert not is_receipt(signer.key, {name: value for name, value in own.items() if name != part})
    for path in (from_base64(own["path"])[:-32], from_base64(own["path"]) + bytes(32), bytes(288)):
        assert not is_receipt(signer.key, own | {"path": to_base64(path)})
    assert not is_receipt(Signer(tmp_path / "other.pem").key, own)
    inner = own | {"leaf": own["leaf"][:-2]}
    assert not is_receipt(signer.key, inner)
