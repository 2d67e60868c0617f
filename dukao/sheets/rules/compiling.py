"""Judging a sheet before it is sent: what each question costs, what is refused and by which rule.

Refusals of the whole sheet (`judge_sheet`) stop it: legal marks, lead time, frequency. Refusals of a question
(`judge_question`) can be trimmed: the question is then shown, filled in, or left out, and the rest is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dukao.base.words import Words, _noop, words
from dukao.law.rules import Rule
from dukao.sheets.rules.rounds import NO_ROUNDS, Rounds

# The rules that a sheet is judged by; `BRD-0` holds the estimate of minutes.
RULE_IDS = ("FRM-1", "FRM-2", "FRM-3", "FRM-4", "FRM-5", "PII-1", "BRD-0")
Rules = Mapping[str, Rule]

Verdict = Literal[
    "ask",        # something is left: unknown cells are asked, stale ones confirmed
    "held",       # all known and fresh: shown, not asked
    "expected",   # a department is to deliver it and still in time: shown when it comes
    "elsewhere",  # another open dispatch asks for it: shown when it comes
    "below",      # kept at a lower level: shown where it adds up
    "forbidden",  # not this department's to ask: not carried at all
]  # fmt: skip

MARK_NAMES: dict[str, str] = {
    "form_number": _noop("表号"),
    "issuing_body": _noop("制定机关"),
    "approval_number": _noop("批准或备案文号"),
    "valid_until": _noop("有效期限"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal with its rule: what happened, why, what to do. `source` is the cited text."""

    rule: str
    what: Words
    why: Words
    todo: Words
    source: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The four legal marks as a sheet carries them."""

    legal_type: str
    form_number: str
    issuing_body: str
    approval_number: str
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class SheetCase:
    """What is judged of a sheet as a whole. `lead_workdays` is None where no due date was given yet."""

    marks: Marks
    frequency: str
    today: date
    due_on: date | None
    lead_workdays: int | None
    is_emergency: bool
    rounds: Rounds = NO_ROUNDS  # what the same units were asked of the same within a year


@dataclass(frozen=True, slots=True)
class CellCount:
    """Of one cell (a period) over all units asked: how many are known and fresh, and known but stale."""

    period: int
    n_fresh: int
    n_stale: int


@dataclass(frozen=True, slots=True)
class OtherAsk:
    """An open dispatch that asks the same element of overlapping units for overlapping periods."""

    number: str
    sheet_title: str
    issuer_name: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Awaited:
    """A department's delivery that is to bring what is missing of a question; late after `until`."""

    dataset_title: str
    provider_name: str
    until: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class QuestionCase:
    """What is judged of one question."""

    label: str
    minutes_hundredths: int
    sensitivity: str
    owner_code: str
    owner_name: str
    issuer_code: str
    n_units: int
    cells: tuple[CellCount, ...]
    holders: tuple[str, ...]  # who holds what is known, by name
    elsewhere: tuple[OtherAsk, ...]
    awaited: Awaited | None
    below_level: str  # name of the lower level at which the element is kept; empty where it is the sheet's


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a question, its cells (units × periods) by state, and its minutes × 100."""

    verdict: Verdict
    refusal: Refusal | None
    n_cells: int
    n_fresh: int
    n_stale: int
    n_unknown: int
    minutes_hundredths: int
    minutes_hundredths_per_unit: int  # the most that one unit is asked for

    @property
    def is_asked(self) -> bool:
        return self.verdict == "ask"


def missing_marks(marks: Marks, on: date, rules: Rules) -> tuple[str, ...]:
    """Names of the marks that are missing, or run out before the day. Basis: statistics-law#17."""
    rule = rules["FRM-1"]
    if marks.legal_type not in rule.parameters["applies_to"]:
        return ()
    missing = [name for name in rule.parameters["marks_required"] if not getattr(marks, name)]
    if "valid_until" in rule.parameters["marks_required"] and marks.valid_until and marks.valid_until < on:
        missing.append("valid_until")
    return tuple(missing)


def mark_faults(marks: Marks, on: date, rules: Rules) -> tuple[Words, ...]:
    """What is wrong with the marks on the day, one by one: not there, or run out since when."""
    return tuple(
        words(_noop("有效期限已于 {date} 届满"), date=marks.valid_until)
        if name == "valid_until" and marks.valid_until
        else words(_noop("缺少{mark}"), mark=words(MARK_NAMES[name]))
        for name in missing_marks(marks, on, rules)
    )


def judge_sheet(case: SheetCase, rules: Rules) -> tuple[Refusal, ...]:
    """What stands against sending the sheet at all."""
    return tuple(
        refusal
        for refusal in (_marks_refusal(case, rules), _lead_refusal(case, rules), _frequency_refusal(case, rules))
        if refusal
    )


def _marks_refusal(case: SheetCase, rules: Rules) -> Refusal | None:
    """FRM-1, on the day of dispatch and on the day it is due."""
    last_day = max(case.today, case.due_on or case.today)
    missing = missing_marks(case.marks, last_day, rules)
    if not missing:
        return None
    if missing == ("valid_until",) and case.marks.valid_until:
        what = words(_noop("这张表的有效期限到 {valid_until} 为止"), valid_until=case.marks.valid_until)
        todo = words(_noop("请在有效期内截止，或先办理延期"))
    else:
        what = words(_noop("这张表缺少法定标识：{marks}"), marks=tuple(words(MARK_NAMES[name]) for name in missing))
        todo = words(_noop("请补齐后再下发"))
    return _refusal(rules["FRM-1"], what, _noop("标识不全或过期的表，填报单位有权拒填"), todo)


def _lead_refusal(case: SheetCase, rules: Rules) -> Refusal | None:
    """FRM-3: working days after the day of dispatch, up to and including the due day."""
    rule = rules["FRM-3"]
    if case.lead_workdays is None or case.lead_workdays >= rule.parameters["lead_workdays"]:
        return None
    if case.is_emergency and rule.parameters["lifted_by_emergency"]:
        return None
    return _refusal(
        rule,
        words(_noop("离截止只有 {now} 个工作日，至少要留 {least} 个"),
              now=case.lead_workdays, least=rule.parameters["lead_workdays"]),
        _noop("不得上午发通知、下午要数，也不得周五发、周一收"),
        words(_noop("请推后截止日期；确属应急的，勾选“应急”并写明依据，全程留痕")),
    )  # fmt: skip


def _frequency_refusal(case: SheetCase, rules: Rules) -> Refusal | None:
    """FRM-4: what the sheet says of itself, and what really happens."""
    rule = rules["FRM-4"]
    if case.is_emergency and rule.parameters["lifted_by_emergency"]:
        return None
    if case.frequency not in rule.parameters["frequencies_refused"]:
        return _rounds_refusal(case, rule)
    return _refusal(
        rule,
        words(_noop("这张表按{frequency}报送"), frequency=words(FREQUENCY_NAMES[case.frequency])),
        _noop("频繁报表加重基层负担"),
        words(_noop("请降低频率；确属应急的，勾选“应急”并写明依据，全程留痕")),
    )


_TOO_OFTEN = _noop("一年最多发 {most} 次，已向同一范围发过 {n} 次（不计应急 {urgent} 次、撤回 {back} 次）")
_COPIED = _noop("一年最多问 {most} 次，连同《{others}》已向同一范围问过 {n} 次（不计应急 {urgent} 次、撤回 {back} 次）")


def _rounds_refusal(case: SheetCase, rule: Rule) -> Refusal | None:
    """More rounds within a year than a sheet of this frequency may have."""
    rounds, most = case.rounds, rule.parameters[f"rounds_{case.frequency}"]
    if rounds.counted < most:
        return None
    counted = {"most": most, "n": rounds.counted, "urgent": rounds.emergencies, "back": rounds.withdrawn}
    return _refusal(
        rule,
        words(_COPIED, others=rounds.others, **counted) if rounds.others else words(_TOO_OFTEN, **counted),
        words(_noop("这张表说是按{frequency}报送；报得更勤，或换一张表再问一遍，都是频繁报表"),
              frequency=words(FREQUENCY_NAMES[case.frequency])),
        words(_noop("请等到下一期，或把要问的并进已有的报表；确属应急的，勾选“应急”并写明依据，全程留痕")),
    )  # fmt: skip


FREQUENCY_NAMES: dict[str, str] = {
    "once": _noop("一次"), "yearly": _noop("年"), "quarterly": _noop("季"), "monthly": _noop("月"),
    "weekly": _noop("周"), "daily": _noop("日"),
}  # fmt: skip


def judge_question(case: QuestionCase, rules: Rules) -> Judgement:
    """Whether the question may be asked, of how many cells, and what it costs."""
    n_cells = case.n_units * len(case.cells)
    n_fresh, n_stale = sum(c.n_fresh for c in case.cells), sum(c.n_stale for c in case.cells)
    n_unknown = n_cells - n_fresh - n_stale
    assert n_unknown >= 0, "more is known than there are cells"
    verdict, refusal = _verdict(case, n_cells, n_fresh, rules)
    all_units, per_unit = _minutes(case, rules) if verdict == "ask" else (0, 0)
    return Judgement(verdict, refusal, n_cells, n_fresh, n_stale, n_unknown, all_units, per_unit)


def _verdict(case: QuestionCase, n_cells: int, n_fresh: int, rules: Rules) -> tuple[Verdict, Refusal | None]:
    if case.sensitivity in rules["PII-1"].parameters["sensitivities"] and case.owner_code not in ("", case.issuer_code):
        return "forbidden", _refusal(
            rules["PII-1"],
            words(_noop("“{label}”是敏感信息，由{owner}掌握"), label=case.label, owner=case.owner_name),
            _noop("敏感信息限于履行法定职责所必需，其他部门不得向基层采集"),
            words(_noop("确需使用的，请向{owner}申请共享"), owner=case.owner_name),
        )
    if n_fresh * 100 >= n_cells * rules["FRM-2"].parameters["coverage_percent"]:
        holders = case.holders or case.owner_name
        return "held", _refusal(
            rules["FRM-2"],
            words(_noop("“{label}”已由{holders}掌握"), label=case.label, holders=holders)
            if holders
            else words(_noop("“{label}”已经掌握"), label=case.label),
            _noop("通过共享能够满足需要的，不得重复采集"),
            words(_noop("点“只问剩下的”，这一项自动带入，不用基层填")),
        )
    if case.awaited and not case.awaited.is_late:
        awaited = case.awaited
        return "expected", _refusal(
            rules["FRM-2"],
            words(_noop("“{label}”将由{provider}交付（{dataset}，{until} 前）"), label=case.label,
                  provider=awaited.provider_name, dataset=awaited.dataset_title, until=awaited.until),
            _noop("部门定期交付的数据，不得提前向基层要"),
            words(_noop("点“只问剩下的”，交付后自动带入；过了 {until} 还没有交付，可以再问"), until=awaited.until),
        )  # fmt: skip
    if case.below_level:
        return "below", _refusal(
            rules["FRM-5"],
            words(_noop("“{label}”由{level}一级掌握，还没有收齐"), label=case.label, level=words(case.below_level)),
            _noop("同一数据不在几个层级重复问"),
            words(_noop("点“只问剩下的”，收齐后自动汇总带入；缺的在{level}一级问"), level=words(case.below_level)),
        )
    if case.elsewhere:
        other = case.elsewhere[0]
        return "elsewhere", _refusal(
            rules["FRM-5"],
            words(_noop("“{label}”正在由{issuer}的《{title}》（{number}）问"), label=case.label,
                  issuer=other.issuer_name, title=other.sheet_title, number=other.number),
            _noop("同一数据同一时期只问一次"),
            words(_noop("点“只问剩下的”，那边填好后自动带入")),
        )  # fmt: skip
    return "ask", None


def _minutes(case: QuestionCase, rules: Rules) -> tuple[int, int]:
    """Minutes × 100 of all units, and the most of one unit; a value that needs one tap costs a part of typing it."""
    type_one, tap_one = minutes_of_cell(case.minutes_hundredths, rules)
    all_units = per_unit = 0
    for cell in case.cells:
        n_unknown = case.n_units - cell.n_fresh - cell.n_stale
        all_units += n_unknown * type_one + cell.n_stale * tap_one
        per_unit += type_one if n_unknown else tap_one if cell.n_stale else 0
    return all_units, per_unit


def minutes_of_cell(minutes_hundredths: int, rules: Rules) -> tuple[int, int]:
    """Minutes × 100 of one cell that is typed, and of one that is confirmed with a tap."""
    return minutes_hundredths, -(-minutes_hundredths * rules["BRD-0"].parameters["confirm_percent"] // 100)


def _refusal(rule: Rule, what: Words, why: str | Words, todo: Words) -> Refusal:
    why = why if isinstance(why, Words) else words(why)
    return Refusal(rule=rule.id, what=what, why=why, todo=todo, source=rule.source_text)
