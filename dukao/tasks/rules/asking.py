"""What a task may not ask for: traces, reports in a rhythm, too much at once, or too soon of the grass roots."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dukao.base.words import _noop, words
from dukao.gate.rules.documents.asking import asked_in
from dukao.gate.rules.hits import RuleHit, hit
from dukao.gate.rules.plans import words_in
from dukao.law.rules import Rule

RULE_IDS = ("TSK-1", "INS-7", "KPI-2", "FRM-3", "FRM-4")
_REPORTING = r"[^，。；]{0,20}(?:报送|上报|呈报|报告|汇报|反馈|通报|报一次|报进展)"
_AGAINST = re.compile(r"(?:不再|不得|不需|无需|不用|不要|不必|严禁|禁止|停止|取消)[^，。；]{0,12}$")


@dataclass(frozen=True, slots=True)
class AskedText:
    """One text of a task and the field it stands in."""

    place: str
    text: str


def hits(
    texts: Sequence[AskedText], rules: Mapping[str, Rule], *, n_milestones: int, lead_workdays: int | None,
    is_emergency: bool,
) -> tuple[RuleHit, ...]:  # fmt: skip
    """All that the rules say. `lead_workdays` is None where nobody of the grass roots is asked."""
    return (
        *_traces(texts, rules), *_rhythms(texts, rules), *_milestones(n_milestones, rules["TSK-1"]),
        *_too_soon(lead_workdays, is_emergency, rules["FRM-3"]),
    )  # fmt: skip


def _traces(texts: Sequence[AskedText], rules: Mapping[str, Rule]) -> Iterator[RuleHit]:
    """The words of INS-7 and KPI-2: a task is not asked to leave traces, and no photo proves that it is done."""
    for asked in texts:
        used = [(rules[name], word) for name in ("INS-7", "KPI-2") for word in words_in(asked.text, rules[name])]
        if used:
            rule, word = used[0]
            yield hit(
                rule, words(_noop("督办要的是“{word}”"), word=word), why=words(_noop("看实绩，不看留下的痕迹")),
                todo=words(_noop("请写办成什么样才算办好；已有的数据会自动作证")), place=asked.place,
            )  # fmt: skip


def _rhythms(texts: Sequence[AskedText], rules: Mapping[str, Rule]) -> Iterator[RuleHit]:
    """Daily and weekly reports (FRM-4); and other reports by the calendar, where milestones tell enough (TSK-1)."""
    why, todo = words(_noop("进展按节点报，到了节点才报一次")), words(_noop("请删去定期报告的要求，改写节点"))
    for asked in texts:
        refused = set(asked_in(asked.text).frequencies) & set(rules["FRM-4"].parameters["frequencies_refused"])
        if refused:
            what = words(_noop("督办里要求日报或周报"))
            yield hit(rules["FRM-4"], what, why=why, todo=todo, place=asked.place)
            continue
        for word in rules["TSK-1"].parameters["recurring_refused"]:
            asks = re.search(re.escape(word) + ("" if word.endswith("报") else _REPORTING), asked.text)
            if asks and not _AGAINST.search(asked.text[: asks.start()]):
                what = words(_noop("督办里要求“{word}”报进展"), word=word)
                yield hit(rules["TSK-1"], what, why=why, todo=todo, place=asked.place)
                break


def _milestones(count: int, rule: Rule) -> Iterator[RuleHit]:
    most = int(rule.parameters["milestones_most"])
    if count > most:
        yield hit(
            rule, words(_noop("节点有 {n} 个，超过 {most} 个"), n=count, most=most),
            why=words(_noop("节点太多就成了台账")), todo=words(_noop("请只留最要紧的节点")), place="milestones",
        )  # fmt: skip


def _too_soon(lead_workdays: int | None, is_emergency: bool, rule: Rule) -> Iterator[RuleHit]:
    least = int(rule.parameters["lead_workdays"])
    if lead_workdays is None or lead_workdays >= least or (is_emergency and rule.parameters["lifted_by_emergency"]):
        return
    yield hit(
        rule, words(_noop("离截止只有 {now} 个工作日，至少要留 {least} 个"), now=lead_workdays, least=least),
        why=words(_noop("给基层留足办的时间")), todo=words(_noop("请把截止日期往后放；确属应急的，请注明")),
        place="due_on",
    )  # fmt: skip
