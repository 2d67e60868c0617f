"""Which column of a file is which column of a dataset.

A name decides by itself only where it is one of the column's own names (code name, title, alias, also those of the
element it feeds), blanks, case and width aside; a unit of measure in brackets must then agree. Anything less is a
proposal that a person confirms.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from dukao.registers.rules.cells import Unfit, cleaned
from dukao.registers.rules.definitions import ColumnDefinition, DatasetDefinition
from dukao.registers.rules.rows import RowRules

SURE = 95  # from this confidence a name decides by itself
_LIKELY = 50
_BRACKETED = re.compile(r"(.+)[(\[](.{1,12})[)\]]")
_POSITION = re.compile(r"#(\d{1,4})")


class Unmapped(ValueError):
    """The file's columns cannot be told apart; the message says which and what to do."""


@dataclass(frozen=True)
class Proposal:
    """The best column of the file for one column of the dataset; `header` empty where there is none."""

    column: str
    title: str
    required: bool
    header: str
    position: int | None  # from 0
    confidence: int  # 0–100
    reason: str
    # The share of the sample's values that can be read as this column; None where there are none.
    readable: float | None = None
    # Positions of all columns of the file whose names say by themselves, without a mapping, that they are this one.
    named: tuple[int, ...] = ()

    @property
    def is_named(self) -> bool:
        return self.position in self.named


def plain(text: str) -> str:
    """Text for comparing names: full-width as half-width, no case, no blanks, no stars of required fields."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).strip("*:")


@dataclass(frozen=True)
class Names:
    """The names of one column; `others` are those of the element it feeds."""

    column: ColumnDefinition
    others: tuple[str, ...] = ()

    def likeness(self, header: str) -> tuple[int, str]:
        """How sure it is (0–100) that a header with this text is this column, and why."""
        sureness, reason = self.sureness(header)
        return (sureness, reason) if sureness else self._similar(plain(header))

    def sureness(self, header: str) -> tuple[int, str]:
        """As `likeness`, by the column's own names only."""
        wanted = plain(header)
        if not wanted:
            return 0, ""
        sureness, reason = self._exact(wanted)
        if not sureness and (found := _BRACKETED.fullmatch(wanted)):
            sureness, reason = self._exact(found[1])
            if sureness and plain(self.column.unit) == found[2]:
                return sureness, f"{reason}，单位一致"
            if sureness:
                return 60, f"{reason}，但单位写的是“{found[2]}”"
        return sureness, reason

    def _exact(self, wanted: str) -> tuple[int, str]:
        for name, sureness, reason in (
            (self.column.name, 100, "列名相同"),
            (self.column.title, 100, "名称相同"),
            *((alias, 98, f"是“{self.column.title}”的别名") for alias in self.column.aliases),
            *((other, SURE, f"是数据元“{self.others[0]}”的名称") for other in self.others),
        ):
            if plain(name) == wanted:
                return sureness, reason
        return 0, ""

    def _similar(self, wanted: str) -> tuple[int, str]:
        if not wanted:
            return 0, ""
        names = (self.column.title, *self.column.aliases)
        best = max(SequenceMatcher(None, plain(name), wanted).ratio() for name in names)
        return (int(best * 90), "名称相近") if best * 90 >= _LIKELY else (0, "")


def names_of(definition: DatasetDefinition, element_names: Mapping[str, tuple[str, ...]]) -> tuple[Names, ...]:
    """The columns with all their names; `element_names`: element code → title and aliases."""
    return tuple(Names(c, element_names.get(c.element, ())) for c in definition.columns)


def matches(names: Sequence[Names], headers: Sequence[str]) -> int:
    """How many columns of the dataset this row of headers names for certain."""
    return sum(any(n.sureness(h)[0] >= SURE for h in headers) for n in names)


def positions(names: Sequence[Names], headers: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """Column of the dataset → position in the file, by the given mapping (header or `#3` → column) and by sure names.

    A header that is mapped to nothing is left out, whatever its name and however often it stands there. Raises Unmapped
    where a header to be read stands twice, two headers fit one column, or a mapped header is not there.
    """
    columns = {n.column.name for n in names}
    found: dict[str, int] = {}
    left_out = {place for header, column in mapping.items() if not column for place in _places(header, headers)}
    for header, column in mapping.items():
        if not column:
            continue
        if column not in columns:
            raise Unmapped(f"映射里的“{column}”不是数据集的列")
        if column in found:
            raise Unmapped(f"映射里有两列都对应“{column}”")
        found[column] = _position(header, headers)
    taken = left_out | set(found.values())
    for name in names:
        if name.column.name in found:
            continue
        sure = [i for i, h in enumerate(headers) if i not in taken and name.sureness(h)[0] >= SURE]
        if len(sure) > 1:
            raise Unmapped(
                f"“{name.column.title}”对应到几列：{_listed(sure, headers)}；请给出映射，可用 #{sure[0] + 1} 指明第几列"
            )
        if sure:
            found[name.column.name] = sure[0]
    _refuse_shared(found, headers)
    return found


def is_position(header: str) -> bool:
    """Whether a mapping names a column of the file by its place (`#3`)."""
    return _POSITION.fullmatch(header) is not None


def _places(header: str, headers: Sequence[str]) -> list[int]:
    """Where a header of the mapping stands in the file, at least once. Raises Unmapped."""
    if (place := _POSITION.fullmatch(header)) and header not in headers:
        if 1 <= int(place[1]) <= len(headers):
            return [int(place[1]) - 1]
        raise Unmapped(f"映射里的 {header} 超出了文件的 {len(headers)} 列")
    same = [i for i, h in enumerate(headers) if plain(h) == plain(header)]
    if not same:
        raise Unmapped(f"文件里没有映射所说的列“{header}”")
    return same


def _position(header: str, headers: Sequence[str]) -> int:
    same = _places(header, headers)
    if len(same) > 1:
        raise Unmapped(
            f"文件里有 {len(same)} 列都叫“{header}”：{_listed(same, headers)}；请用 #{same[0] + 1} 指明第几列"
        )
    return same[0]


def _refuse_shared(found: Mapping[str, int], headers: Sequence[str]) -> None:
    owners: dict[int, str] = {}
    for column, position in found.items():
        if position in owners:
            raise Unmapped(f"“{headers[position]}”既像“{owners[position]}”又像“{column}”；请给出映射")
        owners[position] = column


def _listed(places: Collection[int], headers: Sequence[str]) -> str:
    return "、".join(f"第 {i + 1} 列“{headers[i]}”" for i in places)


def propose(
    names: Sequence[Names], headers: Sequence[str], rows: Sequence[Sequence[str]], rules: RowRules
) -> tuple[Proposal, ...]:
    """The best column of the file for each column of the dataset, each at most once; `rows` are a sample of the file.

    A name counts most; a column whose sample cells cannot be read as the type loses, one that reads well gains.
    """
    scored = []
    for number, name in enumerate(names):
        for position, header in enumerate(headers):
            sureness, reason = name.likeness(header)
            share = _readable(name.column, rules, [r[position] for r in rows if position < len(r)])
            if sureness and share is not None:
                sureness = min(sureness, 40) if share < 0.5 else min(99, sureness + 5) if sureness < SURE else sureness
                reason += f"；试读 {share:.0%} 的值符合" if share < 1 else "；试读的值都符合"
            if sureness >= 30:
                scored.append((sureness, -number, -position, reason, share))
    best: dict[int, tuple[int, int, str, float | None]] = {}
    taken: set[int] = set()
    for sureness, minus_number, minus_position, reason, share in sorted(scored, key=lambda s: s[:3], reverse=True):
        if -minus_number not in best and -minus_position not in taken:
            best[-minus_number] = (-minus_position, sureness, reason, share)
            taken.add(-minus_position)
    return tuple(_proposal(name, best.get(number), headers, rules) for number, name in enumerate(names))


def _proposal(
    name: Names, best: tuple[int, int, str, float | None] | None, headers: Sequence[str], rules: RowRules
) -> Proposal:
    column = name.column
    required = column.name in rules.required
    named = tuple(i for i, header in enumerate(headers) if name.sureness(header)[0] >= SURE)
    if best is None:
        return Proposal(column.name, column.title, required, "", None, 0, "文件里没有相近的列", named=named)
    position, sureness, reason, readable = best
    return Proposal(column.name, column.title, required, headers[position], position, sureness, reason, readable, named)


def _readable(column: ColumnDefinition, rules: RowRules, cells: Sequence[str]) -> float | None:
    """The share of non-empty sample cells that can be read as this column; None where there are none."""
    read, filled = rules.readings[column.name], [text for cell in cells if (text := cleaned(cell))]
    if not filled:
        return None
    good = 0
    for text in filled:
        try:
            read(text)
        except Unfit:
            continue
        good += 1
    return good / len(filled)
