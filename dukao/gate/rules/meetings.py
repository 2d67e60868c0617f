"""Meetings: the definition that departments write, what the rules say of it, and when the clock rings.

What refuses may be lifted by the supervision office where the profile leaves it to judgement (size, number in a year);
one comprehensive meeting a year and principals at a deputy's meeting are lifted by nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from dukao.base.definitions import DEPARTMENT_PATTERN, Definition
from dukao.base.words import Words, _noop, words
from dukao.gate.rules.hits import RuleHit
from dukao.law.rules import Action, Rule
from dukao.registers.rules import LEVEL_OF
from dukao.registers.rules.definitions import LevelName

RULE_IDS = ("MTG-1", "MTG-2", "MTG-3", "MTG-4", "MTG-5", "MTG-6")
Rules = Mapping[str, Rule]
Lift = Literal["", "excuse", "approval"]
Kind = Literal["comprehensive", "special", "business", "debrief"]
SpeechKind = Literal["principal", "report", "chair", "exchange", "discussion", "other"]

KINDS: dict[str, str] = {
    "comprehensive": _noop("全系统综合性会议"), "special": _noop("专题会议"), "business": _noop("业务会议"),
    "debrief": _noop("督查汇报会"),
}  # fmt: skip
SPEECHES: dict[str, str] = {
    "principal": _noop("主要负责同志讲话"), "report": _noop("主报告"), "chair": _noop("主持"),
    "exchange": _noop("交流发言"), "discussion": _noop("分组讨论"), "other": _noop("其他"),
}  # fmt: skip


class SpeechEntry(Definition):
    """One item of the agenda. `speaker` is an office (“市统计局负责同志”), never a name."""

    speaker: str = Field(min_length=1, max_length=80)
    kind: SpeechKind = "other"
    minutes: int = Field(ge=1, le=1_440)


class MeetingDefinition(Definition):
    """A meeting as a department calls it. All units of `level` below `scope` attend; minutes are of the meeting."""

    title: str = Field(min_length=2, max_length=120)
    department: str = Field(pattern=DEPARTMENT_PATTERN)
    kind: Kind = "special"
    basis: str = Field(min_length=1, max_length=300)
    scope: str = Field(pattern=r"^\d{12}$")
    level: LevelName
    starts_at: datetime
    minutes: int = Field(ge=1, le=4_320)
    attendees_per_unit: int = Field(default=1, ge=1, le=200)
    own_attendees: int = Field(default=0, ge=0, le=2_000)
    travel_minutes: int = Field(default=0, ge=0, le=1_440)
    video: bool = False
    groups: bool = False
    called_by_deputy: bool = False
    wants_principals: bool = False
    agenda: tuple[SpeechEntry, ...] = Field(default=(), max_length=60)
    excuse: str = Field(default="", max_length=500)
    synthetic: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.starts_at.tzinfo is None:
            raise ValueError("开始时间要带时区")
        if (planned := sum(one.minutes for one in self.agenda)) > self.minutes:
            raise ValueError(f"议程合计 {planned} 分钟，多于会议时长 {self.minutes} 分钟")
        return self

    @property
    def level_number(self) -> int:
        return LEVEL_OF[self.level]

    @property
    def minutes_hundredths_per_unit(self) -> int:
        """What it costs one unit, minutes × 100: its people × (meeting + way)."""
        return 100 * self.attendees_per_unit * (self.minutes + self.travel_minutes)


@dataclass(frozen=True, slots=True)
class Standing:
    """The department's meetings of the year, and what they are compared with; None where unknown."""

    year: int
    comprehensive: int
    called: int
    last_year: int | None
    baseline: int | None


@dataclass(frozen=True, slots=True)
class Finding(RuleHit):
    """`lifted_by`: what lets a meeting pass that the rule refuses or doubts."""

    lifted_by: Lift = ""


def judge_meeting(meeting: MeetingDefinition, *, attendees: int, standing: Standing,
                  rules: Rules) -> tuple[Finding, ...]:  # fmt: skip
    """Everything the rules say of a meeting before it is called, what refuses first. `attendees`: all together."""
    found = (
        *_comprehensive(meeting, standing, rules["MTG-1"]),
        *_length(meeting, rules["MTG-2"]),
        *_speeches(meeting, rules["MTG-3"]),
        *_size(meeting, attendees, rules["MTG-4"]),
        *_principals(meeting, rules["MTG-5"]),
        *_number(standing, rules["MTG-6"]),
    )
    return tuple(sorted(found, key=lambda finding: not finding.refuses))


def minutes_most(*, is_video: bool, has_groups: bool, rule: Rule) -> int:
    """How long such a meeting may last (MTG-2). With group discussion a day and a half is 12 working hours."""
    if is_video:
        return int(rule.parameters["minutes_most_video"])
    return int(rule.parameters["minutes_most_groups" if has_groups else "minutes_most"])


def speech_seconds_most(kind: str, rule: Rule) -> int | None:
    """When the clock rings for a speech (MTG-3); None where only its own plan bounds it. At the limit it is silent."""
    return 60 * int(rule.parameters["speech_minutes_most"]) if kind in rule.parameters["kinds"] else None


def cap_of(standing: Standing, rule: Rule) -> int | None:
    """How many meetings the year may have: last year's number, grown by no more than MTG-6 allows."""
    if standing.last_year is None:
        return None
    return standing.last_year * (100 + int(rule.parameters["growth_percent_most"])) // 100


def _found(rule: Rule, what: Words, why: Words, todo: Words, *, place: str, lifted_by: Lift = "",
           action: Action | None = None) -> Finding:  # fmt: skip
    return Finding(
        rule=rule.id, action=action or rule.action, what=what, why=why, todo=todo, source=rule.source_text,
        place=place, lifted_by=lifted_by,
    )  # fmt: skip


def _comprehensive(meeting: MeetingDefinition, standing: Standing, rule: Rule) -> Iterator[Finding]:
    most = int(rule.parameters["comprehensive_most"])
    if meeting.kind == "comprehensive" and standing.comprehensive >= most:
        yield _found(
            rule, words(_noop("今年已经开过 {n} 次全系统综合性会议"), n=standing.comprehensive),
            words(_noop("全系统综合性会议每年不超过 {most} 次"), most=most),
            words(_noop("请并入下一次，或者只开必要的专题会")), place="kind",
        )  # fmt: skip


def _length(meeting: MeetingDefinition, rule: Rule) -> Iterator[Finding]:
    most = minutes_most(is_video=meeting.video, has_groups=meeting.groups, rule=rule)
    if meeting.minutes > most:
        yield _found(
            rule, words(_noop("计划开 {n} 分钟，超过 {most} 分钟"), n=meeting.minutes, most=most),
            words(_noop("会议时间要短，参会的人还有别的事")),
            words(_noop("请压到 {most} 分钟以内；确实不够的，写明理由"), most=most), place="minutes",
            lifted_by="excuse",
        )  # fmt: skip


def _speeches(meeting: MeetingDefinition, rule: Rule) -> Iterator[Finding]:
    for at, speech in enumerate(meeting.agenda):
        most = speech_seconds_most(speech.kind, rule)
        if most is not None and 60 * speech.minutes > most:
            yield _found(
                rule, words(_noop("{speaker}计划讲 {n} 分钟，超过 {most} 分钟"), speaker=speech.speaker,
                            n=speech.minutes, most=most // 60),
                words(_noop("主要负责同志讲话、主报告不超过 1 小时")),
                words(_noop("请压缩，细节用书面材料")), place=f"agenda.{at}",
            )  # fmt: skip
    principals = [speech for speech in meeting.agenda if speech.kind == "principal"]
    if len(principals) > 1:
        yield _found(
            rule, words(_noop("有 {n} 位主要负责同志都讲话"), n=len(principals)),
            words(_noop("共同出席时一般不都讲话")), words(_noop("请只留一位")), place="agenda",
        )  # fmt: skip


def _size(meeting: MeetingDefinition, attendees: int, rule: Rule) -> Iterator[Finding]:
    if meeting.kind == "debrief":
        most = int(rule.parameters["debrief_attendees_most"])
        if attendees > most:
            yield _found(
                rule, words(_noop("督查汇报会有 {n} 人参加，超过 {most} 人"), n=attendees, most=most),
                words(_noop("汇报会不搞大场面、不层层陪同")), words(_noop("请只留直接有关的人")),
                place="attendees_per_unit",
            )  # fmt: skip
        return
    most = int(rule.parameters["attendees_most"])
    if attendees > most:
        yield _found(
            rule, words(_noop("有 {n} 人参加，超过 {most} 人"), n=attendees, most=most),
            words(_noop("人多的会要先批准")), words(_noop("请减少参会单位和人数，或者写明理由，请督考办批准")),
            place="attendees_per_unit", lifted_by="approval",
        )  # fmt: skip


def _principals(meeting: MeetingDefinition, rule: Rule) -> Iterator[Finding]:
    if meeting.called_by_deputy and meeting.wants_principals:
        yield _found(
            rule, words(_noop("副职召集的会议要求下级主要负责同志参加")),
            words(_noop("副职召集的会议，下级分管的同志参加就可以")),
            words(_noop("请改为分管的同志参加")), place="wants_principals",
        )  # fmt: skip


def _number(standing: Standing, rule: Rule) -> Iterator[Finding]:
    cap = cap_of(standing, rule)
    if cap is not None and standing.called >= cap:
        yield _found(
            rule, words(_noop("今年已开 {n} 次，去年全年 {last} 次，再开就多于去年"), n=standing.called,
                        last=standing.last_year),
            words(_noop("会议数量只减不增")),
            words(_noop("请与别的会合并，或者不开；确实要开的，写明理由，请督考办批准")), place="title",
            lifted_by="approval",
        )  # fmt: skip
