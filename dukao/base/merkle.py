"""Append-only logs as trees of hashes (RFC 6962): roots, proofs that an entry is in, proofs that nothing was rewritten.

Only complete subtrees are kept, by `(level, index)`: level 0 are leaves, and a node never changes once it stands. So
appending n entries costs n hashes of entries and at most n of nodes, however large the log is; a root or a proof reads
about as many nodes as the log's size has binary digits. Where nodes are kept is the caller's choice (`Nodes`).
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Nodes = Callable[[int, int], bytes]
Node = tuple[int, int, bytes]

EMPTY = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def appended(nodes: Nodes, size: int, leaves: Iterable[bytes]) -> list[Node]:
    """The nodes that come into being when these leaf hashes follow the first `size`, leaves among them, in order."""
    new: dict[tuple[int, int], bytes] = {}
    for index, leaf in enumerate(leaves, start=size):
        level, made = 0, leaf
        new[level, index] = made
        while index & 1:
            left = new.get((level, index - 1)) or nodes(level, index - 1)
            level, index, made = level + 1, index >> 1, node_hash(left, made)
            new[level, index] = made
    return [(level, index, made) for (level, index), made in new.items()]


def root(nodes: Nodes, size: int) -> bytes:
    """The tree head of the first `size` entries."""
    return _over(nodes, 0, size) if size else EMPTY


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The audit path of the entry at `index` in the log of `size` entries, from the leaf upwards."""
    if not 0 <= index < size:
        raise IndexError("no such entry in a log of this size")
    path, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_over(nodes, middle, end))
            end = middle
        else:
            path.append(_over(nodes, begin, middle))
            begin = middle
    return path[::-1]


def consistency_proof(nodes: Nodes, first: int, second: int) -> list[bytes]:
    """What shows that the log of `second` entries begins with the log of `first`; 0 < first <= second."""
    if not 0 < first <= second:
        raise IndexError("no such logs")
    path, begin, end, is_whole = [], 0, second, True
    while first != end:
        middle = begin + _split(end - begin)
        if first <= middle:
            path.append(_over(nodes, middle, end))
            end = middle
        else:
            path.append(_over(nodes, begin, middle))
            begin, is_whole = middle, False
    return ([] if is_whole else [_over(nodes, begin, end)]) + path[::-1]


def includes(root_hash: bytes, size: int, leaf: bytes, index: int, path: Sequence[bytes]) -> bool:
    """Whether this path shows that the leaf hash stands at `index` under the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if not last:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return not last and found == root_hash


def extends(first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether this path shows that the first log is how the second begins (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    rest = list(path) if first & (first - 1) else [first_root, *path]
    if not rest:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = rest[0]
    for sibling in rest[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return not last and old == first_root and new == second_root


class Tree:
    """A log's tree in memory, for whoever holds all its entries."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add an entry by its leaf hash."""
        for level, _, made in appended(self.node, len(self), [leaf]):
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(made)

    def node(self, level: int, index: int) -> bytes:
        return self._levels[level][index]

    def root(self, size: int | None = None) -> bytes:
        """The tree head, now or when the log had `size` entries."""
        return root(self.node, len(self) if size is None else size)


def _over(nodes: Nodes, begin: int, end: int) -> bytes:
    """The hash over entries `begin` to `end` (exclusive), where `begin` is as round as RFC 6962's splits make it."""
    count = end - begin
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return nodes(level, begin >> level)
    middle = begin + _split(count)
    return node_hash(_over(nodes, begin, middle), _over(nodes, middle, end))


def _split(count: int) -> int:
    """The largest power of two below `count`, which is at least two."""
    return 1 << ((count - 1).bit_length() - 1)
