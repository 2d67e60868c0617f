"""What does not add up in a filing. Internal to the room."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from dukao.sheets.queries.reading import Cell, FilingHead
from dukao.sheets.rules.checks import Figured, SheetCheck, Violation, parse, violations


def violations_of(head: FilingHead, cells: Collection[Cell]) -> tuple[Violation, ...]:
    """The sheet's cross-checks that do not hold for these cells."""
    checks = [
        SheetCheck(c["name"], c["message"], c["level"] == "error", parse(c["rule"]))
        for c in head.definition.get("checks", ())
    ]
    if not checks:
        return ()
    values: dict[str, dict[int, int | None]] = defaultdict(dict)
    figured: dict[str, Figured] = {}
    for cell in cells:
        one = cell.carried
        values[one.element_code][cell.period] = cell.value if one.kind == "number" else None
        figured[one.element_code] = Figured(one.element_code, one.decimals, one.period_type, one.over_periods)
    # A trimmed sheet may not carry everything that a check speaks of.
    found = violations([check for check in checks if check.check.codes <= set(figured)], figured, values)
    own = {cell.key for cell in cells if cell.state in ("asked", "stale", "answered")}
    return tuple(one if _can_be_mended(one, own) else replace(one, is_error=False) for one in found)


def _can_be_mended(found: Violation, own: Collection[tuple[str, int]]) -> bool:
    """Whether the worker answers a cell of it. What others delivered wrongly is told, and stands in nobody's way."""
    return any(code in found.codes and found.period in (None, period) for code, period in own)
