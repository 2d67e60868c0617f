"""Polls: what is asked about whom, and the rounds in which ratings are taken.

1. `define_poll` writes down the poll. Once a round was opened it stands: another question is another poll.
2. `open_round` has the issuer make a key pair per subject and the board publish the manifest; then it is open.
3. `close_round` ends both, for ever, and keeps the totals and tallies that the board opened.

Whatever the issuer and the board are asked may be asked again: a round that was cut short goes on where it was.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.ballots.client import paper_of
from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.sql import one_at_a_time
from dukao.base.trail import record_event
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers.rules import LEVEL_OF
from dukao.voice.actions.boxes import board, issuer
from dukao.voice.models import Paper, Poll, Round, Subject
from dukao.voice.rules.codes import short_of
from dukao.voice.rules.polls import PollDefinition

_SHORTS_LOCK = 0x6475_6B80  # PostgreSQL advisory lock: papers get their addresses one round at a time.
_LONGEST = timedelta(days=366)


class PollStands(Refused):
    """Ratings were taken under these questions; other questions make another poll."""


class RoundNotOpen(Refused):
    """The round is not open, or one is open already."""


def define_poll(*, definition: PollDefinition, by: Actor, at: datetime) -> str:
    """Write down a poll; the same again changes nothing. Its code.

    Raises: NotThere (no right over the scope, or an unknown unit or department), Invalid, PollStands.
    Records: voice.poll.defined.
    """
    scope = org.unit_by_code(definition.scope)
    by.require("VOICE_HOLD", scope.path)
    rule = law.rule("RTG-3", timezone.localdate(at))
    most = int(rule.parameters["questions_most"])
    if len(definition.questions) > most:
        raise Invalid(
            _("问题太多"), why=_("最多 {n} 个问题，第一个必答，其余可以不答").format(n=most), source=rule.source_text,
            todo=_("请只留最要紧的"), rule=rule.id, errors={"questions": _("最多 {n} 个").format(n=most)},
        )  # fmt: skip
    subjects = _subjects(definition, scope)
    told = {
        "title": definition.title, "purpose": definition.purpose, "scope_unit_id": scope.id,
        "questions": [one.model_dump() for one in definition.questions], "scale": list(rule.parameters["levels"]),
        "is_synthetic": definition.synthetic,
    }  # fmt: skip
    with transaction.atomic():
        poll = Poll.objects.select_for_update().filter(code=definition.code).first()
        if poll is not None:
            if poll.scope_unit_id != scope.id:
                by.require("VOICE_HOLD", poll.scope_unit.path)
            if _is_as_told(poll, told, subjects):
                return poll.code
            if poll.rounds.exists():
                raise PollStands(
                    _("“{title}”已经评过，不能再改").format(title=poll.title),
                    why=_("改了问题或对象，前后的结果就不能比"), todo=_("请另起一个代码，作为新的评议"),
                )  # fmt: skip
            poll.subjects.all().delete()
            for name, value in told.items():
                setattr(poll, name, value)
            poll.save()
        else:
            poll = Poll.objects.create(code=definition.code, by_name=by.name, made_at=at, **told)
        Subject.objects.bulk_create(
            Subject(poll=poll, position=position, name=name, unit_id=unit_id, department_id=department_id)
            for position, (name, unit_id, department_id) in enumerate(subjects, start=1)
        )
        record_event(
            verb="voice.poll.defined", subject=f"poll:{poll.code}", by=by, at=at, unit_path=scope.path,
            detail={"title": poll.title, "subjects": len(subjects), "questions": len(definition.questions)},
        )  # fmt: skip
    return poll.code


def open_round(
    *, poll: str, closes_on: date, opens_on: date | None = None, period: Period | None = None, by: Actor, at: datetime
) -> str:
    """Take ratings from now (or `opens_on`, which may lie back for papers filled in before) to the end of `closes_on`.

    `period` is the quarter that the result stands for. A round that was being prepared goes on. Answers its code.
    Raises: NotThere, Invalid, RoundNotOpen, ballots.Unreachable, ballots.NotTaken. Records: voice.round.opened.
    """
    today = timezone.localdate(at)
    with transaction.atomic():
        one_at_a_time(_SHORTS_LOCK)
        found = Poll.objects.select_for_update(of=("self",)).select_related("scope_unit").filter(code=poll).first()
        if found is None:
            raise NotThere()
        by.require("VOICE_HOLD", found.scope_unit.path)
        current = found.rounds.exclude(state=Round.State.CLOSED).first()
        if current is not None and current.state == Round.State.OPEN:
            raise RoundNotOpen(
                _("“{title}”正在进行").format(title=found.title), why=_("同一件事不同时评两次"),
                todo=_("请先结束这一轮"),
            )  # fmt: skip
        _require_days(opens_on or today, closes_on, today)
        current = current or _new_round(found, opens_on or today, closes_on, period, by)
    keys = issuer().make_papers(current.code, [paper.short for paper in _papers(current)])
    board().publish(_manifest(found, current, keys))
    with transaction.atomic():
        opened = Round.objects.filter(pk=current.pk, state=Round.State.PREPARING).update(
            state=Round.State.OPEN, opened_at=at
        )
        if opened:
            record_event(
                verb="voice.round.opened", subject=f"round:{current.code}", by=by, at=at,
                unit_path=found.scope_unit.path,
                detail={"closes_on": current.closes_on.isoformat(), "papers": len(keys)},
            )  # fmt: skip
    return current.code


def close_round(*, round: str, by: Actor, at: datetime) -> None:
    """End the round for ever: no more signatures, no more ratings; keep what the board counted and opened.

    Raises: NotThere, RoundNotOpen (it never opened), ballots.Unreachable. Records: voice.round.closed. Twice is once.
    """
    found = Round.objects.select_related("poll__scope_unit").filter(code=round).first()
    if found is None:
        raise NotThere()
    by.require("VOICE_HOLD", found.poll.scope_unit.path)
    if found.state == Round.State.CLOSED:
        return
    if found.state != Round.State.OPEN:
        raise RoundNotOpen(_("这一轮还没有开始"))
    totals = issuer().close(round)
    box = board()
    box.close(round, totals)
    counts, results = box.counts(round), box.results(round)
    with transaction.atomic():
        row = Round.objects.select_for_update().get(pk=found.pk)
        if row.state == Round.State.CLOSED:
            return
        for paper in _papers(row):
            name = paper_of(round, paper.short)
            paper.invited, paper.issued = totals.entitled.get(name, 0), totals.issued.get(name, 0)
            paper.counted, paper.tally = counts.get(name, 0), results.get(name)
            paper.save(update_fields=["invited", "issued", "counted", "tally"])
        row.state, row.closed_at, row.collected_on = Round.State.CLOSED, at, timezone.localdate(at)
        row.save(update_fields=["state", "closed_at", "collected_on"])
        record_event(
            verb="voice.round.closed", subject=f"round:{round}", by=by, at=at, unit_path=found.poll.scope_unit.path,
            detail={"counted": sum(counts.values()), "issued": sum(totals.issued.values())},
        )  # fmt: skip


def _subjects(definition: PollDefinition, scope: org.UnitView) -> list[tuple[str, int, int | None]]:
    """Name, unit and department of everybody rated, units first. Raises NotThere, Invalid."""
    units = list(org.units_below(path=scope.path, level=LEVEL_OF[definition.level])) if definition.level else []
    units += [one for code in definition.units if (one := org.unit_by_code(code)).id not in {u.id for u in units}]
    departments = [org.department(code=code) for code in definition.departments]
    if any(not path.startswith(scope.path) for path in (*(u.path for u in units), *(d.unit_path for d in departments))):
        raise Invalid(_("评的对象不在本级范围内"), errors={"scope": _("只能评本级和下级")})
    if not units and not departments:
        raise Invalid(_("没有评的对象"), errors={"level": _("本级下面没有这一层的单位")})
    return [
        *((f"{unit.name}{definition.counter}", unit.id, None) for unit in units),
        *((one.name, one.unit_id, one.id) for one in departments),
    ]


def _is_as_told(poll: Poll, told: dict[str, Any], subjects: list[tuple[str, int, int | None]]) -> bool:
    there = list(poll.subjects.order_by("position").values_list("name", "unit_id", "department_id"))
    return there == subjects and all(getattr(poll, name) == value for name, value in told.items())


def _require_days(opens_on: date, closes_on: date, today: date) -> None:
    if closes_on < max(opens_on, today):
        raise Invalid(_("结束日期不对"), errors={"closes_on": _("不能早于今天，也不能早于开始")})
    if closes_on - opens_on > _LONGEST:
        raise Invalid(_("一轮不超过一年"), errors={"closes_on": _("请缩短，一年以后再开一轮")})


def _new_round(poll: Poll, opens_on: date, closes_on: date, period: Period | None, by: Actor) -> Round:
    row = Round.objects.create(
        poll=poll, code=f"{poll.code}-{poll.rounds.count() + 1}", opens_on=opens_on, closes_on=closes_on,
        period=(period or Period.of(closes_on, "quarter")).key, by_name=by.name, is_synthetic=poll.is_synthetic,
    )  # fmt: skip
    made = Paper.objects.count()
    Paper.objects.bulk_create(
        Paper(round=row, subject=subject, short=short_of(made + place))
        for place, subject in enumerate(poll.subjects.order_by("position"))
    )
    return row


def _papers(row: Round) -> list[Paper]:
    return list(Paper.objects.filter(round=row).select_related("subject").order_by("subject__position"))


def _manifest(poll: Poll, row: Round, keys: dict[str, str]) -> dict[str, Any]:
    """What the board publishes and signs: all that a browser or a verifier has to know."""
    about = law.rule("RTG-3", row.opens_on).parameters
    return {
        "round": row.code, "title": poll.title, "scale": poll.scale, "bad": int(about["bad_from"]),
        "questions": [
            {"code": one["code"], "title": one["title"], "optional": place > 0}
            for place, one in enumerate(poll.questions)
        ],
        "papers": {
            paper_of(row.code, paper.short): {"title": paper.subject.name, "key": keys[paper.short]}
            for paper in _papers(row)
        },
        "issuer": {"key": issuer().key(), "url": settings.ISSUER_URL},
        "opens": _midnight(row.opens_on), "closes": _midnight(row.closes_on + timedelta(days=1)),
        "floor": int(law.rule("RTG-2", row.opens_on).parameters["shown_at_least"]),
        "mix": {"seconds": settings.BALLOT_MIX_SECONDS, "at_least": 5}, "about": {"synthetic": row.is_synthetic},
    }  # fmt: skip


def _midnight(on: date) -> str:
    return timezone.make_aware(datetime.combine(on, time())).isoformat()
