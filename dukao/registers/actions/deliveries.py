"""Receiving a delivery: the file is safe on the disk, and known, before anybody is told that it arrived."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.trail import record_event
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.registers.models import Dataset, Delivery
from dukao.registers.queries.elements import ElementView, elements_by_code
from dukao.registers.queries.verifying import findings_of
from dukao.registers.reading.files import format_of
from dukao.registers.records import path_of, take_in, workspace
from dukao.registers.rules import DatasetDefinition


class NotThisPeriod(Refused):
    """The delivery's period is of the wrong type, has not begun, or is closed."""


class NotThisScope(Refused):
    """The dataset's elements cannot be kept for the scope of the delivery."""


class TooLarge(Refused):
    """The file is larger than a delivery may be."""


def receive_delivery(
    *, dataset: str, period: Period, scope_unit: str, file: Path, file_name: str, mapping: dict[str, str] | None,
    by: Actor, at: datetime,
) -> str:  # fmt: skip
    """Take in the file that a department delivers, and answer the delivery's number; it lands later.

    The same file, mapping and dataset version for the same scope and period again gives the number it has already, and
    nothing changes; a file that was corrected since, delivered again, corrects the correction; and one whose facts or
    files were damaged since puts them right.
    `mapping`: column of the file (or `#3`) → column of the dataset, or nothing to leave it out; for the rest names
    decide.
    Raises: NotThere, NotThisPeriod, NotThisScope, TooLarge, Unreadable (an empty file), Invalid (the mapping).
    Records: registers.delivery.received.
    """
    known = Dataset.objects.select_related("provider").filter(code=dataset).first()
    scope = org.unit_by_code(scope_unit)
    if known is None:
        raise NotThere()
    by.require("DELIVERIES_MAKE", scope.path, department=known.provider.code)
    definition = DatasetDefinition.model_validate(known.definition)
    _refuse_period(definition, period, at)
    _refuse_scope(definition, scope)
    _refuse_mapping(definition, mapping or {})
    digest, size, found = _take_in(file)
    with transaction.atomic():
        held = Dataset.objects.select_for_update().get(pk=known.pk)
        reading = _digest_of({"mapping": mapping or {}, "version": held.version})
        same = {"dataset": held, "scope_unit_id": scope.id, "period": period.key}
        there = Delivery.objects.filter(**same, file_digest=digest, reading_digest=reading)
        standing = there.filter(state__in=[Delivery.State.RECEIVED, Delivery.State.LANDED]).first()
        if standing and (standing.state == Delivery.State.RECEIVED or not any(findings_of(standing))):
            return standing.number
        if standing:
            # It stays until the same file, which is its correction, has landed in its place.
            there.filter(pk=standing.pk).update(reading_digest="")
        number = f"{dataset}-{period.code}-{scope.code}-{Delivery.objects.filter(**same).count() + 1}"
        Delivery.objects.create(
            **same, number=number, dataset_version=held.version, file_name=_plain_name(file_name), file_digest=digest,
            size_bytes=size, mapping=mapping or {}, reading_digest=reading, found=found, by_name=by.name,
            received_at=at,
        )  # fmt: skip
        record_event(
            verb="registers.delivery.received", subject=f"delivery:{number}", by=by, at=at, unit_path=scope.path,
            detail={"dataset": dataset, "period": period.code, "size_bytes": size, "sha256": digest},
        )  # fmt: skip
    return number


def _take_in(file: Path) -> tuple[str, int, dict[str, Any]]:
    """Put the file into the inbox; answer digest, size and what its bytes show."""
    most = settings.DELIVERY_MAX_BYTES
    if file.stat().st_size > most:
        raise TooLarge(_("文件超过 %(most)s MB") % {"most": most // 10**6}, todo=_("请分成几个时期或几个地区交付"))
    kind = format_of(file)
    with workspace() as folder, file.open("rb") as source:
        digest, size, marks = take_in(source, folder)
    assert path_of("inbox", digest).stat().st_size == size
    found = {"marks": marks.as_dict()}
    return digest, size, found if kind == "workbook" else found | {"format": kind}


def _refuse_period(definition: DatasetDefinition, period: Period, at: datetime) -> None:
    today = timezone.localdate(at)
    if period.type != definition.period:
        kinds = {"year": _("年"), "quarter": _("季"), "month": _("月"), "day": _("日")}
        raise NotThisPeriod(
            _("“%(title)s”按%(kind)s交付") % {"title": definition.title, "kind": kinds[definition.period]},
            todo=_("请写成 %(code)s 这样的时期") % {"code": Period.of(today, definition.period).previous().code},
        )
    if period.starts_on > today:
        raise NotThisPeriod(_("%(period)s还没有开始") % {"period": period.label}, todo=_("请检查时期"))
    if (today - period.ends_on).days >= definition.accept_days:
        raise NotThisPeriod(
            _("%(period)s的交付已经截止") % {"period": period.label},
            why=_("“%(title)s”在时期结束后 %(days)s 天内接收")
            % {"title": definition.title, "days": definition.accept_days},
            todo=_("如确需补交，请先在数据资源的定义里延长接收期限（accept_days）"),
        )


def _refuse_scope(definition: DatasetDefinition, scope: UnitView) -> None:
    """The figures must find their place below the scope; without a unit column all of them are about the scope."""
    for element in _fed(definition):
        if element.level < scope.level:
            raise NotThisScope(
                _("数据元“%(title)s”按更高一级的单位保存") % {"title": element.title},
                why=_("%(unit)s一处的数据不能当作上级的数据") % {"unit": scope.name},
                todo=_("请由上级单位的部门统一交付"),
            )
        if element.level > scope.level and not definition.unit_column:
            raise NotThisScope(
                _("数据集没有单位列，分不到%(unit)s下面的单位") % {"unit": scope.name},
                why=_("数据元“%(title)s”按更低一级的单位保存") % {"title": element.title},
                todo=_("请为每个下级单位分别交付，或在数据集中增加单位列"),
            )


def _fed(definition: DatasetDefinition) -> list[ElementView]:
    codes = {m.element for m in definition.measures} | {c.element for c in definition.columns if c.element}
    return list(elements_by_code(codes).values())


def _refuse_mapping(definition: DatasetDefinition, mapping: dict[str, str]) -> None:
    names = {column.name for column in definition.columns}
    errors = {
        header: _("“%(column)s”不是数据集的列") % {"column": column}
        for header, column in mapping.items()
        if column and column not in names
    }
    if errors:
        raise Invalid(_("映射里有数据集没有的列"), errors=errors)


def _plain_name(name: str) -> str:
    """A file name for people, without folders and control characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[-200:] or "delivery"


def _digest_of(told: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
