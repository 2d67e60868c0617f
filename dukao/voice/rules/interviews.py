"""Calling people who were drawn: how a call may end, when to try again, when a quota is full, who answered of all.

Outcomes follow the standard definitions of AAPOR (edition 10); response rate 3 is theirs.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dukao.base.words import _noop
from dukao.voice.rules.surveys import QuotaDefinition, SurveyDefinition, SurveyQuestion, matches
from dukao.voice.rules.weighting import INELIGIBLE, RESPONDED, SILENT, UNKNOWN

# Asked and not wanted to say: an answer that is none.
SKIPPED = "-"


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """`ends`: nobody calls this number again for the survey. `status` is what it means for weighting."""

    title: str
    aapor: str
    ends: bool
    status: str


OUTCOMES: dict[str, OutcomeRule] = {
    "completed": OutcomeRule(_noop("问完了"), "1.1", True, RESPONDED),
    "partial": OutcomeRule(_noop("中途不想答了"), "2.12", True, SILENT),
    "refused": OutcomeRule(_noop("拒绝访问"), "2.11", True, SILENT),
    "no_answer": OutcomeRule(_noop("没人接、占线"), "3.13", False, UNKNOWN),
    "call_back": OutcomeRule(_noop("约好再打"), "2.21", False, SILENT),
    "not_eligible": OutcomeRule(_noop("不是调查对象"), "4.7", True, INELIGIBLE),
    "wrong_number": OutcomeRule(_noop("空号、打错了"), "4.3", True, INELIGIBLE),
    "quota_full": OutcomeRule(_noop("这类人已经问够"), "4.8", True, INELIGIBLE),
}


def status_of(outcome: str) -> str:
    """What became of somebody, for weighting; who was never called is unknown."""
    return OUTCOMES[outcome].status if outcome in OUTCOMES else UNKNOWN


def next_call(after: datetime, *, from_hour: int, to_hour: int, hours_least: int, chance: float) -> datetime:
    """When to try again: at a moment by chance within the hours of the same day or the next, so that people who are
    out at one time of day are met at another. `after` is by the clock of the place; `chance` lies in [0, 1).
    """
    opening, closing = time(from_hour), time(to_hour)
    earliest = after + timedelta(hours=hours_least)
    spans = []
    for day in (after.date(), after.date() + timedelta(days=1)):
        begins = max(earliest, datetime.combine(day, opening, after.tzinfo))
        ends = datetime.combine(day, closing, after.tzinfo)
        if begins < ends:
            spans.append((begins, ends - begins))
    place = chance * sum((length for _begins, length in spans), timedelta())
    for begins, length in spans:
        if place < length:
            return begins + place
        place -= length
    raise AssertionError("the next day has hours to call")


def is_calling_time(at: datetime, *, from_hour: int, to_hour: int) -> bool:
    """Whether people may be called at this moment, by the clock of the place."""
    return from_hour <= at.hour < to_hour


def unanswered(definition: SurveyDefinition, answers: Mapping[str, str]) -> list[SurveyQuestion]:
    """What still has to be asked. A weighting question cannot be passed over: without it nobody can be weighted."""
    return [
        question for question in definition.questions
        if question.code not in answers or (question.weights and answers[question.code] == SKIPPED)
    ]  # fmt: skip


def full_quotas(
    definition: SurveyDefinition, completed: Iterable[Mapping[str, str]]
) -> list[tuple[QuotaDefinition, int]]:
    """Every quota with how many interviews it has; full is one that has what was wanted."""
    people = list(completed)
    return [(quota, sum(matches(quota.where, one) for one in people)) for quota in definition.quotas]


def is_full_for(definition: SurveyDefinition, known: Mapping[str, str], completed: Iterable[Mapping[str, str]]) -> bool:
    """Whether no cell that still wants interviews is this person's; nobody is too many before all is known of them."""
    if not definition.quotas or any(not set(quota.where) <= set(known) for quota in definition.quotas):
        return False
    return not any(
        matches(quota.where, known) and count < quota.wanted for quota, count in full_quotas(definition, completed)
    )


def rechecked_questions(definition: SurveyDefinition, *, code: str, line: int, count: int) -> list[SurveyQuestion]:
    """The questions that are asked again in the second call: by chance, for each line its own."""
    asked = [question for question in definition.questions if not question.weights]
    asked.sort(key=lambda question: hashlib.sha256(f"{code}\n{line}\n{question.code}".encode()).digest())
    return asked[:count]


@dataclass(frozen=True, slots=True)
class FieldCount:
    """What became of all who were drawn. Rates are fractions; None where nobody could have answered."""

    drawn: int
    completed: int
    by_outcome: tuple[tuple[str, int], ...]
    response_rate: float | None
    cooperation_rate: float | None
    eligible_share: float


def field_count(outcomes: Sequence[str]) -> FieldCount:
    """Count the last outcomes of everybody drawn ("" never called).

    The response rate is AAPOR's third: numbers of which nothing is known count as far as they are likely to belong to
    the population, which is as often as among those of which it is known.
    """
    count: dict[str, int] = dict.fromkeys((*OUTCOMES, ""), 0)
    for outcome in outcomes:
        count[outcome] += 1
    done = count["completed"]
    silent = sum(count[name] for name, rule in OUTCOMES.items() if rule.status == SILENT)
    outside = sum(count[name] for name, rule in OUTCOMES.items() if rule.status == INELIGIBLE)
    unknown = count["no_answer"] + count[""]
    known = done + silent + outside
    share = (done + silent) / known if known else 1.0
    base = done + silent + share * unknown
    asked = done + count["partial"] + count["refused"]
    return FieldCount(
        drawn=len(outcomes), completed=done, by_outcome=tuple((name, n) for name, n in count.items() if n),
        response_rate=done / base if base else None, cooperation_rate=done / asked if asked else None,
        eligible_share=share,
    )  # fmt: skip


def agreed(first: Mapping[str, str], again: Mapping[str, str]) -> int:
    """How many answers of the second call are those of the first."""
    return sum(first.get(code) == answer for code, answer in again.items())


def asked_since(on: date, days: int) -> date:
    """The first day on which an invitation still stands in the way of another."""
    return on - timedelta(days=days - 1)
