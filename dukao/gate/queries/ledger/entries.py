"""Entries added up: what stands, how much of it was measured, what was given back; and the words for it."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, fields

from django.db import connection
from django.db.models import Count, Expression, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext_lazy

from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.gate.models import BurdenEntry
from dukao.org import queries as org
from dukao.org.queries import DepartmentView, UnitView
from dukao.org.rules import Actor, Right

KIND_NAMES = {
    "sheet": _l("报表"), "visit": _l("检查"), "meeting": _l("会议"), "document": pgettext_lazy("公文", "文件"),
    "platform": _l("本平台"), "task": _l("督办"),
}  # fmt: skip
ESTIMATE_NAMES = {
    "cells": _l("要填的每一项 × 每项分钟，只需确认的按比例折算"),
    "visit": _l("计划事项写明的每次占用分钟；联合检查按最长的一项"),
    "meeting": _l("参会人数 ×（会议分钟 + 路途分钟）"),
    "pages": _l("页数 × 每页分钟，加一致性评估里照办的分钟"),
    "platform": _l("次数 × 每次分钟"),
    "spread": _l("合计分钟按单位平均分摊"), "task": _l("督办本身的分钟，加签收和每个节点的分钟"),
}  # fmt: skip
# What is printed beside each figure, so that anybody can do the sum again.
FORMULAS = {
    "minutes": _l("每项任务落到每个单位算一笔；有实测的用实测，没有的用估算，逐笔相加；撤回的不计"),
    "estimated": _l("没有实测的各笔，估算分钟相加"),
    "measured": _l("单位自愿填写或系统记录（如会议计时）的各笔，实测分钟相加"),
    "accuracy": _l("有实测的各笔：实测合计 ÷ 估算合计"),
    "given_back": _l("任务撤回或申诉成立后退回的各笔，估算分钟相加"),
    "per_unit": _l("合计 ÷ 村（社区）个数"),
    "median": _l("同一级全部单位当期合计从小到大排，取中间一个；没有任务的算 0"),
    "change": _l("本期合计 − 上期合计"),
}  # fmt: skip

_SEES: tuple[Right, ...] = ("DEMANDS_RECEIVE", "FILINGS_FILL", "FILINGS_REVIEW", "DEMANDS_SEE_ALL")
_STANDS = Q(given_back_at=None)
_MEASURED = _STANDS & Q(measured_hundredths__isnull=False)


@dataclass(frozen=True, slots=True)
class Burden:
    """Entries added up; minutes × 100. What stands of an entry is what was measured, else what was estimated."""

    n: int = 0  # demands × units
    minutes_hundredths: int = 0
    n_measured: int = 0
    measured_hundredths: int = 0
    measured_estimate_hundredths: int = 0  # what had been estimated for those that were measured
    n_given_back: int = 0
    given_back_hundredths: int = 0

    @property
    def n_estimated(self) -> int:
        return self.n - self.n_measured

    @property
    def estimated_hundredths(self) -> int:
        return self.minutes_hundredths - self.measured_hundredths

    @property
    def measured_percent_of_estimate(self) -> int | None:
        """How good the estimates were, where somebody measured; rounded."""
        estimate = self.measured_estimate_hundredths
        return (200 * self.measured_hundredths + estimate) // (2 * estimate) if estimate else None


_NAMES = tuple(field.name for field in fields(Burden))


def added(burdens: Iterable[Burden]) -> Burden:
    columns = [[getattr(one, name) for name in _NAMES] for one in burdens]
    return Burden(*map(sum, zip(*columns, strict=True))) if columns else Burden()


def sums() -> dict[str, Expression]:
    """Annotations of a grouped queryset of entries, by the names of `Burden`."""
    return {
        "n": Count("id", filter=_STANDS),
        "minutes": Sum(Coalesce("measured_hundredths", "minutes_hundredths"), filter=_STANDS, default=0),
        "n_measured": Count("id", filter=_MEASURED),
        "measured": Sum("measured_hundredths", filter=_MEASURED, default=0),
        "estimate_of_measured": Sum("minutes_hundredths", filter=_MEASURED, default=0),
        "n_given_back": Count("id", filter=~_STANDS),
        "given_back": Sum("minutes_hundredths", filter=~_STANDS, default=0),
    }


def grouped(entries: QuerySet[BurdenEntry], *columns: str) -> list[tuple[tuple, Burden]]:
    """The entries added up by these columns, in their order."""
    wanted = sums()
    rows = entries.values(*columns).annotate(**{f"of_{name}": sum_ for name, sum_ in wanted.items()})
    found = rows.order_by(*columns).values_list(*columns, *(f"of_{name}" for name in wanted))
    return [(row[: len(columns)], Burden(*row[len(columns) :])) for row in found]


def entries_in(period: Period) -> QuerySet[BurdenEntry]:
    """Entries of the months of a period (a month, a quarter, a year)."""
    return BurdenEntry.objects.filter(month__in=[month.key for month in period.parts("month")])


def below(entries: QuerySet[BurdenEntry], path: str) -> QuerySet[BurdenEntry]:
    """Those of the units in the subtree at `path`."""
    if connection.vendor == "sqlite":
        # A range, as LIKE uses no index there; "0" is the character after "/".
        return entries.filter(unit__path__gte=path, unit__path__lt=path.removesuffix("/") + "0")
    return entries.filter(unit__path__startswith=path)


def own_department(code: str, viewer: Actor) -> DepartmentView:
    """The department, for itself and for who supervises it. Raises NotThere, the same where there is none."""
    with suppress(NotThere):
        found = org.department(code=code)
        if viewer.may("DEMANDS_ISSUE", found.unit_path, department=code) or viewer.may(
            "DEMANDS_SEE_ALL", found.unit_path
        ):
            return found
    raise NotThere()


def seen_unit(unit: str, viewer: Actor) -> UnitView:
    """The unit, for who stands for it, reviews or asks there, or supervises it. Raises NotThere."""
    found = org.unit_by_code(unit)
    if not any(viewer.may(right, found.path) for right in _SEES):
        raise NotThere()
    return found
