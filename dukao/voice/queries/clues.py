"""Clues as each side sees them: the office that follows them up, the reporter with the receipt, the public in counts.

Nobody of whom a clue speaks finds it, at any post below what it accuses: rows are left out in SQL, by `_seen`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dukao.base.definitions import checked, read_entries
from dukao.base.refusals import NotThere
from dukao.base.slips import code_digest, code_from
from dukao.base.wording import in_english
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import SYSTEM, Actor
from dukao.voice.models import Clue, ClueNote
from dukao.voice.rules.clues import OUTCOMES, STATES, Accused, ClueKind, Elsewhere, Office, is_kept_from
from dukao.voice.rules.counting import released

_FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class NoteView:
    """`side` is office or reporter."""

    side: str
    act: str
    text: str
    on: date


@dataclass(frozen=True, slots=True)
class ClueLine:
    """One line of the office's list. `due_on` is the next deadline; None where nothing is due."""

    number: str
    kind_title: str
    place_name: str
    accused_name: str
    is_reprisal: bool
    has_contact: bool
    state: str
    received_on: date
    due_on: date | None
    is_fixed: bool | None
    is_synthetic: bool

    @property
    def state_label(self) -> str:
        return _(STATES[self.state])


@dataclass(frozen=True, slots=True)
class ClueView:
    """One clue for the office that follows it up."""

    line: ClueLine
    text: str
    kind: str
    notify_by: date
    close_by: date
    extended_on: date | None
    outcome: str
    reference: str
    notes: tuple[NoteView, ...]

    @property
    def outcome_label(self) -> str:
        return _(OUTCOMES[self.outcome]) if self.outcome else ""


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What the reporter sees with the receipt's code."""

    number: str
    kind_title: str
    state: str
    received_on: date
    notify_by: date
    close_by: date
    outcome: str
    may_answer: bool
    may_judge: bool
    notes: tuple[NoteView, ...]
    is_synthetic: bool

    @property
    def state_label(self) -> str:
        return _(STATES[self.state])

    @property
    def outcome_label(self) -> str:
        return _(OUTCOMES[self.outcome]) if self.outcome else ""


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many clues of a kind; None where so few that somebody might be recognised."""

    kind: str
    title: str
    received: int | None


@dataclass(frozen=True, slots=True)
class ClueStatistics:
    """Public. All are None below the floor; `denied` of those that were judged says how often closed was not fixed."""

    since: date
    until: date
    floor: int
    received: int | None
    closed: int | None
    in_time: int | None  # of the closed
    judged: int | None
    denied: int | None
    kinds: tuple[KindCount, ...]
    is_synthetic: bool


@lru_cache(maxsize=1)
def kinds() -> tuple[ClueKind, ...]:
    """What a clue may be about, in the order in which it is offered."""
    return tuple(checked(ClueKind, e.data, place=e.place) for e in read_entries(_FOLDER / "clues.yaml"))


@lru_cache(maxsize=1)
def elsewhere() -> tuple[Elsewhere, ...]:
    """What is followed up by somebody else, and where."""
    return tuple(checked(Elsewhere, e.data, place=e.place) for e in read_entries(_FOLDER / "elsewhere.yaml"))


def kind_title(code: str) -> str:
    """In the reader's language."""
    found = next(kind for kind in kinds() if kind.code == code)
    return found.title_en if in_english() else found.title


def offices() -> tuple[Office, ...]:
    """Internal: the units that have a supervision office."""
    codes = {post.unit_code for post in org.posts(viewer=SYSTEM) if post.role == "supervision"}
    return tuple(Office(unit.id, unit.path) for unit in org.units_by_codes(codes).values())


def clues(*, viewer: Actor, today: date, state: str = "", most: int = 500) -> tuple[ClueLine, ...]:
    """The clues that the viewer's office follows up, open ones first, by what is due next."""
    chosen = _seen(viewer, today)
    if state:
        chosen = chosen.filter(state=state)
    rows = sorted((_line(row) for row in chosen[:most]), key=lambda c: (c.due_on or date.max, c.received_on, c.number))
    return tuple(rows)


def clue(*, number: str, viewer: Actor, today: date) -> ClueView:
    """One clue. Raises NotThere."""
    row = _seen(viewer, today).filter(number=number).first()
    if row is None:
        raise NotThere()
    return ClueView(
        line=_line(row), text=row.text, kind=row.kind, notify_by=row.notify_by, close_by=row.close_by,
        extended_on=row.extended_on, outcome=row.outcome, reference=row.reference, notes=_notes(row),
    )  # fmt: skip


def receipt(*, code: str) -> ReceiptView:
    """Public: what there is to say to whoever has the receipt. Raises NotThere."""
    row = Clue.objects.filter(code_digest=code_digest(code_from(code) or "-")).first()
    if row is None:
        raise NotThere(_("没有核对上这个回执码"), todo=_("请对照抄下来的 16 位再输一次；O 和 0、I 和 1 不用分"))
    return ReceiptView(
        number=row.number, kind_title=kind_title(row.kind), state=row.state, received_on=row.received_on,
        notify_by=row.notify_by, close_by=row.close_by, outcome=row.outcome, may_answer=row.state == "asked",
        may_judge=row.state == "closed", notes=_notes(row), is_synthetic=row.is_synthetic,
    )  # fmt: skip


def statistics(*, year: int, today: date) -> ClueStatistics:
    """Public: clues received in the months of the year that are over, by kind, and what became of them by then.

    Cells below the floor are not told (CLU-1), and nobody watches one grow by the clue of a moment.
    """
    since, until = date(year, 1, 1), min(date(year + 1, 1, 1), today.replace(day=1))
    floor = law.rule("CLU-1", since).parameters["cell_least"]
    rows = list(
        Clue.objects.filter(received_on__gte=since, received_on__lt=until)
        .values_list("kind", "closed_on", "close_by", "is_fixed", "said_on", "is_synthetic")
    )  # fmt: skip
    counted = Counter(row[0] for row in rows)
    told = released({kind.code: counted[kind.code] for kind in kinds()}, floor)
    closed = [(on, by) for _kind, on, by, *_rest in rows if on and on < until]
    judged = [row[3] for row in rows if row[4] and row[4] < until]
    n_fixed = sum(map(bool, judged))

    def many(found: list, all_of: list) -> int | None:
        return len(found) if len(all_of) >= floor else None

    return ClueStatistics(
        since=since, until=until, floor=floor, received=many(rows, rows), closed=many(closed, closed),
        in_time=many([row for row in closed if row[0] <= row[1]], closed), judged=many(judged, judged),
        denied=released({"fixed": n_fixed, "denied": len(judged) - n_fixed}, floor)["denied"],
        kinds=tuple(KindCount(kind.code, kind_title(kind.code), told[kind.code]) for kind in kinds()),
        is_synthetic=any(row[-1] for row in rows),
    )  # fmt: skip


def judgements(*, numbers: Iterable[str], before: date) -> dict[str, tuple[bool, date]]:
    """Internal, for tasks: what reporters said by the day before about whether it is fixed, by the clue's number."""
    rows = Clue.objects.filter(number__in=list(numbers), is_fixed__isnull=False, said_on__lt=before)
    return {row.number: (bool(row.is_fixed), row.said_on) for row in rows if row.said_on}


def handles(row: Clue, viewer: Actor) -> bool:
    """Inside the room: whether the viewer sits in the office that follows it up, and nowhere that it speaks of."""
    return any(s.unit_id == row.office_id for s in viewer.standings_with("CLUES_HANDLE")) and not is_kept_from(
        _accused(row),
        departments={s.department_code for s in viewer.standings if s.department_code},
        unit_paths=[s.unit_path for s in viewer.standings],
    )


def _accused(row: Clue) -> Accused:
    return Accused(
        department=row.department.code if row.department else "",
        unit_path=row.accused_unit.path if row.accused_unit else "", is_office=row.is_office_accused,
    )  # fmt: skip


def _seen(viewer: Actor, today: date) -> QuerySet[Clue]:
    """Not even the house itself reads clues: who does has a name in the trail."""
    own = [s.unit_id for s in viewer.standings_with("CLUES_HANDLE")]
    kept = Q(department__code__in=[s.department_code for s in viewer.standings if s.department_code])
    for standing in viewer.standings:
        above = [int(part) for part in standing.unit_path.strip("/").split("/")]
        kept |= Q(accused_unit_id__in=above)
    chosen = Clue.objects.filter(office_id__in=own, received_on__lt=today).exclude(kept)
    return chosen.select_related("place", "department", "accused_unit").prefetch_related("notes")


def _line(row: Clue) -> ClueLine:
    due = {"received": row.notify_by, "accepted": row.close_by, "asked": row.close_by}.get(row.state)
    accused = row.department or row.accused_unit
    return ClueLine(
        number=row.number, kind_title=kind_title(row.kind), place_name=row.place.name,
        accused_name=_("督考办") if row.is_office_accused else accused.name if accused else "",
        is_reprisal=row.is_reprisal, has_contact=bool(row.contact_sealed), state=row.state,
        received_on=row.received_on, due_on=due, is_fixed=row.is_fixed, is_synthetic=row.is_synthetic,
    )  # fmt: skip


def _notes(row: Clue) -> tuple[NoteView, ...]:
    found: list[ClueNote] = sorted(row.notes.all(), key=lambda note: note.place)
    return tuple(NoteView(note.side, note.act, note.text, note.on) for note in found)
