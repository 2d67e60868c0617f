"""Opening Parquet in a process of its own, with limits on memory and time, as `workbooks` does with its files.

Parsers can be led to hang, to crash or to ask for all memory. Whatever happens over there, here it is either plain
text or a refusal.
"""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dukao.base.refusals import Refused
from dukao.workbooks.problems import Unreadable

MEMORY_LIMIT_BYTES = 3_000_000_000
SECONDS_LIMIT = 600
_PACKAGE_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Unpacked:
    """A Parquet file as a `TextTable` with these `headers`; columns at the places in `odd` hold no single values."""

    path: Path
    headers: tuple[str, ...]
    odd: tuple[int, ...]


def unpack(path: Path, folder: Path, *, most_rows: int | None = None) -> Unpacked:
    """All columns of a Parquet file, about `most_rows` of it. Raises Unreadable."""
    order = {"path": str(path), "folder": str(folder), "most_rows": most_rows}
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
    return Unpacked(folder / "all.parquet", tuple(answer["headers"]), tuple(answer["odd"]))


def _too_much(why: str) -> Unreadable:
    return Unreadable("这个文件读不了", why=why, todo="请另存为 CSV，再重新交付")


def main() -> None:
    """The other side: open what standard input orders, write table and outcome into the folder."""
    from dukao.registers.reading.columnar import unpack_columnar

    order = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_LIMIT, SECONDS_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = Path(order["folder"])
    answer: dict[str, Any]
    try:
        headers, odd = unpack_columnar(Path(order["path"]), folder / "all.parquet", order["most_rows"])
        answer = {"headers": headers, "odd": odd}
    except Refused as refused:
        answer = {"refused": refused.as_dict()}
    except MemoryError:
        answer = {"refused": _too_much("要用的内存超过限制").as_dict()}
    except BaseException as error:  # the parser's panics are no Exception
        answer = {"refused": _too_much(f"文件已损坏（{type(error).__name__}）").as_dict()}
    (folder / "outcome.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
