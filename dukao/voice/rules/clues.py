"""Clues about burden: what they may be about, who follows them up, by when, and what may happen to them next."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import Field

from dukao.base.definitions import CODE_PATTERN, Definition
from dukao.base.words import _noop

STATES: dict[str, str] = {
    "received": _noop("已收到"), "accepted": _noop("已受理，正在核实"), "asked": _noop("等反映人补充"),
    "closed": _noop("已办结"), "fixed": _noop("反映人确认解决了"),
}  # fmt: skip
OUTCOMES: dict[str, str] = {
    "task": _noop("已交督办"), "appeal": _noop("转为申诉"), "radar": _noop("转为文件变通线索"),
    "corrected": _noop("已当场纠正"), "unfounded": _noop("查无此事"), "elsewhere": _noop("不属于这里办理"),
}  # fmt: skip
# Outcomes that lead somewhere: the number is told with them.
WITH_REFERENCE = frozenset({"task", "appeal", "radar"})
# What may happen in a state, and the state it leads to.
_AFTER: dict[tuple[str, str], str] = {
    ("received", "accept"): "accepted", ("received", "close"): "closed",
    ("accepted", "ask"): "asked", ("accepted", "answer"): "accepted", ("accepted", "close"): "closed",
    ("accepted", "extend"): "accepted", ("accepted", "refer"): "accepted",
    ("asked", "answer"): "accepted", ("asked", "close"): "closed", ("asked", "ask"): "asked",
    ("asked", "extend"): "asked", ("asked", "refer"): "accepted", ("received", "refer"): "accepted",
    ("closed", "confirm"): "fixed", ("closed", "deny"): "accepted",
}  # fmt: skip
TEXT_MOST, CONTACT_MOST = 2000, 120


class ClueKind(Definition):
    """One entry of clues.yaml."""

    code: str = Field(pattern=CODE_PATTERN, max_length=40)
    group: str = Field(pattern="^(digital|burden)$")
    title: str = Field(min_length=2)
    title_en: str = Field(min_length=2)
    example: str = ""
    source: str = Field(min_length=2)


class Elsewhere(Definition):
    """One entry of elsewhere.yaml: what is followed up by somebody else."""

    code: str = Field(pattern=CODE_PATTERN, max_length=40)
    title: str = Field(min_length=2)
    title_en: str = Field(min_length=2)
    where: str = Field(min_length=2)
    where_en: str = Field(min_length=2)
    words: tuple[str, ...] = Field(min_length=1)
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Accused:
    """Whom a clue speaks of: a department (its code, and the path of its unit), a unit (its path), or the office that
    would otherwise follow it up.
    """

    department: str = ""
    unit_path: str = ""
    is_office: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """A supervision office, by the unit it belongs to."""

    unit_id: int
    unit_path: str


def after(state: str, act: str) -> str:
    """The state that follows; empty where the act does not belong to the state."""
    return _AFTER.get((state, act), "")


def office_for(place_path: str, accused: Accused, offices: Iterable[Office]) -> Office | None:
    """The office that follows the clue up: the nearest one above all that it speaks of; None where there is none.

    A department answers to the office of its own unit. A unit answers to an office strictly above it: the office beside
    the accused sits at the same table. An office that is itself accused is followed up one level higher.
    Basis: none (own convention), after supervision-regulation#17 (whoever took part stays away).
    """
    about = accused.unit_path or place_path
    fitting = [
        office for office in offices
        if about.startswith(office.unit_path) and not (_is_unit(accused) and office.unit_path == about)
    ]  # fmt: skip
    nearest = sorted(fitting, key=lambda office: len(office.unit_path), reverse=True)
    if accused.is_office:
        nearest = nearest[1:]
    return nearest[0] if nearest else None


def _is_unit(accused: Accused) -> bool:
    return bool(accused.unit_path) and not accused.department


def is_kept_from(accused: Accused, *, departments: Collection[str], unit_paths: Sequence[str]) -> bool:
    """Whether somebody with posts in these departments and at these units must not see the clue."""
    if accused.department and accused.department in departments:
        return True
    return _is_unit(accused) and any(path.startswith(accused.unit_path) for path in unit_paths)


def due_days(received_on: date, *, notify: int, close: int) -> tuple[date, date]:
    """By when the reporter is told that it is followed up, and by when it is closed."""
    return received_on + timedelta(days=notify), received_on + timedelta(days=close)


def is_readable(received_on: date, today: date) -> bool:
    """Whether the office may see it: from the day after, so that nobody learns at what hour it was sent."""
    return received_on < today


def belongs_elsewhere(text: str, entries: Iterable[Elsewhere]) -> tuple[Elsewhere, ...]:
    """What the text seems to be about that is followed up by somebody else."""
    return tuple(entry for entry in entries if any(word in text for word in entry.words))
