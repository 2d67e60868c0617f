"""What the board keeps: ballots that wait, the log they enter, and what is said beside them.

A ballot waits as long as its paper has few: it enters the log with at least `mix.at_least` others of its paper, or when
the round ends, in the order of its token's hash. Entries have a place and no time.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from dukao.ballots.signing import Signer
from dukao.ballots.store import opened, transaction
from dukao.ballots.wire import canonical
from dukao.base import merkle

_SCHEMA = """
CREATE TABLE IF NOT EXISTS round (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, manifest TEXT NOT NULL, signature TEXT NOT NULL,
    is_closed INTEGER NOT NULL DEFAULT 0, size INTEGER NOT NULL DEFAULT 0, head TEXT NOT NULL,
    head_signature TEXT NOT NULL, issued TEXT, issued_signature TEXT, results TEXT
);
CREATE TABLE IF NOT EXISTS spent (
    round INTEGER NOT NULL REFERENCES round, token BLOB NOT NULL, PRIMARY KEY (round, token)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting (
    round INTEGER NOT NULL REFERENCES round, paper INTEGER NOT NULL, token BLOB NOT NULL, signature BLOB NOT NULL,
    commitment BLOB NOT NULL, ballot TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (round, paper, token)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leaf (
    round INTEGER NOT NULL REFERENCES round, place INTEGER NOT NULL, hash BLOB NOT NULL, paper INTEGER NOT NULL,
    token BLOB NOT NULL, signature BLOB NOT NULL, commitment BLOB NOT NULL, ballot TEXT, salt BLOB,
    PRIMARY KEY (round, place), UNIQUE (round, hash)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS node (
    round INTEGER NOT NULL REFERENCES round, level INTEGER NOT NULL, place INTEGER NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (round, level, place)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS remark (
    ref TEXT PRIMARY KEY, round INTEGER NOT NULL REFERENCES round, paper INTEGER NOT NULL, comment TEXT NOT NULL,
    day TEXT, levels TEXT, contact BLOB, follow TEXT UNIQUE, answer TEXT, second TEXT
) WITHOUT ROWID;
"""

# Many rows at once, what has a fixed size as bytes in a row and the rest as JSON: a thread that asks SQLite for one row
# after the other waits for the interpreter after each.
_SPEND = "INSERT INTO spent SELECT value ->> 0, substr(?1, 1 + 384 * key, 32) FROM json_each(?2)"
_WAIT = """
INSERT INTO waiting (round, paper, ballot, token, hash, commitment, salt, signature)
SELECT value ->> 0, value ->> 1, value ->> 2, substr(?1, 1 + 384 * key, 32), substr(?1, 33 + 384 * key, 32),
    substr(?1, 65 + 384 * key, 32), substr(?1, 97 + 384 * key, 32), substr(?1, 129 + 384 * key, 256)
FROM json_each(?2)
"""
_ENTER = """
INSERT INTO leaf (round, place, hash, paper, token, signature, commitment, ballot, salt)
SELECT w.round, ?4 + new.key, w.hash, w.paper, w.token, w.signature, w.commitment, w.ballot, w.salt
FROM json_each(?2) new CROSS JOIN waiting w
    ON w.round = ?3 AND w.paper = new.value AND w.token = substr(?1, 1 + 32 * new.key, 32)
"""
_NODES = """
INSERT INTO node SELECT ?3, value ->> 0, value ->> 1, substr(?1, 1 + 32 * key, 32) FROM json_each(?2)
"""


class Entry(NamedTuple):
    """A ballot with its token, as it waits and as it stands in the log; `hash` is that of its leaf."""

    paper: int
    token: bytes
    signature: bytes
    commitment: bytes
    ballot: str
    salt: bytes
    hash: bytes


class _Waiting(NamedTuple):
    paper: int
    token: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said beside a ballot; all but `comment` only where the rating is bad."""

    ref: str
    paper: int
    comment: str
    day: str | None = None
    levels: str | None = None
    contact: bytes | None = None
    follow: str | None = None


def leaf_text(paper: str, token: str, signature: str, commitment: str) -> str:
    """The entry of the log as everyone computes it: canonical JSON of a paper's name and three texts in base64."""
    return f'{{"commitment":"{commitment}","paper":"{paper}","signature":"{signature}","token":"{token}"}}'


def head_text(round_code: str, size: int, root: bytes) -> str:
    return canonical({"log": round_code, "root": root.hex(), "size": size})


class Log:
    """The board's database, for one thread. Rounds are known by their number in it."""

    def __init__(self, path: Path, signer: Signer) -> None:
        self.path, self._signer = path, signer
        self.database = opened(path, journal="WAL")
        self.database.executescript(_SCHEMA)

    def open_round(self, code: str, manifest: str) -> None:
        head = head_text(code, 0, merkle.EMPTY)
        with transaction(self.database):
            self.database.execute(
                "INSERT INTO round (code, manifest, signature, head, head_signature) VALUES (?, ?, ?, ?, ?)",
                [code, manifest, self._signer.sign("manifest", manifest), head, self._signer.sign("head", head)],
            )

    def take(self, asks: Sequence[tuple[int, Entry, Remark | None]]) -> list[bool]:
        """Keep these ballots, all in one commit; False for those whose token was spent before.

        Whether a token was spent is for the table's key to say, not for a look at it beforehand: only where it says
        that one was, they are taken one by one.
        """
        try:
            with transaction(self.database):
                self._keep(asks)
        except sqlite3.IntegrityError:
            with transaction(self.database):
                return [self._is_kept(ask) for ask in asks]
        return [True] * len(asks)

    def _is_kept(self, ask: tuple[int, Entry, Remark | None]) -> bool:
        self.database.execute("SAVEPOINT one")
        try:
            self._keep([ask])
        except sqlite3.IntegrityError:
            self.database.execute("ROLLBACK TO one")
            return False
        finally:
            self.database.execute("RELEASE one")
        return True

    def _keep(self, asks: Sequence[tuple[int, Entry, Remark | None]]) -> None:
        """All or none, in the order of their tokens. Raises IntegrityError where one was spent."""
        entries = sorted(((number, entry) for number, entry, _ in asks), key=lambda one: one[1].token)
        packed = b"".join(e.token + e.hash + e.commitment + e.salt + e.signature for _, e in entries)
        rest = json.dumps([(number, e.paper, e.ballot) for number, e in entries])
        for statement in (_SPEND, _WAIT):
            self.database.execute(statement, (packed, rest))
        self.database.executemany(
            # Only somebody who cast two ballots of one making meets their own remark here.
            "INSERT INTO remark (ref, round, paper, comment, day, levels, contact, follow)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(r.ref, number, r.paper, r.comment, r.day, r.levels, r.contact, r.follow) for number, _, r in asks if r],
        )

    def holds(self, number: int, entry: Entry) -> bool:
        """Whether this very ballot was cast, waiting or in the log."""
        columns = "SELECT paper, token, signature, commitment, ballot, salt, hash"
        for where, key in (
            ("FROM waiting WHERE round = ? AND paper = ? AND token = ?", (number, entry.paper, entry.token)),
            ("FROM leaf WHERE round = ? AND hash = ?", (number, entry.hash)),
        ):
            if row := self.database.execute(f"{columns} {where}", key).fetchone():
                return Entry(*row) == entry
        return False

    def waiting(self) -> Counter[tuple[int, int]]:
        """How many wait, by round and paper."""
        counted = self.database.execute("SELECT round, paper, count(*) FROM waiting GROUP BY round, paper")
        return Counter({(number, paper): n for number, paper, n in counted})

    def enter(self, number: int, code: str, picked: Iterable[tuple[int, int]]) -> int:
        """Move so many ballots of each of these papers from waiting into the log, mixed; how many."""
        with transaction(self.database):
            new = [one for paper, most in picked for one in self._first_waiting(number, paper, most)]
            last = {one.paper: one.token for one in new}
            new.sort(key=lambda one: sha256(one.token).digest())
            (size,) = self.database.execute("SELECT size FROM round WHERE id = ?", [number]).fetchone()
            tokens, papers = b"".join(one.token for one in new), json.dumps([one.paper for one in new])
            self.database.execute(_ENTER, (tokens, papers, number, size))
            nodes = nodes_of(self.database, number)
            made = [node for node in merkle.appended(nodes, size, [one.hash for one in new]) if node[0]]
            hashes, places = b"".join(node[2] for node in made), json.dumps([node[:2] for node in made])
            self.database.execute(_NODES, (hashes, places, number))
            self.database.executemany(
                "DELETE FROM waiting WHERE round = ? AND paper = ? AND token <= ?",
                [(number, paper, token) for paper, token in last.items()],
            )
            size += len(new)
            head = head_text(code, size, merkle.root(nodes, size))
            self.database.execute(
                "UPDATE round SET size = ?, head = ?, head_signature = ? WHERE id = ?",
                [size, head, self._signer.sign("head", head), number],
            )
        return len(new)

    def _first_waiting(self, number: int, paper: int, most: int) -> list["_Waiting"]:
        (found,) = self.database.execute(
            "SELECT group_concat(hex(token) || hex(hash), '') FROM (SELECT token, hash FROM waiting"
            " WHERE round = ? AND paper = ? ORDER BY token LIMIT ?)", [number, paper, most],
        ).fetchone()  # fmt: skip
        both = bytes.fromhex(found)
        return [_Waiting(paper, both[at : at + 32], both[at + 32 : at + 64]) for at in range(0, len(both), 64)]

    def forget_order(self) -> None:
        """Write the file anew in the order of its keys: pages and the write-ahead log tell who came before whom."""
        self.database.execute("VACUUM")
        self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def nodes_of(database: sqlite3.Connection, number: int) -> merkle.Nodes:
    """The tree of a round as its tables hold it."""

    def node(level: int, place: int) -> bytes:
        row = database.execute(
            "SELECT hash FROM node WHERE round = ? AND level = ? AND place = ?", [number, level, place]
        ).fetchone() if level else database.execute(
            "SELECT hash FROM leaf WHERE round = ? AND place = ?", [number, place]
        ).fetchone()  # fmt: skip
        return row[0]

    return node


def leaves(
    database: sqlite3.Connection, number: int
) -> Iterator[tuple[int, bytes, bytes, bytes, str | None, bytes | None]]:
    """(paper, token, signature, commitment, ballot, salt) in the order of the log."""
    yield from database.execute(
        "SELECT paper, token, signature, commitment, ballot, salt FROM leaf WHERE round = ? ORDER BY place", [number]
    )
