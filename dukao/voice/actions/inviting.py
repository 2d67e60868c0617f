"""Invitations: whoever was served gets a secret to rate with; the platform keeps how many, and nothing of whom.

1. Cards: fresh codes, answered once to be printed; only their digests go to the issuer. A lost one that nobody used is
   withdrawn by the serial that is printed on it, and another handed out.
2. Residents: a list of names and citizen numbers is read, digested, and forgotten; bad rows are named.
3. Matters: one code per served matter, on the window's tablet or as a slip; the same matter is invited once.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from dukao.ballots.client import NotTaken, digest_of_code, digest_of_person, new_code, paper_of
from dukao.base.codes import is_citizen_number
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.trail import record_event
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.voice.actions.boxes import issuer
from dukao.voice.models import Batch, Paper, Round, ServedMatter
from dukao.voice.queries.polls import stands_for
from dukao.voice.queries.polls.seeing import papers, rounds
from dukao.voice.rules.codes import new_invitation
from dukao.workbooks.problems import Limits
from dukao.workbooks.reading import Reader

_MATTER_MOST, _ROWS_MOST = 60, 200_000
_HEAD_WITHIN = 10  # rows: above the head of a list stands its title
_NAMES = {"姓名", "名字", "name"}
_NUMBERS = {"身份证号", "身份证号码", "身份证", "公民身份号码", "证件号码", "number"}


class AlreadyInvited(Refused):
    """This matter was invited to rate before: one matter, one rating."""


class CardUsed(Refused):
    """A card that was used cannot be withdrawn: nobody knows which rating is its."""


class NoSuchCard(Refused):
    """No card of the round bears this serial, or it was withdrawn already."""


class RoundEnded(Refused):
    """Nobody is invited to a round that takes no ratings."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is printed: `code` opens the rating, `serial` is by what the card can be withdrawn and opens nothing."""

    code: str
    serial: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """`paper` (four characters) is what the card would have rated; `card` is the other one, if one was made."""

    paper: str
    card: Card | None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a list that was not taken; `row` as a spreadsheet counts it. What stands in it is not repeated."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What came of a list: rows read, people newly invited, and rows that were not taken."""

    read: int
    new: int
    bad: tuple[BadRow, ...]


def print_cards(*, paper: str, count: int, by: Actor, at: datetime) -> tuple[Card, ...]:
    """Fresh cards, to be printed now: nobody can see their codes again.

    Raises: NotThere, Invalid, RoundEnded, ballots.Unreachable. Records: voice.invitations.made.
    """
    found = _of_office(paper, by)
    most = int(law.rule("RTG-3", timezone.localdate(at)).parameters["cards_most"])
    if not 1 <= count <= most:
        raise Invalid(_("张数不对"), errors={"count": _("1 到 {most} 张").format(most=most)})
    made = [new_invitation(found.short) for _place in range(count)]
    with transaction.atomic():
        serials = issuer().add_cards(paper_of(found.round.code, found.short), [digest for _code, digest in made])
        _note(found, Batch.Way.CARDS, count, by, at)
    return tuple(Card(code, serial) for (code, _digest), serial in zip(made, serials, strict=True))


def withdraw_card(*, round: str, serial: str, is_replaced: bool, by: Actor, at: datetime) -> Withdrawn:
    """Take back a lost card of the round that nobody used, and hand out another where it `is_replaced`.

    Raises: NotThere, NoSuchCard, CardUsed, RoundEnded, ballots.Unreachable.
    Records: voice.card.withdrawn.
    """
    found = rounds().filter(code=round).first()
    if found is None:
        raise NotThere()
    by.require("VOICE_HOLD", found.poll.scope_unit.path)
    _require_open(found)
    secret = new_code() if is_replaced else ""
    with transaction.atomic():
        try:
            name, serial_of_other = issuer().withdraw(round, serial, digest_of_code(secret) if secret else None)
        except NotTaken as refusal:
            raise _no_withdrawal(refusal) from None
        paper = papers().get(round=found, short=name.rpartition("/")[2])
        _note(paper, Batch.Way.WITHDRAWN, -1, by, at)
        if secret:
            _note(paper, Batch.Way.CARDS, 1, by, at)
        record_event(
            verb="voice.card.withdrawn", subject=f"paper:{paper.short}", by=by, at=at,
            unit_path=found.poll.scope_unit.path, detail={"serial": serial, "is_replaced": is_replaced},
        )  # fmt: skip
    return Withdrawn(paper.short, Card(f"{paper.short}-{secret}", serial_of_other) if secret else None)


def invite_residents(*, paper: str, file: Path, by: Actor, at: datetime) -> Listed:
    """Let everybody on the list (CSV or XLSX with 姓名 and 身份证号) rate once; rows that are wrong are named.

    The file is not kept. Raises: NotThere, Invalid, RoundEnded, ballots.Unreachable. Records: voice.invitations.made.
    """
    found = _of_office(paper, by)
    digests: set[bytes] = set()
    bad: list[BadRow] = []
    read = 0
    for row, name, number in _people_in(file):
        read += 1
        if read > _ROWS_MOST:
            raise Invalid(_("名单太长"), why=_("一次最多 {n:,} 人").format(n=_ROWS_MOST), todo=_("请分成几份"))
        digest = digest_of_person(name, number)
        if reason := _fault_of(name, number) or (_("与前面的一行重复") if digest in digests else ""):
            bad.append(BadRow(row, reason))
        else:
            digests.add(digest)
    new = 0
    if digests:
        with transaction.atomic():
            new = _hand_out(found, Batch.Way.RESIDENTS, digests, by, at)
    return Listed(read, new, tuple(bad))


def invite_matter(*, paper: str, matter: str, on_tablet: bool, by: Actor, at: datetime) -> str:
    """A code for somebody whose matter was just dealt with; whoever invites sees nothing of the answer.

    Raises: NotThere (neither the rated office's window nor the poll's office), Invalid, AlreadyInvited, RoundEnded,
    ballots.Unreachable. Records: nothing, because its moment would tell who was served.
    """
    found = _open_paper(paper, by)
    number = "".join(matter.upper().split())
    if not 4 <= len(number) <= _MATTER_MOST:
        raise Invalid(_("办件编号不对"), errors={"matter": _("4 到 {n} 个字").format(n=_MATTER_MOST)})
    code, digest = new_invitation(found.short)
    with transaction.atomic():
        # A matter is dealt with by one office: in this round it is invited once, whoever asks.
        key = salted_hmac("dukao.voice.matter", f"{found.round.code}\0{number}", algorithm="sha256").hexdigest()
        _served, is_new = ServedMatter.objects.get_or_create(digest=key, defaults={"round": found.round})
        if not is_new:
            raise AlreadyInvited(
                _("这件事已经请群众评过"), why=_("办一次评一次，同一办件不能评两次"),
                todo=_("请核对办件编号；群众还没评完的，请用刚才打开的页面或纸条"),
                source=law.rule("RTG-3", timezone.localdate(at)).source_text, rule="RTG-3",
            )  # fmt: skip
        _hand_out(found, Batch.Way.TABLET if on_tablet else Batch.Way.MATTERS, [digest], by, at)
    return code


def _of_office(paper: str, by: Actor) -> Paper:
    """Whoever is rated holds no codes: cards and lists are the office's."""
    found = _open_paper(paper, by)
    by.require("VOICE_HOLD", found.round.poll.scope_unit.path)
    return found


def _open_paper(short: str, by: Actor) -> Paper:
    chosen = Paper.objects.select_related("round__poll__scope_unit", "subject__unit", "subject__department")
    found = chosen.filter(short=short).first()
    if found is None or not (
        stands_for(by, "RATINGS_INVITE", found.subject) or by.may("VOICE_HOLD", found.round.poll.scope_unit.path)
    ):
        raise NotThere()
    _require_open(found.round)
    return found


def _require_open(found: Round) -> None:
    if found.state != Round.State.OPEN:
        raise RoundEnded(_("这一轮{state}，不再发出邀请").format(state=found.get_state_display()), todo=_("请等下一轮"))


def _no_withdrawal(refusal: NotTaken) -> Refused:
    if refusal.code == "used":
        return CardUsed(
            _("这张卡已经用过"), why=_("评价已经在计票箱里，没有人查得到是哪一份，所以不能作废"), todo=_("不用补卡")
        )
    if refusal.code == "stranger":
        return NoSuchCard(
            _("没有这个编号"), why=_("这一轮没有这张卡，或者已经作废"), todo=_("请核对卡片上或存根上“编号”后面的八个字")
        )
    return refusal


def _hand_out(paper: Paper, way: str, digests: Collection[bytes], by: Actor, at: datetime) -> int:
    """Tell the issuer, and how many are new to it; in the caller's transaction, so that both know it or neither."""
    new = issuer().add(paper_of(paper.round.code, paper.short), digests)
    if not new:
        return 0
    if way not in (Batch.Way.MATTERS, Batch.Way.TABLET):
        _note(paper, way, new, by, at)
        return new
    # One row a day and no event: moments would tell whose rating is whose where few are served.
    Paper.objects.filter(pk=paper.pk).update(invited=F("invited") + new)
    kept, _made = Batch.objects.get_or_create(
        paper=paper, way=way, on=timezone.localdate(at), defaults={"count": 0, "by_name": ""}
    )
    Batch.objects.filter(pk=kept.pk).update(count=F("count") + new)
    return new


def _note(paper: Paper, way: str, count: int, by: Actor, at: datetime) -> None:
    """What the office handed out (or took back, below zero) at one time. Records: voice.invitations.made."""
    Paper.objects.filter(pk=paper.pk).update(invited=F("invited") + count)
    Batch.objects.create(paper=paper, way=way, on=timezone.localdate(at), count=count, by_name=by.name)
    if count > 0:
        record_event(
            verb="voice.invitations.made", subject=f"paper:{paper.short}", by=by, at=at,
            unit_path=paper.round.poll.scope_unit.path, detail={"way": way, "count": count},
        )  # fmt: skip


def _people_in(file: Path) -> Iterator[tuple[int, str, str]]:
    """Row, name and citizen number below the head of the first sheet. Raises Unreadable, Invalid."""
    with Reader(Limits(file_bytes=50_000_000)) as reader:
        for sheet in reader.sheets(file):
            columns: tuple[int, int] | None = None
            for place, values in enumerate(sheet.rows, start=1):
                texts = ["".join(str(value or "").split()) for value in values]
                if columns is not None:
                    name, number = (texts[column] if column < len(texts) else "" for column in columns)
                    if name or number:
                        yield place, name, number
                elif (columns := _columns_of(texts)) is None and place >= _HEAD_WITHIN:
                    break
            if columns is not None:
                return
    raise Invalid(
        _("没有找到姓名和身份证号两列"), todo=_("请在第一张工作表写上表头“姓名”“身份证号”"),
        errors={"file": _("缺少表头")},
    )  # fmt: skip


def _columns_of(texts: list[str]) -> tuple[int, int] | None:
    heads = [text.lower() for text in texts]
    name = next((place for place, head in enumerate(heads) if head in _NAMES), None)
    number = next((place for place, head in enumerate(heads) if head in _NUMBERS), None)
    return None if name is None or number is None else (name, number)


def _fault_of(name: str, number: str) -> str:
    if not 2 <= len(name) <= 30:
        return _("姓名空着或太长")
    return "" if is_citizen_number(number) else _("身份证号不对（18 位，末位校验）")
