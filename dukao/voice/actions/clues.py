"""Clues about burden (问题直通车): told without an account, followed up past whom they speak of, judged by the teller.

1. Whoever tells one gets a receipt's code, shown once; only its digest is kept. What would give the writer away is
   told to the writer first. Nothing of the sending is kept: no address, no hour, no order, no event in the trail.
2. From the next day the office that is due sees it: the nearest above whom it speaks of. It accepts, asks, closes.
3. The reporter says whether it is really fixed. If not, it is open again.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao import env
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.slips import CODE_BYTES, code_digest, code_from, code_of
from dukao.base.trail import record_event
from dukao.base.wording import in_english
from dukao.gate import queries as gate
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.voice.models import Clue, ClueNote
from dukao.voice.queries.clues import elsewhere, handles, kinds, offices
from dukao.voice.rules.clues import (
    CONTACT_MOST,
    OUTCOMES,
    TEXT_MOST,
    WITH_REFERENCE,
    Accused,
    Elsewhere,
    Office,
    after,
    belongs_elsewhere,
    due_days,
    is_readable,
    office_for,
)
from dukao.voice.rules.masking import masked

_TOWN = 4  # A village has so few people at work that naming it would name the writer.
_NOTE_MOST = 1000


class LookAgain(Refused):
    """Something in the text gives the writer away, or is better sent elsewhere: the writer decides with open eyes.

    `kinds` of rules.masking; `covered` is the text without them.
    """

    def __init__(self, kinds: tuple[str, ...], covered: str, elsewhere: tuple[Elsewhere, ...]) -> None:
        self.kinds, self.covered, self.elsewhere = kinds, covered, elsewhere
        super().__init__(_("还没有发出，请再看一眼"), todo=_("可以遮住后发出，也可以就这样发出"))


class BelongsElsewhere(Refused):
    """It is not taken here, so that it is not kept where it does not belong."""


class NoOfficeAbove(Refused):
    """Whom it speaks of has no office above it in this house."""


class WrongState(Refused):
    """The clue is at another point: this cannot be done to it now."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`code` is shown once and kept nowhere."""

    number: str
    code: str
    notify_by: date
    close_by: date


def tell_clue(
    *, kind: str, text: str, place: str, department: str = "", accused_unit: str = "", is_office_accused: bool = False,
    is_reprisal: bool = False, contact: str = "", is_looked_at: bool = False, is_synthetic: bool = False, at: datetime,
) -> Receipt:  # fmt: skip
    """Take a clue from anybody. `place` is a unit's code, at most as near as a town; whom it speaks of is a department
    or a unit, or the office itself. `is_looked_at`: the writer has seen what gives them away and sends it so.

    Raises: Invalid, LookAgain, BelongsElsewhere, NoOfficeAbove. Records nothing: an event would tell when.
    """
    text, contact = text.strip(), contact.strip()
    where = _place(kind, text, contact, place)
    _refuse_unseen(text, is_looked_at)
    about = org.department(code=department) if department else None
    accused = org.unit_by_code(accused_unit) if accused_unit and not about else None
    spoken_of = Accused(department, about.unit_path if about else accused.path if accused else "", is_office_accused)
    office = _office(where, spoken_of)
    today = timezone.localdate(at)
    days = law.rule("CLU-1", today).parameters
    notify_by, close_by = due_days(today, notify=days["notify_days"], close=days["close_days"])
    code, number = code_of(secrets.token_bytes(CODE_BYTES)), f"XS-{code_of(secrets.token_bytes(CODE_BYTES))[:10]}"
    Clue.objects.create(
        number=number, code_digest=code_digest(code), kind=kind, text=text, place_id=where.id,
        department_id=about.id if about else None, accused_unit_id=accused.id if accused else None,
        is_office_accused=is_office_accused, is_reprisal=is_reprisal, office_id=office.unit_id,
        contact_sealed=_sealed(contact, number), received_on=today, notify_by=notify_by, close_by=close_by,
        is_synthetic=is_synthetic,
    )  # fmt: skip
    return Receipt(number, code, notify_by, close_by)


def answer_clue(*, code: str, text: str, at: datetime) -> None:
    """The reporter answers what the office asked. Raises NotThere, Invalid, WrongState. Records nothing."""
    with transaction.atomic():
        found = _by_receipt(code)
        _move(found, "answer", _said(text, "text"), ClueNote.Side.REPORTER, timezone.localdate(at))
        found.save(update_fields=["state"])


def judge_clue(*, code: str, is_fixed: bool, text: str = "", at: datetime) -> None:
    """The reporter says whether it is really fixed; if not it is open again. Raises NotThere, WrongState.

    Records nothing. A task that came of it hears of it the day after (`tasks.actions.hear_reporters`), so that the
    hour stays unknown.
    """
    with transaction.atomic():
        found, today = _by_receipt(code), timezone.localdate(at)
        _move(found, "confirm" if is_fixed else "deny", text.strip()[:_NOTE_MOST], ClueNote.Side.REPORTER, today)
        found.is_fixed, found.said_on = is_fixed, today
        if not is_fixed:
            days = law.rule("CLU-1", today).parameters
            found.close_by = max(found.close_by, today + timedelta(days=days["again_days"]))
            found.closed_on = None
        found.save(update_fields=["state", "is_fixed", "said_on", "close_by", "closed_on"])


def accept_clue(*, clue: str, text: str = "", by: Actor, at: datetime) -> None:
    """Tell the reporter that it is followed up. Raises NotThere, WrongState. Records: voice.clue.accepted."""
    with transaction.atomic():
        found, today = _for_office(clue, by, at), timezone.localdate(at)
        _move(found, "accept", text.strip()[:_NOTE_MOST], ClueNote.Side.OFFICE, today)
        found.accepted_on = today
        found.save(update_fields=["state", "accepted_on"])
        _record("accepted", found, by, at, is_in_time=today <= found.notify_by)


def ask_reporter(*, clue: str, text: str, by: Actor, at: datetime) -> None:
    """Ask the reporter something; the answer comes with the receipt. Raises NotThere, Invalid, WrongState.

    Records: voice.clue.asked.
    """
    with transaction.atomic():
        found = _for_office(clue, by, at)
        _move(found, "ask", _said(text, "text"), ClueNote.Side.OFFICE, timezone.localdate(at))
        found.save(update_fields=["state"])
        _record("asked", found, by, at)


def extend_clue(*, clue: str, reason: str, by: Actor, at: datetime) -> None:
    """Take longer, once, with a reason that the reporter reads. Raises NotThere, Invalid, WrongState.

    Records: voice.clue.extended. Basis: CLU-1.
    """
    with transaction.atomic():
        found, today = _for_office(clue, by, at), timezone.localdate(at)
        if found.extended_on is not None:
            raise WrongState(_("已经延长过一次"), why=_("办理期限只能延长一次"), todo=_("请在期限内办结"))
        _move(found, "extend", _said(reason, "reason"), ClueNote.Side.OFFICE, today)
        found.extended_on = today
        found.close_by += timedelta(days=law.rule("CLU-1", found.received_on).parameters["extension_days"])
        found.save(update_fields=["state", "extended_on", "close_by"])
        _record("extended", found, by, at, close_by=found.close_by.isoformat())


def refer_clue(*, clue: str, outcome: str, reference: str, by: Actor, at: datetime) -> None:
    """It leads on to something with a number (a task), and stays open until that is done.

    Raises: NotThere, WrongState. Records: voice.clue.referred.
    """
    assert outcome in WITH_REFERENCE, "what it leads on to has a number"
    with transaction.atomic():
        found, today = _for_office(clue, by, at), timezone.localdate(at)
        _move(found, "refer", reference, ClueNote.Side.OFFICE, today)
        found.outcome, found.reference = outcome, reference
        found.accepted_on = found.accepted_on or today
        found.save(update_fields=["state", "outcome", "reference", "accepted_on"])
        _record("referred", found, by, at, outcome=outcome)


def close_clue(*, clue: str, outcome: str, text: str, reference: str = "", by: Actor, at: datetime) -> None:
    """Close it with what came of it, in words that the reporter reads; where it led on, with the number of that, which
    `by` must be able to see.

    Raises: NotThere, Invalid, WrongState. Records: voice.clue.closed.
    """
    with transaction.atomic():
        found, today = _for_office(clue, by, at), timezone.localdate(at)
        reference = reference.strip()
        _require_outcome(outcome, reference, by, today)
        _move(found, "close", _said(text, "text"), ClueNote.Side.OFFICE, today)
        found.outcome, found.reference, found.closed_on = outcome, reference, today
        found.is_fixed = found.said_on = None
        found.save(update_fields=["state", "outcome", "reference", "closed_on", "is_fixed", "said_on"])
        _record("closed", found, by, at, outcome=outcome, is_in_time=today <= found.close_by)


def open_contact(*, clue: str, reason: str, by: Actor, at: datetime) -> str:
    """How the reporter can be reached, for this once and with a reason. Raises NotThere, Invalid.

    Records: voice.clue.contact_opened, with the reason.
    """
    with transaction.atomic():
        found = _for_office(clue, by, at)
        if not found.contact_sealed:
            raise NotThere(_("反映人没有留联系方式"))
        why = _said(reason, "reason")
        _record("contact_opened", found, by, at, reason=why)
        return _unsealed(bytes(found.contact_sealed), found.number)


def _place(kind: str, text: str, contact: str, place: str) -> UnitView:
    errors = {}
    if kind not in {one.code for one in kinds()}:
        errors["kind"] = _("请选一类")
    if not 10 <= len(text) <= TEXT_MOST:
        errors["text"] = _("10 到 {most} 字").format(most=TEXT_MOST)
    if len(contact) > CONTACT_MOST:
        errors["contact"] = _("最多 {most} 字").format(most=CONTACT_MOST)
    where = org.units_by_codes([place]).get(place)
    if where is None or where.level > _TOWN:
        errors["place"] = _("请选县（区）或乡镇；写到村容易认出是谁")
    if errors:
        raise Invalid(_("还差一点"), errors=errors)
    assert where is not None
    return where


def _refuse_unseen(text: str, is_looked_at: bool) -> None:
    """What is never taken; and, until the writer has looked, what gives them away or is better sent elsewhere."""
    others = belongs_elsewhere(text, elsewhere())
    for one in others:
        if one.is_refused:
            raise BelongsElsewhere(
                _("这件事不在这里受理，也没有留存"),
                why=one.title_en if in_english() else one.title,
                todo=one.where_en if in_english() else one.where,
            )
    covered, found = masked(text)
    if not is_looked_at and (found or others):
        raise LookAgain(found, covered, others)


def _office(where: UnitView, accused: Accused) -> Office:
    found = office_for(where.path, accused, offices())
    if found is None:
        raise NoOfficeAbove(
            _("本平台上没有更上一级的督考办，不能办理这条线索"),
            why=_("线索不交给被反映的人，也不交给同一张桌子上的人"), todo=_("请向上一级的督查机构或 12345 反映"),
            source=law.rule("CLU-1", date(2024, 1, 1)).source_text, rule="CLU-1",
        )  # fmt: skip
    return found


def _require_outcome(outcome: str, reference: str, by: Actor, today: date) -> None:
    """It is an outcome, and what it led on to is there. A task looks after its own number. Raises Invalid."""
    if outcome not in OUTCOMES:
        raise Invalid(_("请写明结果"), errors={"outcome": _("请选一个结果")})
    if outcome in WITH_REFERENCE and not reference:
        raise Invalid(_("请写明结果"), errors={"reference": _("请写明编号")})
    try:
        if outcome == "appeal":
            gate.appeal(number=reference, viewer=by)
        elif outcome == "radar":
            gate.document(number=reference, viewer=by, today=today)
    except NotThere:
        told = _("没有编号为 {number} 的申诉") if outcome == "appeal" else _("没有编号为 {number} 的文件")
        raise Invalid(_("请写明结果"), errors={"reference": told.format(number=reference[:32])}) from None


def _by_receipt(code: str) -> Clue:
    found = Clue.objects.select_for_update().filter(code_digest=code_digest(code_from(code) or "-")).first()
    if found is None:
        raise NotThere(_("没有核对上这个回执码"), todo=_("请对照抄下来的 16 位再输一次；O 和 0、I 和 1 不用分"))
    return found


def _for_office(number: str, by: Actor, at: datetime) -> Clue:
    chosen = Clue.objects.select_for_update(of=("self",)).select_related("department", "accused_unit", "office")
    found = chosen.filter(number=number).first()
    if found is None or not handles(found, by) or not is_readable(found.received_on, timezone.localdate(at)):
        raise NotThere()
    return found


def _move(found: Clue, act: str, text: str, side: ClueNote.Side, on: date) -> None:
    """The next state, and a line of what was said; in the caller's transaction, with the row locked."""
    state = after(found.state, act)
    if not state:
        raise WrongState(_("这条线索现在不能这样办"), why=_("它已经到了别的步骤"), todo=_("请刷新页面看最新进展"))
    found.state = state
    ClueNote.objects.create(clue=found, place=found.notes.count() + 1, side=side, act=act, text=text, on=on)


def _said(text: str, name: str) -> str:
    if not 1 <= len(text.strip()) <= _NOTE_MOST:
        raise Invalid(_("请写几句话"), errors={name: _("1 到 {most} 字").format(most=_NOTE_MOST)})
    return text.strip()


def _record(verb: str, found: Clue, by: Actor, at: datetime, **detail: object) -> None:
    record_event(
        verb=f"voice.clue.{verb}", subject=f"clue:{found.number}", by=by, at=at, unit_path=found.office.path,
        detail=dict(detail),
    )  # fmt: skip


def _sealed(contact: str, number: str) -> bytes:
    if not contact:
        return b""
    chance = os.urandom(12)
    # All contacts are as long as the longest: the length of a telephone number would tell what it is.
    padded = contact.encode().ljust(4 * CONTACT_MOST, b"\0")
    return chance + AESGCM(_key()).encrypt(chance, padded, number.encode())


def _unsealed(sealed: bytes, number: str) -> str:
    return AESGCM(_key()).decrypt(sealed[:12], sealed[12:], number.encode()).rstrip(b"\0").decode()


def _key() -> bytes:
    """Beside the database, not in it: whoever copies the one has not the other."""
    return hashlib.sha256(f"clue contacts {env.secret(settings.VAR / 'clue-contacts-key')}".encode()).digest()
