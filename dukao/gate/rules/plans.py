"""Judging an item of the inspection plan: by itself, beside the department's other items, and as an amendment.

Every rule answers with hits: none where it has nothing to say. What it cites, and every number, comes from the profile.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dukao.base.words import Words, _noop, words
from dukao.gate.rules.hits import RuleHit, hit
from dukao.gate.rules.items import REMOTE_METHOD
from dukao.gate.rules.topics import likeness_percent, tidy
from dukao.law.rules import Rule

RULE_IDS = ("INS-1", "INS-2", "INS-5", "INS-6", "INS-7", "KPI-1", "KPI-2")
Rules = Mapping[str, Rule]
# States in which an item takes its place in the plan, or may still take it.
STANDING = frozenset({"proposed", "approved"})
# A word behind one of these is what is to be ended, not what is judged by.
_AGAINST = "不得|不以|不再|不看|不把|严禁|禁止|杜绝|整治|清理|取消|纠正|防止|避免|减少|没有|是否以|有无|无"


@dataclass(frozen=True, slots=True)
class Known:
    """What is already held of a question's datum: its title, and who holds it."""

    title: str
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionCase:
    """`known` where the registers hold the datum asked for; `named` data that the words name without asking for one."""

    text: str
    element: str = ""
    known: Known | None = None
    named: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemCase:
    """What is judged of an item. `units` are ids of all units it reaches; `topics` what it is declared and said to be
    about; `number` is empty while it is new, `visits_left` None where nothing was booked yet.
    """

    number: str
    department: str
    origin: str
    state: str
    title: str
    topic: str
    topics: frozenset[str]
    kind: str
    method: str
    scope_path: str
    target_level: int
    units: frozenset[int]
    starts_on: date
    ends_on: date
    visits_most: int
    minutes_hundredths_per_visit: int
    questions: tuple[QuestionCase, ...] = ()
    criteria: tuple[str, ...] = ()
    merged_into: str = ""
    visits_left: int | None = None

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


def judge(item: ItemCase, others: Sequence[ItemCase], rules: Rules,
          topic_title: Callable[[str], str] = str) -> tuple[RuleHit, ...]:  # fmt: skip
    """All that the rules say of an item beside the department's others of the same year."""
    beside = [one for one in others if one.number != item.number or not item.number]
    return (
        *out_of_bounds(item, rules["INS-1"]),
        *one_comprehensive(item, beside, rules["INS-2"]),
        *beyond_the_year(item, beside, rules["INS-2"]),
        *split(item, beside, rules["INS-5"]),
        *renamed(item, beside, rules["INS-5"]),
        *misnamed(item, rules["INS-5"], topic_title),
        *bonus(item, rules["INS-5"]),
        *already_known(item, rules["INS-6"]),
        *traces(item, rules["INS-7"], rules["KPI-2"]),
        *too_many_criteria(item, rules["KPI-1"]),
    )


def out_of_bounds(item: ItemCase, rule: Rule) -> tuple[RuleHit, ...]:
    """Exceptions and emergencies are short and few (INS-1); planned items have the whole year."""
    if item.origin == "planned":
        return ()
    days_most = int(rule.parameters[f"{item.origin}_days_most"])
    visits_most = int(rule.parameters[f"{item.origin}_visits_most"])
    found = []
    if item.days > days_most:
        found.append(hit(
            rule, words(_noop("时间窗口 {days} 天，超过 {most} 天"), days=item.days, most=days_most),
            why=_EXCEPTIONAL, todo=words(_noop("请缩短到 {most} 天以内，长期要做的列入明年计划"), most=days_most),
            place="ends_on",
        ))  # fmt: skip
    if item.visits_most > visits_most:
        found.append(hit(
            rule, words(_noop("要 {n} 次，超过 {most} 次"), n=item.visits_most, most=visits_most), why=_EXCEPTIONAL,
            todo=words(_noop("请减到 {most} 次以内，面上要做的列入计划"), most=visits_most), place="visits",
        ))  # fmt: skip
    return tuple(found)


def one_comprehensive(item: ItemCase, others: Iterable[ItemCase], rule: Rule) -> tuple[RuleHit, ...]:
    """Comprehensive inspections are counted per department and year (INS-2)."""
    if item.kind != "comprehensive":
        return ()
    there = [one for one in others if one.kind == "comprehensive" and one.state in STANDING
             and one.department == item.department]  # fmt: skip
    most = int(rule.parameters["comprehensive_most"])
    if len(there) < most:
        return ()
    return (hit(
        rule, words(_noop("本部门今年已有 {n} 项综合督查"), n=len(there)),
        why=words(_noop("综合督查每部门每年不超过 {most} 项"), most=most),
        todo=words(_noop("请并入已有的那一项，或改成确有必要的专项")), place="kind", others=_numbers(there),
    ),)  # fmt: skip


def beyond_the_year(item: ItemCase, others: Iterable[ItemCase], rule: Rule) -> tuple[RuleHit, ...]:
    """More visits than the department may make in a year (INS-2): they could be approved, but never be booked."""
    if item.origin != "planned":
        return ()
    there = sum(one.visits_most for one in others if one.origin == "planned" and one.state in STANDING
                and one.department == item.department)  # fmt: skip
    most, whole = int(rule.parameters["visits_per_department"]), there + item.visits_most
    if whole <= most:
        return ()
    return (hit(
        rule, words(_noop("连同已有事项，本部门一年要去 {n} 次，超过 {most} 次"), n=whole, most=most),
        why=words(_noop("每个部门一年的检查次数有上限，超出的预约不了")),
        todo=words(_noop("请减少次数，或与别的部门合并")), place="visits", action="warn",
    ),)  # fmt: skip


def split(item: ItemCase, others: Iterable[ItemCase], rule: Rule) -> tuple[RuleHit, ...]:
    """One matter in several items of one department (INS-5): near-equal titles, or one topic with common targets in a
    common window. What is urgent may also be planned; but not be urgent twice at a time.
    """
    family = [one for one in others if one.department == item.department and one.state in STANDING]
    family = [one for one in family if (one.origin == "emergency") == (item.origin == "emergency")]
    is_urgent = item.origin == "emergency"
    alike = [
        one for one in family if _meets(item, one, rule) or (not is_urgent and _is_titled_alike(item, one, rule))
    ]  # fmt: skip
    if not alike:
        return ()
    return (hit(
        rule, words(_noop("像是把一件事拆成了几项：与 {others} 相同或相近"), others=_told(alike)),
        why=words(_noop("同一部门就同一件事、对同样的单位，一年只列一项")),
        todo=words(_noop("请合并成一项，次数和时间一起算")), place="title", others=_numbers(alike),
    ),)  # fmt: skip


def renamed(item: ItemCase, others: Iterable[ItemCase], rule: Rule) -> tuple[RuleHit, ...]:
    """What was refused, merged away or used up comes again, under its own name or another (INS-5)."""
    if item.origin == "emergency":
        return ()
    gone = [one for one in others if one.department == item.department and _is_settled(one)]
    gone = [one for one in gone if one.origin != "emergency" and one.merged_into != (item.number or None)]
    again = [one for one in gone if _is_titled_alike(item, one, rule) or _shares_topic_and_targets(item, one, rule)]
    if not again:
        return ()
    return tuple(
        hit(rule, words(what, other=_told([one])), why=words(_noop("换个名称、换个时间再来，还是同一件事")),
            todo=words(todo, into=one.merged_into), place="title", others=(one.number,))
        for one in again[:3] for what, todo in [_SETTLED[_settled(one)]]
    )  # fmt: skip


def misnamed(item: ItemCase, rule: Rule, topic_title: Callable[[str], str] = str) -> tuple[RuleHit, ...]:
    """The words speak of another topic than the one chosen: it is counted under both, and the office should know."""
    beside = sorted(item.topics - {item.topic})
    if not beside:
        return ()
    return (hit(
        rule, words(_noop("名称和目的还说到：{topics}"), topics=tuple(topic_title(code) for code in beside)),
        why=words(_noop("内容相同的事项按内容算，不按名称算")),
        todo=words(_noop("请核对所选主题；确实只查一件事的，把名称写准")), place="topic", action="warn",
    ),)  # fmt: skip


def bonus(item: ItemCase, rule: Rule) -> tuple[RuleHit, ...]:
    """加分项 and the like: items beside the items (INS-5)."""
    found = []
    for place, text in (("title", item.title), *_criteria(item), *_questions(item)):
        if used := words_in(text, rule):
            found.append(hit(
                rule, words(_noop("“{text}”用了“{word}”"), text=text, word=used[0]),
                why=words(_noop("加分项、附加项也是要求，不能用来绕过数量限制")),
                todo=words(_noop("请删去；确有必要的，作为正式内容报审")), place=place,
            ))  # fmt: skip
    return tuple(found)


def widened(before: ItemCase, after: ItemCase, rule: Rule) -> tuple[RuleHit, ...]:
    """What an amendment adds to an item (INS-5): targets, visits, scope, time, questions, a heavier kind, or that it
    comes unannounced, or comes at all.
    """
    new_units = len(after.units - before.units)
    asked = {_question_key(question) for question in before.questions}
    new_questions = [question for question in after.questions if _question_key(question) not in asked]
    judged = {tidy(text) for text in before.criteria}
    more: list[tuple[str, Words]] = []
    if not after.scope_path.startswith(before.scope_path):
        more.append(("scope", words(_noop("范围变了"))))
    if new_units:
        more.append(("targets", words(_noop("多了 {n} 个对象"), n=new_units)))
    if after.visits_most > before.visits_most:
        more.append(("visits", words(_noop("多了 {n} 次"), n=after.visits_most - before.visits_most)))
    if after.starts_on < before.starts_on or after.ends_on > before.ends_on:
        more.append(("starts_on", words(_noop("时间窗口超出原来的"))))
    if new_questions:
        more.append(("questions", words(_noop("多问 {n} 个问题"), n=len(new_questions))))
    if any(tidy(text) not in judged for text in after.criteria):
        more.append(("criteria", words(_noop("多了评价标准"))))
    if after.minutes_hundredths_per_visit > before.minutes_hundredths_per_visit:
        more.append(("minutes_per_visit", words(_noop("每次时间更长"))))
    if (after.topic, after.kind) != (before.topic, before.kind):
        more.append(("topic", words(_noop("主题或类型变了"))))
    if after.method == "unannounced" != before.method:
        more.append(("method", words(_noop("改成了暗访"))))
    if before.method == REMOTE_METHOD != after.method:
        more.append(("method", words(_noop("改成了到现场"))))
    if likeness_percent(before.title, after.title) < int(rule.parameters["title_similarity_percent"]):
        more.append(("title", words(_noop("名称变了"))))
    return tuple(
        hit(rule, what, why=words(_noop("批准之后不得扩大范围、变更对象和内容")),
            todo=words(_noop("确有必要的，请督考办写明理由后批准变更")), place=place)
        for place, what in more
    )  # fmt: skip


def already_known(item: ItemCase, rule: Rule) -> tuple[RuleHit, ...]:
    """What somebody holds is not asked on the spot (INS-6); data that are only named are pointed to. Where nobody comes
    they are what is looked at.
    """
    if item.method == REMOTE_METHOD:
        return ()
    found = []
    for at, question in enumerate(item.questions):
        held = [question.known] if question.known else question.named
        for known in held:
            holders = tuple(known.holders)
            found.append(hit(
                rule, words(_noop("“{title}”{holders}已掌握"), title=known.title, holders=holders),
                why=words(_noop("已经掌握的数据和材料不再向基层要")),
                todo=words(_noop("请删去这一问，需要的数由平台直接提供"))
                if question.known else words(_noop("如果是要这个数，请删去；如果是核实情况，请把要看什么写清楚")),
                place=f"questions.{at}", action=None if question.known else "warn",
            ))  # fmt: skip
    return tuple(found)


def traces(item: ItemCase, traces_rule: Rule, kpi_rule: Rule) -> tuple[RuleHit, ...]:
    """Traces of work are no yardstick (INS-7), nor is what machines count (KPI-2); in questions they are pointed to."""
    found = []
    for place, text in (*_criteria(item), *_questions(item)):
        used = [(rule, word) for rule in (traces_rule, kpi_rule) for word in words_in(text, rule)]
        if not used:
            continue
        rule, word = used[0]
        is_criterion = place.startswith("criteria")
        says = words(_noop("“{text}”以“{word}”为准"), text=text, word=word)
        asks = words(_noop("“{text}”问的是“{word}”"), text=text, word=word)
        found.append(hit(
            rule, says if is_criterion else asks, why=words(_noop("看实绩，不看留下的痕迹")),
            todo=words(_noop("请改成办成了什么、群众得到了什么")), place=place, action=None if is_criterion else "warn",
        ))  # fmt: skip
    return tuple(found)


def too_many_criteria(item: ItemCase, rule: Rule) -> tuple[RuleHit, ...]:
    """An item that judges by more than the profile allows is an assessment in disguise (KPI-1)."""
    most = int(rule.parameters["indicators_most"])
    if len(item.criteria) <= most:
        return ()
    return (hit(
        rule, words(_noop("评价标准有 {n} 条，超过 {most} 条"), n=len(item.criteria), most=most),
        why=words(_noop("标准越多，基层准备的材料越多")), todo=words(_noop("请只留最要紧的")), place="criteria",
    ),)  # fmt: skip


_EXCEPTIONAL = words(_noop("计划外的事项一事一报、一事一批，只管眼前这一件"))
_SETTLED: dict[str, tuple[str, str]] = {
    "refused": (
        _noop("{other} 今年没有通过，这一项与它相同或相近"),
        _noop("请不要另起一项；请在原事项上修改后重报，写明改了什么"),
    ),
    "merged": (_noop("{other} 已并入别的事项，这一项与它相同或相近"), _noop("请按 {into} 执行")),
    "used": (
        _noop("{other} 的次数已经用完，这一项与它相同或相近"),
        _noop("确需再查的，请督考办在原事项上批准增加次数"),
    ),
}


def _settled(one: ItemCase) -> str:
    return one.state if one.state in ("refused", "merged") else "used"


def _is_settled(one: ItemCase) -> bool:
    return one.state in ("refused", "merged") or (one.state == "approved" and one.visits_left == 0)


def _is_titled_alike(item: ItemCase, other: ItemCase, rule: Rule) -> bool:
    """One matter beyond the plan has the units it is about for a part of its name."""
    if likeness_percent(item.title, other.title) < int(rule.parameters["title_similarity_percent"]):
        return False
    return item.origin == other.origin == "planned" or _shares_targets(item, other, rule)


def _shares_topic_and_targets(item: ItemCase, other: ItemCase, rule: Rule) -> bool:
    return bool(item.topics & other.topics) and _shares_targets(item, other, rule)


def _shares_targets(item: ItemCase, other: ItemCase, rule: Rule) -> bool:
    return overlap_percent(item.units, other.units) >= int(rule.parameters["target_overlap_percent"])


def _meets(item: ItemCase, other: ItemCase, rule: Rule) -> bool:
    together = item.starts_on <= other.ends_on and other.starts_on <= item.ends_on
    return together and _shares_topic_and_targets(item, other, rule)


def overlap_percent(one: Collection[int], other: Collection[int]) -> int:
    """How many of the smaller set are in both, rounded down."""
    least = min(len(one), len(other))
    return 100 * len(set(one) & set(other)) // least if least else 0


def words_in(text: str, rule: Rule) -> list[str]:
    """The rule's words that the text uses; not those it wants to be rid of (“不以照片作为依据”)."""
    return [
        word for word in rule.parameters["words_refused"]
        if word in text and not re.search(rf"(?:{_AGAINST})[^，。；,;]*{re.escape(word)}", text)
    ]  # fmt: skip


def _criteria(item: ItemCase) -> tuple[tuple[str, str], ...]:
    return tuple((f"criteria.{at}", text) for at, text in enumerate(item.criteria))


def _questions(item: ItemCase) -> tuple[tuple[str, str], ...]:
    return tuple((f"questions.{at}", question.text) for at, question in enumerate(item.questions))


def _question_key(question: QuestionCase) -> str:
    return question.element or tidy(question.text)


def _numbers(items: Iterable[ItemCase]) -> tuple[str, ...]:
    return tuple(one.number for one in items)


def _told(items: Sequence[ItemCase]) -> tuple[Words, ...]:
    return tuple(words(_noop("{number}《{title}》"), number=one.number, title=one.title) for one in items[:3])
