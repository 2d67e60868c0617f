"""The board: takes ratings, promises each its place, keeps the log, and opens it when the round is over.

1. A ballot comes with a token: is its paper open, is the token signed for this paper and this commitment, is it new?
2. All that came together is kept in one commit; then everyone gets a signed receipt.
3. Ballots wait until they are mixed, and enter the log without their levels (`log`).
4. When the round closes, the rest enters; ballots of papers with enough of them are opened, those of other papers are
   destroyed, and only their number stays.
"""

import fcntl
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from dukao.ballots.blind import are_signed
from dukao.ballots.contacts import Contacts
from dukao.ballots.log import Entry, Log, Remark
from dukao.ballots.manifest import Manifest, read_manifest
from dukao.ballots.receipts import Receipt, receipts
from dukao.ballots.service import Fault
from dukao.ballots.signing import Signer, is_by
from dukao.ballots.store import transaction
from dukao.ballots.wire import Unreadable, canonical, parse

# So many enter the log in one go, so that whoever casts meanwhile does not wait for long.
_ENTER_AT_ONCE = 500
_REF_DIGITS = 16


@dataclass(slots=True)
class Round:
    """A round as the board works with it."""

    number: int
    manifest: Manifest
    papers: list[str]
    places: dict[str, int]
    is_closed: bool
    due: float


class Cast(NamedTuple):
    """Somebody's ballot, read and checked as far as that goes without the database."""

    round: Round
    entry: Entry
    remark: Remark | None


class Taken(NamedTuple):
    receipt: Receipt
    is_new: bool


class Boarding:
    """The board's work on its own folder, by one thread; `round_of`, `state` and `signed` read memory only, in any."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._alone, self._now = _alone_in(folder), now
        self.signer = Signer(folder / "board.pem")
        self.contacts = Contacts(folder / "contacts.key")
        self.log = Log(folder / "board.sqlite3", self.signer)
        self.rounds: dict[str, Round] = {}
        self._waiting: Counter[tuple[int, int]] = self.log.waiting()
        for number, manifest, is_closed in self.log.database.execute("SELECT id, manifest, is_closed FROM round"):
            self._know(number, read_manifest(manifest), bool(is_closed))

    def publish(self, manifest: dict[str, Any]) -> str:
        """Open a round; the same manifest again changes nothing. The board's signature over it."""
        found = read_manifest(canonical(manifest))
        known = self.rounds.get(found.round)
        if known is None:
            self.log.open_round(found.round, found.text)
            (number,) = self.log.database.execute("SELECT id FROM round WHERE code = ?", [found.round]).fetchone()
            self._know(number, found, False)
        elif known.manifest.text != found.text:
            raise Fault(409, "published", "another manifest stands under this code")
        return self.signer.sign("manifest", found.text)

    def round_of(self, code: str) -> Round:
        try:
            return self.rounds[code]
        except KeyError:
            raise Fault(404, "round", "no such round") from None

    def state(self, known: Round) -> str:
        return "closed" if known.is_closed else known.manifest.state(self._now())

    def require_open(self, known: Round) -> None:
        if (state := self.state(known)) != "open":
            raise _not_now(state)

    def day(self, known: Round) -> str:
        return self._now().astimezone(known.manifest.opens.tzinfo).date().isoformat()

    def signed(self, casts: Sequence[Cast]) -> list[Cast | Fault]:
        """Which of them bear their token's signature. All ballots of a paper are verified in one call."""
        by_paper: dict[str, list[int]] = {}
        for place, cast in enumerate(casts):
            by_paper.setdefault(cast.round.papers[cast.entry.paper], []).append(place)
        checked: list[Cast | Fault] = list(casts)
        for paper, places in by_paper.items():
            entries = [casts[place].entry for place in places]
            key = casts[places[0]].round.manifest.keys[paper]
            good = are_signed(key, [(e.token + e.commitment, e.signature) for e in entries])
            for place in (place for place, is_good in zip(places, good, strict=True) if not is_good):
                checked[place] = Fault(403, "forged", "this token is not signed for this paper and this ballot")
        return checked

    def cast_all(self, casts: Sequence[Cast]) -> list[Taken | Fault]:
        """A receipt for each signed ballot, or why not; nothing is promised before it is on disk."""
        states = {cast.round.number: self.state(cast.round) for cast in casts}
        faults = {
            place: _not_now(states[cast.round.number])
            for place, cast in enumerate(casts) if states[cast.round.number] != "open"
        }  # fmt: skip
        good = [place for place in range(len(casts)) if place not in faults]
        taken = self.log.take([(casts[p].round.number, casts[p].entry, casts[p].remark) for p in good])
        is_new = dict(zip(good, taken, strict=True))
        for place, cast in ((place, casts[place]) for place in good):
            if is_new[place]:
                self._waiting[cast.round.number, cast.entry.paper] += 1
            # The very same ballot again: an answer got lost on its way.
            elif not self.log.holds(cast.round.number, cast.entry):
                faults[place] = Fault(409, "spent", "this token was used")
        kept = [place for place in good if place not in faults]
        given = dict(zip(kept, receipts(self.signer, [casts[p].entry.hash for p in kept]), strict=True))
        return [faults.get(place) or Taken(given[place], is_new[place]) for place in range(len(casts))]

    def mix(self) -> bool:
        """Let into the log what may enter now; whether there is more to do at once."""
        moment = monotonic()
        for known in self.rounds.values():
            if known.is_closed or moment < known.due:
                continue
            if self._enter(known, known.manifest.mix_at_least):
                return True
            known.due = moment + known.manifest.mix_seconds
        return False

    def answer(self, follow: str, text: str) -> None:
        """Leave word for whoever gave this bad rating."""
        self._change("answer = ? WHERE follow = ?", [text, follow], Fault(404, "follow", "no such rating"))

    def rate_again(self, follow: str, levels: str) -> None:
        """One second rating, once there is an answer; which of two came first, one statement decides."""
        refusal = Fault(409, "second", "there is no answer yet, or a second rating was given")
        self._change("second = ? WHERE follow = ? AND answer IS NOT NULL AND second IS NULL", [levels, follow], refusal)

    def remove_comment(self, ref: str) -> None:
        self._change("comment = '' WHERE ref = ?", [ref], Fault(404, "remark", "no such comment"))

    def _change(self, change: str, values: list[str], refusal: Fault) -> None:
        with transaction(self.log.database):
            done = self.log.database.execute(f"UPDATE remark SET {change}", values)  # noqa: S608 (words of this module)
        if not done.rowcount:
            raise refusal

    def close(self, code: str, issued: dict[str, str]) -> None:
        """Take no more, for ever; let the rest into the log, open what may be opened, destroy the other ballots."""
        known = self.round_of(code)
        self._require_totals(known, issued)
        with transaction(self.log.database):
            self.log.database.execute(
                "UPDATE round SET is_closed = 1, issued = coalesce(issued, ?),"
                " issued_signature = coalesce(issued_signature, ?) WHERE id = ?",
                [issued["document"], issued["signature"], known.number],
            )
        known.is_closed = True
        while self._enter(known, 1):
            pass
        self._open(known)
        self.log.forget_order()

    def _require_totals(self, known: Round, issued: dict[str, str]) -> None:
        if not is_by(known.manifest.issuer_key, "totals", issued["document"], issued["signature"]):
            raise Fault(403, "totals", "these totals are not signed by the round's issuer")
        if parse(issued["document"])["round"] != known.manifest.round:
            raise Fault(409, "totals", "these are the totals of another round")

    def _open(self, known: Round) -> None:
        """Count the papers with enough ballots; of the others only the number stays."""
        execute, floor = self.log.database.execute, known.manifest.floor
        counts: Counter[str] = Counter()
        tallies: dict[str, dict[str, list[int]]] = {}
        for place, ballot in execute("SELECT paper, ballot FROM leaf WHERE round = ?", [known.number]):
            paper = known.papers[place]
            counts[paper] += 1
            tally = tallies.setdefault(paper, {q: [0] * known.manifest.levels for q in known.manifest.questions})
            for question, level in (json.loads(ballot)["levels"] if ballot else {}).items():
                tally[question][level - 1] += 1
        results = {paper: tallies[paper] if counts[paper] >= floor else None for paper in known.papers}
        few = [known.places[paper] for paper in known.papers if 0 < counts[paper] < floor]
        with transaction(self.log.database):
            for place in few:
                execute(
                    "UPDATE leaf SET ballot = NULL, salt = NULL WHERE round = ? AND paper = ?", [known.number, place]
                )
                execute("DELETE FROM remark WHERE round = ? AND paper = ? AND follow IS NULL", [known.number, place])
            execute("UPDATE round SET results = coalesce(results, ?) WHERE id = ?", [canonical(results), known.number])

    def _enter(self, known: Round, at_least: int) -> int:
        """One helping of what waits into the log, of papers where at least so many wait; how many."""
        room, picked = _ENTER_AT_ONCE, []
        for (number, paper), n in self._waiting.items():
            if number == known.number and n >= max(at_least, 1) and room > 0:
                most = min(n, max(room, at_least))
                picked.append((paper, most))
                room -= most
        if not picked:
            return 0
        entered = self.log.enter(known.number, known.manifest.round, picked)
        for paper, most in picked:
            self._waiting[known.number, paper] -= most
        return entered

    def _know(self, number: int, manifest: Manifest, is_closed: bool) -> None:
        papers = sorted(manifest.papers)
        self.rounds[manifest.round] = Round(
            number, manifest, papers, {paper: place for place, paper in enumerate(papers)}, is_closed,
            monotonic() + manifest.mix_seconds,
        )  # fmt: skip


def _not_now(state: str) -> Fault:
    return Fault(409, state, "this round takes no ratings now")


def _alone_in(folder: Path) -> Any:
    """Hold the folder: a second board beside this one would mix from counts of its own."""
    lock = open(folder / "lock", "w")  # noqa: SIM115 (held as long as the process lives)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def remark_of(
    board: Boarding, known: Round, entry: Entry, levels: dict[str, int], follow: str, comment: str, contact: str
) -> Remark | None:
    """What is kept beside a ballot: of a bad rating what its work order needs, of others the comment."""
    is_bad = known.manifest.is_bad(levels)
    if contact and not is_bad:
        raise Unreadable("a contact is for calling back after a bad rating")
    ref = entry.commitment.hex()[:_REF_DIGITS]
    if is_bad:
        sealed = board.contacts.seal(contact, ref) if contact else None
        return Remark(ref, entry.paper, comment, board.day(known), canonical(levels), sealed, follow)
    return Remark(ref, entry.paper, comment) if comment else None
