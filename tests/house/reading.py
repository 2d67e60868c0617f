"""Reading the house's own source, for tests about the code itself."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("base", "law", "org", "registers", "gate", "voice", "sheets", "tasks", "indicators", "scores")
DOORS = ("web", "cli", "demo")


@cache
def tracked_files() -> tuple[Path, ...]:
    """What git keeps, and what it would keep: new files that are not ignored count too."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True,
        check=True,
    )
    names = listing.stdout.decode().split("\0")
    return tuple(sorted({ROOT / name for name in names if name and (ROOT / name).is_file()}))


def sources(*folders: str) -> Iterator[Path]:
    """Python files below these folders of the project, migrations left out."""
    for path in tracked_files():
        relative = path.relative_to(ROOT)
        if path.suffix == ".py" and relative.parts[0] in folders and "migrations" not in relative.parts:
            yield path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Import:
    """`names` are what is taken from `module`; empty for a plain import."""

    path: Path
    line: int
    module: str
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module} {', '.join(self.names)}".rstrip()


def imports(path: Path) -> Iterator[Import]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield Import(path, node.lineno, node.module, tuple(alias.name for alias in node.names))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function with its length in lines."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def requirement_names(name: str) -> set[str]:
    """Normalised names of a compiled requirements file."""
    text = (ROOT / name).read_text()
    names = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[.*?\])?==", text, re.M)
    return {re.sub(r"[-_.]+", "-", found).lower() for found in names}
