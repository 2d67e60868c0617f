"""Tables that a page break cut apart are one table."""

from dataclasses import replace

from dukao.workbooks.grid import Area
from dukao.workbooks.tables import Layout, Table
from dukao.workbooks.understanding import words


def joined(tables: list[Table]) -> list[Table]:
    """Tables below one another with the same header under the same title (or `续表`) put together."""
    found: list[Table] = []
    for table in tables:
        place = next((p for p in range(len(found) - 1, -1, -1) if _goes_on(found[p], table)), None)
        if place is None:
            found.append(table)
        else:
            found[place] = _together(found[place], table)
    return found


def _goes_on(first: Table, second: Table) -> bool:
    if first.layout is not second.layout or first.layout not in (Layout.ROSTER, Layout.GRID) or not first.header_rows:
        return False
    if [(c.index, c.path) for c in first.columns] != [(c.index, c.path) for c in second.columns]:
        return False
    if words.is_continued(second.title):
        return True
    if second.title not in ("", first.title):
        return False
    names = {row.path for row in first.rows if not row.is_total}
    return not any(row.path in names for row in second.rows if row.path)


def _together(first: Table, second: Table) -> Table:
    area = Area(first.area.top, first.area.left, max(first.area.bottom, second.area.bottom), first.area.right)
    rules = list(first.rules)
    rules += [rule for rule in second.rules if rule.expression not in {known.expression for known in rules}]
    return replace(
        first,
        area=area,
        header_rows=(*first.header_rows, *second.header_rows),
        rows=(*first.rows, *second.rows),
        notes=tuple(dict.fromkeys((*first.notes, *second.notes))),
        rules=tuple(rules),
        slots=(*first.slots, *second.slots),
        confidence=min(first.confidence, second.confidence),
        doubts=tuple(dict.fromkeys((*first.doubts, *second.doubts))),
    )
