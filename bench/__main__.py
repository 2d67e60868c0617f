"""Runs the benches: `python -m bench [NAME…] [--quick] [--json] [--write]`, or through `./dev bench`.

Each module of this package is one bench with `run(quick: bool) -> list[dict]`, one dictionary per job:

    {"job": "delivery-10m", "ours": 1_200_000, "unit": "rows/s", "peers": {"duckdb": 1_400_000, "polars": 1_350_000},
     "limit": "≤ 2 GB resident", "ratio": 0.86, "goal": ">= 0.8", "met": True}

`ratio` is what `goal` speaks about. Every bench runs in a process of its own, so that none measures the memory of
another, and one that fails does not stop the rest. A job that misses its goal is told, not hidden: the exit code is 1.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PERFORMANCE = HERE.parent / "docs/performance.md"
FIELDS = ("job", "ours", "unit", "peers", "limit", "ratio", "goal", "met")
_MARKS = "<!-- results of ./dev bench --write -->", "<!-- end of results -->"
_BENCH_SECONDS = 3600
Job = dict[str, Any]


def main() -> int:
    args = _arguments()
    if args.one:
        return _run_here(args.one, quick=args.quick)
    unknown = set(args.names) - set(benches())
    if unknown:
        print(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(benches())}", file=sys.stderr)
        return 2
    jobs: list[Job] = []
    failed = []
    for name in args.names or benches():
        began = time.monotonic()
        print(f"── {name}", file=sys.stderr, flush=True)
        found = list(_run_apart(name, quick=args.quick))
        if not found:
            failed.append(name)
        for job in found:
            jobs.append(job)
            print(json.dumps(job, ensure_ascii=False) if args.json else _line(job), flush=True)
        print(f"   {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    if args.write:
        _write(jobs, args)
    for name in failed:
        print(f"✗ {name} gave no result", file=sys.stderr)
    return 1 if failed or not all(job["met"] for job in jobs) else 0


def benches() -> list[str]:
    """Names of all benches."""
    return sorted(path.stem.replace("_", "-") for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which (default all): {', '.join(benches())}")
    parser.add_argument("--quick", action="store_true", help="smaller inputs: all benches in under ten minutes")
    parser.add_argument("--json", action="store_true", help="one JSON line per job")
    parser.add_argument("--write", action="store_true", help="put the results into docs/performance.md")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run_here(name: str, *, quick: bool) -> int:
    """The child: run one bench and print its jobs, one JSON line each."""
    sys.path.insert(0, str(HERE.parent))
    for job in import_module(f"bench.{name.replace('-', '_')}").run(quick):
        print(json.dumps({field: job.get(field) for field in FIELDS}, ensure_ascii=False, default=float), flush=True)
    return 0


def _run_apart(name: str, *, quick: bool) -> Iterator[Job]:
    command = [sys.executable, "-m", "bench", "--one", name, *(["--quick"] if quick else [])]
    with subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as child:
        try:
            out, _ = child.communicate(timeout=_BENCH_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            out, _ = child.communicate()
            print(f"✗ {name} took longer than {_BENCH_SECONDS} s", file=sys.stderr)
    for line in out.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _line(job: Job) -> str:
    peers = " · ".join(f"{name} {_number(value)}" for name, value in (job["peers"] or {}).items())
    goal = f"{_number(job['ratio'])} (goal {job['goal']})" if job["ratio"] is not None else f"goal {job['goal']}"
    limit = f" · {job['limit']}" if job["limit"] else ""
    return f"{'✓' if job['met'] else '✗'} {job['job']}: {_number(job['ours'])} {job['unit']} · {goal} · {peers}{limit}"


def _number(value: Any) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return "" if value is None else str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _write(jobs: list[Job], args: argparse.Namespace) -> None:
    """Replace the results in docs/performance.md; jobs that were not run this time keep their earlier line."""
    text = PERFORMANCE.read_text(encoding="utf-8")
    begin, end = (text.index(mark) for mark in _MARKS)
    rows = {name: row for row, name in re.findall(r"^(\| ([^|]+?) \|.*)$", text[begin:end], re.M)}
    command = " ".join(["./dev bench", *args.names, *(["--quick"] if args.quick else [])])
    for job in jobs:
        rows[job["job"]] = _row(job, command)
    head = "| job | ours | unit | peers in the same run | limit | ratio | goal | met | when, where, how |"
    lines = [head, "|---|---:|---|---|---|---:|---|---|---|",
             *(row for name, row in sorted(rows.items()) if name != "job")]
    PERFORMANCE.write_text(f"{text[:begin]}{_MARKS[0]}\n\n" + "\n".join(lines) + f"\n\n{text[end:]}", encoding="utf-8")


def _row(job: Job, command: str) -> str:
    peers = ", ".join(f"{name} {_number(value)}" for name, value in (job["peers"] or {}).items())
    where = f"{datetime.now(UTC):%Y-%m-%d}, {_machine()}, `{command}`"
    cells = [job["job"], _number(job["ours"]), job["unit"], peers, job["limit"] or "", _number(job["ratio"]),
             job["goal"], "yes" if job["met"] else "no", where]
    return "| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |"


def _machine() -> str:
    cores, memory = os.cpu_count() or 1, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{platform.machine()} {cores} cores {memory:.0f} GB, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
