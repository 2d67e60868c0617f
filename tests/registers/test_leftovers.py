"""What receipts and landings that were cut off left on the disk is swept; what a delivery names, or may yet, is not."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from dukao.registers import actions, records
from tests.registers.invoices import csv_of, define, deliver, receive

GOOD, BAD = "A1,990101001201,2026-07-01,1,100.00,", "A2,990101001201,2026-07-01,1,abc,"


@pytest.fixture
def tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1, minutes=1)


def files(var) -> set[str]:
    return {path.name for kind in ("inbox", "records", "rejects") for path in (var / kind).glob("??/*")}


def test_what_a_delivery_names_stays_whatever_became_of_it(city, var, tmp_path, tomorrow):
    define(city)
    states = [deliver(csv_of(tmp_path, *rows)).state for rows in ((GOOD, BAD), (GOOD,), (BAD,))]
    assert states == ["landed", "landed", "refused"]
    kept = files(var)
    assert len(kept) == 6, "two deliveries share the same records"
    assert actions.sweep_leftovers(at=tomorrow) == 0
    assert files(var) == kept


def test_a_receipt_that_failed_leaves_nothing_for_ever(city, var, tmp_path, tomorrow, monkeypatch):
    define(city)
    deliver(csv_of(tmp_path, GOOD, BAD))
    kept = files(var)
    with monkeypatch.context() as patched:
        patched.setattr("dukao.registers.actions.deliveries.record_event", lambda **_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            receive(csv_of(tmp_path, BAD))
    assert len(files(var) - kept) == 1
    assert actions.sweep_leftovers(at=datetime.now(UTC)) == 0
    assert actions.sweep_leftovers(at=tomorrow) == 1
    assert files(var) == kept


def test_a_file_that_comes_again_is_young_again(city, var, tmp_path, tomorrow):
    file = csv_of(tmp_path, GOOD)
    with records.workspace() as folder, file.open("rb") as source:
        digest, _size, _marks = records.take_in(source, folder)
        path = records.path_of("inbox", digest)
        os.utime(path, (0, 0))
        source.seek(0)
        records.take_in(source, folder)
    assert actions.sweep_leftovers(at=datetime.now(UTC)) == 0
    assert path.exists()


def test_sweeping_while_the_same_files_come_takes_none_away(city, var, tmp_path):
    """Old leftovers are swept and received anew at once, again and again: what was received is always there."""
    file, stop, swept = csv_of(tmp_path, GOOD), threading.Event(), []
    digest = ""

    def sweep() -> None:
        while not stop.is_set():
            swept.append(records.sweep_files(older_than=time.time() - 3600, named=lambda kind: set()))

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for _ in range(200):
            with records.workspace() as folder, file.open("rb") as source:
                digest, _size, _marks = records.take_in(source, folder)
            assert records.path_of("inbox", digest).exists()
            os.utime(records.path_of("inbox", digest), (0, 0))
    finally:
        stop.set()
        sweeper.join()
    assert sum(swept)


def test_folders_of_killed_work_go_too(city, var, tomorrow):
    (var / "work" / "left").mkdir(parents=True)
    actions.sweep_leftovers(at=datetime.now(UTC))
    assert (var / "work" / "left").exists()
    actions.sweep_leftovers(at=tomorrow)
    assert not (var / "work" / "left").exists()
