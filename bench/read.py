"""A million cells of XLSX, read and understood; beside it what only reads them: calamine, inflate + expat, openpyxl."""

import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_ROWS, _COLUMNS = 50_000, 20
_RUNS, _RUNS_QUICK = 5, 3
_MEMORY_MB = 1000
Job = dict[str, Any]

# Each in a process of its own, so that none measures the memory of another.
_OURS = """
from dukao.workbooks.reading import read_here
from dukao.workbooks.understanding import understand
form = understand(read_here(path))
assert len(form.sheets[0].tables) == 1
"""
_CALAMINE = """
from python_calamine import CalamineWorkbook
assert len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) > 50_000
"""
_EXPAT = """
import zipfile
from xml.parsers.expat import ParserCreate
parser = ParserCreate()
with zipfile.ZipFile(path).open("xl/worksheets/sheet1.xml") as part:
    parser.ParseFile(part)
"""
_OPENPYXL = """
from openpyxl import load_workbook
assert sum(1 for row in load_workbook(path, read_only=True).active.iter_rows(values_only=True)) > 50_000
"""
_TIMED = """
import sys, time
from pathlib import Path
from bench._memory import resident_at_most_mb
path = Path(sys.argv[1])
import dukao.workbooks.reading, dukao.workbooks.understanding, python_calamine, openpyxl
began = time.perf_counter()
{work}
print(time.perf_counter() - began, resident_at_most_mb())
"""


def run(quick: bool) -> list[Job]:
    with TemporaryDirectory(prefix="dukao-bench-") as folder:
        path = _make(Path(folder) / "million.xlsx")
        works = {"ours": _OURS, "calamine raw": _CALAMINE, "inflate + expat": _EXPAT}
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
        for _ in range(_RUNS_QUICK if quick else _RUNS):
            for name, work in works.items():  # in turns, so that a slow moment of the machine meets all
                taken[name].append(_timed(work, path))
        seconds = {name: statistics.median(s for s, _ in runs) for name, runs in taken.items()}
        peers = {name: s for name, s in seconds.items() if name != "ours"} | {"openpyxl": _timed(_OPENPYXL, path)[0]}
    memory = max(mb for _, mb in taken["ours"])
    ratio = seconds["ours"] / seconds["calamine raw"]
    return [{
        "job": "workbooks-read-million", "ours": seconds["ours"], "unit": "s", "peers": peers,
        "limit": f"{memory:,.0f} MB resident", "ratio": ratio, "goal": "<= 2 × calamine raw, <= 1 GB",
        "met": ratio <= 2 and memory <= _MEMORY_MB,
    }]  # fmt: skip


def _timed(work: str, path: Path) -> tuple[float, float]:
    """Seconds of the work and megabytes of its process at most."""
    done = subprocess.run(
        [sys.executable, "-c", _TIMED.format(work=work), str(path)], check=True, capture_output=True, text=True,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def _make(path: Path) -> Path:
    """A department's list as they are sent (模拟): a title, a header, then texts and figures half and half."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": False}) as book:
        sheet = book.add_worksheet("模拟台账")
        sheet.write(0, 0, "模拟区纳税人台账（2026年三季度）")
        for column in range(_COLUMNS):
            sheet.write(
                1, column, "纳税人名称" if column == 1 else f"金额{column}（元）" if column % 2 else f"属性{column}"
            )
        for row in range(_ROWS):
            for column in range(_COLUMNS):
                if column % 2 and column != 1:
                    sheet.write_number(row + 2, column, (row * 7919 + column) % 1_000_003 / 100)
                else:
                    sheet.write_string(row + 2, column, f"模拟{(row * 31 + column) % 5000:05}")
    return path
