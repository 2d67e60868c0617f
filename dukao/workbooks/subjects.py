"""Whom a slot is about: the unit that the form is filled in for, or the unit, person or thing that its row names."""

from functools import cached_property

from dukao.workbooks.grid import Grid
from dukao.workbooks.matching import is_measure, is_place, label
from dukao.workbooks.matching.vocabulary import LEVELS, PERSONAL, WHOSE
from dukao.workbooks.naming import is_code, who
from dukao.workbooks.shelf import Holders, Shelf, is_named, key_columns
from dukao.workbooks.tables import Kind, Layout, Slot, Table
from dukao.workbooks.texts import plain

_LEVELS = {"村": ("村", "社区"), "镇": ("镇", "乡", "街道"), "县": ("县", "区", "旗")}
_LEVELS["乡"], _LEVELS["区"] = _LEVELS["镇"], _LEVELS["县"]
# From the top, as `LEVELS` numbers them.
_ENDS = (_LEVELS["县"], _LEVELS["镇"], _LEVELS["村"])


class Unnamed(Exception):
    """Nothing tells whom a slot is about; the message says what to do."""


class Subjects:
    """Whom the slots of one table are about, if it is filled in for `unit`."""

    def __init__(self, table: Table, grid: Grid, shelf: Shelf, unit: str):
        self._table, self._grid, self._shelf, self._unit = table, grid, shelf, unit
        self._keys = key_columns(table)
        self._holders = Holders(table, grid, self._keys)
        self._own_row = self._only_blank_row()

    def of(self, slot: Slot) -> str:
        """Raises Unnamed."""
        if place := next((part for part in reversed(slot.path) if is_place(part)), ""):
            return place
        if self._table.layout is Layout.PAIRS:
            return self._of_form(slot)
        if self._keys:
            return self._of_row(slot)
        return self._named_by_row(slot) or self._unit

    def _named_by_row(self, slot: Slot) -> str:
        """The row's own name, if it is a unit's: one that nothing is known of must not get another one's figures."""
        name = slot.row_path[-1] if slot.row_path else ""
        return name if name and (is_place(name) or self._shelf.knows(name)) else ""

    def is_own_name(self, slot: Slot) -> bool:
        """Whether the slot asks what the unit is called."""
        name = plain(slot.path[-1]).strip("*:") if slot.path and not slot.row_path else ""
        if name not in WHOSE[-1] or "代码" in name or "区划" in name or slot.kind in (Kind.NUMBER, Kind.SERIAL):
            return False
        is_here = self._table.layout is Layout.PAIRS or slot.row == self._own_row
        level = LEVELS.get(name)
        return is_here and not is_code(who(self._unit)) and (level is None or self._is_of_level(level))

    def _of_row(self, slot: Slot) -> str:
        told = self._holders.named(slot.row)
        # 兴隆镇 › 和平村 is no other town's 和平村.
        if names := [name for name in told if not any(name != full and full.endswith(name) for full in told)]:
            return next((name for name in names if self._shelf.knows(name)), names[0])
        if name := self._named_by_row(slot):
            return name
        if slot.row == self._own_row:
            return self._unit
        key = self._keys[0].path[-1]
        if slot.column in {key.index for key in self._keys}:
            raise Unnamed(f"请先填“{key}”，再填一次表，这一行能查到的就会带出来")
        raise Unnamed(f"这一行的“{key}”还空着，不知道填谁的；先填上，再填一次表")

    def _of_form(self, slot: Slot) -> str:
        """Of a form about one person or unit whomever it names; what is a person's waits for the name."""
        for names in WHOSE:
            told = self._told(names)
            if value := next(filter(None, told), ""):
                return self._unit if who(value).endswith(who(self._unit)) else value
            if told and names is WHOSE[0] and is_personal(slot) and (is_place(self._unit) or is_code(who(self._unit))):
                raise Unnamed("表上还没有写是谁；先填姓名（名称），再填一次表")
        return self._unit

    def _told(self, names: frozenset[str]) -> list[str]:
        """What stands beside the items of these names; empty texts for those that are yet to be filled in."""
        found = []
        for column, row in zip(self._table.columns, self._table.rows, strict=True):
            if is_named(column, names):
                value = self._grid.rows[row.index][column.index] if row.index < self._grid.height else None
                is_told = isinstance(value, str) and (row.index, column.index) not in self._open
                found.append(value.strip() if is_told and not is_measure(value) else "")  # type: ignore[union-attr, arg-type]
        return found

    @cached_property
    def _open(self) -> frozenset[tuple[int, int]]:
        return frozenset((slot.row, slot.column) for slot in self._table.slots)

    def _only_blank_row(self) -> int | None:
        """The first row that names no unit, where no row does: it waits for the unit the form is filled in for."""
        if not self._keys or not self._holders.are_units or self._table.layout is Layout.PAIRS:
            return None
        rows = sorted({slot.row for slot in self._table.slots if not slot.is_total})
        if not rows or any(self._holders.named(row) for row in rows):
            return None
        level = max((LEVELS.get(plain(key.path[-1]).strip("*:"), 0) for key in self._keys), default=0)
        return rows[0] if not level or self._is_of_level(level) else None

    def _is_of_level(self, level: int) -> bool:
        name = who(self._unit)
        return name.endswith(_ENDS[level - 1]) or not name.endswith(sum(_ENDS, ()))


def is_personal(slot: Slot) -> bool:
    """Whether the slot asks what belongs to a person, such as 身份证号."""
    name = label(slot.path[-1]).core if slot.path else ""
    return any(word in name for word in PERSONAL) and not name.endswith(("数", "率", "人口"))


def other_level(parts: tuple[str, ...], whose: str) -> str:
    """全镇 where a heading asks for the whole of another level than the unit's own; else empty."""
    name = who(whose)
    own = next((level for level, ends in _LEVELS.items() if name.endswith(ends)), "")
    told = [plain(part) for part in parts]
    asked = {level for part in told for level in _LEVELS if part.startswith((f"全{level}", f"本{level}"))}
    return "" if not own or not asked or own in asked else f"全{min(asked)}"
