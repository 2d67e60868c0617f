"""What came of filling a form."""

from dataclasses import dataclass
from pathlib import Path

from dukao.workbooks.planning import Filling, Gap


@dataclass(frozen=True)
class Skipped:
    """A filling that was not written, and why."""

    filling: Filling
    why: str


@dataclass(frozen=True)
class Filled:
    """The workbook that came back. `doubts` says in words what of the file could not be kept or was left alone."""

    path: Path
    filled: tuple[Filling, ...]
    skipped: tuple[Skipped, ...]
    gaps: tuple[Gap, ...]
    doubts: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        return told(len(self.filled), len(self.gaps), len(self.skipped))


def told(filled: int, gaps: int, skipped: int) -> str:
    """“本表 65 项：已填 52，需填 13”."""
    text = f"本表 {filled + gaps + skipped} 项：已填 {filled}，需填 {gaps}"
    return text + (f"，{skipped} 项没有写入" if skipped else "")
