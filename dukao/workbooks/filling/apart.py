"""Turning an XLS into an XLSX in a process of its own, with limits on memory and time, as reading does."""

import json
import resource
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from dukao.workbooks.problems import Limits

_ROOT = str(Path(__file__).resolve().parents[3])
_START = "import sys; sys.path[:] = {path!r}; from dukao.workbooks.filling.apart import serve; serve()"


def redraw_apart(source: Path, target: Path, limits: Limits) -> list[str] | None:
    """Write the XLS as XLSX; doubts in words, or nothing where it could not be done."""
    start = _START.format(path=[_ROOT, *(p for p in sys.path if p)])
    order = {"source": str(source.absolute()), "target": str(target.absolute()), "limits": asdict(limits)}
    try:
        done = subprocess.run(  # noqa: S603 (nothing in it comes from a file)
            [sys.executable, "-I", "-S", "-c", start],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=limits.seconds + 5,
            env={"LANG": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        return None
    doubts: list[str] = json.loads(done.stdout)
    return doubts


def serve() -> None:
    """The other side."""
    order = json.load(sys.stdin)
    limits = Limits(**order["limits"])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, resource.RLIM_INFINITY))
    signal.alarm(limits.seconds)
    from dukao.workbooks.filling.older import redraw

    print(json.dumps(redraw(Path(order["source"]), Path(order["target"]), limits)))
