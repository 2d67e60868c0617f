"""Opening spreadsheets and Parquet in a process of its own, with limits on memory and time.

Parsers of such files can be led to hang, to crash or to ask for all memory. Whatever happens over there, here it is
either plain tables or a refusal.
"""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dukao.base.refusals import Refused
from dukao.registers.reading.problems import Unreadable

MEMORY_LIMIT_BYTES = 3_000_000_000
SECONDS_LIMIT = 600
_PACKAGE_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Unpacked:
    """One table of the file. A sheet is a CSV with one record per row; Parquet a `TextTable` with these `headers`, of
    which those at the places in `odd` hold no single values."""

    name: str
    path: Path
    headers: tuple[str, ...] = ()
    odd: tuple[int, ...] = ()


def unpack(path: Path, kind: str, folder: Path, *, most_rows: int | None = None) -> list[Unpacked]:
    """The tables of an `xlsx`, `xls` or `parquet` file, up to `most_rows` of each. Raises Unreadable."""
    order = {"path": str(path), "kind": kind, "folder": str(folder), "most_rows": most_rows}
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
        raise Unreadable(refused["what"], why=refused["why"], todo=refused["todo"])
    return [
        Unpacked(t["name"], folder / t["file"], tuple(t.get("headers", ())), tuple(t.get("odd", ())))
        for t in answer["tables"]
    ]


def _too_much(why: str) -> Unreadable:
    return Unreadable("这个文件读不了", why=why, todo="请用表格软件打开后另存为 CSV 或 XLSX，再重新交付")


def main() -> None:
    """The other side: open what standard input orders, write tables and outcome into the folder."""
    order = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_LIMIT, SECONDS_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = Path(order["folder"])
    try:
        answer: dict[str, Any] = {"tables": _tables(order, folder)}
    except Refused as refused:
        answer = {"refused": refused.as_dict()}
    except MemoryError:
        answer = {"refused": _too_much("要用的内存超过限制").as_dict()}
    except BaseException as error:  # the parser's panics are no Exception
        answer = {"refused": _too_much(f"文件已损坏（{type(error).__name__}）").as_dict()}
    (folder / "outcome.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")


def _tables(order: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    # Only what is needed is imported: most of the time of a small file is the start of this process.
    if order["kind"] == "parquet":
        from dukao.registers.reading.columnar import unpack_columnar

        headers, odd = unpack_columnar(Path(order["path"]), folder / "all.parquet", order["most_rows"])
        return [{"name": "", "file": "all.parquet", "headers": headers, "odd": odd}]
    from dukao.registers.reading.workbooks import unpack_workbook

    return unpack_workbook(Path(order["path"]), order["kind"], folder, order["most_rows"])


if __name__ == "__main__":
    main()
