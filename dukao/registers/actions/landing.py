"""A delivery's facts land all at once, set by set; and totals can be rebuilt from the facts.

A delivery speaks for every cell it names: each gets a new fact naming this delivery, even where the value is what was
known before, so that a current fact always names the newest source that states it, and re-distilling a delivery's
records gives exactly its facts. What stood in those cells (older deliveries' facts, provisional or accepted answers)
is superseded at the same instant, and so are the facts of the delivery it corrects that it no longer states.
"""
# ruff: noqa: S608 (all SQL here is put together from constants and integers only)

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice

import pyarrow as pa
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from dukao.base.trail import record_event
from dukao.org.rules import Actor
from dukao.registers.models import SUM_LIMIT, Delivery
from dukao.registers.sums import ADD, CURRENT_LEAVES, KEPT, ROLLED, drop, exact_totals, instant, roll_up, stamp

STAGED_COLUMNS = ("element_id", "period", "unit_id", "value", "text")
# Other writers may take cells between our look and our insert (PostgreSQL); then we look again.
_ROUNDS = 20
# For SQLite one statement of so many rows is twice as fast as one for each.
_ROWS_AT_ONCE = 50
# PostgreSQL would look by itself after this part of a table has changed too, but only once a minute.
_CHANGED_PART = 10


@dataclass(frozen=True, slots=True)
class Landed:
    """How many facts landed, how many they superseded, and how many of the corrected delivery were taken back."""

    facts: int
    superseded: int
    retracted: int


def land_facts(*, delivery_id: int, batches: Iterable[pa.RecordBatch], at: datetime) -> Landed:
    """Land a delivery's distilled facts and supersede what they replace, in the caller's transaction.

    `batches`: columns element_id, period, unit_id (integers), value (integer or null), text (string or null); each
    cell at most once (IntegrityError otherwise), every unit at its element's level. Best sorted by those three.
    The delivery that this one `supersedes` must be set on it already. Raises: SumTooLarge.
    """
    assert connection.in_atomic_block, "facts land together with their delivery"
    return land_staged(delivery_id=delivery_id, staged=stage_cells(batches), at=at)


def land_staged(*, delivery_id: int, staged: int, at: datetime) -> Landed:
    """`land_facts` of the cells that stand in the temporary table `staged`, and are so many."""
    assert connection.in_atomic_block, "facts land together with their delivery"
    corrected = Delivery.objects.values_list("supersedes_id", flat=True).get(pk=delivery_id)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Sets take their rows in no order of ours; alone among writers (readers go on) they cannot deadlock.
            cursor.execute("LOCK TABLE registers_fact IN EXCLUSIVE MODE")
        moment = at
        retracted = _retract_unstated(cursor, corrected) if corrected else 0
        landed = superseded = 0
        for turn in range(_ROUNDS):
            moment, count = _supersede_stated(cursor, delivery_id, moment, turn)
            superseded += count
            landed += _insert_staged(cursor, delivery_id, moment)
            if landed == staged:
                break
        else:
            raise RuntimeError(
                f"{staged - landed} cells of delivery {delivery_id} were taken again and again by others"
            )
        with exact_totals(lambda: _beyond(cursor)), transaction.atomic():
            _add_difference(cursor)
        for table in ("staged", "replaced", "rolled"):
            drop(cursor, table)
    transaction.on_commit(partial(_tell_planner, landed + superseded), robust=True)
    return Landed(facts=landed, superseded=superseded, retracted=retracted)


def rebuild_totals(*, by: Actor, at: datetime) -> int:
    """Write all totals anew from the facts; answer how many rows there are. Records `registers.totals.rebuilt`."""
    by.require_anywhere("ORG_MANAGE")
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE registers_fact, registers_total IN SHARE ROW EXCLUSIVE MODE")
        roll_up(cursor, CURRENT_LEAVES)
        cursor.execute("DELETE FROM registers_total")
        cursor.execute(f"{KEPT} {ROLLED} ORDER BY element_id, period, unit_id")
        cursor.execute("SELECT count(*) FROM registers_total")
        count = cursor.fetchone()[0]
        drop(cursor, "rolled")
        record_event(verb="registers.totals.rebuilt", subject="totals", by=by, at=at, detail={"rows": count})
        transaction.on_commit(partial(_tell_planner, count), robust=True)
    return count


def _tell_planner(changed: int) -> None:
    """Let PostgreSQL look at facts and totals where much has changed: until then it plans as if that were not there,
    and folds the past of a city in half a minute instead of half a second.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'registers_fact'::regclass")
        if changed * _CHANGED_PART > cursor.fetchone()[0]:
            cursor.execute("ANALYZE registers_fact, registers_total")


def stage_cells(batches: Iterable[pa.RecordBatch]) -> int:
    """Put the batches into the temporary table `staged` of this connection; answer how many cells.

    Nobody waits for it: it may be done before the transaction in which they land. What was staged before is dropped.
    """
    with connection.cursor() as cursor, _one_piece(cursor):
        return _stage(cursor, batches)


@contextmanager
def _one_piece(cursor: CursorWrapper) -> Iterator[None]:
    """A transaction for temporary tables only, where there is none: `atomic` would lock out other writers (SQLite)."""
    if connection.in_atomic_block:
        yield
        return
    cursor.execute("BEGIN")
    try:
        yield
    except BaseException:
        cursor.execute("ROLLBACK")
        raise
    cursor.execute("COMMIT")


def _stage(cursor: CursorWrapper, batches: Iterable[pa.RecordBatch]) -> int:
    for table in ("staged", "replaced"):
        drop(cursor, table)
    cursor.execute(
        "CREATE TEMPORARY TABLE staged (element_id bigint NOT NULL, period integer NOT NULL, unit_id bigint NOT NULL,"
        " value bigint, text varchar(500) NOT NULL, PRIMARY KEY (element_id, period, unit_id))"
        + (" WITHOUT ROWID" if connection.vendor == "sqlite" else "")
    )
    cursor.execute(
        "CREATE TEMPORARY TABLE replaced (id bigint PRIMARY KEY, element_id bigint, period integer, unit_id bigint,"
        " value bigint, is_pending boolean, recorded_at "
        + ("text" if connection.vendor == "sqlite" else "timestamptz")
        + ", turn integer NOT NULL)"
    )
    staged = 0
    for batch in batches:
        columns = [batch.column(name).to_pylist() for name in STAGED_COLUMNS]
        columns[4] = [text or "" for text in columns[4]]
        with connection.wrap_database_errors:
            _copy(cursor, zip(*columns, strict=True), batch.num_rows)
        staged += batch.num_rows
    if connection.vendor == "postgresql":
        cursor.execute("ANALYZE staged")
    return staged


def _copy(cursor: CursorWrapper, rows: Iterable[tuple], count: int) -> None:
    if connection.vendor == "postgresql":
        with cursor.copy("COPY staged (element_id, period, unit_id, value, text) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    values = chain.from_iterable(rows)
    for at_once, times in ((_ROWS_AT_ONCE, count // _ROWS_AT_ONCE), (1, count % _ROWS_AT_ONCE)):
        query = f"INSERT INTO staged VALUES {', '.join(['(?, ?, ?, ?, ?)'] * at_once)}"
        some = (tuple(islice(values, at_once * len(STAGED_COLUMNS))) for _ in range(times))
        # The driver's own method: Django's wrapper would hold all rows in memory to look at the first.
        sqlite3.Cursor.executemany(cursor.cursor, query, some)


def _replaced(turn: int) -> str:
    return (
        "INSERT INTO replaced SELECT f.id, f.element_id, f.period, f.unit_id, f.value,"
        f" f.accepted_at IS NULL, f.recorded_at, {turn} FROM"
    )


def _retract_unstated(cursor: CursorWrapper, corrected: int) -> int:
    """Note the current facts of the corrected delivery that this one no longer states, for the first turn."""
    cursor.execute(
        f"{_replaced(0)} registers_fact f WHERE f.delivery_id = %s AND f.superseded_at IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM staged s WHERE s.element_id = f.element_id AND s.period = f.period AND s.unit_id = f.unit_id)"
        + _for_update(),
        [corrected],
    )
    return cursor.rowcount


def _supersede_stated(cursor: CursorWrapper, delivery_id: int, moment: datetime, turn: int) -> tuple[datetime, int]:
    """Supersede what stands in the staged cells; answer the instant (never before a fact it ends) and how many."""
    # A join order by hand: SQLite then probes the index of current facts once per staged cell.
    cursor.execute(
        f"{_replaced(turn)} staged s CROSS JOIN registers_fact f WHERE f.element_id = s.element_id"
        " AND f.period = s.period AND f.unit_id = s.unit_id AND f.superseded_at IS NULL"
        " AND (f.delivery_id IS NULL OR f.delivery_id <> %s)"
        + (" ORDER BY f.element_id, f.period, f.unit_id FOR UPDATE OF f" if connection.vendor == "postgresql" else ""),
        [delivery_id],
    )
    count = cursor.rowcount
    cursor.execute("SELECT max(recorded_at) FROM replaced")
    newest = instant(cursor.fetchone()[0])
    moment = max(moment, newest) if newest else moment
    cursor.execute(
        "UPDATE registers_fact SET superseded_at = %s WHERE id IN (SELECT id FROM replaced WHERE turn = %s)",
        [stamp(moment), turn],
    )
    return moment, count


def _insert_staged(cursor: CursorWrapper, delivery_id: int, moment: datetime) -> int:
    cursor.execute(
        "INSERT INTO registers_fact (element_id, period, unit_id, value, text, recorded_at, accepted_at, delivery_id)"
        " SELECT element_id, period, unit_id, value, text, %s, %s, %s FROM staged WHERE TRUE"
        " ORDER BY element_id, period, unit_id"
        " ON CONFLICT (element_id, period, unit_id) WHERE superseded_at IS NULL DO NOTHING",
        [stamp(moment), stamp(moment), delivery_id],
    )
    return cursor.rowcount


def _add_difference(cursor: CursorWrapper) -> None:
    """Add what landed and subtract what was replaced, in all totals above."""
    roll_up(
        cursor,
        "SELECT element_id, period, unit_id, coalesce(value, 0) AS sum, 1 AS n, 0 AS pending_sum, 0 AS pending_n"
        " FROM staged",
        "SELECT element_id, period, unit_id, -coalesce(value, 0) AS sum, -1 AS n, CASE WHEN is_pending THEN"
        " -coalesce(value, 0) ELSE 0 END AS pending_sum, CASE WHEN is_pending THEN -1 ELSE 0 END AS pending_n"
        " FROM replaced",
    )
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT 1 FROM registers_total t WHERE EXISTS (SELECT 1 FROM rolled r WHERE r.element_id = t.element_id"
            " AND r.period = t.period AND r.unit_id = t.unit_id) ORDER BY element_id, period, unit_id FOR UPDATE"
        )
    cursor.execute(
        "UPDATE registers_total SET sum = registers_total.sum + d.sum, n = registers_total.n + d.n,"
        " pending_sum = registers_total.pending_sum + d.pending_sum,"
        f" pending_n = registers_total.pending_n + d.pending_n FROM ({ROLLED}) d"
        " WHERE registers_total.element_id = d.element_id AND registers_total.period = d.period"
        " AND registers_total.unit_id = d.unit_id"
    )
    # On PostgreSQL a row may have come since: then it is added to.
    cursor.execute(
        f"{KEPT} SELECT * FROM ({ROLLED}) d WHERE d.n > 0 AND NOT EXISTS (SELECT 1 FROM registers_total t WHERE"
        " t.element_id = d.element_id AND t.period = d.period AND t.unit_id = d.unit_id)"
        f" ORDER BY element_id, period, unit_id{ADD}"
    )
    cursor.execute(
        "DELETE FROM registers_total WHERE n = 0 AND EXISTS (SELECT 1 FROM rolled r WHERE"
        " r.element_id = registers_total.element_id AND r.period = registers_total.period"
        " AND r.unit_id = registers_total.unit_id)"
    )


def _beyond(cursor: CursorWrapper) -> tuple[int, int, int] | None:
    """The cell of the lowest total that would leave its range. SQLite adds in floating point here, near enough."""
    cursor.execute(
        "WITH RECURSIVE change AS (SELECT element_id, period, unit_id, value * 1.0 AS value FROM staged"
        " WHERE value IS NOT NULL UNION ALL SELECT element_id, period, unit_id, value * -1.0 FROM replaced"
        " WHERE value IS NOT NULL), above AS (SELECT c.element_id, c.period, u.parent_id, c.value FROM change c"
        " JOIN org_unit u ON u.id = c.unit_id WHERE u.parent_id IS NOT NULL UNION ALL"
        " SELECT a.element_id, a.period, u.parent_id, a.value FROM above a JOIN org_unit u ON u.id = a.parent_id"
        " WHERE u.parent_id IS NOT NULL) SELECT a.element_id, a.period, a.parent_id FROM above a"
        " JOIN org_unit u ON u.id = a.parent_id LEFT JOIN registers_total t ON t.element_id = a.element_id"
        " AND t.period = a.period AND t.unit_id = a.parent_id GROUP BY a.element_id, a.period, a.parent_id, u.level"
        f" HAVING abs(sum(a.value) + coalesce(max(t.sum), 0)) >= {SUM_LIMIT} ORDER BY u.level DESC, 1, 2, 3 LIMIT 1"
    )
    return cursor.fetchone()


def _for_update() -> str:
    return " FOR UPDATE OF f" if connection.vendor == "postgresql" else ""
