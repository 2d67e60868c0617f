"""How many rows at the top of a block are its header: each possible depth is scored by the evidence for it."""

import re
from dataclasses import dataclass

from dukao.workbooks.grid import Area
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.canvas import Canvas, Cell, Shape

DEEPEST = 8
_IDENTITY = re.compile(r"姓名$|^户主|名称$|^编号$")


@dataclass(frozen=True)
class Header:
    """The header's rows, those that only number or measure the columns, and how sure that is (0 to 1)."""

    rows: tuple[int, ...]
    numbering: int | None = None
    units: int | None = None
    coverage: float = 0.0  # share of columns that have a name
    confidence: float = 1.0

    @property
    def naming(self) -> tuple[int, ...]:
        """The rows that name columns."""
        return tuple(row for row in self.rows if row not in (self.numbering, self.units))


def header_of(canvas: Canvas, area: Area) -> Header:
    """The best header; an empty one where the block names its rows only."""
    rows = canvas.between(area.top, area.bottom)[: DEEPEST + 4]
    look = _Look(canvas, area, list(rows))
    scores = sorted(((look.score(depth), -depth) for depth in range(min(DEEPEST, len(rows)) + 1)), reverse=True)
    best, depth = scores[0][0], -scores[0][1]
    margin = best - scores[1][0] if len(scores) > 1 else 2.0
    used = tuple(rows[:depth])
    return Header(
        used,
        next((row for row in used if look.is_numbering(row)), None),
        next((row for row in used[1:] if look.is_units(row)), None),
        look.coverage(depth),
        round(max(0.5, min(1.0, 0.75 + margin / 6)) * ((0.6 + 0.4 * look.coverage(depth)) if depth else 0.9), 3),
    )


class _Look:
    """What can be told of the first rows of a block."""

    def __init__(self, canvas: Canvas, area: Area, rows: list[int]):
        self.canvas, self.area, self.rows = canvas, area, rows
        self.columns = range(area.left, area.right + 1)
        self.seen = {row: {c: canvas.at(row, c) for c in self.columns} for row in rows}
        self.years = {row for row in rows[:2] if self._are_years(row)}

    def own(self, row: int) -> list[Cell]:
        """The cells that begin in this row, without one that comes from left of the area."""
        found = {}
        for cell in self.seen[row].values():
            if cell is not None and cell.row == row and cell.column >= self.area.left:
                found[cell.column] = cell
        return list(found.values())

    def _are_years(self, row: int) -> bool:
        """2019, 2020, 2021 side by side: years as names, though they are numbers."""
        found = [cell.text for cell in self.own(row)[1:]]
        years = [int(text) for text in found if len(text) == 4 and text.isdecimal() and text[:2] in ("19", "20")]
        return (
            len(years) >= 2
            and len(years) == len(found)
            and years
            in (
                list(range(years[0], years[0] + len(years))),
                list(range(years[0], years[0] - len(years), -1)),
            )
        )

    def _names(self, cell: Cell) -> bool:
        return cell.is_text or words.is_period_head(cell.text) or cell.row in self.years

    def _is_body(self, cell: Cell) -> bool:
        """What stands in bodies: figures (but not years as names), answers, crossed-out cells."""
        return not self._names(cell)

    def score(self, depth: int) -> float:
        if depth == 0:
            return self._without()
        points = 5.0 * self.coverage(depth)
        for place, row in enumerate(self.rows[:depth]):
            points += self._as_header(row, place)
        points -= 4.0 * self._crossing(depth)
        if depth < len(self.rows):
            points += self._contrast(depth)
        return points

    def coverage(self, depth: int) -> float:
        named = set()
        for row in self.rows[:depth]:
            for column, cell in self.seen[row].items():
                if cell is not None and self._names(cell):
                    named.add(column)
        return len(named) / len(self.columns)

    def is_numbering(self, row: int) -> bool:
        """甲 乙 1 2 3, ① ②, A B C: each one more than the last of its kind, plain numbers for (nearly) every column."""
        cells = [cell for cell in self.own(row) if cell.shape is not Shape.BLOCK]
        width = len(self.columns)
        if len(cells) > 2 and words.is_serial_head(cells[0].text):
            width -= cells[0].width
            cells = cells[1:]
        found = [words.numbering(cell.printed) for cell in cells]
        if len(cells) < 2 or None in found:
            return False
        is_sparse = len(cells) < 0.6 * width
        if is_sparse and not any(kind in ("circled", "stem") for kind, _ in (pair for pair in found if pair)):
            return False
        last: dict[str, int] = {}
        steps = 0
        for kind, number in (pair for pair in found if pair):
            if kind in last:
                if number != last[kind] + 1:
                    return False
                steps += 1
            elif number != 1:
                return False
            last[kind] = number
        return steps >= 1

    def is_units(self, row: int) -> bool:
        """Nothing but units of measure."""
        cells = [cell for cell in self.own(row) if not words.is_unit_head(cell.text)]
        return bool(cells) and all(words.is_unit(cell.text) for cell in cells if cell.is_text) and cells[-1].is_text

    def _as_header(self, row: int, place: int) -> float:
        """How well a row stands in a header with `place` rows above it."""
        cells = self.own(row)
        if not cells:
            return 0.0 if any(self.seen[row].values()) else -6.0
        if place and self.is_numbering(row):
            return 2.0
        if place and self.is_units(row):
            return 1.5
        points = -5.0 * sum(self._is_body(cell) for cell in cells) / len(cells)
        if place:
            points += 2.4 * self._needed(row, place) - 1.4
            points += 3.0 * self._hangs_under_the_corner(row, place, cells)
            if words.is_total(cells[0].text) and (cells[0].column == self.area.left or len(cells) == 1):
                points -= 4.0
            if any(self.is_numbering(above) for above in self.rows[:place]):
                points -= 4.0
        return points

    def _needed(self, row: int, place: int) -> float:
        """Share of a row's names without which a column would stay without name or under a shared one."""
        above = self.seen[self.rows[place - 1]]
        # A name printed again below itself stands for a merged one: it neither needs the row nor speaks against it.
        said = {column: cell.text for column, cell in above.items() if cell is not None}
        cells = [cell for cell in self.own(row) if cell.is_text and said.get(cell.column) != cell.text]
        if not cells:
            return 0.0
        needed = 0
        for cell in cells:
            over = above[cell.column]
            if over is None:
                needed += self._hangs_below(cell, place)
            elif over.width > cell.width:
                needed += over.column > self.area.left or self._reaches_beyond(row, over)
            elif self._shares(over, cell, above):
                needed += 1
        return needed / len(cells)

    def _hangs_under_the_corner(self, row: int, place: int, cells: list[Cell]) -> bool:
        """A row of nothing but names that leaves the first column out, when the rows below fill it."""
        if self.seen[row][self.area.left] is not None or words.is_total(cells[0].text):
            return False
        below = self.rows[place + 1 : place + 4]
        for cell in cells:
            texts = any((c := self.seen[after][cell.column]) is not None and c.is_text for after in below[1:])
            if not cell.is_text or (texts and not words.is_label(cell.text)):
                return False
        return any((c := self.seen[after][self.area.left]) is not None and c.row == after for after in below)

    def _reaches_beyond(self, row: int, corner: Cell) -> bool:
        """Whether a row under a wide corner says anything right of it: otherwise it names rows, not columns."""
        return any(cell is not None for column, cell in self.seen[row].items() if column > corner.area.right)

    def _hangs_below(self, cell: Cell, place: int) -> bool:
        """A name in a hole of the header: no row above names its column, or a shared name to the left continues."""
        unnamed = not any(
            (other := self.seen[row][cell.column]) is not None and self._names(other) for row in self.rows[:place]
        )
        return unnamed and cell.column > self.area.left

    def _shares(self, over: Cell, cell: Cell, above: dict[int, Cell | None]) -> bool:
        """Whether the name above stands for more columns than its own: it is repeated or continued by blanks."""
        beside = cell.area.right + 1
        right = self.seen[cell.row].get(beside)
        if right is not None and right.is_text and right.row == cell.row:
            neighbour = above.get(beside)
            if neighbour is None or neighbour.text == over.text:
                return True
        left = above.get(cell.column - 1)
        return left is not None and left is not over and left.text == over.text

    def _crossing(self, depth: int) -> int:
        """Merged names that reach from the header into the body."""
        if depth >= len(self.rows):
            return 0
        edge = self.rows[depth]
        return sum(1 for cell in self._once(edge) if cell.row < edge)

    def _once(self, row: int) -> list[Cell]:
        return list({(c.row, c.column): c for c in self.seen[row].values() if c is not None}.values())

    def _contrast(self, depth: int) -> float:
        """Figures and blanks below names speak for the edge; needed names below it speak against."""
        below = self.rows[depth : depth + 4]
        figures = total = 0
        for row in below:
            for column in self.columns:
                cell = self.seen[row][column]
                if column == self.area.left:
                    continue
                total += 1
                figures += cell is None or not cell.is_text
        points = 1.5 * figures / total if total else 0.0
        first = self.own(self.rows[depth])
        if first and not any(self._is_body(cell) for cell in first) and self._needed(self.rows[depth], depth) > 0.5:
            points -= 1.5
        return points

    def _without(self) -> float:
        """How well the block reads without any header row: names on the left only."""
        if not self.rows:
            return 0.0
        first = [self.seen[self.rows[0]][column] for column in self.columns]
        if first[0] is None or len(first) < 2:
            return 0.0
        rest = first[1:]
        open_or_figures = sum(cell is None or self._is_body(cell) for cell in rest) / len(rest)
        labels = [cell for row in self.rows if (cell := self.seen[row][self.area.left]) is not None and cell.row == row]
        named = sum(words.is_label(cell.text) for cell in labels) / len(labels) if labels else 0.0
        records = _IDENTITY.search(first[0].text) and not any(cell and words.is_label(cell.text) for cell in rest)
        return 3.2 * open_or_figures + 1.5 * named + (6.0 if records and named >= 0.8 and len(labels) >= 3 else 0.0)
