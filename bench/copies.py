"""One form for every village, each with values of its own; beside it the loop people write with openpyxl."""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench._forms import SHEET, make_form, plan_for
from bench.fill import in_turns

_VILLAGES = 1_599
_ROWS, _COLUMNS = 10, 60
_SLICE = 41  # villages in one turn


def run(quick: bool) -> list[dict[str, Any]]:
    import openpyxl

    from dukao.workbooks.filling import FormPress

    turns = 3 if quick else _VILLAGES // _SLICE
    with TemporaryDirectory(prefix="dukao-bench-") as name:
        folder = Path(name)
        form = make_form(folder / "form.xlsx", rows=_ROWS, columns=_COLUMNS)
        plan = plan_for("模拟村", rows=_ROWS, columns=_COLUMNS, part=0.2)
        numbers = count()

        def peer() -> None:
            """No notes, no summary, no look whether a cell is empty."""
            for _ in range(_SLICE if quick else 5):
                book = openpyxl.load_workbook(form)
                sheet = book[SHEET]
                for filling in plan.fillings:
                    sheet.cell(filling.row + 1, filling.column + 1).value = filling.value  # type: ignore[assignment]
                book.save(folder / f"peer{next(numbers)}.xlsx")

        with FormPress(form) as press:

            def ours() -> None:
                for _ in range(_SLICE):
                    press.copy(folder / f"ours{next(numbers)}.xlsx", plan)

            own, other = in_turns(ours, peer, times=turns)
        rate, peer_rate = _SLICE / own, (_SLICE if quick else 5) / other
    return [{
        "job": "form-copies", "ours": rate, "unit": "copies/s", "peers": {"openpyxl loop": peer_rate},
        "limit": f"{_VILLAGES:,} villages, {len(plan.fillings)} of {_ROWS * _COLUMNS} cells each, "
                 "with notes and summary; the loop without",
        "ratio": rate / peer_rate, "goal": ">= 5", "met": rate >= 5 * peer_rate,
    }]  # fmt: skip
