"""What one more demand would mean, in words and tables: for every page from which something is asked of units.

A page shows it with `{% include "burden/_coming.html" with coming=page.coming %}` and exports `coming.tables`.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from dukao.gate.queries import KIND_NAMES, WhatIf
from dukao.web import words
from dukao.web.tables import Cell, Column, Table, number, row, table
from dukao.web.times import minutes


@dataclass(frozen=True, slots=True)
class Coming:
    heading: str
    lines: tuple[str, ...]
    tables: tuple[Table, ...]


def coming_of(seen: WhatIf) -> Coming:
    """Minutes per unit, what else is due that week, crowding, and who would be above the middle."""
    lines = (
        _("合计 {total}；最少的单位{least}，最多的{most}").format(
            total=words.hours(seen.minutes_hundredths), least=words.minutes(seen.least_hundredths),
            most=words.minutes(seen.most_hundredths),
        ),
        _("{since}至{until}这一周，{busy} 个单位还有别的事；预告的检查 {visits} 次").format(
            since=words.day(seen.week_from), until=words.day(seen.week_until), busy=f"{seen.n_busy:,}",
            visits=f"{seen.n_visits:,}",
        ),
        _("会扎堆的单位（一周 {most} 件以上）{n} 个").format(most=seen.crowded_from, n=f"{seen.n_crowded:,}"),
        _("当月合计的中位数（全市同级 {alike} 个单位）由 {before} 变成 {after}").format(
            alike=f"{seen.n_alike:,}", before=words.hours(seen.median_before_hundredths),
            after=words.hours(seen.median_after_hundredths),
        ),
        _("收到这一件的单位里，{n} 个当月合计高于中位数").format(n=f"{seen.n_over_median:,}"),
    )  # fmt: skip
    heading = _("{n} 个单位，平均每个{minutes}").format(
        n=f"{seen.n_units:,}", minutes=words.minutes(seen.per_unit_hundredths)
    )
    tables = (*([_others(seen)] if seen.others else ()), *([_crowded(seen)] if seen.crowded else ()))
    return Coming(heading, lines, tables)


def _others(seen: WhatIf) -> Table:
    rows = [
        row(
            Cell(one.title, note=one.number), one.asker_name, str(KIND_NAMES[one.kind]),
            Cell(words.day(one.due_on), raw=one.due_on.isoformat()), number(one.n_units),
        )
        for one in seen.others
    ]  # fmt: skip
    columns = [
        Column(_("同一周到期的"), is_sticky=True), Column(_("谁要")), Column(_("是什么")), Column(_("截止"), "date"),
        Column(_("同样的单位"), "number", _("个")),
    ]  # fmt: skip
    return table("others", _("这些单位那一周还有什么"), columns, rows)


def _crowded(seen: WhatIf) -> Table:
    rows = [row(one.name, number(one.n_things), minutes(one.month_minutes_hundredths)) for one in seen.crowded]
    columns = [
        Column(_("单位"), is_sticky=True), Column(_("这一周"), "number", _("件")),
        Column(_("当月合计"), "number", _("分钟")),
    ]  # fmt: skip
    source = _("连同这一件算；按区划代码排列，最多列 50 个。")
    return table("crowded", _("会扎堆的单位（{n} 个）").format(n=seen.n_crowded), columns, rows, source=source)
