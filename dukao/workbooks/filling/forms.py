"""Filling a form of any kind. Those that cannot be edited in place come back as XLSX."""

from pathlib import Path
from types import TracebackType
from typing import Self

from dukao.workbooks.filling.outcome import Filled
from dukao.workbooks.filling.press import OfficePress
from dukao.workbooks.planning import Plan
from dukao.workbooks.problems import USUAL, Limits, Unreadable
from dukao.workbooks.reading.kinds import kind_of


def fill_workbook(source: Path, target: Path, plan: Plan, *, title: str = "", limits: Limits = USUAL) -> Filled:
    """Write the workbook with the plan's values to `target`, which should end in `suffix_of(source)`.

    Nothing that stands in a cell is overwritten; what was refused is in `Filled.skipped`. Raises Unreadable.
    """
    with FormPress(source, limits=limits) as press:
        return press.copy(target, plan, title=title)


def suffix_of(source: Path, *, limits: Limits = USUAL) -> str:
    """How the filled workbook's name ends: `.xlsm` and `.ods` stay what they are, all others become `.xlsx`.

    Raises Unreadable.
    """
    kind = kind_of(source, limits)
    return f".{kind}" if kind == "xlsm" else ".xlsx"


class FormPress:
    """One form to be filled any number of times; use it as a context manager."""

    def __init__(self, source: Path, *, limits: Limits = USUAL) -> None:
        """Raises Unreadable."""
        kind = kind_of(source, limits)
        if kind not in ("xlsx", "xlsm"):
            raise Unreadable("这种文件还不能填", todo="请另存为 XLSX")
        self._press = OfficePress(source, limits=limits)

    def copy(self, target: Path, plan: Plan, *, title: str = "") -> Filled:
        """A copy with this plan's values, of one unit and period. Raises Unreadable."""
        return self._press.copy(target, plan, title=title)

    def close(self) -> None:
        self._press.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
