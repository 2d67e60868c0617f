"""What of a form was got right: true tables against understood ones, place by place."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from bench.workbooks.drafts import Ask, Draft, Page, Truth
from dukao.workbooks.grid import Area, cell_name
from dukao.workbooks.matching import Candidate, Matcher
from dukao.workbooks.planning import asked_by
from dukao.workbooks.tables import Layout, Slot, Table, Understood, UnderstoodSheet
from dukao.workbooks.texts import plain

MEASURES = ("table", "title", "header", "row name", "unit", "total row", "slot", "element")
_CIRCLED = re.compile(r"^\s*[①-⑳]")
_UNIT = re.compile(r"\([^()]*\)$|(?:/[^()/]*)+$")
_NUMBERING = re.compile(
    r"^(?:其中:?|\([一二三四五六七八九十\d]{1,3}\)|[一二三四五六七八九十]{1,3}[、.]|\d{1,2}[.、](?!\d(?!\d周?岁)))+"
)


@dataclass
class Count:
    """How often something was told and is so, was told and is not so, and is so but was not told."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    def add(self, right: int, wrong: int, missed: int) -> None:
        self.right, self.wrong, self.missed = self.right + right, self.wrong + wrong, self.missed + missed


@dataclass
class Tally:
    """Counts over forms, the failures in words, and which traits they came with."""

    counts: dict[str, Count] = field(default_factory=lambda: {name: Count() for name in MEASURES})
    failures: list[tuple[str, str, str]] = field(default_factory=list)  # measure, form, what
    seen: Counter[str] = field(default_factory=Counter)  # trait → forms
    failed: Counter[tuple[str, str]] = field(default_factory=Counter)  # measure, trait → forms
    n_asks: int = 0  # questions about something that is held
    in_top_3: int = 0
    offers: list[tuple[float, bool]] = field(default_factory=list)  # score of the first candidate, whether it is right

    def take(self, draft: Draft, found: Understood, matcher: Matcher) -> None:
        """Compare one form with what was understood of it."""
        before = {name: (c.wrong, c.missed) for name, c in self.counts.items()}
        for page, sheet in zip(draft.pages, found.sheets, strict=False):
            self._page(draft, page, sheet, matcher)
        self.seen.update(draft.traits)
        for name, count in self.counts.items():
            if (count.wrong, count.missed) != before[name]:
                self.failed.update((name, trait) for trait in draft.traits)

    def _page(self, draft: Draft, page: Page, sheet: UnderstoodSheet, matcher: Matcher) -> None:
        tables = [t for t in sheet.tables if t.layout is not Layout.LOOKUP]
        matched = list(_matched(page.truths, tables))
        n_right = sum(1 for truth, table in matched if truth and table)
        self._count(draft, "table", n_right, len(tables) - n_right, len(page.truths) - n_right,
                    lambda: f"{page.name}: true {[str(t.area) for t in page.truths]}, found "
                            f"{[(str(t.area), str(t.layout)) for t in tables]}")  # fmt: skip
        for truth, table in matched:
            self._slots(draft, page, truth, table)
            if truth and table:
                self._headings(draft, page, truth, table)
                self._elements(draft, page, truth, table, matcher)

    def _count(self, draft: Draft, measure: str, right: int, wrong: int, missed: int, why: Callable[[], str]) -> None:
        self.counts[measure].add(right, wrong, missed)
        if wrong or missed:
            self.failures.append((measure, f"{draft.name}.{draft.kind}", why()))

    def _headings(self, draft: Draft, page: Page, truth: Truth, table: Table) -> None:
        if truth.title:
            is_right = plain(truth.title) == plain(table.title)
            self._count(draft, "title", is_right, bool(table.title) and not is_right, not is_right,
                        lambda: f"{page.name} {truth.area}: true {truth.title!r}, told {table.title!r}")  # fmt: skip
        told = {c.index: c for c in table.columns}
        wrong = {}
        if table.layout is not Layout.PAIRS:
            wrong = {c: (path, told[c].path if c in told else None) for c, path in truth.columns.items()
                     if c not in told or not _same_path(path, told[c].path)}  # fmt: skip
            n_wrong = sum(1 for c in wrong if c in told)
            self._count(draft, "header", len(truth.columns) - len(wrong), n_wrong, len(wrong),
                        lambda: f"{page.name} {truth.area}: {_first(wrong)}")  # fmt: skip
        if table.layout is Layout.GRID:
            rows = {r.index: r.path[-1] if r.path else "" for r in table.rows}
            bad = {r + 1: (name, rows.get(r)) for r, name in truth.rows.items()
                   if r not in page.hidden_rows and not _same_text(name, rows.get(r, ""))}  # fmt: skip
            self._count(draft, "row name", len(truth.rows) - len(bad), sum(1 for _, told in bad.values() if told),
                        len(bad), lambda: f"{page.name} {truth.area}: {_first(bad)}")  # fmt: skip
        totals = set(table.total_rows)
        self._count(draft, "total row", len(totals & truth.totals), len(totals - truth.totals),
                    len(truth.totals - totals), lambda: f"{page.name} {truth.area}: true {_rows(truth.totals)}, "
                    f"told {_rows(totals)}")  # fmt: skip
        units = {c: (unit, told[c].unit or table.unit) for c, unit in truth.column_units.items() if c in told}
        self._units(draft, page, truth, units.items())
        slots = {(s.row, s.column): s for s in table.slots}
        if not truth.column_units:
            found = {p: (unit, slots[p].unit or table.unit) for p, unit in truth.units.items() if p in slots}
            self._units(draft, page, truth, ((cell_name(*p), pair) for p, pair in found.items()))

    def _units(self, draft: Draft, page: Page, truth: Truth, pairs: Iterable[tuple[object, tuple[str, str]]]) -> None:
        pairs = list(pairs)
        wrong = [(where, true, told) for where, (true, told) in pairs if told and plain(true) != plain(told)]
        missed = [(where, true, told) for where, (true, told) in pairs if not told]
        self._count(draft, "unit", len(pairs) - len(wrong) - len(missed), len(wrong), len(missed) + len(wrong),
                    lambda: f"{page.name} {truth.area}: {(wrong + missed)[:3]}")  # fmt: skip

    def _slots(self, draft: Draft, page: Page, truth: Truth | None, table: Table | None) -> None:
        found = {(s.row, s.column) for s in table.slots} if table else set()
        true = set(truth.slots) if truth else set()
        optional = truth.optional if truth else set()
        wrong, missed = found - true - optional, true - found
        area = truth.area if truth else table.area if table else ""
        self._count(draft, "slot", len(found & true), len(wrong), len(missed),
                    lambda: f"{page.name} {area}: none {_cells(wrong)}, missed {_cells(missed)}")  # fmt: skip

    def _elements(self, draft: Draft, page: Page, truth: Truth, table: Table, matcher: Matcher) -> None:
        for slot, ask in distinct(truth, table):
            asked = asked_by(table, slot)
            offered = matcher.candidates(asked, 3)
            first = offered[0] if offered else None
            is_right = first is not None and means(first, ask)
            is_taken = first is not None and first.is_sure
            self.n_asks += bool(ask.key) and ask.is_held
            self.in_top_3 += any(means(c, ask) for c in offered)
            if first is not None:
                self.offers.append((first.score, is_right))
            says = (f"{page.name}!{slot.cell} {' / '.join((*asked.row_path, *asked.path))} [{asked.unit}] is "
                    f"{ask.key or ask.words} {ask.span}{'' if ask.is_held else ' (held nowhere)'}, offered "
                    f"{[(c.term.title, str(c.span), c.score, c.reason) for c in offered[:2]]}")  # fmt: skip
            if is_taken and not is_right:
                self.failures.append(("accepted wrongly", f"{draft.name}.{draft.kind}", says))
            self._count(draft, "element", is_taken and is_right, is_taken and not is_right,
                        bool(ask.key) and ask.is_held and not (is_taken and is_right), partial(str, says))  # fmt: skip


def distinct(truth: Truth, table: Table) -> Iterator[tuple[Slot, Ask]]:
    """Each question of a table once, as understood, beside what it truly asks."""
    seen = set()
    for slot in table.slots:
        ask = truth.slots.get((slot.row, slot.column))
        if ask is not None and (ask.key or ask.words) and ask not in seen:
            seen.add(ask)
            yield slot, ask


def means(candidate: Candidate, ask: Ask) -> bool:
    return ask.is_held and candidate.term.key == ask.key and candidate.span == ask.span


def _matched(truths: Iterable[Truth], tables: Iterable[Table]) -> Iterator[tuple[Truth | None, Table | None]]:
    """True and found tables that are the same one, each once; the rest alone."""
    left = list(tables)
    for truth in truths:
        best = max(left, key=lambda t: _agreement(truth.area, t.area), default=None)
        if best is not None and _agreement(truth.area, best.area) >= 0.75:
            left.remove(best)
            yield truth, best
        else:
            yield truth, None
    yield from ((None, table) for table in left)


def _agreement(one: Area, other: Area) -> float:
    """Cells in both over cells in either."""
    height = min(one.bottom, other.bottom) - max(one.top, other.top) + 1
    width = min(one.right, other.right) - max(one.left, other.left) + 1
    shared = max(height, 0) * max(width, 0)
    return shared / (_size(one) + _size(other) - shared)


def _size(area: Area) -> int:
    return (area.bottom - area.top + 1) * (area.right - area.left + 1)


def _same_path(true: tuple[str, ...], told: tuple[str, ...]) -> bool:
    return len(true) == len(told) and all(map(_same_text, true, told))


def _same_text(true: str, told: str) -> bool:
    return _bare(true) == _bare(told)


def _bare(text: str) -> str:
    """Without numbering, unit and codes in brackets, blanks, width, script: those have measures of their own."""
    text = _NUMBERING.sub("", plain(_CIRCLED.sub("", text)))
    return _UNIT.sub("", text).rstrip(":")


def _first(wrong: dict[int, tuple[object, object]]) -> str:
    return "; ".join(f"{at}: true {true}, told {told}" for at, (true, told) in list(wrong.items())[:3])


def _cells(places: Iterable[tuple[int, int]]) -> str:
    ordered = sorted(places)
    return ",".join(cell_name(*p) for p in ordered[:8]) + (f" … {len(ordered)}" if len(ordered) > 8 else "")


def _rows(rows: Iterable[int]) -> list[int]:
    return sorted(r + 1 for r in rows)
