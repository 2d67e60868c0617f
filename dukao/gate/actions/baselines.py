"""The year that later ones are measured against: written once, with its source, and never moved."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, Refused
from dukao.base.trail import record_event
from dukao.gate.models import Baseline
from dukao.gate.rules.burden import BASELINE_KINDS
from dukao.org import queries as org
from dukao.org.rules import Actor

_COUNT_MOST = 10_000_000


class BaselineStands(Refused):
    """The baseline is set already; one that could be moved would compare nothing."""


def set_baseline(
    *, unit: str, department: str = "", kind: str, year: int, count: int, source: str, is_synthetic: bool = False,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Set how many documents, meetings or inspections there were in the year, with where the number is from.

    Without a department: what the unit and those below it received, counted per unit. With one: what it issued.
    The same again changes nothing. Raises: NotThere, Invalid, BaselineStands. Records: gate.baseline.set.
    """
    with transaction.atomic():
        place = org.unit_by_code(unit)
        by.require("PLAN_DECIDE", place.path)
        issuer = org.department(code=department) if department else None
        source = source.strip()
        _refuse_bad_input(kind, year, count, source, at)
        found, is_new = Baseline.objects.get_or_create(
            unit_id=place.id, department_id=issuer.id if issuer else None, kind=kind, year=year,
            defaults={"count": count, "source": source, "is_synthetic": is_synthetic},
        )  # fmt: skip
        if not is_new and (found.count, found.source) == (count, source):
            return
        if not is_new:
            raise BaselineStands(
                _("{place} {year} 年的基线已经定为 {count}").format(place=place.name, year=year, count=found.count),
                why=_("基线只能定一次；能改的基线比不出真假"),
                todo=_("如果原来的数有误，请在依据里另行说明，由督考办书面更正并存档"),
            )
        record_event(
            verb="gate.baseline.set", subject=f"unit:{unit}", by=by, at=at, unit_path=place.path,
            detail={"department": department, "kind": kind, "year": year, "count": count, "source": source},
        )  # fmt: skip


def _refuse_bad_input(kind: str, year: int, count: int, source: str, at: datetime) -> None:
    errors = {}
    if kind not in BASELINE_KINDS:
        errors["kind"] = _("应为文件、会议或检查")
    if not 1990 <= year < at.year:
        errors["year"] = _("应为过去的年份")
    if not 0 <= count <= _COUNT_MOST:
        errors["count"] = _("应为 0 或正整数")
    if not 1 <= len(source) <= 200:
        errors["source"] = _("请写明数从哪里来，1 到 200 字")
    if errors:
        raise Invalid(_("基线没有写对"), errors=errors)
