"""Lists to choose from: written into the rule of a cell, or standing in cells elsewhere in the workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dukao.workbooks.grid import Area, Grid
from dukao.workbooks.reading.sheetxml import areas_of

_CHOICES_LIMIT = 1_000


def with_choices(grids: Sequence[Grid], lists: Sequence[Mapping[Area, str]]) -> list[Grid]:
    """The grids with `choices`, from the formula of each list: `"是,否"`, `$H$2:$H$9` or `代码!$A$2:$A$9`."""
    by_name = {grid.name: grid for grid in grids}
    chosen = []
    for grid, formulas in zip(grids, lists, strict=True):
        choices = {area: _choices(formula, grid, by_name) for area, formula in formulas.items()}
        chosen.append(replace(grid, choices={area: titles for area, titles in choices.items() if titles}))
    return chosen


def _choices(formula: str, grid: Grid, by_name: Mapping[str, Grid]) -> tuple[str, ...]:
    formula = formula.strip().removeprefix("=")
    if formula[:1] == formula[-1:] == '"':
        return tuple(title.strip() for title in formula[1:-1].split(",") if title.strip())
    sheet, _, reference = formula.rpartition("!")
    source = by_name.get(sheet.strip("'").replace("''", "'")) if sheet else grid
    if source is None:
        return ()
    return tuple(
        _text(value)
        for area in areas_of(reference)[:1]
        for row in source.rows[area.top : min(area.bottom + 1, area.top + _CHOICES_LIMIT)]
        for value in row[area.left : area.right + 1]
        if value is not None
    )


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
