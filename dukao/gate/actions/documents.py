"""Documents: drafted, assessed, issued through the gate, or dropped.

1. A draft is judged by the rules whenever somebody looks at it; nothing stops drafting.
2. Its assessment says what it will cost those who get it. A new text needs a new one.
3. Issuing asks the rules once more. What refuses is lifted as the rule says: by a reason given, or by the supervision
   office, which reads that reason. What is not lifted is refused and put on record.
4. What is issued is a demand: its minutes are charged to the department, unit by unit, and its number is counted.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.sql import next_number
from dukao.base.trail import record_event
from dukao.base.wording import say
from dukao.gate.actions.demands import Reason, issue_demand, record_refusal
from dukao.gate.actions.ledger import post_entries
from dukao.gate.models import Band, Document, Quota
from dukao.gate.queries.documents import alike_documents, is_lifted, judged, minutes_per_unit, standing_of
from dukao.gate.rules.documents import CHANNELS, KINDS, Finding, cap_of, characters_of, pages_of, parts_of
from dukao.gate.rules.likeness import bands_of, shingles_of
from dukao.gate.rules.quotas import document_key
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor

_NUMBERS_LOCK = 0x6475_6B66  # PostgreSQL advisory lock: one document is numbered at a time.
TEXT_MOST = 200_000  # characters, attachments among them
_MOST = {"minutes": 10_000, "forms": 100, "meetings": 100, "reports": 100}


class DocumentRefused(Refused):
    """The rules stand against issuing it. `findings` holds each of them that is not lifted."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        first, n_others = self.findings[0], len(self.findings) - 1
        others = _("（另有 {n} 处）").format(n=n_others) if n_others else ""
        super().__init__(say(first.what) + others, why=say(first.why), todo=say(first.todo), source=first.source,
                         rule=first.rule)  # fmt: skip


class NoDraft(Refused):
    """It has been issued, or dropped."""


class NothingToAllow(Refused):
    """No rule asks for the office's consent, or no reason is given."""


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """`flags`: how many things the rules said of it all the same."""

    number: str
    demand: str
    unit_count: int
    minutes_hundredths: int
    flags: int


@dataclass(frozen=True, slots=True)
class Superior:
    """What a document passes on: a document of the register (`number`), or the text of one from elsewhere."""

    number: str = ""
    title: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as its department writes it. `basis`: what it is issued on; `text`: all of it, attachments too."""

    title: str
    channel: str
    kind: str
    scope_unit: str
    target_level: int
    basis: str
    text: str
    document_number: str = ""
    superior: Superior = Superior()
    is_synthetic: bool = False


def draft_document(*, department: str, paper: Paper, by: Actor, at: datetime) -> str:
    """Put a draft of this department (its code) into the register, and answer its number.

    Raises: NotThere (no right over the scope in that department), Invalid. Records: gate.document.drafted.
    """
    with transaction.atomic():
        owner = org.department(code=department)
        by.require("DEMANDS_ISSUE", org.unit_by_code(paper.scope_unit).path, department=department)
        number = next_number(Document.objects.all(), f"WJ{timezone.localdate(at).year}-", lock=_NUMBERS_LOCK)
        document = Document(number=number, department_id=owner.id, made_at=at, by_name=by.name)
        _write(document, paper, by, at)
        document.save()
        _record("drafted", document, by, at)
        return number


def change_draft(*, number: str, paper: Paper, by: Actor, at: datetime) -> None:
    """Write the draft anew. Where text or addressees change, it has to be assessed, and allowed, once more.

    Raises: NotThere, NoDraft, Invalid. Records: gate.document.changed.
    """
    with transaction.atomic():
        document = _locked(number, by)
        by.require("DEMANDS_ISSUE", org.unit_by_code(paper.scope_unit).path, department=document.department.code)
        before = (document.text, document.scope_unit_id, document.target_level)
        _write(document, paper, by, at)
        if before != (document.text, document.scope_unit_id, document.target_level):
            document.assessment, document.allowed_at, document.allowed_by = {}, None, ""
        document.save()
        _record("changed", document, by, at)


def assess_document(
    *, number: str, minutes: int, forms: int, meetings: int, reports: int, due_on: date, by: Actor, at: datetime
) -> None:
    """Say what it asks of each unit that gets it (一致性评估), and by when: minutes to do it (reading not included),
    forms to fill in, meetings to hold, reports to make.

    Raises: NotThere, NoDraft, Invalid. Records: gate.document.assessed.
    """
    given = {"minutes": minutes, "forms": forms, "meetings": meetings, "reports": reports}
    with transaction.atomic():
        document = _locked(number, by)
        errors = {
            name: _("请填 0 到 {most} 之间的整数").format(most=most)
            for name, most in _MOST.items()
            if not 0 <= given[name] <= most
        }
        if due_on < timezone.localdate(at):
            errors["due_on"] = _("不能早于今天")
        if errors:
            raise Invalid(_("一致性评估填得不对"), errors=errors)
        document.assessment = given | {"due_on": due_on.isoformat()}
        document.save(update_fields=["assessment"])
        _record("assessed", document, by, at, **document.assessment)


def explain_document(*, number: str, excuse: str, by: Actor, at: datetime) -> None:
    """Give the reason that a rule asks for; from then on the supervision office sees the draft.

    Raises: NotThere, NoDraft, Invalid. Records: gate.document.explained.
    """
    with transaction.atomic():
        document = _locked(number, by)
        if not excuse.strip() or len(excuse) > 500:
            raise Invalid(_("请写明理由"), errors={"excuse": _("1 到 500 字")})
        document.excuse, document.allowed_at, document.allowed_by = excuse.strip(), None, ""
        document.save(update_fields=["excuse", "allowed_at", "allowed_by"])
        _record("explained", document, by, at, excuse=document.excuse)


def allow_document(*, number: str, by: Actor, at: datetime) -> None:
    """The supervision office lets a document pass beyond the year's number. Twice is once.

    Raises: NotThere, NoDraft, NothingToAllow. Records: gate.document.allowed.
    """
    with transaction.atomic():
        document = _locked(number, by, right="PLAN_DECIDE")
        if document.allowed_at is not None:
            return
        asks = any(finding.lifted_by == "approval" for finding in judged(document, timezone.localdate(at)))
        if not asks or not document.excuse:
            raise NothingToAllow(_("这份文件不用批准"), todo=_("超过全年件数、并且写明理由的，才要批准"))
        document.allowed_at, document.allowed_by = at, by.name
        document.save(update_fields=["allowed_at", "allowed_by"])
        _record("allowed", document, by, at)


def issue_document(*, number: str, by: Actor, at: datetime) -> IssuedDocument:
    """Send the document to the units of its level in its scope: through the gate, counted, charged. Twice is once.

    Raises: NotThere, NoDraft (dropped), DocumentRefused, and what the gate refuses. Records: gate.document.issued,
    gate.demand.issued; where the rules refuse, gate.demand.refused.
    """
    document = None
    try:
        with transaction.atomic():
            document = _locked(number, by, states=(Document.State.DRAFT, Document.State.ISSUED))
            if document.state == Document.State.ISSUED:
                return _issued(document)
            today = timezone.localdate(at)
            quota = _locked_quota(document, today)
            findings = judged(document, today)
            if standing := [finding for finding in findings if finding.refuses and not is_lifted(finding, document)]:
                raise DocumentRefused(standing)
            return _issue(document, findings, quota, by, at)
    except DocumentRefused as refused:
        assert document is not None, "only what is there is refused by the rules"
        record_refusal(
            kind="document", title=document.title, asker=document.department.code,
            scope_unit=document.scope_unit.code, target_level=document.target_level, by=by, at=at,
            reasons=[Reason(finding.rule, str(finding.what), finding.source) for finding in refused.findings],
        )  # fmt: skip
        raise


def drop_document(*, number: str, by: Actor, at: datetime) -> None:
    """Give the draft up; it stays on the record. Twice is once.

    Raises: NotThere, NoDraft (issued). Records: gate.document.dropped.
    """
    with transaction.atomic():
        document = _locked(number, by, states=(Document.State.DRAFT, Document.State.DROPPED))
        if document.state == Document.State.DROPPED:
            return
        document.state = Document.State.DROPPED
        document.save(update_fields=["state"])
        _record("dropped", document, by, at)


def _write(document: Document, paper: Paper, by: Actor, at: datetime) -> None:
    """Take the paper over into the row. Raises Invalid."""
    body = parts_of(paper.text).body
    _refuse_bad_paper(paper, body)
    scope = org.unit_by_code(paper.scope_unit)
    if not scope.level <= paper.target_level <= 5:
        raise Invalid(_("发给哪一级不对"), errors={"target_level": _("应在发文范围之内")})
    document.title, document.document_number = paper.title.strip(), paper.document_number.strip()
    document.channel, document.kind, document.basis = paper.channel, paper.kind, paper.basis.strip()
    document.scope_unit_id, document.target_level = scope.id, paper.target_level
    document.text = paper.text.strip()
    document.characters = characters_of(body)
    per_page = law.rule("DOC-2", timezone.localdate(at)).parameters["characters_per_page"]
    document.pages = pages_of(document.characters, per_page)
    document.superior = _superior(paper.superior)
    document.superior_title, document.superior_text = paper.superior.title.strip(), paper.superior.text.strip()
    document.is_synthetic = paper.is_synthetic


def _refuse_bad_paper(paper: Paper, body: str) -> None:
    errors = {}
    if not 0 < len(paper.title.strip()) <= 200:
        errors["title"] = _("1 到 200 字")
    if len(paper.document_number) > 60:
        errors["document_number"] = _("最多 60 字")
    if not 0 < len(paper.basis.strip()) <= 300:
        errors["basis"] = _("请写明发文依据：年度发文计划、会议或批准文号，1 到 300 字")
    if paper.channel not in CHANNELS:
        errors["channel"] = _("请选择发文方式")
    if paper.kind not in KINDS:
        errors["kind"] = _("请选择文件类别")
    if not body:
        errors["text"] = _("没有读到正文")
    elif max(len(paper.text), len(paper.superior.text)) > TEXT_MOST:
        errors["text"] = _("最多 {n} 字，附件请不要一起粘贴").format(n=f"{TEXT_MOST:,}")
    if len(paper.superior.title) > 200:
        errors["superior_title"] = _("最多 200 字")
    if errors:
        raise Invalid(_("文件还缺内容"), errors=errors)


def _superior(superior: Superior) -> Document | None:
    if not superior.number:
        return None
    found = Document.objects.filter(number=superior.number, state=Document.State.ISSUED).first()
    if found is None:
        raise Invalid(_("没有这份上级文件"), errors={"superior_number": _("请填登记号，或粘贴上级文件的内容")})
    return found


def _locked(
    number: str, by: Actor, *, right: Any = "DEMANDS_ISSUE",
    states: Sequence[str] = (Document.State.DRAFT,),
) -> Document:  # fmt: skip
    """The document, locked, for its department or the supervision office. Raises NotThere, NoDraft."""
    chosen = Document.objects.select_for_update(of=("self",)).select_related("department", "scope_unit", "superior")
    found = chosen.filter(number=number).first()
    if found is None:
        raise NotThere()
    is_office = right == "PLAN_DECIDE"
    by.require(right, found.scope_unit.path, department="" if is_office else found.department.code)
    if is_office and found.state == Document.State.DRAFT and not found.excuse and not by.is_system:
        raise NotThere()  # a draft that asks for nothing is its department's own affair
    if found.state not in states:
        told = _("{number} 已经印发") if found.state == Document.State.ISSUED else _("{number} 已经放弃")
        raise NoDraft(told.format(number=number), todo=_("要改的话，请另拟一份"))
    return found


def _locked_quota(document: Document, today: date) -> Quota | None:
    """The department's number of the year, locked: two documents never count as one. None where no number is known."""
    standing = standing_of(department_id=document.department_id, on=today)
    cap = cap_of(standing, law.rule("DOC-3", today))
    if cap is None:
        return None
    key = document_key(document.department.code, today.year)
    beyond = max(0, standing.issued - cap)
    Quota.objects.get_or_create(key=key, defaults={"limit": cap, "used": standing.issued, "lifted": beyond})
    return Quota.objects.select_for_update().get(key=key)


def _issue(
    document: Document, findings: Sequence[Finding], quota: Quota | None, by: Actor, at: datetime
) -> IssuedDocument:
    today = timezone.localdate(at)
    if quota is not None:
        is_beyond = any(finding.lifted_by == "approval" for finding in findings)
        has_room = Q() if is_beyond else Q(used__lt=F("limit") + F("lifted") - F("held"))
        counted = Quota.objects.filter(has_room, key=quota.key).update(
            used=F("used") + 1, lifted=F("lifted") + int(is_beyond)
        )
        assert counted, f"{quota.key} is full, and the rules did not say so"
    units = org.units_below(path=document.scope_unit.path, level=document.target_level)
    each = minutes_per_unit(pages=document.pages, minutes=document.assessment["minutes"], on=today)
    demand = issue_demand(
        kind="document", title=document.title[:120], asker=document.department.code,
        scope_unit=document.scope_unit.code, target_level=document.target_level, basis=document.basis,
        due_on=date.fromisoformat(document.assessment["due_on"]), unit_count=len(units),
        minutes_hundredths=each * len(units), minutes_hundredths_per_unit=each, is_emergency=False, by=by, at=at,
    )  # fmt: skip
    post_entries(
        demand_id=demand.id, asker_id=document.department_id, kind="document", on=today,
        minutes_by_unit={unit.id: each for unit in units}, estimate="pages",
    )  # fmt: skip
    document.demand_id, document.state, document.issued_at = demand.id, Document.State.ISSUED, at
    document.flags = [asdict(finding) for finding in findings]
    _remember_likeness(document, today)
    document.save()
    _record(
        "issued", document, by, at, demand=demand.number, characters=document.characters, channel=document.channel,
        flags=sorted({f"{finding.rule}:{finding.sign}" for finding in findings}),
    )  # fmt: skip
    return _issued(document)


def _remember_likeness(document: Document, today: date) -> None:
    """Note the paper that it is most like, and let later ones find it."""
    percent = law.rule("DOC-4", today).parameters["similarity_percent"]
    for other in alike_documents(text=document.text, percent=percent, except_ids=(document.pk,), most=1):
        document.similar_to = Document.objects.get(number=other.number)
        document.similarity_hundredths = other.likeness.percent
    Band.objects.bulk_create(Band(band=band, document=document) for band in bands_of(shingles_of(document.text)))


def _issued(document: Document) -> IssuedDocument:
    demand = document.demand
    assert demand is not None, "what is issued went through the gate"
    return IssuedDocument(
        document.number, demand.number, demand.unit_count, demand.minutes_hundredths, len(document.flags)
    )


def _record(verb: str, document: Document, by: Actor, at: datetime, **detail: Any) -> None:
    record_event(
        verb=f"gate.document.{verb}", subject=f"document:{document.number}", by=by, at=at,
        unit_path=document.scope_unit.path, detail={"title": document.title, **detail},
    )  # fmt: skip
