"""What each line rests on for each who is scored: figures that are held already. Nobody is asked for anything.

The inputs are plain mappings as they stand in a score's document (`rules.scoring`): exact values as text, where they
come from, when they were recorded, and, where there is none, why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from dukao.base.periods import Period
from dukao.indicators import queries as indicators
from dukao.indicators.queries import IndicatorView, YearReading
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.registers import queries as registers
from dukao.registers.queries import Source
from dukao.scores.queries.documents import lines_of
from dukao.scores.queries.people import fixed_tasks, satisfied_people
from dukao.scores.queries.scored import Scored
from dukao.scores.rules.definitions import SATISFACTION, TASKS_FIXED, LineDefinition, ScorecardDefinition
from dukao.scores.rules.scoring import text_of

Input = dict[str, Any]
Inputs = dict[str, list[Input]]  # by code of the scored, in the order of the lines
QUARTERS = indicators.QUARTERS


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a card's scores are computed from: its lines as the rules read them, and what is held for each."""

    lines: list[dict[str, Any]]
    inputs: Inputs


@dataclass(frozen=True, slots=True)
class _Read:
    """Everything that was fetched for a card."""

    years: indicators.Years
    sources: Mapping[str, Source]  # by element
    covered_percent: int


def evidence_of(
    definition: ScorecardDefinition, scored: Sequence[Scored], *, on: date, is_to_date: bool, with_sources: bool = True
) -> Evidence:
    """Internal: the inputs of all lines for these scored; `is_to_date`: of the year so far, by whole quarters.

    A constant number of SQL queries, whatever the card holds; fewer where nobody asks which deliveries are behind it.
    """
    read = _read(definition, scored, on=on, is_to_date=is_to_date, with_sources=with_sources)
    year = Period(definition.year * 1000)
    people = satisfied_people(scored, year) if _has(definition, SATISFACTION) else {}
    tasks = fixed_tasks(scored, year, on) if _has(definition, TASKS_FIXED) else {}
    found: Inputs = {}
    for one in scored:
        found[one.code] = []
        for line in definition.lines:
            if line.departments and one.department not in line.departments:
                told = _absent(line, "not_applicable", year)
            elif line.of in (SATISFACTION, TASKS_FIXED):
                told = {"line": line.of, **(people if line.of == SATISFACTION else tasks)[one.code]}
            else:
                told = _of_indicator(line, one, read, year)
            found[one.code].append(told)
    return Evidence(lines_of(definition, read.years.views), found)


def last_quarter(year: int, on: date) -> int:
    """The last quarter of the year that is over on this day; 0 where none is."""
    return sum(Period(year * 1000 + 100 + quarter).ends_on <= on for quarter in range(1, QUARTERS + 1))


def _has(definition: ScorecardDefinition, of: str) -> bool:
    return any(line.of == of for line in definition.lines)


def _read(
    definition: ScorecardDefinition, scored: Sequence[Scored], *, on: date, is_to_date: bool, with_sources: bool
) -> _Read:
    percent = int(law.rule("SCR-1", on).parameters["coverage_percent_least"])
    beside: dict[int, set[str]] = {}
    for line in definition.lines:
        if (year := _reference_year(line, definition.year)) is not None:
            beside.setdefault(year, set()).add(line.of)
    years = indicators.year_readings(
        codes={line.of for line in definition.lines} - {SATISFACTION, TASKS_FIXED},
        units=list({one.unit.id: one.unit for one in scored}.values()), year=definition.year,
        until=last_quarter(definition.year, on) if is_to_date else QUARTERS, covered_percent=percent, beside=beside,
    )  # fmt: skip
    return _Read(years, _sources(definition, years.views, is_to_date) if with_sources else {}, percent)


def _reference_year(line: LineDefinition, year: int) -> int | None:
    return {"value": None, "last_year": year - 1, "baseline": line.baseline_year}[line.measure]


def _sources(
    definition: ScorecardDefinition, views: Mapping[str, IndicatorView], is_to_date: bool
) -> dict[str, Source]:
    """The newest delivery behind each element: of a whole year the newest that holds a fact of it."""
    scope = org.unit_by_code(definition.scope).path
    elements = {code for view in views.values() for code in view.elements}
    if is_to_date:
        fresh = registers.datasets_behind(elements=elements, scope_path=scope)
        return {code: one.source for one in reversed(fresh) for code in one.elements}
    known = registers.elements_by_code(elements)
    by_id = {view.id: view.code for view in known.values()}
    year = Period(definition.year * 1000)
    periods = {part.key for view in known.values() for part in year.parts(view.period_type)}  # type: ignore[arg-type]
    cells = registers.sources_of_cells(scope_path=scope, element_ids=set(by_id), periods=periods)
    found: dict[str, Source] = {}
    for (element_id, _period), behind in sorted(cells.items(), key=lambda item: item[0][1]):
        found[by_id[element_id]] = behind[0]
    return found


def _of_indicator(line: LineDefinition, one: Scored, read: _Read, year: Period) -> Input:
    view = read.years.views.get(line.of)
    if view is None:
        return _absent(line, "no_data", year)
    cell = (line.of, one.unit.id)
    now = read.years.now[cell]
    behind = [source for code in view.elements if (source := read.sources.get(code))]
    recorded: datetime | None = max((one.landed_at for one in behind if one.landed_at), default=None)
    told = {
        "line": line.of, "value": None, "reference": None, "low": None, "high": None, "absent": "",
        "period": _period_of(year, now.through), "through": now.through,
        "coverage": {"held": now.counts.known, "of": now.counts.of, "to_accept": now.counts.pending},
        "sources": list(dict.fromkeys(f"{s.provider_name}《{s.dataset_title}》批次 {s.number}" for s in behind)),
        "recorded_at": recorded.isoformat(timespec="seconds") if recorded else None,
        "passport": {"indicator": view.code, "unit": one.unit.code, "period": _period_of(year, now.through)},
    }  # fmt: skip
    if now.value is None or now.through == 0:
        is_thin = 0 < now.counts.known * 100 < read.covered_percent * now.counts.of
        return told | {"absent": "thin" if is_thin else "no_data"}
    told["value"] = text_of(Fraction(*now.value))
    reference_year = _reference_year(line, year.year)
    if reference_year is not None:
        reference = read.years.before[reference_year].get(cell)
        # Less was held then than now: the difference would be one of knowing, not of doing.
        if reference is not None and reference.value is not None and _as_complete(reference, now):
            told["reference"] = text_of(Fraction(*reference.value))
        told["reference_period"] = _period_of(Period(reference_year * 1000), now.through)
    return told


def _as_complete(before: YearReading, now: YearReading) -> bool:
    return before.counts.of == 0 or before.counts.known * now.counts.of >= before.counts.of * now.counts.known * 9 // 10


def _period_of(year: Period, through: int) -> str:
    """`2026`, or of a part of the year the quarter up to which it is read: `2026Q3`."""
    return year.code if through in (0, QUARTERS) else f"{year.code}Q{through}"


def _absent(line: LineDefinition, reason: str, year: Period) -> Input:
    return {
        "line": line.of, "value": None, "reference": None, "low": None, "high": None, "absent": reason,
        "period": year.code, "sources": [], "recorded_at": None,
    }  # fmt: skip
