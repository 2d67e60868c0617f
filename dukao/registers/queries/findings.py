"""What an integrity check of the registers finds: totals against facts, facts against where they come from."""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from dukao.base.findings import Finding
from dukao.base.periods import Period
from dukao.org import queries as org
from dukao.registers.models import Element
from dukao.registers.queries.figures import TotalDiffers, totals_that_differ

_MOST = 100


def findings() -> Iterator[Finding]:
    """Everything that should not be, at most a hundred of each kind; nothing where all is well."""
    yield from _totals()
    yield from _facts_of_unlanded_deliveries()
    yield from _facts_at_wrong_levels()


def _totals() -> Iterator[Finding]:
    differing = totals_that_differ(most=_MOST)
    codes = dict(Element.objects.filter(pk__in={d.element_id for d in differing}).values_list("pk", "code"))
    for one in differing:
        yield Finding(
            check="registers.totals",
            where=f"{codes[one.element_id]}/{Period(one.period).code}/{org.unit_by_id(one.unit_id).code}",
            what=_("汇总数与事实之和不符：保存的是 {kept}，重算是 {recomputed}").format(
                kept=_told(one, "kept"), recomputed=_told(one, "recomputed")
            ),
            todo=_("运行 dukao rebuild-totals 按事实重算；再查数据库是否被系统以外的程序写过"),
        )


def _told(one: TotalDiffers, side: str) -> str:
    figure = getattr(one, side)
    if figure is None:
        return _("没有")
    told = _("合计 {sum}（{n} 个，其中待审 {pending} 个）")
    return told.format(sum=figure.sum, n=figure.n, pending=figure.pending_n)


def _facts_of_unlanded_deliveries() -> Iterator[Finding]:
    """Current facts whose delivery has not landed, or was corrected by a later one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.number, d.state, (SELECT count(*) FROM registers_fact f WHERE f.delivery_id = d.id AND"
            " f.superseded_at IS NULL) AS n FROM registers_delivery d WHERE d.state <> 'landed' AND EXISTS"
            " (SELECT 1 FROM registers_fact f WHERE f.delivery_id = d.id AND f.superseded_at IS NULL)"
            " ORDER BY d.id LIMIT %s",
            [_MOST],
        )
        rows = cursor.fetchall()
    for number, state, count in rows:
        yield Finding(
            check="registers.facts",
            where=f"delivery:{number}",
            what=_("批次状态是 {state}，却还有 {n:,} 个现行事实").format(state=state, n=count),
            todo=_("从原文件重新交一次这个批次；再查数据库是否被系统以外的程序写过"),
        )


def _facts_at_wrong_levels() -> Iterator[Finding]:
    """Current facts of a unit that is not of its element's level: they would be counted twice, or not at all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.code, u.code, count(*) FROM registers_fact f JOIN registers_element e ON e.id = f.element_id"
            " JOIN org_unit u ON u.id = f.unit_id WHERE u.level <> e.level AND f.superseded_at IS NULL"
            " GROUP BY e.code, u.code ORDER BY e.code, u.code LIMIT %s",
            [_MOST],
        )
        rows = cursor.fetchall()
    for element, unit, count in rows:
        yield Finding(
            check="registers.facts",
            where=f"{element}/{unit}",
            what=_("{n:,} 个现行事实的单位层级与数据元的保存层级不同").format(n=count),
            todo=_("查明是哪个批次或填报写入的，交一次更正批次，再运行 dukao rebuild-totals"),
        )
