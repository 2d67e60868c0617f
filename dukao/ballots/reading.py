"""What the board tells: to everyone the round, its log and its proofs; to the platform what work orders need."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dukao.ballots.contacts import Contacts
from dukao.ballots.log import Log, leaf_text, leaves, nodes_of
from dukao.ballots.service import Fault
from dukao.ballots.store import opened
from dukao.ballots.wire import canonical, to_base64
from dukao.base import merkle


class Reading:
    """Reads beside the writer, on a connection of its own; one thread at a time."""

    def __init__(self, log: Log, key: str, contacts: Contacts) -> None:
        self.key, self._contacts = key, contacts
        self._database = opened(log.path, journal="WAL", is_read_only=True)

    def manifest(self, code: str) -> dict[str, str]:
        _, document, signature = self._round(code, "manifest, signature")
        return {"document": document, "signature": signature, "key": self.key}

    def head(self, code: str) -> dict[str, str]:
        _, document, signature = self._round(code, "head, head_signature")
        return {"document": document, "signature": signature}

    def proof(self, code: str, leaf: bytes) -> dict[str, Any]:
        """Where the entry stands whose leaf hash begins so, and its path to the head. Raises Fault while it waits."""
        with self._at_one_moment():
            number, size, document, signature = self._round(code, "size, head, head_signature")
            row = self._database.execute(
                "SELECT place, hash FROM leaf WHERE round = ? AND hash BETWEEN ? AND ?",
                [number, leaf, leaf.ljust(32, b"\xff")],
            ).fetchone()
            if row is None:
                raise Fault(404, "waiting", "not in the log yet: it enters with others, at the end at the latest")
            path = merkle.inclusion_proof(nodes_of(self._database, number), row[0], size)
        head = {"document": document, "signature": signature}
        return {"index": row[0], "leaf": row[1].hex(), "path": [h.hex() for h in path], "head": head}

    def consistency(self, code: str, first: int) -> dict[str, Any]:
        """What shows that the log as it is begins with its first `first` entries."""
        with self._at_one_moment():
            number, size, document, signature = self._round(code, "size, head, head_signature")
            if not 0 < first <= size:
                raise Fault(404, "size", "the log has not so many entries")
            path = merkle.consistency_proof(nodes_of(self._database, number), first, size)
        return {"path": [h.hex() for h in path], "head": {"document": document, "signature": signature}}

    def bundle(self, code: str) -> bytes:
        """All that is public of a round, one document."""
        with self._at_one_moment():
            number, *kept = self._round(
                code, "manifest, signature, head, head_signature, issued, issued_signature, results"
            )
            manifest, signature, head, head_signature, issued, issued_signature, results = kept
            papers = sorted(json.loads(manifest)["papers"])
            entries, opened_ballots = [], []
            for place, token, signed, commitment, ballot, salt in leaves(self._database, number):
                entries.append(leaf_text(papers[place], to_base64(token), to_base64(signed), to_base64(commitment)))
                is_open = results is not None and ballot is not None
                opened_ballots.append({"ballot": ballot, "salt": to_base64(salt)} if is_open and salt else None)
        told = {
            "key": self.key, "manifest": {"document": manifest, "signature": signature},
            "head": {"document": head, "signature": head_signature},
            "issued": {"document": issued, "signature": issued_signature} if issued else None,
            "leaves": entries, "opened": opened_ballots, "results": json.loads(results) if results else None,
        }  # fmt: skip
        return canonical(told).encode()

    def counts(self, code: str) -> dict[str, int]:
        number, document = self._round(code, "manifest")
        papers = sorted(json.loads(document)["papers"])
        counted = self._database.execute(
            "SELECT paper, sum(n) FROM (SELECT paper, count(*) AS n FROM leaf WHERE round = ?1 GROUP BY paper UNION ALL"
            " SELECT paper, count(*) FROM waiting WHERE round = ?1 GROUP BY paper) GROUP BY paper", [number],
        )  # fmt: skip
        return dict.fromkeys(papers, 0) | {papers[place]: n for place, n in counted}

    def bad(self, code: str, after: str) -> list[dict[str, Any]]:
        number, document = self._round(code, "manifest")
        papers = sorted(json.loads(document)["papers"])
        found = self._database.execute(
            "SELECT ref, paper, day, levels, comment, contact, follow FROM remark"
            " WHERE round = ? AND follow IS NOT NULL AND day >= ? ORDER BY ref", [number, after],
        )  # fmt: skip
        return [
            {"ref": ref, "paper": papers[paper], "day": day, "levels": json.loads(levels), "comment": comment,
             "contact": self._contacts.open(contact, ref) if contact else "", "follow": follow}
            for ref, paper, day, levels, comment, contact, follow in found
        ]  # fmt: skip

    def seconds(self, code: str) -> list[dict[str, Any]]:
        number, document = self._round(code, "manifest")
        papers = sorted(json.loads(document)["papers"])
        found = self._database.execute(
            "SELECT ref, paper, second FROM remark WHERE round = ? AND second IS NOT NULL ORDER BY ref", [number]
        )
        return [{"ref": ref, "paper": papers[paper], "levels": json.loads(levels)} for ref, paper, levels in found]

    def comments(self, code: str) -> dict[str, list[list[str]]]:
        """(ref, comment) by paper, of papers that were opened."""
        number, document, results = self._round(code, "manifest, results")
        papers, opened_papers = sorted(json.loads(document)["papers"]), json.loads(results or "{}")
        found: dict[str, list[list[str]]] = {}
        for ref, place, comment in self._database.execute(
            "SELECT ref, paper, comment FROM remark WHERE round = ? AND comment <> '' ORDER BY ref", [number]
        ):
            if opened_papers.get(papers[place]):
                found.setdefault(papers[place], []).append([ref, comment])
        return found

    def results(self, code: str) -> dict[str, Any]:
        _, document, results = self._round(code, "manifest, results")
        return json.loads(results) if results else dict.fromkeys(json.loads(document)["papers"])

    def followed(self, follow: str) -> tuple[str, str | None, str | None]:
        """(round, answer, second rating) of a bad rating."""
        row = self._database.execute(
            "SELECT o.code, r.answer, r.second FROM remark r JOIN round o ON o.id = r.round WHERE r.follow = ?",
            [follow],
        ).fetchone()
        if row is None:
            raise Fault(404, "follow", "nothing is kept under this secret")
        return row

    def _round(self, code: str, columns: str) -> tuple:
        row = self._database.execute(f"SELECT id, {columns} FROM round WHERE code = ?", [code]).fetchone()  # noqa: S608
        if row is None:
            raise Fault(404, "round", "no such round")
        return row

    @contextmanager
    def _at_one_moment(self) -> Iterator[sqlite3.Connection]:
        self._database.execute("BEGIN")
        try:
            yield self._database
        finally:
            self._database.execute("ROLLBACK")
