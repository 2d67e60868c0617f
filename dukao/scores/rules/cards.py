"""Judging a scorecard before anybody is scored by it: how many lines, of what, with which weights.

Every rule answers with hits: none where it has nothing to say. What it cites, and every number, comes from the profile.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dukao.base.words import _noop, words
from dukao.gate.rules.hits import RuleHit, hit
from dukao.law.rules import Rule
from dukao.scores.rules.traces import Trace, Vocabulary, records_in, trace_in

RULE_IDS = ("KPI-1", "KPI-2", "KPI-3", "KPI-4", "INS-5", "SAT-1", "SCR-1")
Rules = Mapping[str, Rule]
WHOLE = Decimal(100)
_TOGETHER = re.compile(r"[、；;/／|｜+＋&＆]")
_SHORT = 2


@dataclass(frozen=True, slots=True)
class Behind:
    """A text behind a line: `what` it is (名称, 定义, 数据元, 数据资源 …), and whether its rows are counted as such."""

    what: str
    text: str
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class LineCase:
    """What is judged of a line. `indicator` is the indicator's title, empty where no indicator stands behind it."""

    code: str
    title: str
    note: str
    weight: Decimal
    is_satisfaction: bool
    indicator: str = ""
    behind: tuple[Behind, ...] = ()
    fault: str = ""  # there is no such indicator, or it cannot be judged so


@dataclass(frozen=True, slots=True)
class CardCase:
    title: str
    note: str
    lines: tuple[LineCase, ...]
    indicator_titles: tuple[str, ...] = ()  # of all indicators there are


def judge(card: CardCase, rules: Rules, known: Vocabulary) -> tuple[RuleHit, ...]:
    """All that the rules say of the card, in the order of the card."""
    found = [
        *too_many(card, rules["KPI-1"]),
        *weights_off(card, rules["SCR-1"]),
        *satisfaction_off(card, rules["SAT-1"]),
        *words_refused("title", card.title, rules),
        *words_refused("note", card.note, rules),
    ]
    for at, line in enumerate(card.lines):
        place = f"lines.{at}"
        if line.fault:
            found.append(_fault(line, place, rules["SCR-1"]))
        found += traces(line, place, rules["KPI-2"], known)
        found += [*words_refused(place, line.title, rules), *words_refused(place, line.note, rules)]
    return tuple(found)


def too_many(card: CardCase, rule: Rule) -> tuple[RuleHit, ...]:
    """At most so many indicators (KPI-1); a line that names several counts as several."""
    most = int(rule.parameters["indicators_most"])
    counts = {line.code: indicators_in(line, card.indicator_titles) for line in card.lines}
    whole = sum(counts.values())
    if whole <= most:
        return ()
    merged = tuple(line.title for line in card.lines if counts[line.code] > 1)
    what = (
        words(_noop("共有 {n} 项指标，超过 {most} 项；“{merged}”把几项并成了一行"), n=whole, most=most, merged=merged)
        if merged else words(_noop("共有 {n} 项指标，超过 {most} 项"), n=whole, most=most)
    )  # fmt: skip
    return (hit(
        rule, what, why=words(_noop("指标越多，基层准备的材料越多；并项、加分项都算数")),
        todo=words(_noop("请只留最要紧的 {most} 项"), most=most), place="lines",
    ),)  # fmt: skip


def indicators_in(line: LineCase, indicator_titles: Sequence[str]) -> int:
    """How many indicators the line is: as many as its name lists, or as many as name and note speak of."""
    parts = [part for part in _TOGETHER.split(line.title) if len(part.strip()) >= _SHORT]
    listed = 1 if line.title == line.indicator else len(parts)
    told = line.title + "　" + line.note
    named = [title for title in indicator_titles if title != line.indicator and title in told]
    # A title inside a longer one that is also named is not it.
    longer = (line.indicator, *named)
    named = [title for title in named if not any(title != one and title in one for one in longer)]
    return max(1, listed, 1 + len(named))


def weights_off(card: CardCase, rule: Rule) -> tuple[RuleHit, ...]:
    """Weights add up to exactly one hundred."""
    whole = sum((line.weight for line in card.lines), Decimal(0))
    if whole == WHOLE:
        return ()
    todo = (
        words(_noop("还差 {n} 分"), n=f"{WHOLE - whole:f}") if whole < WHOLE
        else words(_noop("请减去 {n} 分"), n=f"{whole - WHOLE:f}")
    )  # fmt: skip
    return (hit(
        rule, words(_noop("权重合计 {n}，不是 100"), n=f"{whole:f}"),
        why=words(_noop("合计正好 100，得分才好懂")), todo=todo, place="weights",
    ),)  # fmt: skip


def satisfaction_off(card: CardCase, rule: Rule) -> tuple[RuleHit, ...]:
    """Satisfaction weighs what the profile says (SAT-1): more than its maximum is refused, none at all pointed to."""
    weight = sum((line.weight for line in card.lines if line.is_satisfaction), Decimal(0))
    most, default = int(rule.parameters["percent_most"]), int(rule.parameters["default_percent"])
    if weight > most:
        return (hit(
            rule, words(_noop("群众满意度占 {n}%，超过 {most}%"), n=f"{weight:f}", most=most),
            why=words(_noop("占得太重，会逼着人去要好评")),
            todo=words(_noop("请减到 {most}% 以内，一般用 {default}%"), most=most, default=default), place="weights",
        ),)  # fmt: skip
    if weight == 0:
        return (hit(
            rule, words(_noop("没有群众满意度这一项")), why=words(_noop("干得好不好，群众最清楚")),
            todo=words(_noop("一般占 {default}%"), default=default), place="lines", action="warn",
        ),)  # fmt: skip
    return ()


def traces(line: LineCase, place: str, rule: Rule, known: Vocabulary) -> tuple[RuleHit, ...]:
    """Traces of work are no yardstick (KPI-2), whatever the line is called: what it counts decides too."""
    for one in (Behind(_noop("名称"), line.title), Behind(_noop("说明"), line.note), *line.behind):
        if not one.text:
            continue
        found = records_in(one.text, known) if one.is_counted else trace_in(one.text, known)
        if found:
            return (_trace(line, one, found, place, rule),)
    return ()


def _trace(line: LineCase, one: Behind, found: Trace, place: str, rule: Rule) -> RuleHit:
    if one.what == "名称":
        what = words(_noop("“{title}”考的是痕迹：{word}"), title=line.title, word=found.word)
    else:
        what = words(
            _noop("“{title}”考的是痕迹：{behind}“{text}”里数的是“{word}”"), title=line.title,
            behind=words(one.what), text=_short(one.text), word=found.word,
        )  # fmt: skip
    return hit(
        rule, what, why=words(_noop("做了多少、留下多少痕迹，不等于办成了")),
        todo=words(_noop("请换成结果：办成了什么、群众得到了什么")), place=place,
    )  # fmt: skip


def words_refused(place: str, text: str, rules: Rules) -> Iterable[RuleHit]:
    """Vetoes and letters of responsibility (KPI-3), rankings in disguise (KPI-4), items beside the items (INS-5)."""
    plain = re.sub(r"\s+", "", text).upper()
    for rule_id, why, todo in _WORDS_OF:
        rule = rules[rule_id]
        used = next((word for word in rule.parameters["words_refused"] if word.upper() in plain), "")
        if used:
            what = words(_noop("“{text}”用了“{word}”"), text=_short(text), word=used)
            yield hit(rule, what, why=words(why), todo=words(todo), place=place)


_WORDS_OF = (
    ("KPI-3", _noop("否决和责任状把压力一层层往下推，不说明事情办得怎样"),
     _noop("请删去；确有法定要求的，按法律办，不列入考核表")),
    ("KPI-4", _noop("不同单位条件不同，排名逼出来的是数字"), _noop("请改成说明考核什么的名称")),
    ("INS-5", _noop("加分项、附加项也是要求，不能用来绕过三十项的限制"), _noop("请删去；确有必要的，作为正式一项列入")),
)  # fmt: skip


def _fault(line: LineCase, place: str, rule: Rule) -> RuleHit:
    return hit(
        rule, words(_noop("“{title}”用不了：{fault}"), title=line.title, fault=words(line.fault)),
        why=words(_noop("每一分都要有来源")), todo=words(_noop("请改选指标或计分方法")), place=place,
    )  # fmt: skip


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
