"""Questions of many forms that ask the same datum, put together with how they relate."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from rapidfuzz.distance import Indel

from dukao.workbooks.matching import Matcher, Span, factor_between, is_measure, label
from dukao.workbooks.overlap.questions import Question
from dukao.workbooks.texts import plain

# Two names so alike, and with the same turns of meaning, are one datum under another name; a person looks it over.
_ALIKE = 0.86
# So likely a question means a known datum that it counts as asked; nothing is filled in from this.
_KNOWN = 0.9


class Relation(StrEnum):
    """What two questions for one datum have in common, the closest first."""

    SAME = "same"
    OTHER_NAME = "same_other_name"
    OTHER_UNIT = "same_other_unit"
    OTHER_PERIOD = "same_other_period"
    PART_OF = "part_of"


_CLOSEST = tuple(Relation)


@dataclass(frozen=True)
class Group:
    """A datum that is asked more than once. `relations`: of each member to the question that most forms ask."""

    label: str
    members: tuple[Question, ...]
    relations: tuple[Relation, ...]

    @cached_property
    def relation(self) -> Relation:
        """The closest one between two forms: that one of them also asks for last year makes no other datum of it."""
        usual = self.members[self.relations.index(min(self.relations, key=_CLOSEST.index))]
        told = list(zip(self.members, self.relations, strict=True))
        others = [relation for member, relation in told if member.file != usual.file]
        return min(others or [relation for member, relation in told if member is not usual], key=_CLOSEST.index)

    @property
    def told(self) -> Iterator[tuple[Question, Relation | None]]:
        """The members, each with its relation where it is another than the group's."""
        for member, relation in zip(self.members, self.relations, strict=True):
            yield member, relation if relation not in (self.relation, Relation.SAME) else None

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(m.file for m in self.members))

    @property
    def needed(self) -> tuple[Question, ...]:
        """What is left where the datum is asked once: the questions of the form that needs most of it."""
        return _needed(self.members)


@dataclass(frozen=True)
class Overlap:
    """What a pile of forms asks. `groups` hold what is asked more than once, the most often first."""

    forms: tuple[str, ...]
    questions: tuple[Question, ...]
    groups: tuple[Group, ...]
    n_distinct: int
    n_in_all: int  # asked by every form of the pile

    def minutes_a_year(self, *, units: int, minutes_each: float) -> float:
        """What answering everything costs that many units in a year."""
        return _cost(self.questions) * minutes_each * units

    def minutes_saved_a_year(self, *, units: int, minutes_each: float) -> float:
        """What is saved where each datum is asked once, at the pace of whoever needs it most often.

        Parts are not saved: a part is another figure than its whole.
        """
        saved = 0
        for group in self.groups:
            if group.relation is not Relation.PART_OF:
                saved += _cost(group.members) - _cost(group.needed)
        return saved * minutes_each * units


def overlap_of(forms: Sequence[str], questions: Sequence[Question], matcher: Matcher | None = None) -> Overlap:
    """Put together what the forms ask more than once; `matcher` knows data by all their names."""
    same = _by_name(questions, matcher or Matcher(()))
    cores = _joined(same)
    groups, in_all = [], 0
    for members in cores:
        files = {m.file for m in members}
        in_all += len(forms) > 1 and len(files) == len(forms)
        if len(files) > 1 or len(members) > len(_needed(members)):
            groups.append(Group(_called(members), tuple(members), _relations(members)))
    groups += _parts(cores)
    groups.sort(key=lambda g: (g.relation is Relation.PART_OF, -len(g.members), g.label))
    n_distinct = sum(len(_needed(members)) for members in cores)
    return Overlap(tuple(forms), tuple(questions), tuple(groups), n_distinct, in_all)


def _cost(questions: Iterable[Question]) -> int:
    """The cells that somebody fills in for them in a year."""
    return sum(q.n_cells * q.times_a_year for q in questions)


def _needed(members: Sequence[Question]) -> tuple[Question, ...]:
    """Of questions for one datum those that one form asks beside each other, at the form that needs most.

    What a form asks side by side in one row (本期 and 上年同期, 计划 and 完成), or for several periods, is not the same
    question twice; what it asks again further down is.
    """
    forms: dict[str, dict[tuple[Span, int], Question]] = defaultdict(dict)
    asked: Counter[tuple[object, ...]] = Counter()
    for member in members:
        beside = 0
        if member.asked.row_path:
            beside = asked[member.file, member.place, member.span]
            asked[member.file, member.place, member.span] += 1
        known = forms[member.file].get((member.span, beside))
        if known is None or _worth(member) > _worth(known):
            forms[member.file][member.span, beside] = member
    most = max(forms.values(), key=lambda form: (_cost(form.values()), max(_worth(one) for one in form.values())))
    return tuple(most.values())


def _worth(question: Question) -> tuple[int, bool]:
    """Which of two questions for one datum stands for both: how often it is asked, and whether its unit is told."""
    return _cost((question,)), bool(question.asked.unit)


def _by_name(questions: Sequence[Question], matcher: Matcher) -> dict[tuple[str, str], list[Question]]:
    """Questions of one name, or of one known datum, that measure the same.

    A name that says nothing alone counts with its table's title.
    """
    same: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for question in questions:
        core = question.core
        known = next(iter(matcher.candidates(question.asked, 1)), None)
        if known and known.score >= _KNOWN:
            core = f"{known.term.key} {question.span if question.span is Span.COMPUTED else ''}{question.subject}"
        elif question.is_vague and not question.subject:
            core = f"{plain(question.asked.title) or question.file} {core}"
        same[core, _measured(question)].append(question)
    return _unmeasured_joined(same)


def _measured(question: Question) -> str:
    """What kind of thing is measured; one name in 户 and in 人 are two data."""
    unit = question.asked.unit
    if not is_measure(unit):
        return ""
    return next((base for base in ("元", "亩", "吨", "米", "%", "人", "户") if factor_between(unit, base)), plain(unit))


def _unmeasured_joined(same: dict[tuple[str, str], list[Question]]) -> dict[tuple[str, str], list[Question]]:
    """A question without its unit goes to the one of its name that has one, if there is just one."""
    measured: dict[str, list[str]] = defaultdict(list)
    for core, unit in same:
        if unit:
            measured[core].append(unit)
    for core, unit in [key for key in same if not key[1]]:
        if len(measured.get(core, ())) == 1:
            same[core, measured[core][0]] += same.pop((core, unit))
    return same


def _joined(same: dict[tuple[str, str], list[Question]]) -> list[list[Question]]:
    """Names so alike that they mean the same are put together, each name with its likest."""
    keys = list(same)
    index: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        for pair in same[key][0].pairs:
            index[pair].append(number)
    leader = list(range(len(keys)))

    def head(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    for number in range(len(keys)):
        for other in _alike(number, keys, same, index):
            leader[head(other)] = head(number)
    joined: dict[int, list[Question]] = defaultdict(list)
    for number, key in enumerate(keys):
        joined[head(number)] += same[key]
    return list(joined.values())


def _alike(
    number: int,
    keys: Sequence[tuple[str, str]],
    same: dict[tuple[str, str], list[Question]],
    index: dict[str, list[int]],
) -> list[int]:
    """The later names that mean the same as this one, by their characters."""
    core, unit = keys[number]
    mine = same[keys[number]][0]
    if " " in core or len(core) < 4:
        return []
    shared = Counter(other for pair in mine.pairs if len(index[pair]) < 400 for other in index[pair] if other > number)
    found = []
    for other, n_shared in shared.items():
        name, its_unit = keys[other]
        theirs = same[keys[other]][0]
        if its_unit != unit or " " in name or n_shared * 2 < len(mine.pairs) or theirs.turns != mine.turns:
            continue
        if (
            (mine.span, mine.subject) == (theirs.span, theirs.subject)
            and Indel.normalized_similarity(*_own(core, name, mine, theirs), score_cutoff=_ALIKE)
            and _adds(core, name)
        ):
            found.append(other)
    return found


def _own(core: str, name: str, mine: Question, theirs: Question) -> tuple[str, str]:
    """Both names without the heading they stand under together: 土地情况 makes 耕地面积 and 林地面积 no more alike."""
    first, its_first = label(mine.path[0]).core, label(theirs.path[0]).core
    shared = first if first == its_first and core != first and name != first else ""
    return core.removeprefix(shared), name.removeprefix(shared)


def _adds(core: str, name: str) -> bool:
    """Whether the difference is only in words that add nothing: digits and letters always mean something else."""
    mine, theirs = set(core) - set(name), set(name) - set(core)
    return not any(
        c.isascii() or c in "一二三四五六七八九十甲乙丙丁东西南北左右上下前后大小多少新旧" for c in mine | theirs
    )


def _relations(members: Sequence[Question]) -> tuple[Relation, ...]:
    """Of each to the one that is asked by the most forms in the same way: the first of them, rather of this year."""
    askers: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for member in members:
        askers[_way(member)].add(member.file)
    usual = max(members, key=lambda member: (len(askers[_way(member)]), member.span is Span.NOW))
    return tuple(_relation(usual, member) for member in members)


def _way(question: Question) -> tuple[object, ...]:
    """How a datum is asked."""
    return question.core, plain(question.asked.unit), question.span, question.times_a_year


def _relation(one: Question, other: Question) -> Relation:
    if one.core != other.core:
        return Relation.OTHER_NAME
    units = plain(one.asked.unit), plain(other.asked.unit)
    if all(units) and units[0] != units[1]:
        return Relation.OTHER_UNIT
    periods = (one.span, one.times_a_year), (other.span, other.times_a_year)
    return Relation.SAME if periods[0] == periods[1] else Relation.OTHER_PERIOD


def _called(members: Sequence[Question]) -> str:
    """The name that most forms use."""
    return Counter(m.label for m in members).most_common(1)[0][0]


def _parts(cores: Sequence[Sequence[Question]]) -> list[Group]:
    """A datum that one form asks as a part ("其中") of what another form asks as a whole."""
    wholes: dict[str, dict[str, Question]] = defaultdict(dict)  # name → file → question
    for members in cores:
        for member in members:
            wholes[member.core].setdefault(member.file, member)
    groups = []
    for members in cores:
        part = members[0]
        asked_whole = wholes.get(part.outer, {}) if part.outer else {}
        whole = next((q for file, q in asked_whole.items() if file != part.file and q.core != part.core), None)
        if whole:
            groups.append(Group(f"{part.label} ⊂ {whole.label}", (whole, part), (Relation.PART_OF,) * 2))
    return groups
