"""A delivery of 10 million invoices (900 MB) through the product, end to end: received durably, checked row by row,
rejects with reasons, records kept, sums by village and month in the database, and the four levels above.

Beside it, in the same run: hand-written DuckDB, Polars and pandas pipelines that do the same, with as much memory as
they like; frictionless and pandera on a sample, by rows per second. Each contender has a process of its own; they take
turns, and medians are compared. All must reject the same rows and find the same sum. At last a file of a gigabyte goes
through, and what its process has resident at most is told.

The pipelines have less to do, which is not taken off: they keep no copy of the file that came and no database, tell the
first fault of a row where we tell all, name no second row of a doubled number, and round a third decimal which we
reject. All flush what they write to the disk, the product also what would have to survive a power cut on the way.

Quick: a tenth of the rows about a tenth of the units, so that as many rows come to a figure.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench._invoices import villages, write_invoices

_ROOT = Path(__file__).resolve().parent.parent
_SAMPLE_ROWS = {"frictionless": 20_000, "pandera": 200_000}
_GIGABYTE_ROWS = 11_200_000
_MEMORY_MB = 2000
Job = dict[str, Any]
Times = list[dict[str, Any]]


def run(quick: bool) -> list[Job]:
    rows, cities = (1_000_000, 1) if quick else (10_000_000, 10)
    name = f"delivery-{rows // 1_000_000}m"
    with tempfile.TemporaryDirectory(dir=_ROOT / "var", prefix="bench-") as place:
        bench = _Bench(Path(place), cities)
        file = bench.file("invoices.csv", rows)
        ours, peers = bench.in_turns(file, rounds=3)
        pandas = [bench.peer("pandas", file)]
        _agree([*ours, *(t for times in peers.values() for t in times), *pandas])
        samples = {}
        for peer, some in _SAMPLE_ROWS.items():
            samples[peer] = some / bench.peer(peer, bench.file(f"{peer}.csv", some))["seconds"]
        file.unlink()
        gigabyte = [] if quick else [bench.gigabyte()]
    rate, rates = rows / _seconds(ours), {peer: rows / _seconds(times) for peer, times in peers.items()}
    by_pandas = rows / _seconds(pandas)
    return [
        _job(name, rate, rates, max(rates.values()), 0.8),
        _memory(f"{name}-memory", ours, {peer: _resident(times) for peer, times in peers.items()}),
        _job(f"{name}-pandas", rate, {"pandas": by_pandas}, by_pandas, 2),
        _job(f"{name}-frictionless", rate, samples, samples["frictionless"], 20),
        *gigabyte,
    ]  # fmt: skip


class _Bench:
    """The contenders, each in a process of its own, and the folder they work in."""

    def __init__(self, folder: Path, cities: int) -> None:
        self.folder, self.cities, self.sites = folder, cities, 0
        self.codes = folder / "codes.txt"
        self.codes.write_text("\n".join(villages(cities)))

    def file(self, name: str, rows: int) -> Path:
        write_invoices(self.folder / name, rows, self.cities)
        return self.folder / name

    def in_turns(self, file: Path, rounds: int) -> tuple[Times, dict[str, Times]]:
        ours: Times = []
        peers: dict[str, Times] = {"duckdb": [], "polars": []}
        for _ in range(rounds):
            ours.append(self.ours(file))
            for peer, times in peers.items():
                times.append(self.peer(peer, file))
        return ours, peers

    def ours(self, file: Path) -> dict[str, Any]:
        """One delivery to a house of its own, which is torn down at once: its files would fill the disk."""
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="site-") as site:
            return _told("ours", "bench._delivery_site", site, str(file), str(self.cities))

    def peer(self, name: str, file: Path) -> dict[str, Any]:
        return _told(name, "bench._delivery_peers", name, str(file), str(self.codes), str(self.folder))

    def gigabyte(self) -> Job:
        file = self.file("gigabyte.csv", _GIGABYTE_ROWS)
        assert file.stat().st_size > 10**9
        outcome = self.ours(file)
        assert (outcome["state"], outcome["rows"]) == ("landed", _GIGABYTE_ROWS), outcome
        return _memory("delivery-1gb-memory", [outcome], {})


def _job(name: str, ours: float, peers: dict[str, float], against: float, goal: float) -> Job:
    ratio = ours / against
    return {"job": name, "ours": ours, "unit": "rows/s", "peers": peers, "ratio": ratio, "goal": f">= {goal}",
            "met": ratio >= goal}  # fmt: skip


def _memory(name: str, ours: Times, peers: dict[str, float]) -> Job:
    most = _resident(ours)
    return {"job": name, "ours": most, "unit": "MB resident", "peers": peers, "ratio": None, "goal": f"<= {_MEMORY_MB}",
            "met": most <= _MEMORY_MB}  # fmt: skip


def _resident(times: Times) -> float:
    return float(max(t["resident_mb"] for t in times))


def _told(title: str, module: str, *arguments: str) -> dict[str, Any]:
    ended = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    outcome = json.loads(ended.stdout.splitlines()[-1])
    spent = f"{outcome['seconds']:6.1f} s, {outcome['cpu_seconds']:6.1f} s of processor"
    print(f"   {title:12s} {spent}, {outcome['resident_mb']:6.0f} MB", file=sys.stderr, flush=True)
    return dict(outcome)


def _agree(outcomes: Times) -> None:
    assert len({(o["rejected"], o["total_fen"]) for o in outcomes}) == 1, f"different outcomes: {outcomes}"


def _seconds(times: Times) -> float:
    return median(t["seconds"] for t in times)
