"""Borrowing people from the grass roots (借调), whatever it is called: 跟班学习, 工作专班, an extension once more."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dukao.base.words import _noop, words
from dukao.gate.rules.hits import RuleHit, hit
from dukao.law.rules import Rule

_ALIASES = re.compile("借调|借用|抽调|跟班|跟岗|专班|挂职学习|以干代训|帮助工作")


@dataclass(frozen=True, slots=True)
class Stay:
    """A time that one person spent or shall spend with the borrower: both days included."""

    starts_on: date
    ends_on: date


def is_secondment(title: str) -> bool:
    """Whether the words borrow people, under whatever name."""
    return bool(_ALIASES.search(title))


def judge_secondment(stay: Stay, *, from_level: int, before: Sequence[Stay], rule: Rule) -> tuple[RuleHit, ...]:
    """What SEC-1 says of a new stay of a person of a unit of `from_level`; `before`: that person's earlier stays."""
    limits = rule.parameters
    found = []
    if from_level >= limits["level_refused_from"]:
        found.append(hit(
            rule, words(_noop("不能从县级及以下单位借人")), why=words(_noop("基层的人手留给基层")),
            todo=words(_noop("请由本级调配；确有必要的一事一报")), place="from_level",
        ))  # fmt: skip
    if stay.ends_on >= after_months(stay.starts_on, limits["months_most"]):
        found.append(hit(
            rule, words(_noop("借调超过 {n} 个月"), n=limits["months_most"]), why=words(_noop("借调是临时的")),
            todo=words(_noop("请缩短到 {n} 个月以内"), n=limits["months_most"]), place="ends_on",
        ))  # fmt: skip
    days = sum(_days(one) for one in (*before, stay))
    most = (after_months(stay.starts_on, limits["months_most_in_all"]) - stay.starts_on).days
    if days > most:
        found.append(hit(
            rule, words(_noop("累计 {days} 天，超过 {n} 个月"), days=days, n=limits["months_most_in_all"]),
            why=words(_noop("一再延期就不再是临时的")), todo=words(_noop("请让人回到原单位")), place="ends_on",
        ))  # fmt: skip
    last = max((one.ends_on for one in before), default=None)
    if last and last + timedelta(days=1) < stay.starts_on < after_months(last, 12 * limits["cooling_years"]):
        found.append(hit(
            rule, words(_noop("上次借调 {last} 才结束，{years} 年内不能再借同一人"), last=last,
                        years=limits["cooling_years"]),
            why=words(_noop("同一个人不能反复借")), todo=words(_noop("请另行调配")), place="starts_on",
        ))  # fmt: skip
    return tuple(found)


def judge_extension(stay: Stay, *, asked_on: date, workdays_between: Callable[[date, date], int],
                    rule: Rule) -> tuple[RuleHit, ...]:  # fmt: skip
    """Whether more time is asked for early enough. `workdays_between(after, until)` counts working days."""
    least = rule.parameters["extension_workdays"]
    if asked_on <= stay.ends_on and workdays_between(asked_on, stay.ends_on) >= least:
        return ()
    return (hit(
        rule, words(_noop("延期要在期满 {n} 个工作日前申请"), n=least), why=words(_noop("到期就该回原单位")),
        todo=words(_noop("请让人按期回去")), place="asked_on",
    ),)  # fmt: skip


def after_months(on: date, months: int) -> date:
    """The same day so many months later; the month's last where it has no such day."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    for day in range(on.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(on.day, 28))


def _days(stay: Stay) -> int:
    return (stay.ends_on - stay.starts_on).days + 1
