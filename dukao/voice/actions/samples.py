"""Drawing a survey's sample: the frame is promised one day, drawn from on a later one, replayed by anybody."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid, Refused
from dukao.base.sql import one_at_a_time
from dukao.base.trail import record_event
from dukao.base.wording import say
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.voice.actions.surveys import NotThatFar, SurveyStands, definition_of, locked_survey, refuse_unapproved
from dukao.voice.models import Contact, Invitation, Survey, SurveySample
from dukao.voice.queries.phones import budget_keys, frame_path, opened, sealed
from dukao.voice.queries.surveys import SurveyView, survey
from dukao.voice.rules import drawing
from dukao.voice.rules.interviews import asked_since
from dukao.voice.rules.samples import BadFrame, FrameLine, frame_lines, masked_phone, shared_out, size_for

FRAME_MOST_BYTES = 60_000_000
_INVITING = 0x6475_5359  # whoever draws numbers waits for others who do: nobody is drawn twice at once
_BATCH = 500


class FrameUnreadable(Invalid):
    """The frame's file cannot be drawn from."""


class DrawnTooSoon(Refused):
    """The public part must come into being after the promise."""


class PromiseBroken(Refused):
    """Frame or seed no longer give the digest that was promised."""


def promise_sample(*, survey_code: str, frame: bytes, public_source: str, by: Actor, at: datetime) -> SurveyView:
    """Promise to draw from this frame: its digest, its lines by stratum, how many are wanted, the public part's source.

    The frame rests sealed until it is drawn from. Raises: NotThere, NotApproved, SurveyStands, FrameUnreadable,
    Invalid. Records: voice.sample.promised.
    """
    with transaction.atomic():
        row = locked_survey(survey_code, by)
        refuse_unapproved(row, timezone.localdate(at))
        if row.state != Survey.State.DESIGNED:
            raise SurveyStands(_("这项调查已经承诺过抽样"), todo=_("抽样框不能再换；需要另抽请另建一项调查"))
        public_source = public_source.strip()
        if not 2 <= len(public_source) <= 200:
            raise Invalid(_("请写明公开数取自哪里"), errors={"public_source": _("2 到 200 字")})
        definition = definition_of(row)
        lines = _lines(frame, definition)
        strata: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for one in lines:
            strata[one.stratum][one.cluster].append(one.line)
        size = size_for(definition.sample, len(lines))
        sha256 = hashlib.sha256(frame).hexdigest()
        counts = {stratum: sum(map(len, clusters.values())) for stratum, clusters in strata.items()}
        given = drawing.drawn_from(
            frame_sha256=sha256, strata=strata, wanted=shared_out(definition.sample, size.numbers, counts),
            clusters_each=definition.sample.clusters_each if definition.frame.cluster else 0,
            public_source=public_source,
        )  # fmt: skip
        commitment = drawing.commitment_of(_seed(row.code), given)
        SurveySample.objects.create(survey=row, commitment=commitment, drawn_from=given, promised_at=at)
        frame_path(sha256).write_bytes(sealed(frame, context=row.code))
        row.state, row.size = Survey.State.PROMISED, {"interviews": size.interviews, "numbers": size.numbers}
        row.save(update_fields=["state", "size"])
        _record("promised", row, by, at, commitment=commitment, lines=len(lines), public_source=public_source)
        return survey(code=row.code, viewer=by)


def draw_sample(*, survey_code: str, public_part: str, by: Actor, at: datetime) -> SurveyView:
    """Mix the public part in, leave out who was asked a short while ago, draw, and forget the frame.

    Drawn numbers count as invited from today, under their keyed hash. Raises: NotThere, NotThatFar, DrawnTooSoon,
    PromiseBroken, Invalid. Records: voice.sample.drawn.
    """
    with transaction.atomic():
        one_at_a_time(_INVITING)
        row = locked_survey(survey_code, by)
        today = timezone.localdate(at)
        refuse_unapproved(row, today)
        if row.state != Survey.State.PROMISED:
            raise NotThatFar(_("没有等待抽取的样本"), todo=_("请先上传抽样框，公布承诺"))
        sample = SurveySample.objects.get(survey=row)
        if today <= timezone.localdate(sample.promised_at):
            raise DrawnTooSoon(
                _("今天还不能抽取"), why=_("公开数要在承诺之后才产生，谁也不能事先挑选"), todo=_("请明天以后再抽取")
            )
        public_part = public_part.strip()
        if not 1 <= len(public_part) <= 200:
            raise Invalid(_("请填写公开数"), errors={"public_part": _("1 到 200 字")})
        frame, seed = _promised_frame(row, sample), _seed(row.code)
        lines = {one.line: one for one in _lines(frame, definition_of(row))}
        keys = dict(zip(lines, budget_keys(one.phone for one in lines.values()), strict=True))
        left_out = _asked_lately(keys, law.rule("SVY-2", today).parameters, today)
        result = drawing.drawn(seed, public_part, sample.drawn_from, left_out)
        sample.seed, sample.public_part, sample.drawn_at = seed, public_part, at
        sample.left_out, sample.result = left_out, result
        sample.save()
        weights = drawing.weights_of(result)
        percent = law.rule("SVY-4", today).parameters["recheck_percent"]
        Contact.objects.bulk_create(
            (_contact(row, lines[line], position, weights[line], drawing.is_rechecked(seed, public_part, line, percent))
             for position, line in enumerate(drawing.order_of(seed, public_part, list(weights)), start=1)),
            batch_size=_BATCH,
        )  # fmt: skip
        # In the order of the keys: the order of the lines would tell who they are.
        invited = sorted(keys[line] for line in weights)
        Invitation.objects.bulk_create((Invitation(key=key, on=today) for key in invited), batch_size=_BATCH)
        row.state = Survey.State.DRAWN
        row.save(update_fields=["state"])
        _record("drawn", row, by, at, public_part=public_part, drawn=len(weights), left_out=len(left_out))
    with suppress(FileNotFoundError):
        frame_path(sample.drawn_from["frame_sha256"]).unlink()
    return survey(code=survey_code, viewer=by)


def _lines(frame: bytes, definition: object) -> list[FrameLine]:
    if len(frame) > FRAME_MOST_BYTES:
        raise FrameUnreadable(_("抽样框文件太大"), todo=_("最多 {n} MB").format(n=FRAME_MOST_BYTES // 1_000_000))
    try:
        return frame_lines(frame, definition.frame)  # type: ignore[attr-defined]
    except BadFrame as problem:
        raise FrameUnreadable(
            _("抽样框读不懂"), errors={"frame": say(problem.said)}, todo=_("请改好文件再上传")
        ) from None


def _promised_frame(row: Survey, sample: SurveySample) -> bytes:
    """The frame as it was promised. Raises PromiseBroken."""
    broken = PromiseBroken(
        _("与承诺对不上，不能抽取"), why=_("抽样框或系统密钥在承诺之后变过"), todo=_("请另建一项调查，重新承诺")
    )
    path = frame_path(sample.drawn_from["frame_sha256"])
    if not path.exists() or drawing.commitment_of(_seed(row.code), sample.drawn_from) != sample.commitment:
        raise broken
    frame = opened(path.read_bytes(), context=row.code)
    if hashlib.sha256(frame).hexdigest() != sample.drawn_from["frame_sha256"]:
        raise broken
    return frame


def _asked_lately(keys: Mapping[int, str], rule: Mapping[str, int], today: date) -> list[int]:
    """The lines whose people were invited as often as they may be within the window."""
    since = asked_since(today, rule["window_days"])
    counts: dict[str, int] = defaultdict(int)
    for key in Invitation.objects.filter(on__gte=since).values_list("key", flat=True).iterator():
        counts[key] += 1
    return sorted(line for line, key in keys.items() if counts.get(key, 0) >= rule["invitations_most"])


def _contact(row: Survey, one: FrameLine, position: int, weight: float, is_rechecked: bool) -> Contact:
    return Contact(
        survey=row, line=one.line, position=position, stratum=one.stratum, cluster=one.cluster, region=one.region,
        weight=weight, sealed_phone=sealed(one.phone.encode(), context=f"{row.code}:{one.line}"),
        masked_phone=masked_phone(one.phone), is_rechecked=is_rechecked,
    )  # fmt: skip


def _seed(code: str) -> str:
    """What is promised: nobody has seen it, and it need not be kept anywhere before it is revealed."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"voice-sample {code}".encode(), "sha256").hex()


def _record(verb: str, row: Survey, by: Actor, at: datetime, **detail: object) -> None:
    record_event(
        verb=f"voice.sample.{verb}", subject=f"survey:{row.code}", by=by, at=at, unit_path=row.unit.path, detail=detail
    )  # fmt: skip
