"""The worker's desk: what is really to be done today, and what was handed in. No points, no ranks, no log-in counts."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.base.spoken import spoken
from dukao.base.wording import with_note
from dukao.org import queries as org
from dukao.sheets import queries
from dukao.sheets.queries import Desk, DeskFiling, FilingRow
from dukao.web import doors, words
from dukao.web.tables import Cell, Column, Table, Tone, row, table
from dukao.web.waiting import Waiting, tasks_and_orders

STATE_TONES: dict[str, Tone] = {
    "open": "wait", "submitted": "info", "returned": "warn", "accepted": "ok", "refused": "stop",
    "spared": "known",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task:
    """One sheet that waits, as a card."""

    href: str
    title: str
    unit_name: str  # where the worker fills in for several units
    asker: str
    due: words.Due
    minutes: str
    filled: int
    whole: int
    progress: str
    returned: str
    is_emergency: bool
    lacks_marks: bool
    is_synthetic: bool


@dataclass(frozen=True)
class DeskPage:
    title: str
    tasks: tuple[Task, ...]
    waiting: tuple[Waiting, ...]
    saved: str
    done: tuple[FilingRow, ...]
    is_synthetic: bool


@dataclass(frozen=True)
class FilingsPage:
    title: str
    tables: tuple[Table, ...]


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    actor.require_anywhere("FILINGS_FILL")
    found = queries.desk(viewer=actor, today=doors.today())
    units = dict.fromkeys(s.unit_code for s in actor.standings_with("FILINGS_FILL"))
    waiting = tasks_and_orders(actor, doors.today())
    n = len(found.to_fill) + sum(one.count for one in waiting)
    what = _("今天真正要办的 {n} 件").format(n=n) if n else _("今天没有要办的")
    page = DeskPage(
        title=f"{org.unit_by_code(next(iter(units))).short_name} · {what}" if len(units) == 1 else what,
        tasks=tuple(_task(f, len(units) > 1) for f in found.to_fill),
        waiting=waiting,
        saved=_saved(found),
        done=found.handed_in,
        is_synthetic=any(f.is_synthetic for f in found.to_fill),
    )
    return doors.render(request, "desk/page.html", page)


@require_GET
def filings(request: HttpRequest) -> HttpResponse:
    """Everything that was ever handed in or refused here, newest first."""
    actor = doors.actor_of(request)
    actor.require_anywhere("FILINGS_FILL")
    found = queries.filings_handed_in(viewer=actor)
    return doors.render(request, "filings/list.html", FilingsPage(_("填过的表"), (_table(found),)))


def _task(f: DeskFiling, with_unit: bool) -> Task:
    filled, whole = f.tally.n_filled, f.tally.n_items
    return Task(
        href=reverse("desk.filing", args=[f.number, f.unit_code]),
        title=with_note(f.title, words.period(f.period)),
        unit_name=f.unit_name if with_unit else "",
        asker=f.issuer_name,
        due=words.due(f.due_on, doors.today()),
        minutes=words.minutes(f.tally.minutes_left_hundredths) if f.tally.n_left else _("填好了，还没有交"),
        filled=filled,
        whole=whole,
        progress=_("{whole} 项已填 {filled}").format(whole=whole, filled=filled),
        returned=f.reason if f.state == "returned" else "",
        is_emergency=f.is_emergency,
        lacks_marks=f.lacks_marks,
        is_synthetic=f.is_synthetic,
    )


def _saved(found: Desk) -> str:
    if not found.saved.n_items:
        return ""
    hours = words.hours(found.saved.minutes_hundredths)
    return _("今年已为您免填 {n} 项 · {hours}").format(n=f"{found.saved.n_items:,}", hours=hours)


def _table(found: tuple[FilingRow, ...]) -> Table:
    rows = [
        row(
            Cell(f.title, href=reverse("desk.filing", args=[f.number, f.unit_code]), note=f.number),
            words.period(f.period),
            f.issuer_name,
            f.unit_name,
            Cell(words.moment(f.submitted_at), raw=f.submitted_at.isoformat() if f.submitted_at else ""),
            Cell(f.state_label, tone=STATE_TONES[f.state]),
            spoken(f.reason),
        )
        for f in found
    ]
    columns = [
        Column(_("报表"), is_sticky=True), Column(_("报告期")), Column(_("谁要")), Column(_("单位")),
        Column(_("交出"), "date"), Column(_("状态"), "badge"), Column(_("理由")),
    ]  # fmt: skip
    return table("filings", _("填过的表（{n} 张）").format(n=len(rows)), columns, rows, empty=_("还没有交过报表。"),
                 is_filtered=len(rows) > 10)  # fmt: skip
