"""The platform as a shelf: what it knows fills any form, by the same rules by which it fills its own sheets.

1. Terms are the dictionary's elements. Sensitive ones only for the department that keeps them.
2. A value is the unit's own fact, or what the units below add up to where all of them are known; of parts of the
   form's period what the element says: their sum, their mean, the latest.
3. What is stale is not filled in: `stale` tells it, and whoever says “still right” takes it with `still_right`.
4. Only units that the viewer may see figures of are known; a name that several of them share is told in `untold`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.pinyin import pinyin_of
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor, ancestor_ids
from dukao.registers import queries as registers
from dukao.registers.queries import ElementView, KnownFact
from dukao.sheets.models import Meaning
from dukao.sheets.queries.reading import folded
from dukao.sheets.rules.cells import cell_periods, is_fresh, periods_that_count
from dukao.sheets.wording import source_text
from dukao.workbooks.matching import Term
from dukao.workbooks.naming import short_of, who
from dukao.workbooks.shelf import Known
from dukao.workbooks.tables import Kind

Part = TypeVar("Part")
_VILLAGE = 5
_KINDS = {"number": Kind.NUMBER, "text": Kind.TEXT, "code": Kind.CODE}
# From the finest: what is kept per day adds up to a month, never the other way round.
_FINENESS = {"day": 0, "month": 1, "quarter": 2, "year": 3}


@dataclass(frozen=True, slots=True)
class _Held:
    """A value for a term in the form's period, and whether it is still fresh."""

    known: Known
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class Meanings:
    """What people said of a form's words. `chosen`: signature → element code; `never`: → those that are not meant."""

    chosen: Mapping[str, str]
    never: Mapping[str, frozenset[str]]


def known_shelf(
    *, viewer: Actor, today: date, within: str = "", still_right: Collection[tuple[str, str]] = ()
) -> "PlatformShelf":
    """What the viewer may see of what is known. `within`: the unit whose form it is; its own villages are meant first.

    `still_right`: (element, unit code) of stale values that somebody has confirmed for this form.
    """
    return PlatformShelf(viewer, today, within, frozenset(still_right))


def meanings(*, viewer: Actor, unit: str, with_above: bool = True) -> Meanings:
    """What was said for the unit or (`with_above`) one above it; the nearest counts. Raises NotThere."""
    place = org.unit(code=unit, viewer=viewer)
    units = ancestor_ids(place.path) if with_above else (place.id,)
    rows = Meaning.objects.filter(unit_id__in=units).order_by("unit__level")
    chosen: dict[str, str] = {}
    never: dict[str, set[str]] = defaultdict(set)
    for signature, element, is_never in rows.values_list("signature", "element__code", "is_never"):
        if not is_never:
            chosen[signature] = element
            never[signature].discard(element)
            continue
        never[signature].add(element)
        if chosen.get(signature) == element:
            del chosen[signature]
    return Meanings(chosen, {signature: frozenset(codes) for signature, codes in never.items() if codes})


class PlatformShelf:
    """A `dukao.workbooks.shelf.Shelf` over the database; reads a unit's period once, whatever is asked of it."""

    def __init__(self, viewer: Actor, today: date, within: str, still_right: frozenset[tuple[str, str]]) -> None:
        self.untold: list[str] = []
        self._viewer, self._today, self._still_right = viewer, today, still_right
        self.elements: Mapping[str, ElementView] = {e.code: e for e in _elements_for(viewer)}
        self._units = _UnitsByName(viewer, within)
        self._held: dict[tuple[int, int], dict[str, _Held]] = {}

    @property
    def terms(self) -> Sequence[Term]:
        return tuple(
            Term(
                e.code, (e.title, *e.aliases), e.measure_unit,
                Kind.PERCENT if e.measure_unit == "%" else _KINDS[e.kind], f"{e.owner_name} {e.definition}",
            )
            for e in self.elements.values()
        )  # fmt: skip

    def search(self, text: str, *, most: int) -> tuple[ElementView, ...]:
        """The elements one of whose names, or its pinyin, has the text in it; where it stands foremost comes first."""
        wanted = registers.plain(text)
        if not wanted:
            return ()
        found = [(at, len(e.title), e.code) for e in self.elements.values() if (at := _found_in(e, wanted)) is not None]
        return tuple(self.elements[code] for *_rank, code in sorted(found)[:most])

    def knows(self, whose: str) -> bool:
        return self._unit(whose) is not None

    def values(self, key: str, *, whose: str, period: Period | None) -> tuple[Known, ...]:
        unit = self._unit(whose)
        held = self._of(unit, period).get(key) if unit is not None else None
        if unit is None or held is None or not (held.is_fresh or (key, unit.code) in self._still_right):
            return ()
        return (held.known,)

    def stale(self, key: str, *, whose: str, period: Period | None) -> tuple[str, Known] | None:
        """An old value that somebody may confirm, with the code of its unit."""
        unit = self._unit(whose)
        held = self._of(unit, period).get(key) if unit is not None else None
        return (unit.code, held.known) if unit is not None and held is not None and not held.is_fresh else None

    def _unit(self, whose: str) -> UnitView | None:
        found = self._units.called(whose)
        if len(found) > 1:
            told = _("“{name}”有 {n} 个（{codes}），请在表上写区划代码").format(
                name=whose, n=len(found), codes="、".join(unit.code for unit in found[:3])
            )
            if told not in self.untold:
                self.untold.append(told)
        return found[0] if len(found) == 1 else None

    def _of(self, unit: UnitView, period: Period | None) -> Mapping[str, _Held]:
        if period is None:
            return {}
        if (unit.id, period.key) not in self._held:
            self._held[unit.id, period.key] = self._read(unit, period)
        return self._held[unit.id, period.key]

    def _read(self, unit: UnitView, period: Period) -> dict[str, _Held]:
        """All that is known of the unit in the period, in a constant number of queries."""
        fitting = [e for e in self.elements.values() if _fits(e, period)]
        own = {e.id: e for e in fitting if e.level == unit.level}
        below = {e.id: e for e in fitting if e.level > unit.level and e.kind == "number" and e.over_units != "none"}
        wanted = {
            counting
            for e in own.values()
            for cell in cell_periods(period.key, e.period_type)  # type: ignore[arg-type]
            for counting in periods_that_count(cell, e.over_periods)
        }
        facts: dict[int, dict[int, KnownFact]] = defaultdict(dict)
        if wanted:
            known = registers.known(unit_id=unit.id, element_ids=own, periods=wanted)
            for (element_id, of_period), fact in known.items():
                facts[element_id][of_period] = fact
        found = {e.code: held for e in own.values() if (held := self._from_facts(e, facts[e.id], period)) is not None}
        return found | self._from_below(unit, below, period)

    def _from_facts(self, e: ElementView, facts: Mapping[int, KnownFact], period: Period) -> _Held | None:
        counting = [_counting(cell, e.over_periods, facts) for cell in cell_periods(period.key, e.period_type)]  # type: ignore[arg-type]
        pairs = _standing_for(e, counting)
        if not pairs:
            return None
        source = "；".join(dict.fromkeys(_source(fact) for _, fact in pairs))
        fresh = all(is_fresh(of, period.key, e.fresh_days, self._today) for of, _ in pairs)
        if e.kind != "number":
            if len({fact.text for _, fact in pairs}) > 1:
                return None
            return _Held(Known(_text(e, pairs[0][1].text), "", source, Period(pairs[0][0]).code), fresh)
        value = _over_periods(e, [fact.value for _, fact in pairs])
        if value is None:
            return None
        as_of = Period(pairs[0][0]).code if len(pairs) == 1 else period.code
        return _Held(Known(value, e.measure_unit, source, as_of), fresh)

    def _from_below(self, unit: UnitView, elements: Mapping[int, ElementView], period: Period) -> dict[str, _Held]:
        """What the units below add up to; a sum does not grow old."""
        cells = {e: cell_periods(period.key, of.period_type) for e, of in elements.items()}  # type: ignore[arg-type]
        if not cells:
            return {}
        sums = folded(
            unit_id=unit.id,
            elements={e: (of.level, of.over_units) for e, of in elements.items()},
            periods={period for of in cells.values() for period in of},
        )
        found = {}
        for e, of in elements.items():
            parts = _standing_for(of, [sums.get((e, cell)) for cell in cells[e]])
            value = _over_periods(of, [value for value, _n in parts]) if parts else None
            if value is not None:
                told = _("由 {n} 个下级单位汇总").format(n=max(n for _value, n in parts))
                found[of.code] = _Held(Known(value, of.measure_unit, told, period.code), is_fresh=True)
        return found


class _UnitsByName:
    """Units that the viewer may see figures of, by code and by name; read from the database once it is asked for."""

    def __init__(self, viewer: Actor, within: str) -> None:
        self._viewer, self._within = viewer, within
        self._by_name: dict[str, list[UnitView]] | None = None
        self._units: dict[int, UnitView] = {}

    def called(self, whose: str) -> tuple[UnitView, ...]:
        """The units called so; of several those below the unit whose form it is."""
        if self._by_name is None:
            self._by_name = defaultdict(list)
            self._units = {unit.id: unit for unit in self._all()}
            for unit in self._units.values():
                for name in {unit.code, who(unit.name), who(unit.short_name)}:
                    self._by_name[name].append(unit)
        found = self._by_name.get(who(whose)) or self._called_in_full(who(whose), self._by_name)
        if len(found) > 1 and (place := next(iter(self._by_name.get(self._within, ())), None)):
            if place in found:
                return (place,)
            found = [unit for unit in found if unit.path.startswith(place.path)] or found
        return tuple(found)

    def _called_in_full(self, name: str, by_name: Mapping[str, list[UnitView]]) -> list[UnitView]:
        """平安镇和平村: those called 和平村 below a unit that is called by the words before it."""
        short = short_of(name)
        outer = name.removesuffix(short)
        return [unit for unit in by_name.get(short, ()) if any(
            outer.endswith((who(above.name), who(above.short_name)))
            for above in map(self._units.get, ancestor_ids(unit.path)) if above is not None and above.id != unit.id
        )] if short else []  # fmt: skip

    def _all(self) -> Iterator[UnitView]:
        tops = org.root_units() if self._viewer.is_system else ()
        yield from (unit for top in tops for level in range(top.level, _VILLAGE + 1)
                    for unit in org.units_below(path=top.path, level=level))  # fmt: skip
        for standing in self._viewer.standings_with("FIGURES_SEE"):
            for level in range(standing.unit_level, _VILLAGE + 1):
                yield from org.units_below(path=standing.unit_path, level=level)


def _elements_for(viewer: Actor) -> Iterator[ElementView]:
    if not viewer.has("FIGURES_SEE"):
        return
    own = {standing.department_code for standing in viewer.standings} - {""}
    for element in registers.elements():
        if element.sensitivity != "sensitive" or viewer.is_system or element.owner_code in own:
            yield element


def _found_in(e: ElementView, wanted: str) -> int | None:
    """How far from the beginning the text stands in one of the names; typed letters may be their pinyin."""
    names = [registers.plain(name) for name in registers.names_of(e)]
    if wanted.isascii() and wanted.isalpha():
        names += [key for name in (e.title, *e.aliases) for key in _spelled(name)]
    return min((at for name in names if (at := name.find(wanted)) >= 0), default=None)


@lru_cache(maxsize=16_384)
def _spelled(name: str) -> tuple[str, str]:
    return pinyin_of([name])[name]


def _fits(e: ElementView, period: Period) -> bool:
    """A year's sum is no month's figure; a stock, a text or a code of the year counts for its months too."""
    return _FINENESS[e.period_type] <= _FINENESS[period.type] or e.over_periods in ("last", "none")


def _counting(cell: int, over_periods: str, facts: Mapping[int, KnownFact]) -> tuple[int, KnownFact] | None:
    return next(((p, facts[p]) for p in periods_that_count(cell, over_periods) if p in facts), None)


def _standing_for(e: ElementView, cells: Sequence[Part | None]) -> list[Part]:
    """The parts that stand for the whole period: of a stock the latest that is known, else all or none."""
    known = [cell for cell in cells if cell is not None]
    return known[-1:] if e.over_periods == "last" else known if len(known) == len(cells) else []


def _over_periods(e: ElementView, values: Sequence[int | None]) -> Decimal | None:
    """What the parts of a period come to; nothing where they do not add up."""
    numbers = [value for value in values if value is not None]
    if len(numbers) != len(values) or (len(numbers) > 1 and e.over_periods == "none"):
        return None
    whole = round(Fraction(sum(numbers), len(numbers))) if e.over_periods == "mean" else sum(numbers)
    return Decimal(whole).scaleb(-e.decimals)


def _text(e: ElementView, text: str) -> str:
    return next((code.title for code in e.codes if code.code == text), text)


def _source(fact: KnownFact) -> str:
    text = source_text(fact.source) if fact.source.kind == "delivery" else _("本单位填报")
    return text if fact.accepted_at is not None else text + _("（待审）")
