"""The log's tree: the 8 leaves that certificate transparency is tested with, RFC 6962's own rules, and tampering."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dukao.base import merkle
from dukao.base.merkle import Tree, leaf_hash, node_hash

# Google's certificate-transparency, cpp/merkletree/merkle_tree_test.cc: entries, and the root after each.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# The same test's inclusion path of the sixth entry among eight, and consistency of 6 with 8.
PATH_5_OF_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
FROM_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]

sizes = st.integers(1, 70)


def tree_of(count):
    return Tree(leaf_hash(str(n).encode()) for n in range(count))


def plain_root(leaves):
    """RFC 6962, 2.1, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(plain_root(leaves[:split]), plain_root(leaves[split:]))


def test_published_roots_and_proofs():
    tree = Tree()
    assert tree.root() == merkle.EMPTY
    for entry, root in zip(ENTRIES, ROOTS, strict=True):
        tree.append(leaf_hash(bytes.fromhex(entry)))
        assert tree.root().hex() == root
    assert [tree.root(size).hex() for size in range(1, 9)] == ROOTS
    assert [h.hex() for h in merkle.inclusion_proof(tree.node, 5, 8)] == PATH_5_OF_8
    assert [h.hex() for h in merkle.consistency_proof(tree.node, 6, 8)] == FROM_6_TO_8
    assert merkle.consistency_proof(tree.node, 8, 8) == []


@given(sizes)
def test_roots_agree_with_the_definition(count):
    leaves = [leaf_hash(str(n).encode()) for n in range(count)]
    assert Tree(leaves).root() == plain_root(leaves)


@given(st.lists(st.integers(0, 9), max_size=12))
def test_appending_in_batches_is_appending_one_by_one_and_writes_each_node_once(batches):
    kept, size = {}, 0
    for batch in batches:
        leaves = [leaf_hash(str(n).encode()) for n in range(size, size + batch)]
        for level, index, made in merkle.appended(lambda level, index: kept[level, index], size, leaves):
            assert (level, index) not in kept
            kept[level, index] = made
        size += batch
        assert merkle.root(lambda level, index: kept[level, index], size) == tree_of(size).root()
    assert len(kept) <= 2 * size


@given(sizes, st.data())
def test_every_entry_is_proved_and_no_other(count, data):
    tree, index = tree_of(count), data.draw(st.integers(0, count - 1))
    path = merkle.inclusion_proof(tree.node, index, count)
    leaf = leaf_hash(str(index).encode())
    assert merkle.includes(tree.root(), count, leaf, index, path)
    assert not merkle.includes(tree.root(), count, leaf_hash(b"other"), index, path)
    assert not merkle.includes(tree.root(), count, leaf, index, [*path, leaf])
    assert not path or not merkle.includes(tree.root(), count, leaf, index, path[:-1])
    for elsewhere in {(index + 1) % count, index ^ 1} - {index}:
        assert not merkle.includes(tree.root(), count, leaf, elsewhere, path)


@given(sizes, st.data())
def test_a_log_that_grew_is_told_from_one_that_was_rewritten(second, data):
    first, tree = data.draw(st.integers(1, second)), tree_of(second)
    path = merkle.consistency_proof(tree.node, first, second)
    assert merkle.extends(first, tree.root(first), second, tree.root(), path)
    leaves = [leaf_hash(str(n).encode()) for n in range(second)]
    leaves[data.draw(st.integers(0, first - 1))] = leaf_hash(b"rewritten")
    rewritten = Tree(leaves)
    forged = merkle.consistency_proof(rewritten.node, first, second)
    assert not merkle.extends(first, tree.root(first), second, rewritten.root(), forged)
    assert not merkle.extends(first, tree.root(first), second, rewritten.root(), path)
    assert not merkle.extends(first, tree.root(first), second, tree.root(), [*path, leaves[0]])


def test_proofs_of_what_does_not_exist_are_refused():
    tree = tree_of(3)
    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(IndexError):
            merkle.inclusion_proof(tree.node, index, size)
    for first, second in ((0, 3), (4, 3)):
        with pytest.raises(IndexError):
            merkle.consistency_proof(tree.node, first, second)
        assert not merkle.extends(first, tree.root(), second, tree.root(), [])
    assert not merkle.includes(tree.root(), 3, leaf_hash(b"0"), 3, [])


def test_a_leaf_is_never_taken_for_a_node():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
