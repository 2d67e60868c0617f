"""What those do who carry a task: sign, object, reach milestones, ask for time, report it done."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.wording import period_text
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.tasks.actions.common import locked, move, party_of, require, said, tell, who_of
from dukao.tasks.models import Extension, Milestone, Task
from dukao.tasks.queries.evidence import Evidence, issued_document, reading


class HeldAlready(Refused):
    """The datum is held: it is the evidence, and no words are asked for beside it."""


class NothingHeld(Refused):
    """The house holds no such datum."""


class TooManyExtensions(Refused):
    """More time was granted as often as the profile lets it."""


def sign_task(*, task: str, by: Actor, at: datetime) -> None:
    """Take the task on. Twice is once. Raises NotThere, WrongState. Records: tasks.task.signed."""
    with locked(task, by) as row:
        party = party_of(row, by)
        if party.signed_at is not None:
            return
        require(row, "sign", by)
        party.signed_at = at
        party.save(update_fields=["signed_at"])
        if party.is_lead:
            move(row, "sign")
            row.save(update_fields=["state"])
        tell(row, "sign", "signed", who=who_of(party), by=by, at=at, is_lead=party.is_lead)


def object_to_task(*, task: str, reason: str, by: Actor, at: datetime) -> None:
    """Say that it is not their duty; until the office decides the task is not lit.

    Raises: NotThere, Invalid, WrongState. Records: tasks.task.objected.
    """
    with locked(task, by) as row:
        party = party_of(row, by)
        require(row, "object", by)
        party.objection, party.objected_at = said(reason, "reason"), at
        party.save(update_fields=["objection", "objected_at"])
        if party.is_lead:
            move(row, "object")
            row.save(update_fields=["state"])
        tell(row, "object", "objected", who=who_of(party), text=party.objection, by=by, at=at, is_lead=party.is_lead)


def reach_milestone(
    *, task: str, position: int, kind: str, element: str = "", unit: str = "", period: str = "", document: str = "",
    text: str = "", by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Tell that a milestone is reached, with what shows it: `reading` (element, unit, period), `document` (its number),
    or `words`, where the milestone's own datum is not held. No file is taken: what is held needs none, and what is not
    held is seen by whoever confirms.

    Raises: NotThere, Invalid, WrongState, HeldAlready, NothingHeld. Records: tasks.task.milestone_reached.
    """
    with locked(task, by) as row:
        party = party_of(row, by)
        require(row, "reach", by)
        found = row.milestones.filter(position=position, reached_at=None).first()
        if found is None:
            raise Invalid(_("这个节点已经报过"), errors={"position": _("请选还没有到的节点")})
        evidence = _evidence(row, found, kind, element, unit, period, document, text, by, at)
        found.reached_at, found.evidence = at, evidence.as_dict()
        found.save(update_fields=["reached_at", "evidence"])
        shown = "：".join(part for part in (evidence.title, evidence.text) if part)
        tell(row, "reach", "milestone_reached", who=who_of(party), text=f"{found.title} · {shown}", by=by, at=at,
             position=position, evidence=evidence.kind)  # fmt: skip


def ask_extension(*, task: str, until: date, reason: str, by: Actor, at: datetime) -> None:
    """Ask for more time; the task is not lit while that is open.

    Raises: NotThere, Invalid, WrongState, TooManyExtensions. Records: tasks.task.extension_asked.
    """
    with locked(task, by) as row:
        party = party_of(row, by)
        require(row, "ask_extension", by)
        most = law.rule("TSK-1", timezone.localdate(at)).parameters["extensions_most"]
        if row.extensions.filter(state=Extension.State.GRANTED).count() >= most:
            raise TooManyExtensions(
                _("已经延期 {n} 次，不能再延").format(n=most), why=_("一再延期等于没有期限"),
                todo=_("请如实报进展；办不成的，请督考办改派或撤销"), rule="TSK-1",
            )  # fmt: skip
        if until <= row.due_on:
            raise Invalid(_("延到哪天写得不对"), errors={"until": _("要晚于现在的截止日期")})
        Extension.objects.create(task=row, reason=said(reason, "reason"), until=until, asked_at=at)
        move(row, "ask_extension")
        tell(row, "ask_extension", "extension_asked", who=who_of(party), text=reason.strip(), by=by, at=at,
             until=until.isoformat())  # fmt: skip


def report_done(*, task: str, text: str = "", by: Actor, at: datetime) -> None:
    """The lead says that it is done: every milestone is reached. Raises NotThere, WrongState.

    Records: tasks.task.reported.
    """
    with locked(task, by) as row:
        party = party_of(row, by)
        require(row, "report", by)
        if row.milestones.filter(reached_at=None).exists():
            raise Invalid(_("还有节点没有到"), errors={"milestones": _("每个节点都要先到")})
        move(row, "report")
        row.reported_at = at
        row.save(update_fields=["state", "reported_at"])
        tell(row, "report", "reported", who=who_of(party), text=text.strip()[:1000], by=by, at=at,
             is_late=timezone.localdate(at) > row.due_on)  # fmt: skip


def _evidence(
    row: Task, milestone: Milestone, kind: str, element: str, unit: str, period: str, document: str, text: str,
    by: Actor, at: datetime,
) -> Evidence:  # fmt: skip
    today = timezone.localdate(at)
    if kind == "reading":
        return _reading(row, element or milestone.element, unit, period)
    if kind == "document":
        try:
            found = issued_document(number=document.strip(), viewer=by, today=today)
        except NotThere:
            raise Invalid(_("没有找到这份文件"), errors={"document": _("请检查编号")}) from None
        if found is None:
            raise Invalid(_("这份文件还没有印发"), errors={"document": _("请写已经印发的文件编号")})
        return found
    if kind != "words":
        raise Invalid(_("请选用什么说明"), errors={"kind": _("三选一")})
    if milestone.element and (held := _held(row, milestone.element, today)):
        raise HeldAlready(
            _("这个节点的数据已经有了：{title} {text}").format(title=held.title, text=held.text),
            why=_("已经掌握的数据直接作证，不用另写材料"), todo=_("请选“用已有的数据”"), rule="TSK-1",
            source=law.rule("TSK-1", today).source_text,
        )  # fmt: skip
    return Evidence(kind="words", title="", text=said(text, "text", most=300))


def _held(row: Task, element: str, today: date) -> Evidence | None:
    """The newest reading of the place within a year."""
    place = org.unit_by_id(row.place_id)
    month = Period.of(today, "month")
    candidates = (month.next(-back) for back in range(13))
    quarter, year = Period.of(today, "quarter"), Period.of(today, "year")
    periods = (*candidates, quarter, quarter.previous(), year, year.previous())
    return next((found for p in periods if (found := reading(element=element, unit=place, period=p))), None)


def _reading(row: Task, element: str, unit: str, period: str) -> Evidence:
    place = org.unit_by_code(unit) if unit else org.unit_by_id(row.place_id)
    about = org.unit_by_id(row.place_id)
    try:
        when = Period.parse(period)
    except ValueError:
        raise Invalid(_("期别写得不对"), errors={"period": _("请写成 2026、2026Q3 或 2026-09")}) from None
    if not (place.path.startswith(about.path) or about.path.startswith(place.path)):
        raise Invalid(_("这个单位与督办的事无关"), errors={"unit": _("请选督办所在的地方，或它的上级、下级")})
    found = reading(element=element, unit=place, period=when)
    if found is None:
        raise NothingHeld(
            _("没有{unit}{period}的这项数据").format(unit=place.name, period=period_text(when)),
            todo=_("请换一期，或换一项数据；确实没有的，用一句话说明"),
        )
    return found
