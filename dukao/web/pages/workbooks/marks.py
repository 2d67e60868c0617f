"""The legal marks that a form prints beside its title. Pure: no database, no request."""

import re
from collections.abc import Iterator
from datetime import date

from dukao.workbooks.grid import Workbook

_AMONG_ROWS = 12
_NAMES = {
    "form_number": ("表号",),
    "issuing_body": ("制定机关", "制表机关", "制定单位", "制表单位"),
    "approval_number": ("批准文号", "备案文号", "批准（备案）文号", "批准或备案文号"),
    "valid_until": ("有效期至", "有效期限", "有效期"),
}


def _spaced(spelt: tuple[str, ...]) -> str:
    """Any of these, however far its letters are set apart: `表　　号`."""
    return "|".join(r"\s*".join(map(re.escape, name)) for name in spelt)


_MARK = {name: re.compile(rf"(?:{_spaced(spelt)})\s*[:：](.*)") for name, spelt in _NAMES.items()}
_NEXT = re.compile("|".join([r"\s{2,}", *(f"(?={_spaced(spelt)})" for spelt in _NAMES.values())]))
_DAY = re.compile(r"(\d{4})[年./-](\d{1,2})(?:[月./-](\d{1,2}))?")


def printed_marks(workbook: Workbook) -> dict[str, str]:
    """What of number, issuing body, approval and validity stands on the form; the date as 2028-06-30."""
    found: dict[str, str] = {}
    for text, beside in _texts(workbook):
        for name, mark in _MARK.items():
            if name not in found and (match := mark.search(text)):
                said = _NEXT.split(match[1].strip())[0].strip() or beside
                if said := _day(said) if name == "valid_until" else said[:120]:
                    found[name] = said
    return found


def _texts(workbook: Workbook) -> Iterator[tuple[str, str]]:
    """The texts of the visible sheets' first rows, each with what stands in the cell to the right."""
    for grid in workbook.grids:
        for row in () if grid.is_hidden else grid.rows[:_AMONG_ROWS]:
            for column, value in enumerate(row):
                if isinstance(value, str):
                    beside = next((other for other in row[column + 1 : column + 2] if isinstance(other, str)), "")
                    yield value, beside.strip()


def _day(text: str) -> str:
    """The day up to which it holds: of a month its last one; empty where it is no date."""
    if (match := _DAY.search(text)) is None:
        return ""
    year, month, day = (int(part or 0) for part in match.groups())
    try:
        return (date(year, month, day) if day else _last_of(year, month)).isoformat()
    except ValueError:
        return ""


def _last_of(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
