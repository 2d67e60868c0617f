"""A delivery of 10 million invoices (900 MB) through the product, end to end: received durably, checked row by row,
rejects with reasons, records kept, sums by village and month in the database, and the four levels above.

Beside it, in the same run: hand-written DuckDB, Polars and pandas pipelines that do the same, apart from durability and
the database; frictionless and pandera on a sample, by rows per second. Each contender has a process of its own; they
take turns, and medians are compared. All must reject the same rows and find the same sum.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench._invoices import units, write_invoices

_ROOT = Path(__file__).resolve().parent.parent
_SAMPLE_ROWS = {"frictionless": 20_000, "pandera": 200_000}
Job = dict[str, Any]
Times = list[dict[str, Any]]


def run(quick: bool) -> list[Job]:
    rows, rounds = (1_000_000, 3) if quick else (10_000_000, 3)
    name = f"delivery-{rows // 1_000_000}m"
    with tempfile.TemporaryDirectory(dir=_ROOT / "var", prefix="bench-") as place:
        folder = Path(place)
        file, codes = folder / "invoices.csv", folder / "codes.txt"
        write_invoices(file, rows)
        codes.write_text("\n".join(code for code, level, _parent in units() if level == 5))
        ours, whole, sums_only = _in_turns(folder, file, codes, rounds)
        pandas = [_peer("pandas", file, codes, folder)]
        _agree([*ours, *(t for times in whole.values() for t in times), *pandas])
        samples = {peer: _sample(peer, count, folder, codes) for peer, count in _SAMPLE_ROWS.items()}
    rate = rows / _seconds(ours)
    peers = {peer: rows / _seconds(times) for peer, times in whole.items()}
    unkept = {f"{peer}, rows not kept": rows / _seconds(times) for peer, times in sums_only.items()}
    resident = max(t["resident_mb"] for t in ours)
    return [
        _job(name, rate, "rows/s", peers | unkept, max(peers.values()), 0.8),
        {"job": f"{name}-memory", "ours": resident, "unit": "MB resident", "goal": "<= 2000", "met": resident <= 2000,
         "peers": {peer: max(t["resident_mb"] for t in times) for peer, times in whole.items()}, "ratio": None},
        _job(f"{name}-pandas", rate, "rows/s", {"pandas": rows / _seconds(pandas)}, rows / _seconds(pandas), 2),
        _job(f"{name}-frictionless", rate, "rows/s", samples, samples["frictionless"], 20),
    ]  # fmt: skip


def _job(name: str, ours: float, unit: str, peers: dict[str, float], against: float, goal: float) -> Job:
    ratio = ours / against
    return {"job": name, "ours": ours, "unit": unit, "peers": peers, "ratio": ratio, "goal": f">= {goal}",
            "met": ratio >= goal}  # fmt: skip


def _in_turns(folder: Path, file: Path, codes: Path, rounds: int) -> tuple[Times, dict[str, Times], dict[str, Times]]:
    ours: Times = []
    whole: dict[str, Times] = {"duckdb": [], "polars": []}
    sums_only: dict[str, Times] = {"duckdb": [], "polars": []}
    for number in range(rounds):
        site = folder / f"site-{number}"
        site.mkdir()
        ours.append(_told("ours", "bench._delivery_site", str(site), str(file)))
        for peer in whole:
            whole[peer].append(_peer(peer, file, codes, folder))
            sums_only[peer].append(_peer(peer, file, codes, folder, "sums-only"))
    return ours, whole, sums_only


def _peer(name: str, file: Path, codes: Path, folder: Path, *more: str) -> dict[str, Any]:
    return _told(f"{name} {' '.join(more)}", "bench._delivery_peers", name, str(file), str(codes), str(folder), *more)


def _sample(peer: str, rows: int, folder: Path, codes: Path) -> float:
    """Rows per second on a smaller file."""
    file = folder / f"sample-{rows}.csv"
    write_invoices(file, rows)
    return rows / _peer(peer, file, codes, folder)["seconds"]


def _told(title: str, module: str, *arguments: str) -> dict[str, Any]:
    ended = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    outcome = json.loads(ended.stdout.splitlines()[-1])
    spent = f"{outcome['seconds']:6.1f} s, {outcome['cpu_seconds']:6.1f} s of processor"
    print(f"   {title:20s} {spent}, {outcome['resident_mb']:6.0f} MB", file=sys.stderr, flush=True)
    return dict(outcome)


def _agree(outcomes: Times) -> None:
    assert len({(o["rejected"], o["total_fen"]) for o in outcomes}) == 1, f"different outcomes: {outcomes}"


def _seconds(times: Times) -> float:
    return median(t["seconds"] for t in times)
