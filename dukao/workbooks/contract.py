"""What `read`, `overlap` and `fill` tell programs: plain JSON, documented in `docs/workbooks.md`.

Rows are numbered as the sheet numbers them, from 1; a path runs from the outermost heading to the own one.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from dukao.workbooks.crosschecks import Broken
from dukao.workbooks.filling import Filled
from dukao.workbooks.grid import CellError, Value, cell_name
from dukao.workbooks.overlap import Overlap
from dukao.workbooks.planning import Gap, Plan
from dukao.workbooks.tables import Heading, Rule, Slot, Table, Understood

Json = dict[str, Any]


def read_as_json(form: Understood, broken: Sequence[Broken] = ()) -> Json:
    """`{"file", "doubts", "broken", "sheets": [{"name", "hidden", "tables": […]}]}`."""
    return {
        "file": form.name,
        "doubts": list(form.doubts),
        "sheets": [
            {
                "name": s.name,
                "hidden": s.is_hidden,
                "tables": [_table(t) for t in s.tables],
                "leftover": list(s.leftover),
            }
            for s in form.sheets
        ],
        "broken": [_broken(one) for one in broken],
    }


def overlap_as_json(overlap: Overlap) -> Json:
    """`{"forms", "columns", "distinct", "in_all", "groups": [{"label", "relation", "members": […]}]}`."""
    return {
        "forms": len(overlap.forms),
        "columns": len(overlap.questions),
        "distinct": overlap.n_distinct,
        "in_all": overlap.n_in_all,
        "groups": [
            {
                "label": group.label,
                "relation": group.relation.value,
                "members": [
                    {
                        "file": m.file,
                        "sheet": m.sheet,
                        "cell": m.cell,
                        "path": list(m.path),
                        "unit": m.asked.unit,
                        "relation": relation.value,
                    }
                    for m, relation in zip(group.members, group.relations, strict=True)
                ],
            }
            for group in overlap.groups
        ],
    }


def fill_as_json(plan: Plan, filled: Filled, broken: Sequence[Broken] = ()) -> Json:
    """`{"slots", "filled", "open", "cells": [{"cell", "value", "source", "as_of"}], "gaps": […], …}`."""
    return {
        "out": str(filled.path),
        "unit": plan.unit,
        "period": plan.period.code if plan.period else None,
        "slots": plan.n_slots,
        "filled": len(filled.filled),
        "open": len(filled.gaps),
        "cells": [
            {"sheet": f.sheet, "cell": f.cell, "value": plain_value(f.value), "source": f.source, "as_of": f.as_of}
            for f in filled.filled
        ],
        "gaps": [
            {
                "sheet": g.sheet,
                "cell": g.slot.cell,
                "path": [*g.asked.row_path, *g.asked.path],
                "why": g.why,
                "choices": [title for _, title in g.slot.codes],
                "offered": [_offered(g, number) for number in range(len(g.offered))],
            }
            for g in filled.gaps
        ],
        "skipped": [{"sheet": s.filling.sheet, "cell": s.filling.cell, "why": s.why} for s in filled.skipped],
        "broken": [_broken(one) for one in broken],
    }


def _offered(gap: Gap, number: int) -> Json:
    """A term that may be meant, with what tells it from others of its name."""
    offered, known = gap.offered[number], gap.known[number] if gap.known else None
    return {
        "term": offered.term.title,
        "term_unit": offered.term.unit,
        "term_of": offered.term.section,
        "score": offered.score,
        "reason": offered.reason,
        "value": plain_value(known.value) if known else None,
        "source": known.source if known else None,
        "as_of": known.as_of if known else None,
    }


def _broken(one: Broken) -> Json:
    found = one.violation
    return {
        "sheet": one.sheet,
        "row": one.row,
        "cell": found.cell,
        "rule": found.rule.text,
        "expression": found.rule.expression,
        "left": plain_value(found.left),
        "right": plain_value(found.right),
    }


def plain_value(value: Value) -> str | int | float | bool | None:
    """A cell's value for JSON; a number with decimals stays exact as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value, "f")
    if isinstance(value, float) and value.is_integer():  # as files keep every number
        return int(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, CellError | timedelta):
        return str(value)
    return value


def _table(table: Table) -> Json:
    return {
        "range": str(table.area),
        "layout": table.layout.value,
        "title": table.title,
        "unit": table.unit,
        "period": table.period,
        "header": [list(c.path) for c in table.columns],
        "columns": [_heading(c) for c in table.columns],
        "rows": [_heading(r) for r in table.rows],
        "total_rows": [row + 1 for row in table.total_rows],
        "notes": list(table.notes),
        "rules": [_rule(r) for r in table.rules],
        "slots": [_slot(s) for s in table.slots],
        "confidence": table.confidence,
        "doubts": list(table.doubts),
    }


def _heading(heading: Heading) -> Json:
    return {
        "at": heading.index + 1,
        "path": list(heading.path),
        "unit": heading.unit,
        "kind": heading.kind.value,
        "codes": dict(heading.codes),
        "is_total": heading.is_total,
        "confidence": heading.confidence,
    }


def _rule(rule: Rule) -> Json:
    return {"text": rule.text, "expression": rule.expression, "cell": rule.cell, "confidence": rule.confidence}


def _slot(slot: Slot) -> Json:
    return {
        "cell": slot.cell,
        "path": list(slot.path),
        "row": list(slot.row_path),
        "unit": slot.unit,
        "kind": slot.kind.value,
        "codes": dict(slot.codes),
        "is_total": slot.is_total,
        "boxes": {box.title: cell_name(box.row, box.column) for box in slot.boxes},
    }
