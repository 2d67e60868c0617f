"""Reading spreadsheets and Parquet in a process of its own, with limits on memory and time.

Parsers of such files can be led to hang, to crash or to ask for all memory. Whatever happens over there, here it is
either a table or a refusal.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from dukao.base import refusals
from dukao.registers.reading import source as told
from dukao.registers.reading.source import Source, TextTable, Unreadable, Wanted
from dukao.registers.rules.definitions import ColumnDefinition
from dukao.registers.rules.mapping import Names

MEMORY_LIMIT_BYTES = 3_000_000_000
SECONDS_LIMIT = 600
_PACKAGE_ROOT = Path(__file__).resolve().parents[3]


def read_apart(path: Path, kind: str, wanted: Wanted, folder: Path) -> Source:
    """The rows of an `xlsx`, `xls` or `parquet` file. Raises Unreadable, NoHeader, UnclearColumns."""
    answer = _answer(_order(path, kind, wanted, folder), folder)
    return Source(TextTable(folder / "cells.parquet"), answer["positions"], answer["found"])


def sample_apart(path: Path, kind: str, wanted: Wanted, folder: Path) -> tuple[list[str], list[list[str]]]:
    """Header and first rows of such a file. Raises Unreadable."""
    answer = _answer(_order(path, kind, wanted, folder) | {"sample": True}, folder)
    return answer["header"], answer["rows"]


def _order(path: Path, kind: str, wanted: Wanted, folder: Path) -> dict[str, Any]:
    return {
        "path": str(path),
        "kind": kind,
        "folder": str(folder),
        "names": [{"column": n.column.model_dump(mode="json"), "others": n.others} for n in wanted.names],
        "required": sorted(wanted.required),
        "mapping": wanted.mapping,
    }


def _answer(order: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Have the order carried out over there. Raises what is refused there, and Unreadable where nothing came back."""
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "dukao.registers.reading.apart"],
            input=json.dumps(order).encode(),
            cwd=_PACKAGE_ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_much("读取时间超过限制") from None
    outcome = folder / "outcome.json"
    if ended.returncode or not outcome.exists():
        raise _too_much("读取程序中途停止：文件已损坏，或要用的内存超过限制")
    answer = json.loads(outcome.read_text("utf-8"))
    if refused := answer.get("refused"):
        kind_of = getattr(told, refused.pop("refused"), Unreadable)
        raise kind_of(refused.pop("what"), **refused)
    return dict(answer)


def _too_much(why: str) -> Unreadable:
    return Unreadable("这个文件读不了", why=why, todo="请用表格软件打开后另存为 CSV 或 XLSX，再重新交付")


def main() -> None:
    """The other side: read what standard input orders, write the outcome beside the table."""
    order = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_LIMIT, SECONDS_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = Path(order["folder"])
    try:
        answer = _read(order, folder)
    except refusals.Refused as refused:
        answer = {"refused": refused.as_dict()}
    except MemoryError:
        answer = {"refused": _too_much("要用的内存超过限制").as_dict()}
    except BaseException as error:  # the parser's panics are no Exception
        answer = {"refused": _too_much(f"文件已损坏（{type(error).__name__}）").as_dict()}
    (folder / "outcome.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")


def _read(order: dict[str, Any], folder: Path) -> dict[str, Any]:
    wanted = Wanted(
        tuple(Names(ColumnDefinition.model_validate(n["column"]), tuple(n["others"])) for n in order["names"]),
        frozenset(order["required"]),
        order["mapping"],
    )
    path, target = Path(order["path"]), folder / "cells.parquet"
    if order.get("sample"):
        return _sample(path, order["kind"], wanted)
    if order["kind"] == "parquet":
        from dukao.registers.reading.columnar import read_columnar

        _table, positions, found = read_columnar(path, wanted, target)
    else:
        from dukao.registers.reading.workbooks import read_workbook

        _table, positions, found = read_workbook(path, order["kind"], wanted, target)
    return {"positions": positions, "found": found}


def _sample(path: Path, kind: str, wanted: Wanted) -> dict[str, Any]:
    if kind == "parquet":
        from dukao.registers.reading.columnar import sample_columnar

        header, rows = sample_columnar(path)
    else:
        from dukao.registers.reading.workbooks import sample_workbook

        header, rows = sample_workbook(path, kind, wanted)
    return {"header": header, "rows": rows}


if __name__ == "__main__":
    main()
