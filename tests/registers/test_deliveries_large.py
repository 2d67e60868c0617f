"""A delivered file flows through: what it takes of memory does not grow with it.

A gigabyte goes through a process of two in `bench/delivery.py`; here a fifth of that, with a tenth of the memory.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dukao.registers.models import Delivery
from tests.databases import address, own_database  # noqa: F401 (a fixture)
from tests.registers.invoices import HEADER, define, receive

LANDING = Path(__file__).with_name("landing_process.py")
MEMORY_BYTES = 120_000_000
GROWTH_MB = 80


@pytest.fixture
def db(own_database):  # noqa: F811
    """What the cast is written into: a database that the work process sees too."""


def _invoices(folder: Path, rows: int, villages: list[str]) -> Path:
    """A file of about a hundred bytes a row, one row in a hundred wrong, one in two hundred doubled."""
    path = folder / f"{rows}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEADER}\n")
        for n in range(rows):
            number, tax = n - n % 200 // 199, "many" if n % 100 == 50 else f"{n % 9973}.25"
            file.write(f"{number:020},{villages[n % 6]},2026-0{7 + n % 3}-10,1,{tax},{'remark ' * 6}{n}\n")
    return path


def _peak_mb(environment: dict[str, str]) -> int:
    """What a work process has resident at most while it lands what waits."""
    outcome = subprocess.run(
        [sys.executable, str(LANDING)], env=environment, text=True, capture_output=True, check=True, timeout=300
    )
    return int(outcome.stdout.split()[-1])


@pytest.mark.kill
def test_a_file_seven_times_as_large_takes_hardly_more_memory(city, var, tmp_path):
    define(city)
    villages = [city.code[name] for name in ("一村", "二村", "三村", "四村", "五村", "六村")]
    environment = os.environ | {
        "DUKAO_DATABASE_URL": address(), "DUKAO_VAR": str(var), "DJANGO_SETTINGS_MODULE": "dukao.settings",
        "DUKAO_RECORDS_MEMORY_BYTES": str(MEMORY_BYTES),
    }  # fmt: skip
    # Twice the large one: what the allocator keeps for itself differs from run to run, what the rows take does not.
    peaks = []
    for rows in (300_000, 1_900_000, 2_000_000):
        file = _invoices(tmp_path, rows, villages)
        number = receive(file)
        peaks.append(_peak_mb(environment))
        landed = Delivery.objects.get(number=number)
        assert (landed.state, landed.rows_read, landed.rows_rejected) == ("landed", rows, rows // 50)
    assert file.stat().st_size > 2 * 10**8
    assert min(peaks[1:]) < peaks[0] + GROWTH_MB, peaks
