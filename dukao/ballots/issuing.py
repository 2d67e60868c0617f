"""The issuer: knows who may rate, signs once for each of them, and cannot see what it signs.

1. For every paper it makes a key pair; private keys rest in files of their own and are destroyed when the round closes.
2. A right to rate is one row: an HMAC of the secret's digest, and room for the SHA-256 of one blinded message.
3. Signing fills that room first, durably, and signs then. The same blinded message gets the same answer again, after a
   broken connection too; another one finds the room taken.

A card is withdrawn by its serial, which is how the row of its code begins: it leads to the row and never to the code.

Rows have no time and no number. Filling the room changes 32 bytes where they stand, and the journal that SQLite needs
for it is emptied with every commit: two files in which the same people asked in another order are the same, byte by
byte (`tests/ballots/test_traces.py`).
"""

import hmac
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from dukao import env
from dukao.ballots.blind import SigningKey
from dukao.ballots.service import Fault
from dukao.ballots.signing import Signer, keep
from dukao.ballots.store import opened, transaction
from dukao.ballots.wire import canonical, to_base64
from dukao.base import slips

_EMPTY = bytes(32)
_SERIAL_LETTERS = 8
_SCHEMA = """
CREATE TABLE IF NOT EXISTS round (code TEXT PRIMARY KEY, is_closed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS paper (
    id INTEGER PRIMARY KEY, round TEXT NOT NULL REFERENCES round, subject TEXT NOT NULL, key BLOB NOT NULL,
    UNIQUE (round, subject)
);
CREATE TABLE IF NOT EXISTS entitlement (
    paper INTEGER NOT NULL REFERENCES paper, holder BLOB NOT NULL CHECK (length(holder) = 32),
    blinded BLOB NOT NULL CHECK (length(blinded) = 32),
    PRIMARY KEY (paper, holder)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody with a secret wants a signature."""

    paper: str
    digest: bytes
    blinded: bytes


class Issuing:
    """The issuer's work on its own folder; one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signer = Signer(folder / "totals.pem")
        self._holder_key = env.secret(folder / "holders").encode()
        self._keys: dict[str, tuple[int, SigningKey]] = {}
        # The journal is emptied with every commit, so that nothing of what was stays beside what is.
        self._database = opened(folder / "issuer.sqlite3", journal="TRUNCATE")
        self._database.executescript(_SCHEMA)

    def make_papers(self, round_code: str, subjects: Sequence[str]) -> dict[str, str]:
        """Public keys by subject, as SPKI in base64; those that exist already stay."""
        self._require_open(round_code, may_be_new=True)
        known = dict(self._database.execute("SELECT subject, key FROM paper WHERE round = ?", [round_code]))
        new = sorted(set(subjects) - known.keys())
        with ThreadPoolExecutor() as drawing:
            keys = dict(zip(new, drawing.map(lambda _: SigningKey.make(), new), strict=True))
        for subject, key in keys.items():
            path = self._key_file(f"{round_code}/{subject}")
            keep(path, key.pem())
            # A key that was kept before its row was, keeps.
            keys[subject] = SigningKey.from_pem(path.read_bytes())
        with transaction(self._database):
            self._database.execute("INSERT INTO round (code) VALUES (?) ON CONFLICT DO NOTHING", [round_code])
            self._database.executemany(
                "INSERT INTO paper (round, subject, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(round_code, subject, key.spki()) for subject, key in keys.items()],
            )
        found = self._database.execute("SELECT subject, key FROM paper WHERE round = ?", [round_code])
        return {subject: to_base64(key) for subject, key in found}

    def add(self, paper: str, digests: Sequence[bytes]) -> int:
        """Let the holders of these secrets rate; how many are new."""
        number, _ = self._paper(paper)
        # In the order of their HMACs, which is nobody's.
        rows = sorted({(number, self._holder(paper, digest), _EMPTY) for digest in digests})
        with transaction(self._database):
            before = self._count(number)
            self._database.executemany(
                "INSERT INTO entitlement (paper, holder, blinded) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows
            )
            return self._count(number) - before

    def serials(self, paper: str, digests: Sequence[bytes]) -> list[str]:
        """What is printed on the cards with these secrets, beside their codes."""
        size = _SERIAL_LETTERS * 5 // 8
        return [slips.code_text(slips.code_of(self._holder(paper, digest)[:size])) for digest in digests]

    def withdraw(self, round_code: str, serial: str, another: bytes | None = None) -> tuple[str, str]:
        """Take back the right of a card that was not used, and give it to the holder of `another`; paper, new serial.

        Raises Fault `used`, and `stranger` where no card of the round bears the serial.
        """
        self._require_open(round_code)
        begin = slips.bytes_of(slips.code_from(serial, length=_SERIAL_LETTERS))
        # What is no serial at all begins no row.
        first, last = (begin.ljust(32, b"\x00"), begin.ljust(32, b"\xff")) if begin else (b"", b"")
        with transaction(self._database):
            found = self._database.execute(
                "SELECT p.id, p.subject, e.holder, e.blinded FROM paper p JOIN entitlement e ON e.paper = p.id"
                " AND e.holder BETWEEN ? AND ? WHERE p.round = ?",
                [first, last, round_code],
            ).fetchall()
            if len(found) != 1:
                raise Fault(404, "stranger", "no card of this round bears this serial")
            ((number, subject, holder, blinded),) = found
            if blinded != _EMPTY:
                raise Fault(409, "used", "this card was used already")
            self._database.execute("DELETE FROM entitlement WHERE paper = ? AND holder = ?", [number, holder])
            paper = f"{round_code}/{subject}"
            if another is None:
                return paper, ""
            self._database.execute(
                "INSERT INTO entitlement (paper, holder, blinded) VALUES (?, ?, ?)",
                [number, self._holder(paper, another), _EMPTY],
            )
        return paper, self.serials(paper, [another])[0]

    def sign_all(self, asks: Sequence[Ask]) -> list[bytes | Fault]:
        """A blind signature for each ask, or why not. What is promised to nobody else is on disk before it leaves."""
        with transaction(self._database):
            keys = [self._taken(ask) for ask in asks]
        return [key if isinstance(key, Fault) else key.sign(ask.blinded) for ask, key in zip(asks, keys, strict=True)]

    def totals(self, round_code: str) -> dict[str, str]:
        """How many may rate and how many signatures were given, by paper; signed."""
        counted = self._database.execute(
            "SELECT p.subject, count(e.holder), count(CASE WHEN e.blinded <> ? THEN 1 END)"
            " FROM paper p LEFT JOIN entitlement e ON e.paper = p.id WHERE p.round = ? GROUP BY p.id",
            [_EMPTY, round_code],
        )
        rows = {f"{round_code}/{subject}": (may, did) for subject, may, did in counted}
        if not rows:
            raise Fault(404, "round", "no such round")
        document = canonical({
            "round": round_code, "is_closed": self._is_closed(round_code),
            "entitled": {paper: may for paper, (may, _) in rows.items()},
            "issued": {paper: did for paper, (_, did) in rows.items()},
        })  # fmt: skip
        return {"document": document, "signature": self.signer.sign("totals", document)}

    def close(self, round_code: str) -> dict[str, str]:
        """Sign no more for this round: its private keys are destroyed. The last totals."""
        with transaction(self._database):
            self._database.execute("UPDATE round SET is_closed = 1 WHERE code = ?", [round_code])
        self._keys = {paper: kept for paper, kept in self._keys.items() if not paper.startswith(f"{round_code}/")}
        for (subject,) in self._database.execute("SELECT subject FROM paper WHERE round = ?", [round_code]):
            self._key_file(f"{round_code}/{subject}").unlink(missing_ok=True)
        return self.totals(round_code)

    def public_totals(self, round_code: str) -> dict[str, str]:
        if not self._is_closed(round_code):
            raise Fault(404, "open", "totals are public once the round is closed")
        return self.totals(round_code)

    def _taken(self, ask: Ask) -> SigningKey | Fault:
        """One statement decides, whoever else asks at the same moment: an empty room is filled, or holds the same."""
        try:
            number, key = self._paper(ask.paper)
        except Fault as fault:
            return fault
        if not key.takes(ask.blinded):
            return Fault(422, "blinded", "not a blinded message of this paper")
        holder, mark = self._holder(ask.paper, ask.digest), sha256(ask.blinded).digest()
        done = self._database.execute(
            "UPDATE entitlement SET blinded = ?1 WHERE paper = ?2 AND holder = ?3 AND blinded IN (?4, ?1)",
            [mark, number, holder, _EMPTY],
        )
        if done.rowcount:
            return key
        known = self._database.execute(
            "SELECT 1 FROM entitlement WHERE paper = ? AND holder = ?", [number, holder]
        ).fetchone()  # fmt: skip
        if known:
            return Fault(409, "used", "this right to rate was used already")
        return Fault(404, "stranger", "nobody with this secret may rate here")

    def _paper(self, paper: str) -> tuple[int, SigningKey]:
        round_code, _, subject = paper.partition("/")
        self._require_open(round_code)
        if paper not in self._keys:
            row = self._database.execute(
                "SELECT id FROM paper WHERE round = ? AND subject = ?", [round_code, subject]
            ).fetchone()
            if row is None:
                raise Fault(404, "paper", "no such paper")
            self._keys[paper] = row[0], SigningKey.from_pem(self._key_file(paper).read_bytes())
        return self._keys[paper]

    def _require_open(self, round_code: str, *, may_be_new: bool = False) -> None:
        row = self._database.execute("SELECT is_closed FROM round WHERE code = ?", [round_code]).fetchone()
        if row is None and not may_be_new:
            raise Fault(404, "paper", "no such paper")
        if row is not None and row[0]:
            raise Fault(409, "closed", "this round is closed")

    def _is_closed(self, round_code: str) -> bool:
        return self._database.execute(
            "SELECT 1 FROM round WHERE code = ? AND is_closed", [round_code]
        ).fetchone() is not None  # fmt: skip

    def _holder(self, paper: str, digest: bytes) -> bytes:
        return hmac.digest(self._holder_key, paper.encode() + b"\0" + digest, "sha256")

    def _count(self, number: int) -> int:
        return self._database.execute("SELECT count(*) FROM entitlement WHERE paper = ?", [number]).fetchone()[0]

    def _key_file(self, paper: str) -> Path:
        return self.folder / "keys" / f"{paper}.pem"
