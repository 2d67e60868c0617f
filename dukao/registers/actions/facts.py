"""What a worker types becomes a fact at once: provisional while it is typed, accepted when the township accepts it.

1. `type_fact` and `untype_fact` keep one provisional fact per cell and add its change to every ancestor's total.
2. `accept_facts` turns a filing's answers into accepted facts; `retract_facts` takes back what was never accepted.
3. An accepted fact is replaced only by an accepted answer that was given in sight of it, or by a delivery.

All four run inside the caller's transaction, require no right and record no event: the caller did both. A figure that
would make a total too large to be exact is refused (SumTooLarge), and the caller's transaction with it. They take
rows in one order (fact, then totals by element, period, unit), so that writers wait for each other and never deadlock;
a caller that types several cells in one transaction takes them in order of (element, period).
"""
# ruff: noqa: S608 (all SQL here is put together from constants and integers only)

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from dukao.base.sql import Statement, run, run_as_one
from dukao.org.rules import ancestor_ids
from dukao.registers.sums import (
    ADD,
    KEPT,
    Delta,
    add_deltas,
    beyond_by,
    exact_totals,
    instant,
    listed,
    one_cell,
    stamp,
)

# Another writer may take the cell between our look and our insert; then we look again.
_TRIES = 10


@dataclass(frozen=True, slots=True)
class AnsweredCell:
    """An answer about to be accepted. `replaces` is the accepted fact it was given in sight of (stale or disputed)."""

    element_id: int
    period: int
    value: int | None
    text: str = ""
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """`facts`: fact id per (element, period). `overtaken`: cells where a newer accepted fact stands and stays."""

    facts: dict[tuple[int, int], int]
    overtaken: tuple[tuple[int, int], ...]


# A fact to insert: element, period, unit, value, text, filing, recorded at.
_New = tuple[int, int, int, int | None, str, int, datetime]


@dataclass(frozen=True, slots=True)
class _Current:
    id: int
    value: int | None
    text: str
    filing_id: int | None
    recorded_at: datetime
    is_accepted: bool

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """What it adds to each total above: sum, n, pending sum, pending n."""
        value = self.value or 0
        return (value, 1, 0, 0) if self.is_accepted else (value, 1, value, 1)


def type_fact(
    *,
    element_id: int,
    period: int,
    unit_id: int,
    unit_path: str,
    value: int | None,
    text: str = "",
    filing_id: int,
    at: datetime,
    beside: Sequence[Statement] = (),
) -> int | None:
    """Make the typed value the cell's provisional fact and answer its id. `beside` are writes to be done with it.

    Answers None, and changes nothing, where an accepted fact stands: then the answer waits for its acceptance.
    Typing the same value again keeps the fact. Raises RuntimeError where other writers kept taking the cell.
    """
    moment, before = at, (0, 0, 0, 0)
    with exact_totals():
        for _ in range(_TRIES):
            # Most cells are empty when they are typed, so the insert goes first.
            after = (value or 0, 1, value or 0, 1)
            change = [new - old for new, old in zip(after, before, strict=True)]
            fact = (element_id, period, unit_id, value, text, filing_id, moment)
            if (fact_id := _put(fact, ancestor_ids(unit_path)[:-1], change, beside)) is not None:
                return fact_id
            beside = ()
            current = _current(element_id, period, unit_id)
            if current is None:
                continue
            if current.is_accepted:
                return None
            if (current.value, current.text, current.filing_id) == (value, text, filing_id):
                return current.id
            moment, before = max(moment, current.recorded_at), current.counts
            _supersede(current.id, moment)
    raise RuntimeError(f"cell {element_id}/{period}/{unit_id} was taken {_TRIES} times by others")


def untype_fact(*, element_id: int, period: int, unit_id: int, unit_path: str, filing_id: int, at: datetime) -> bool:
    """Take back the filing's provisional fact of the cell; answer whether there was one."""
    with exact_totals(), connection.cursor() as cursor:
        current = _current(element_id, period, unit_id)
        if not current or current.is_accepted or current.filing_id != filing_id:
            return False
        _supersede(current.id, max(at, current.recorded_at))
        taken = [-part for part in current.counts]
        add_deltas(cursor, [(element_id, period, unit, *taken) for unit in ancestor_ids(unit_path)[:-1]])  # type: ignore[misc]
        return True


def accept_facts(
    *, filing_id: int, unit_id: int, unit_path: str, cells: Iterable[AnsweredCell], at: datetime
) -> Accepted:
    """Make the filing's answers accepted facts.

    The filing's own provisional fact of the same value is accepted as it is. Otherwise the answer becomes a new,
    accepted fact in the place of what stands there: nothing, a provisional fact, or exactly the accepted fact it
    `replaces`. Where another accepted fact has come since (a delivery landed), that one stays: `overtaken`.
    """
    answers = {(cell.element_id, cell.period): cell for cell in sorted(cells, key=lambda c: (c.element_id, c.period))}
    ancestors = ancestor_ids(unit_path)[:-1]
    facts: dict[tuple[int, int], int] = {}
    overtaken: list[tuple[int, int]] = []
    deltas: list[Delta] = []
    with connection.cursor() as cursor:
        standing = _current_of_cells(cursor, unit_id, answers)
        for cell, answer in answers.items():
            current = standing.get(cell)
            if current and current.is_accepted and current.id != answer.replaces:
                if (current.filing_id, current.value, current.text) != (filing_id, answer.value, answer.text):
                    overtaken.append(cell)
                facts[cell] = current.id
                continue
            before = current.counts if current else (0, 0, 0, 0)
            facts[cell] = _accept(cursor, filing_id, unit_id, answer, current, at)
            after = (answer.value or 0, 1, 0, 0)
            change = [new - old for new, old in zip(after, before, strict=True)]
            deltas += [(*cell, unit, *change) for unit in ancestors]  # type: ignore[misc]
        with exact_totals(lambda: beyond_by(cursor, deltas)), transaction.atomic():
            add_deltas(cursor, deltas)
    return Accepted(facts=facts, overtaken=tuple(overtaken))


def retract_facts(*, filings: Mapping[int, str], at: datetime) -> int:
    """Take back all provisional facts of filings (id → path of the unit) that will not be accepted; answer how many."""
    with exact_totals(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, element_id, period, coalesce(value, 0), recorded_at, filing_id FROM registers_fact"
            f" WHERE filing_id IN ({listed(filings)}) AND superseded_at IS NULL AND accepted_at IS NULL"
            " ORDER BY element_id, period, unit_id" + _for_update()
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        moment = max(at, *(instant(row[4]) for row in rows))
        cursor.execute(
            f"UPDATE registers_fact SET superseded_at = %s WHERE id IN ({listed(row[0] for row in rows)})",
            [stamp(moment)],
        )
        taken: Counter[tuple[int, int, int]] = Counter()
        count: Counter[tuple[int, int, int]] = Counter()
        for _id, element, period, value, _recorded, filing in rows:
            for unit in ancestor_ids(filings[filing])[:-1]:
                taken[element, period, unit] += value
                count[element, period, unit] += 1
        add_deltas(cursor, [(*cell, -taken[cell], -n, -taken[cell], -n) for cell, n in count.items()])
        return len(rows)


def _accept(
    cursor: CursorWrapper, filing_id: int, unit_id: int, answer: AnsweredCell, current: _Current | None, at: datetime
) -> int:
    """Accept the standing provisional fact, or put an accepted one in its place; answer the fact's id."""
    moment = max(at, current.recorded_at) if current else at
    if current:
        if (current.filing_id, current.value, current.text) == (filing_id, answer.value, answer.text):
            # An accepted fact of this filing comes here only where it repeats what it replaces.
            cursor.execute(
                "UPDATE registers_fact SET accepted_at = %s WHERE id = %s AND accepted_at IS NULL",
                [stamp(moment), current.id],
            )
            return current.id
        _supersede(current.id, moment)
    new = [
        answer.element_id,
        answer.period,
        unit_id,
        answer.value,
        answer.text,
        filing_id,
        stamp(moment),
        stamp(moment),
    ]
    inserted = run(_INSERT, new).fetchone()
    if inserted is None:
        raise RuntimeError(f"cell {answer.element_id}/{answer.period}/{unit_id} was taken while it was accepted")
    return inserted[0]


def _current(element_id: int, period: int, unit_id: int) -> _Current | None:
    row = run(
        "SELECT id, value, text, filing_id, recorded_at, accepted_at IS NOT NULL FROM registers_fact"
        " WHERE element_id = %s AND period = %s AND unit_id = %s AND superseded_at IS NULL" + _for_update(),
        [element_id, period, unit_id],
    ).fetchone()
    return _read(row) if row else None


def _current_of_cells(
    cursor: CursorWrapper, unit_id: int, cells: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], _Current]:
    cells = set(cells)
    cursor.execute(
        "SELECT element_id, period, id, value, text, filing_id, recorded_at, accepted_at IS NOT NULL"
        " FROM registers_fact WHERE unit_id = %s AND superseded_at IS NULL"
        f" AND element_id IN ({listed({e for e, _ in cells})})"
        f" AND period IN ({listed({p for _, p in cells})}) ORDER BY element_id, period" + _for_update(),
        [unit_id],
    )
    return {(row[0], row[1]): _read(row[2:]) for row in cursor.fetchall() if (row[0], row[1]) in cells}


def _read(row: tuple) -> _Current:
    fact_id, value, text, filing_id, recorded_at, is_accepted = row
    return _Current(fact_id, value, text, filing_id, instant(recorded_at), bool(is_accepted))


_INSERT = (
    "INSERT INTO registers_fact (element_id, period, unit_id, value, text, filing_id, recorded_at, accepted_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (element_id, period, unit_id) WHERE superseded_at IS NULL DO NOTHING RETURNING id"
)


def _put(fact: _New, ancestors: Sequence[int], change: Sequence[int], beside: Sequence[Statement]) -> int | None:
    """Insert a provisional fact and add its change to the totals, or do neither (None) where another one stands.

    What is to be done `beside` it is done in any case.
    """
    new: Statement = (_INSERT, [*fact[:6], stamp(fact[6]), None])
    rows, values = one_cell(fact[0], fact[1], ancestors, change)
    if connection.vendor == "postgresql":
        parts = {f"beside_{number}": statement for number, statement in enumerate(beside)} | {"new": new}
        if rows:
            parts["added"] = (f"{KEPT} SELECT v.* FROM ({rows}) v CROSS JOIN new{ADD}", values)
        row = run_as_one(parts, "SELECT id FROM new").fetchone()
    else:
        for statement in beside:
            run(*statement)
        row = run(*new).fetchone()
        if row and rows:
            run(f"{KEPT} {rows}{ADD}", values)
    return row[0] if row else None


def _supersede(fact_id: int, moment: datetime) -> None:
    run("UPDATE registers_fact SET superseded_at = %s WHERE id = %s", [stamp(moment), fact_id])


def _for_update() -> str:
    # SQLite's IMMEDIATE transaction has locked the whole database already.
    return " FOR UPDATE" if connection.vendor == "postgresql" else ""
