"""What the rules say of a document before it is issued: DOC-1 to DOC-6, and FRM-4 for reports it wants too often.

What refuses may be lifted: a body that is too long by a reason given, a number above last year's by the supervision
office, which reads that reason. An assessment that is not filled in is lifted by nothing but filling it in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dukao.base.words import Words, _noop, words
from dukao.gate.rules.documents.asking import asked_in
from dukao.gate.rules.documents.body import Parts, characters_of, pages_of, parts_of
from dukao.gate.rules.documents.titles import core_of, matters_in
from dukao.gate.rules.hits import RuleHit
from dukao.gate.rules.likeness import Likeness, new_part
from dukao.law.rules import Action, Rule

RULE_IDS = ("DOC-1", "DOC-2", "DOC-3", "DOC-4", "DOC-5", "DOC-6", "FRM-4")
Rules = Mapping[str, Rule]
Lift = Literal["", "excuse", "approval"]
Sign = Literal[
    "long", "pages", "number",  # too much of it
    "directive", "merged", "renamed", "moved", "alike",  # dodges (DOC-4)
    "nothing_new", "unassessed", "often",
]  # fmt: skip
# Those that the radar looks for, in its order.
DODGES: tuple[Sign, ...] = ("directive", "merged", "renamed", "moved", "alike")
CHANNELS: dict[str, str] = {
    "red_head": _noop("红头文件"), "white_head": _noop("白头文件"), "note": _noop("便笺"), "letter": _noop("函"),
    "notice": _noop("群通知、电话通知"),
}  # fmt: skip
KINDS: dict[str, str] = {
    "general": _noop("一般文件"), "comprehensive": _noop("综合性部署"), "special": _noop("专项工作"),
    "task": _noop("具体任务"), "forward": _noop("转发"),
}  # fmt: skip
ANSWERS: dict[str, str] = {
    "minutes": _noop("照办要花的分钟"), "forms": _noop("要填的表"), "meetings": _noop("要开的会"),
    "reports": _noop("要报的材料"),
}  # fmt: skip
_FREQUENCIES = {"daily": _noop("每日"), "weekly": _noop("每周")}
_VERBS_TOLD, _MATTERS_TOLD = 4, 6


@dataclass(frozen=True, slots=True)
class Finding(RuleHit):
    """`sign` is what kind of thing was found, `lifted_by` what lets a document pass that it refuses."""

    sign: Sign = "long"
    lifted_by: Lift = ""


@dataclass(frozen=True, slots=True)
class AlikeDocument:
    """A document of the register that the text is like."""

    number: str
    title: str
    channel: str
    department: str
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Standing:
    """How many documents a department has issued in a year, and what that is compared with; None where unknown."""

    year: int
    issued: int
    last_year: int | None
    baseline: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as it is judged. `superior_text` is what it passes on, `alike` what the register holds of its like."""

    title: str
    channel: str
    kind: str
    text: str
    standing: Standing
    alike: Sequence[AlikeDocument] = ()
    superior_text: str = ""
    assessment: Mapping[str, Any] = field(default_factory=dict)


def findings_of(draft: Draft, rules: Rules) -> tuple[Finding, ...]:
    """Everything the rules say of it, what refuses first."""
    parts = parts_of(draft.text)
    body = parts.body
    found = (
        *_length(draft, characters_of(body), rules),
        *_number(draft.standing, rules["DOC-3"]),
        *_dodges(draft, parts, rules["DOC-4"]),
        *_nothing_new(draft, rules["DOC-5"]),
        *_unassessed(draft.assessment, rules["DOC-6"]),
        *_often(body, rules["FRM-4"]),
    )
    return tuple(sorted(found, key=lambda finding: not finding.refuses))


def cap_of(standing: Standing, rule: Rule) -> int | None:
    """How many documents the year may have: last year's number, grown by no more than DOC-3 allows."""
    if standing.last_year is None:
        return None
    return standing.last_year * (100 + rule.parameters["growth_percent_most"]) // 100


def baseline_cap_of(standing: Standing, rule: Rule) -> int | None:
    """What the number of the baseline year was to be brought down to; for comparison, it stops nobody."""
    if standing.baseline is None:
        return None
    return standing.baseline * rule.parameters["baseline_percent_most"] // 100


def characters_most(kind: str, rule: Rule) -> int | None:
    """How long the body of such a document may be (DOC-1); None where it is exempt."""
    if kind in rule.parameters["kinds_exempt"]:
        return None
    special = kind in rule.parameters["kinds_special"]
    most: int = rule.parameters["characters_most_special" if special else "characters_most"]
    return most


def _found(rule: Rule, sign: Sign, what: Words, why: Words, todo: Words, *, lifted_by: Lift = "",
           action: Action | None = None, others: tuple[str, ...] = ()) -> Finding:  # fmt: skip
    return Finding(
        rule=rule.id, action=action or rule.action, what=what, why=why, todo=todo, source=rule.source_text,
        others=others, sign=sign, lifted_by=lifted_by,
    )  # fmt: skip


def _length(draft: Draft, characters: int, rules: Rules) -> Iterator[Finding]:
    most = characters_most(draft.kind, rules["DOC-1"])
    if most is not None and characters > most:
        yield _found(
            rules["DOC-1"], "long",
            words(_noop("正文 {n} 字，超过 {most} 字"), n=f"{characters:,}", most=f"{most:,}"),
            words(_noop("长文件要基层花更多时间去读")),
            words(_noop("请压到 {most} 字以内；确实压不下来的，写明理由再印发"), most=f"{most:,}"),
            lifted_by="excuse",
        )  # fmt: skip
    pages_rule = rules["DOC-2"]
    pages = pages_of(characters, pages_rule.parameters["characters_per_page"])
    if pages > pages_rule.parameters["pages_most"]:
        yield _found(
            pages_rule, "pages",
            words(_noop("正文约 {n} 页，超过 {most} 页"), n=pages, most=pages_rule.parameters["pages_most"]),
            words(_noop("每页按 {n} 字算"), n=pages_rule.parameters["characters_per_page"]),
            words(_noop("请只留要基层做的事，背景和意义少写")),
        )  # fmt: skip


def _number(standing: Standing, rule: Rule) -> Iterator[Finding]:
    cap = cap_of(standing, rule)
    if cap is not None and standing.issued >= cap:
        yield _found(
            rule, "number",
            words(_noop("今年已发 {n} 件，去年全年 {last} 件，再发就多于去年"),
                  n=standing.issued, last=standing.last_year),
            words(_noop("发文数量只减不增；红头、白头、便笺、函、通知都算")),
            words(_noop("请并入已有的文件，或者不发；确实要发的，写明理由，请督考办批准")),
            lifted_by="approval",
        )  # fmt: skip


def _dodges(draft: Draft, parts: Parts, rule: Rule) -> Iterator[Finding]:
    channel = words(CHANNELS[draft.channel])
    if draft.channel in rule.parameters["directive_channels"]:
        verbs = [verb for verb in rule.parameters["directive_verbs"] if verb in parts.body]
        if verbs:
            yield _found(
                rule, "directive",
                words(_noop("{channel}里有要下级办事的话：{verbs}"), channel=channel, verbs=tuple(verbs[:_VERBS_TOLD])),
                words(_noop("用{channel}布置工作，等于换个样子发文"), channel=channel),
                words(_noop("要下级办事的，按正式文件办；只是告知的，请删去这些话")),
            )  # fmt: skip
    matters = matters_in(draft.title, f"{parts.head}\n{parts.body}")
    if len(matters) > rule.parameters["matters_most"]:
        yield _found(
            rule, "merged",
            words(_noop("一份文件里有 {n} 件事：{matters}"),
                  n=len(matters), matters=tuple(dict.fromkeys(matters))[:_MATTERS_TOLD]),
            words(_noop("多文合一只少了件数，基层要办的事一件没少")),
            words(_noop("请一事一文；本是一件事的，标题和小标题只写这一件")),
        )  # fmt: skip
    for other in draft.alike:
        if other.likeness.at_least(rule.parameters["similarity_percent"]):
            yield _alike(draft, other, rule)


def _alike(draft: Draft, other: AlikeDocument, rule: Rule) -> Finding:
    """A near-duplicate: of another title, in another guise, or simply the same once more."""
    told = {"department": other.department, "title": other.title, "number": other.number,
            "percent": other.likeness.percent}  # fmt: skip
    todo = words(_noop("原来的文件还管用，就不再发；确有新内容，只发新的部分"))
    if core_of(draft.title) != core_of(other.title):
        what = words(_noop("换了标题：内容有 {percent}% 与{department}《{title}》（{number}）相同"), **told)
        return _found(rule, "renamed", what, words(_noop("标题换了，基层还是要再读、再办一遍")), todo,
                      others=(other.number,))  # fmt: skip
    if draft.channel != other.channel:
        told["channel"] = words(CHANNELS[other.channel])
        what = words(_noop("换了样子：内容有 {percent}% 与{department}的{channel}《{title}》（{number}）相同"), **told)
        return _found(rule, "moved", what, words(_noop("同一件事，发文方式换了也是重复")), todo, others=(other.number,))
    what = words(_noop("内容有 {percent}% 与{department}《{title}》（{number}）相同"), **told)
    return _found(rule, "alike", what, words(_noop("基层要再读、再办一遍")), todo, others=(other.number,))


def _nothing_new(draft: Draft, rule: Rule) -> Iterator[Finding]:
    if not draft.superior_text or draft.kind == "forward":
        return
    new = new_part(draft.text, draft.superior_text)
    least = rule.parameters["new_percent_least"]
    if not new.at_least(least):
        yield _found(
            rule, "nothing_new",
            words(_noop("与上级文件相比，新内容占 {percent}%，不到 {least}%"), percent=new.percent, least=least),
            words(_noop("照抄一遍，基层要读两份")),
            words(_noop("请直接转发上级文件，不另发文")),
        )  # fmt: skip


def _unassessed(assessment: Mapping[str, Any], rule: Rule) -> Iterator[Finding]:
    lacking = [name for name in rule.parameters["answers_required"] if assessment.get(name) is None]
    if lacking:
        yield _found(
            rule, "unassessed",
            words(_noop("一致性评估还没有填：{items}"), items=tuple(words(ANSWERS[name]) for name in lacking)),
            words(_noop("印发前要先算清会给基层添多少事")),
            words(_noop("请核对从正文里找出的事项，填好再印发")),
        )  # fmt: skip
    elif assessment["reports"] > rule.parameters["reports_most"]:
        yield _found(
            rule, "unassessed",
            words(_noop("要下级报 {n} 次材料"), n=assessment["reports"]),
            words(_noop("一般不要求报告落实情况")),
            words(_noop("能从平台上看到的，不要再报")),
            action="warn",
        )  # fmt: skip


def _often(body: str, rule: Rule) -> Iterator[Finding]:
    for frequency in asked_in(body).frequencies:
        if frequency in rule.parameters["frequencies_refused"]:
            yield _found(
                rule, "often",
                words(_noop("要求{frequency}报"), frequency=words(_FREQUENCIES[frequency])),
                words(_noop("不要求基层报日报、周报")),
                words(_noop("请改为办完后报一次，或者从平台上看")),
                action="warn",
            )  # fmt: skip
