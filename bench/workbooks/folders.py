"""A clerk's folder (模拟): what is known of some villages, in files as people keep them; and forms filled in from it.

Some files say units by name, some by code only, tied by a list of codes; some data stand in two files, with and without
the unit of measure, mostly the same and sometimes not. What a form should get is known from the figures themselves.
"""

from collections.abc import Iterator
from csv import writer
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import NamedTuple

from bench.workbooks.data import Datum, choices, data, words
from bench.workbooks.drafts import Ask, Draft, Page, Place, Style, Truth
from bench.workbooks.families import indicators, matrix, transposed
from bench.workbooks.lists import questionnaire, ticks
from bench.workbooks.pen import Pen
from dukao.base.periods import Period
from dukao.workbooks.boxes import boxes_in
from dukao.workbooks.grid import Value, cell_name
from dukao.workbooks.matching import converted
from dukao.workbooks.matching.measures import SCALED, measure
from dukao.workbooks.planning import Plan
from dukao.workbooks.understanding.words import is_additive

PERIOD = Period.parse("2026Q3")
_FAMILIES = (matrix, matrix, matrix, indicators, transposed, questionnaire, ticks)
Key = tuple[str, str]  # village, datum


@dataclass
class Folder:
    """What is known: a figure by village and datum; `unsure` are those that two files say differently."""

    town: str
    villages: tuple[str, ...]
    values: dict[Key, Decimal | str] = field(default_factory=dict)
    unsure: set[Key] = field(default_factory=set)


def folder_of(seed: int, path: Path) -> Folder:
    """Write the folder of that number; always the same."""
    rng = Random(seed)
    villages = tuple(rng.sample(words()["villages"], 17))
    folder = Folder(str(rng.choice(words()["towns"])), villages)
    codes = {village: f"2302010{seed % 90 + 10}{number:03}" for number, village in enumerate(villages, 201)}
    held = [d for d in data() if d.is_held]
    rng.shuffle(held)
    for number in range(0, len(held), 9):
        _file(rng, path / f"台账{number:03}.csv", held[number : number + 9], folder, codes)
    _file(rng, path / "村情.csv", [d for d in choices() if d.is_held], folder, codes)
    twice = rng.sample([d for d in held if _is_count(d)], 6)
    _file(rng, path / "另一份.csv", twice, folder, codes, is_second=True)
    with (path / "区划.csv").open("w", encoding="utf-8", newline="") as file:
        rows = writer(file)
        rows.writerow(("行政区划代码", "乡镇", "村名"))
        rows.writerows((code, folder.town, village) for village, code in codes.items())
    return folder


def _file(
    rng: Random, path: Path, columns: list[Datum], folder: Folder, codes: dict[str, str], *, is_second: bool = False
) -> None:
    """A list of the villages with these data; without their units of measure where it is the second of its kind."""
    full = {village: f"{folder.town}{village}民委员会" for village in folder.villages}
    by_code, by_name = ("行政区划代码", codes), ("村名", dict.fromkeys(folder.villages))
    head, called = rng.choice((by_code, by_code, by_name, ("单位名称", full)))
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = writer(file)
        rows.writerow(["2026年三季度台账（模拟）"])
        rows.writerow([head, *(d.title + (f"（{d.unit}）" if d.unit and not is_second else "") for d in columns)])
        for village in folder.villages:
            known = [_known(rng, folder, (village, d.key), d, is_second) for d in columns]
            rows.writerow([called[village] or village, *known])


def _known(rng: Random, folder: Folder, key: Key, datum: Datum, is_second: bool) -> str:
    if is_second and key in folder.values:
        if rng.random() < 0.8:
            return str(folder.values[key])
        folder.unsure.add(key)
        return str(Decimal(folder.values[key]) + 1)
    if rng.random() < 0.03:
        return ""
    value = rng.choice(datum.codes) if datum.codes else _figure(rng, datum)
    folder.values[key] = value
    return str(value)


def _figure(rng: Random, datum: Datum) -> Decimal:
    if datum.unit == "%":
        return Decimal(rng.randint(10, 1000)) / 10
    return Decimal(rng.randint(2, 90_000)) / (1 if _is_count(datum) else 100)


def _is_count(datum: Datum) -> bool:
    known = measure(datum.unit)
    return known is not None and known[0].startswith("count")


def forms(seed: int, folder: Folder) -> Iterator[tuple[Draft, str]]:
    """Blank forms for this folder, each with the unit it is filled in for."""
    rng = Random(seed)
    for number in range(12):
        total = rng.choice(("top", "bottom", "none"))
        style = replace(Style.drawn(rng), fill="blank", total=total, holder="none")
        page = Page("Sheet1")
        pen = _Pen(rng, style, page)
        rng.choice(_FAMILIES)(pen, 0, 0)
        yield Draft(f"{seed:03}{number:02}填", "xlsx", (page,), frozenset()), rng.choice(folder.villages)


class _Pen(Pen):
    """Draws forms of the folder's period."""

    def place(self) -> str:
        return "模拟县"


def wanted(truth: Truth, folder: Folder, unit: str) -> dict[Place, Value]:
    """What each slot should get; those that nobody can know for sure are left out."""
    found: dict[Place, Value] = {}
    for place, ask in truth.slots.items():
        if place[0] not in truth.totals:
            value = _due(truth, place, ask, folder, unit)
            if value is not None:
                found[place] = value
    for row, column in truth.slots:
        parts = [p for p in truth.slots if p[1] == column and p[0] not in truth.totals]
        if row in truth.totals and parts and all(p in found for p in parts):
            path = truth.columns.get(column, ())
            if is_additive(path, truth.column_units.get(column, "")) and all(_is_number(found[p]) for p in parts):
                found[row, column] = sum((Decimal(str(found[p])) for p in parts), Decimal(0))
    return found


def _due(truth: Truth, place: Place, ask: Ask, folder: Folder, unit: str) -> Value:
    if not ask.key or not ask.is_held or ask.span != "now":
        return None
    named = (truth.rows.get(place[0], ""), *truth.columns.get(place[1], ()))
    village = next((name for name in named if name in words()["villages"]), unit)
    key = (village, ask.key)
    if key not in folder.values or key in folder.unsure:
        return None
    datum = next(d for d in (*data(), *choices()) if d.key == ask.key)
    value = folder.values[key]
    if isinstance(value, str):
        return value
    asked = truth.units.get(place) or truth.column_units.get(place[1], "")
    known = measure(datum.unit)
    if not asked and known and (known[0] in SCALED or known[1] > 1):
        return None
    return converted(value, datum.unit, asked) if asked else value


def _is_number(value: Value) -> bool:
    return isinstance(value, Decimal)


class Outcome(NamedTuple):
    """The cells that got what they should, that got something else, and that got nothing though it is known."""

    right: list[Place]
    wrong: list[Place]
    missed: list[Place]
    got: dict[Place, Value]
    due: dict[Place, Value]

    def told(self, place: Place) -> str:
        return f"{cell_name(*place)}: {self.got.get(place)}, should be {self.due.get(place)}"


def compared(page: Page, truth: Truth, plan: Plan, due: dict[Place, Value]) -> Outcome:
    """What the table's cells got, against what they should get."""
    got = {(f.row, f.column): f.value for f in plan.fillings if (f.row, f.column) in truth.area}
    right = [place for place in got if place in due and _same(page, truth, place, got[place], due[place])]
    return Outcome(right, [p for p in got if p not in right], [p for p in due if p not in got], got, due)


def _same(page: Page, truth: Truth, place: Place, got: Value, due: Value) -> bool:
    if isinstance(got, str) and (boxes := boxes_in(got)) and isinstance(page.cells.get(place), str):
        return boxes.ticked == (due,)
    if isinstance(got, str) and isinstance(due, str) and got != due:
        codes = next((d.codes for d in choices() if d.key == truth.slots[place].key), ())
        return got.isdigit() and 0 < int(got) <= len(codes) and codes[int(got) - 1] == due
    return got == due or (_is_number(due) and Fraction(str(got)) == Fraction(str(due)))

