"""Filling a form of 5,000 cells; beside it openpyxl, which loads and saves the same file and fills in nothing."""

import gc
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench._forms import make_form, plan_for

_ROWS, _COLUMNS = 100, 50


def run(quick: bool) -> list[dict[str, Any]]:
    import openpyxl

    from dukao.workbooks.filling import fill_workbook

    jobs = []
    with TemporaryDirectory(prefix="dukao-bench-") as name:
        folder = Path(name)
        form = make_form(folder / "form.xlsx", rows=_ROWS, columns=_COLUMNS)
        for part, what in ((0.02, "100 cells"), (0.8, "4,000 cells")):
            plan = plan_for("模拟村", rows=_ROWS, columns=_COLUMNS, part=part)
            assert fill_workbook(form, folder / "ours.xlsx", plan).skipped == ()
            ours, peer = in_turns(
                partial(fill_workbook, form, folder / "ours.xlsx", plan),
                lambda: openpyxl.load_workbook(form).save(folder / "peer.xlsx"),
                times=5 if quick else 15,
            )
            jobs.append({
                "job": f"fill-form-{what.split()[0].replace(',', '')}", "ours": ours * 1000, "unit": "ms",
                "peers": {"openpyxl load + save": peer * 1000}, "limit": f"{_ROWS * _COLUMNS:,} cells, {what} filled",
                "ratio": ours / peer, "goal": "<= 1.5", "met": ours <= 1.5 * peer,
            })  # fmt: skip
    return jobs


def in_turns(*works: Callable[[], object], times: int) -> list[float]:
    """Seconds of each, medians; in turns, so that a slow moment of the machine meets all."""
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for work, taken in zip(works, seconds, strict=True):
            gc.collect()  # what one left behind is not the other's work
            began = time.perf_counter()
            work()
            taken.append(time.perf_counter() - began)
    return [statistics.median(taken) for taken in seconds]
