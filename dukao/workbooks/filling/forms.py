"""Filling a form of any kind. Those that cannot be edited in place come back as XLSX."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from dukao.workbooks.filling.apart import redraw_apart
from dukao.workbooks.filling.opendocument import OdsPress
from dukao.workbooks.filling.outcome import Filled
from dukao.workbooks.filling.plainly import sheet_name, write_plainly
from dukao.workbooks.filling.press import OfficePress
from dukao.workbooks.planning import Plan
from dukao.workbooks.problems import USUAL, Limits
from dukao.workbooks.reading import read_workbook
from dukao.workbooks.reading.kinds import kind_of

_ONLY_VALUES = "{kind}文件以 XLSX 返回，只带来了值、合并的格和隐藏的行列，格式没有带过来"
_KINDS = {"text": "文本", "html": "网页", "xml": "XML 表格"}


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
    return f".{kind}" if kind in ("xlsm", "ods") else ".xlsx"


class FormPress:
    """One form to be filled any number of times; use it as a context manager."""

    def __init__(self, source: Path, *, limits: Limits = USUAL) -> None:
        """Raises Unreadable."""
        self._names: Mapping[str, str] = {}  # of sheets that had to be called otherwise
        self._press: OfficePress | OdsPress
        kind = kind_of(source, limits)
        if kind == "ods":
            self._press = OdsPress(source, limits=limits)
            return
        if kind in ("xlsx", "xlsm"):
            self._press = OfficePress(source, limits=limits)
            return
        with TemporaryDirectory(prefix="dukao-form-") as folder:
            copy = Path(folder) / "form.xlsx"
            doubts = redraw_apart(source, copy, limits) if kind == "xls" else None
            if doubts is None:
                workbook = read_workbook(source, limits=limits)
                write_plainly(workbook, copy, limits)
                self._names = {grid.name: sheet_name(grid.name) for grid in workbook.grids}
                doubts = [*workbook.doubts, _ONLY_VALUES.format(kind=_KINDS.get(kind, f"{kind.upper()} "))]
            self._press = OfficePress(copy, doubts=doubts, limits=limits)

    def copy(self, target: Path, plan: Plan, *, title: str = "") -> Filled:
        """A copy with this plan's values, of one unit and period. Raises Unreadable."""
        return self._press.copy(target, self._renamed(plan), title=title)

    def _renamed(self, plan: Plan) -> Plan:
        if all(name == new for name, new in self._names.items()):
            return plan
        return replace(
            plan,
            fillings=tuple(replace(f, sheet=self._names.get(f.sheet, f.sheet)) for f in plan.fillings),
            gaps=tuple(replace(g, sheet=self._names.get(g.sheet, g.sheet)) for g in plan.gaps),
        )

    def close(self) -> None:
        self._press.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
