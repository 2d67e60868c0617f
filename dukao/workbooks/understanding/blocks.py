"""Where the tables of a sheet are: rows and columns cut apart by blanks, titles and notes.

A sheet is read like a page from the top: lines above a table (title, unit, who fills it in), the table, its notes.
Tables side by side are found first, by columns that are empty all the way down.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from dukao.workbooks.grid import Area
from dukao.workbooks.understanding import words
from dukao.workbooks.understanding.canvas import Canvas, Cell
from dukao.workbooks.understanding.gutters import tables_beside
from dukao.workbooks.understanding.pairs import is_pairs

# More blank rows than this between the last row and a note were left to be filled.
ROOM_FROM = 3


@dataclass
class Block:
    """The cells of one table and the lines around it."""

    area: Area
    above: list[Cell] = field(default_factory=list)
    notes: list[Cell] = field(default_factory=list)
    below: list[Cell] = field(default_factory=list)
    room: int = 0  # blank rows straight below, and nothing else below them before the next line
    doubts: list[str] = field(default_factory=list)


class _Kind(StrEnum):
    BLANK = "blank"
    EMPTY = "empty"  # blank, but framed
    NOTE = "note"
    META = "meta"
    LINE = "line"  # one single cell
    ROW = "row"


def blocks_of(canvas: Canvas) -> tuple[list[Block], list[Cell]]:
    """The blocks of a sheet from the top, and the lines that belong to none."""
    grid = canvas.grid
    if not grid.height or not grid.width:
        return [], []
    blocks, leftover = _Scan(canvas, Area(0, 0, grid.height - 1, grid.width - 1), []).run()
    return sorted(blocks, key=lambda block: block.area), leftover


class _Scan:
    """One pass from the top over a region."""

    def __init__(self, canvas: Canvas, region: Area, above: list[Cell], *, is_part: bool = False):
        self.canvas, self.region = canvas, region
        self.is_part = is_part  # of a sheet with something beside it: blank rows at its end tell nothing
        self.rows = list(canvas.between(region.top, region.bottom))
        self.kinds = [self._kind(row) for row in self.rows]
        self.pending = list(above)
        self.pending_notes: list[Cell] = []
        self.blocks: list[Block] = []
        self.leftover: list[Cell] = []
        self.open: int | None = None  # the place in `rows` where the open table begins

    def run(self) -> tuple[list[Block], list[Cell]]:
        groups = self._side_by_side(0, len(self.rows))
        if groups:
            heads, top = self._heads()
            self._apart(groups, top, self.region.bottom, heads)
            return self.blocks, self.leftover
        place = 0
        while place < len(self.rows):
            place = self._step(place)
        if self.open is not None:
            self._close(len(self.rows))
        self._dismiss()
        return self.blocks, self.leftover

    # Steps

    def _step(self, place: int) -> int:
        """Takes what begins at this place; the place after it."""
        kind = self.kinds[place]
        if kind is _Kind.NOTE:
            return self._take_notes(place)
        if self.open is None:
            if kind is _Kind.ROW or (kind is _Kind.LINE and self._is_lone_start(place)):
                self.open = place
            elif kind in (_Kind.LINE, _Kind.META):
                self.pending.extend(self._cells(place))
                if self.pending[-1].asks_itself:  # what stands above it is its own, and not the next table's
                    self.leftover.extend(self.pending)
                    self.pending = []
            return place + 1
        if kind is _Kind.BLANK:
            return self._over_blanks(place)
        if kind in (_Kind.LINE, _Kind.META) and self._ends_table(place):
            self._close(place)
            return place
        if kind is _Kind.ROW and self._begins_another(place):
            self._close(place)
            return place
        return place + 1

    def _take_notes(self, place: int) -> int:
        if self.open is not None:
            self._close(place)
        notes = self._cells(place)
        place += 1
        while place < len(self.rows) and self._goes_on_as_note(place):
            notes.extend(self._cells(place))
            place += 1
        if self.blocks and not self.pending:
            self.blocks[-1].notes.extend(notes)
        else:
            self.pending_notes.extend(notes)
        return place

    def _goes_on_as_note(self, place: int) -> bool:
        if self.kinds[place] is _Kind.NOTE:
            return True
        cells = self._cells(place)
        if self.kinds[place] is not _Kind.LINE or words.is_title(cells[0].text) or words.is_strong_title(cells[0].text):
            return False
        if words.is_label(cells[0].text) and len(cells[0].text) <= 12 and not words.is_note_item(cells[0].text):
            return False
        return not self._header_follows(place + 1) or words.is_note_item(cells[0].text)

    def _over_blanks(self, place: int) -> int:
        """After blank rows the table goes on, or it ended before them."""
        after = place
        while after < len(self.rows) and self.kinds[after] is _Kind.BLANK:
            after += 1
        if after < len(self.rows) and self.kinds[after] is _Kind.ROW and self._continues(after):
            return after
        is_last = after == len(self.rows)
        self._close(place, room=0 if is_last and self.is_part else after - place, is_last=is_last)
        return after

    def _close(self, end: int, *, room: int = 0, is_last: bool = True) -> None:
        """The open table ends before place `end`."""
        assert self.open is not None
        start, self.open = self.open, None
        rows = self.rows[start:end]
        area = self._extent(rows)
        groups = self._side_by_side(start, end)
        above, self.pending = self.pending, []
        if groups:
            self._apart(groups, rows[0], rows[-1], above)
            return
        block = Block(area, above, list(self.pending_notes), room=room if is_last or room >= ROOM_FROM else 0)
        self.pending_notes = []
        self.blocks.append(block)

    def _dismiss(self) -> None:
        """Lines that no table followed: below the last table, or of no table."""
        if self.blocks:
            self.blocks[-1].below.extend(self.pending)
            self.blocks[-1].notes.extend(self.pending_notes)
        else:
            self.leftover.extend(self.pending + self.pending_notes)

    # What a row is

    def _kind(self, row: int) -> _Kind:
        left, right = self.region.left, self.region.right
        seen = self.canvas.seen(row, left, right)
        if not seen:
            framed = any(self.canvas.is_framed(row, column) for column in range(left, right + 1))
            return _Kind.EMPTY if framed else _Kind.BLANK
        own = [cell for cell in seen if cell.row == row]
        if len(own) < len(seen):
            return _Kind.ROW
        is_note = own[0].is_text and len(own) <= 2 and words.is_note(own[0].text)
        if is_note and (len(own[0].text) > 6 or not self._has_answer(own)):
            return _Kind.NOTE
        if self._is_meta(own):
            return _Kind.META
        return _Kind.LINE if len(own) == 1 else _Kind.ROW

    def _is_meta(self, cells: list[Cell]) -> bool:
        """Labels with what is written behind them, or a title with the unit of measure on its line."""
        measured = any(words.unit_of_line(cell.printed) for cell in cells)
        found = 0
        for before, cell in zip([None, *cells], cells, strict=False):
            if words.is_meta(cell.text) or words.is_own_meta(cell.text):
                found += 1
            elif before is not None and (
                before.text.endswith((":", "："))
                or (words.is_meta_label(before.text) and not words.is_label(cell.text))
            ):
                continue
            elif words.period_in(cell.text) != cell.text and not (
                measured and (words.is_title(cell.text) or self._is_wide(cell))
            ):
                return False
        return found > 0 and (any(words.is_own_meta(cell.text) for cell in cells) or not self._has_answer(cells))

    def _has_answer(self, cells: list[Cell]) -> bool:
        """Whether room was drawn or merged for an answer right of a cell: then it is a table's row."""
        for cell in cells:
            row, column = cell.row, cell.area.right + 1
            if column > self.region.right or self.canvas.at(row, column) is not None:
                continue
            if self.canvas.is_framed(row, column) or self.canvas.area(row, column).right > column:
                return True
        return False

    def _cells(self, place: int) -> list[Cell]:
        row = self.rows[place]
        return [cell for cell in self.canvas.seen(row, self.region.left, self.region.right) if cell.row == row]

    def _is_wide(self, cell: Cell) -> bool:
        return cell.width >= 3 and cell.width * 2 > self.region.right - self.region.left + 1

    # What comes next

    def _is_lone_start(self, place: int) -> bool:
        """Whether single cells below one another are labels whose answers stand right of them."""
        first = self._cells(place)[0]
        if self._is_wide(first) or words.is_title(first.text) or words.has_inner_blank(first.text):
            return False
        if first.asks_itself:
            return False
        if self._has_answer([first]):
            return True
        count = 0
        is_form = any(words.is_form_title(cell.text) for cell in self.pending)
        for later in range(place, min(place + 5, len(self.rows))):
            cells = self._cells(later)
            if self.kinds[later] is _Kind.ROW and cells and cells[0].column == first.column and later > place:
                named = is_form or words.is_label(first.text)
                return named and len(cells) == 2 and not self._header_follows(later)
            if self.kinds[later] is not _Kind.LINE or cells[0].column != first.column or words.is_prose(cells[0].text):
                break
            if cells[0].asks_itself:
                break
            if is_form or words.is_label(cells[0].text) or words.is_question(cells[0].text):
                count += 1
        return count >= 2

    def _ends_table(self, place: int) -> bool:
        """Whether a single cell or a line about the form in an open table is no longer part of it."""
        cell = self._cells(place)[0]
        if self.kinds[place] is _Kind.META or words.is_strong_title(cell.text):
            return True
        if self.kinds[place] is _Kind.LINE and cell.asks_itself:
            assert self.open is not None
            return not is_pairs(self.canvas, self._extent(self.rows[self.open : place]))
        if self.kinds[place] is _Kind.LINE and self._has_answer([cell]):
            return False
        if place + 1 < len(self.kinds) and self.kinds[place + 1] is not _Kind.BLANK and self._header_follows(place + 1):
            return words.is_title(cell.text) or self._is_wide(cell)
        if self._is_wide(cell) and words.is_explanation(cell.text):
            return True
        for later in range(place, len(self.rows)):
            if self.kinds[later] in (_Kind.ROW, _Kind.EMPTY):
                return False
            if self.kinds[later] is _Kind.BLANK:
                break
        return words.is_prose(cell.text)

    def _header_follows(self, place: int) -> bool:
        """Whether a table's header comes next: names over (nearly) all columns, no figures."""
        while place < len(self.rows) and self.kinds[place] in (_Kind.META, _Kind.BLANK):
            place += 1
        if place >= len(self.rows) or self.kinds[place] is not _Kind.ROW:
            return False
        row = self.rows[place]
        cells = self._cells(place)
        if len(cells) < 2 or any(cell.is_figure and not words.is_period_head(cell.text) for cell in cells):
            return False
        left, right = cells[0].column, self.region.right
        used = self._used_from(place)
        if self.open is not None and self.kinds[place - 1] is not _Kind.BLANK:
            used.add(self._extent(self.rows[self.open : place]).right)
        while right > left and right not in used:
            right -= 1
        below = self.canvas.seen(row + 1, left, right) if row + 1 <= self.region.bottom else []
        covered = {c for cell in [*cells, *below] for c in range(cell.area.left, cell.area.right + 1) if cell.is_text}
        own = {c for cell in cells for c in range(cell.area.left, cell.area.right + 1)}
        named = sum(words.is_label(cell.text) for cell in cells)
        width = right - left + 1
        return (
            len(covered) >= 0.8 * width
            and len(own) >= 0.5 * width
            and named >= (0.4 * len(cells) if len(cells) > 2 else 2)
        )

    def _used_from(self, place: int) -> set[int]:
        """The columns in use from this row to the next blank one."""
        used: set[int] = set()
        for later in range(place, min(place + 30, len(self.rows))):
            if self.kinds[later] is _Kind.BLANK:
                break
            if self.kinds[later] is _Kind.ROW:
                for cell in self.canvas.seen(self.rows[later], self.region.left, self.region.right):
                    used.update(range(cell.area.left, cell.area.right + 1))
        return used

    def _continues(self, place: int) -> bool:
        """Whether the row after blank rows still belongs to the open table."""
        assert self.open is not None
        cells = self._cells(place)
        area = self._extent(self.rows[self.open : place])
        if any(cell.column < area.left or cell.area.right > area.right for cell in cells):
            return False
        if any(words.is_total(cell.text) for cell in cells[:2]):
            return True
        if self._header_follows(place):
            return False
        head = {cell.text for cell in self._cells(self.open)}
        if head & {cell.text for cell in cells if cell.is_text}:
            return False
        strange = self._strange_texts(place, cells)
        return (any(cell.is_figure for cell in cells) or len(cells) >= 2) and strange < max(2, 0.5 * len(cells))

    def _strange_texts(self, place: int, cells: list[Cell]) -> int:
        """How many texts of a row stand in columns where the rows before it hold none."""
        assert self.open is not None
        before = self.rows[max(self.open + 1, place - 4) : place]
        texts = {
            c.column for r in before for c in self.canvas.seen(r, self.region.left, self.region.right) if c.is_text
        }
        return sum(cell.is_text and cell.column not in texts for cell in cells)

    def _begins_another(self, place: int) -> bool:
        """Whether a header stands right below a table's last row, without a title or blank row between."""
        assert self.open is not None
        cells = self._cells(place)
        if place - self.open < 3 or len(cells) < 3 or not all(cell.is_text for cell in cells):
            return False
        named = sum(words.is_label(cell.text) for cell in cells)
        if words.is_total(cells[0].text) or named < 0.5 * len(cells):
            return False
        if self._strange_texts(place, cells) < max(2, 0.5 * len(cells)):
            return False
        area = self._extent(self.rows[self.open : place])
        return cells[0].column == area.left and area.bottom < self.rows[place] and not is_pairs(self.canvas, area)

    # Columns

    def _extent(self, rows: list[int]) -> Area:
        """The area these rows use, frames included."""
        seen = [cell for row in rows for cell in self.canvas.seen(row, self.region.left, self.region.right)]
        left = max(self.region.left, min(cell.column for cell in seen))
        right = max(cell.area.right for cell in seen)
        bottom = max([rows[-1], *(cell.area.bottom for cell in seen)])
        right = max([right, *self._framed(rows, left)])
        for row in rows[:50]:
            # An empty merged area that begins right of the last value is an answer still to come.
            while right < self.region.right and self.canvas.area(row, right + 1).right > right + 1:
                right = self.canvas.area(row, right + 1).right
        return Area(rows[0], left, min(bottom, self.region.bottom), min(right, self.region.right))

    def _framed(self, rows: list[int], left: int) -> list[int]:
        shown = set(rows)
        return [c for r, c in self.canvas.grid.framed if r in shown and left <= c <= self.region.right]

    def _side_by_side(self, start: int, end: int) -> list[tuple[int, int]]:
        """Groups of columns that are tables of their own; empty for a single one."""
        rows = [self.rows[p] for p in range(start, end) if self.kinds[p] is _Kind.ROW]
        drawn = [self.rows[p] for p in range(start, end) if self.kinds[p] in (_Kind.ROW, _Kind.EMPTY)]
        return tables_beside(self.canvas, rows, drawn, self.region.left, self.region.right)

    def _heads(self) -> tuple[list[Cell], int]:
        """The lines above the first row, and where that is."""
        heads = list(self.pending)
        for row, place in zip(self.rows, range(len(self.rows)), strict=True):
            cells = self._cells(place)
            if self.kinds[place] in (_Kind.ROW, _Kind.EMPTY) or (len(cells) == 1 and self._has_answer(cells)):
                return heads, row
            heads.extend(cells)
        return heads, self.region.bottom

    def _apart(self, groups: list[tuple[int, int]], top: int, bottom: int, above: list[Cell]) -> None:
        """Reads each group of columns for itself; a line above goes to the groups it stands over."""
        for left, right in groups:
            over = [cell for cell in above if cell.column <= right and cell.area.right >= left]
            heads = over or [cell for cell in above if cell.column == self.region.left]
            blocks, leftover = _Scan(self.canvas, Area(top, left, bottom, right), heads, is_part=True).run()
            self.blocks.extend(blocks)
            self.leftover.extend(leftover)
