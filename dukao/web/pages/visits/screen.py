"""Words and rows that the pages of visits share."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from dukao.base.wording import joined, with_note
from dukao.gate.queries import VisitView
from dukao.law import queries as law
from dukao.web import words
from dukao.web.tables import Cell, Column, Table, Tone, row, table
from dukao.web.times import minutes

STATE_TONES: dict[str, Tone] = {"held": "wait", "arrived": "info", "concluded": "ok", "given_back": "plain"}


def state_of(v: VisitView, now: datetime) -> tuple[Tone, str]:
    """State of a visit, and whether somebody is late with it. The colour is the task's, not a unit's."""
    if v.objected_at and not v.decided_at:
        late = v.decide_by is not None and now > v.decide_by
        return "warn", _("有异议，复核超过期限") if late else _("有异议，待复核")
    if v.state == "arrived" and v.conclude_by and now > v.conclude_by:
        return "warn", _("已到场，结论超过期限")
    return STATE_TONES[v.state], v.state_label


def people_of(v: VisitView) -> str:
    """`统计执法岗、农调岗，共 2 人`."""
    if not v.team_size:
        return ""
    said = joined(" ".join(filter(None, (p.office, p.name))) for p in v.people)
    count = _("共 {n} 人").format(n=v.team_size)
    return with_note(said, count) if said else count


def by_when(moment: datetime | None) -> str:
    """The last moment of a deadline: a day's end is told as that day."""
    if moment is None:
        return ""
    return words.moment(moment) if (moment.hour, moment.minute) != (0, 0) else words.day(moment)


def facts_of(v: VisitView) -> tuple[tuple[str, str], ...]:
    """What the code says, line by line: who, why, on what basis, how long."""
    lines = (
        (_("谁来"), v.departments),
        (_("来做什么"), v.purpose),
        (_("计划事项"), v.title),
        (_("依据"), v.basis),
        (_("来几个人"), people_of(v)),
        (_("哪一天"), words.day(v.on)),
        (_("去哪里"), v.unit_name),
        (_("大约占用"), words.minutes(v.minutes_hundredths)),
        (_("方式"), v.mode_label),
    )
    return tuple((label, text) for label, text in lines if text)


def table_of(found: tuple[VisitView, ...], now: datetime, *, key: str, caption: str, empty: str) -> Table:
    """Visits as a table, latest day first."""
    rows = [
        row(
            Cell(v.title, href=reverse("visits.page", args=[v.number]), note=v.number),
            v.unit_name,
            v.departments,
            Cell(words.day(v.on), raw=v.on.isoformat()),
            Cell(v.mode_label, tone="stale" if v.is_sealed else "", note=_("到场前保密") if v.is_sealed else ""),
            Cell(state_of(v, now)[1], tone=state_of(v, now)[0]),
            minutes(v.minutes_hundredths),
            Cell(f"{v.measured_minutes:,}" if v.measured_minutes is not None else "–", raw=v.measured_minutes or 0),
        )
        for v in found
    ]
    columns = [
        Column(_("检查什么"), is_sticky=True), Column(_("去哪里")), Column(_("谁去")), Column(_("日期"), "date"),
        Column(_("方式"), "badge"), Column(_("状态"), "badge"), Column(_("估计占用"), "number", _("分钟")),
        Column(_("自愿填写"), "number", _("分钟")),
    ]  # fmt: skip
    return table(key, caption, columns, rows, empty=empty, is_filtered=len(rows) > 12,
                 is_synthetic=any(v.is_synthetic for v in found),
                 source=_("估计占用 = 事项每次到场分钟；自愿填写由被检查单位自己决定填不填。"))  # fmt: skip


def year_of(today: date) -> tuple[date, date]:
    """This civil year, half-open."""
    return date(today.year, 1, 1), date(today.year + 1, 1, 1)


def objection_days(on: date) -> int:
    """How many days a unit has to object to a conclusion, as the profile of the day says."""
    return law.rule("INS-8", on).parameters["objection_days"]
