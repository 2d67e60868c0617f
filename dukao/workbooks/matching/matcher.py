"""Which term a heading means.

By itself a match is taken only where the whole name agrees and nothing speaks against it: no outer heading that the
term does not know, no other unit of measure, no second term of the same name. Likeness alone only proposes.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from rapidfuzz.distance import Indel

from dukao.workbooks.matching.measures import SCALED, factor_between, is_measure, measure
from dukao.workbooks.matching.terms import SURE, Asked, Candidate, Term
from dukao.workbooks.matching.vocabulary import MEASURED, VAGUE
from dukao.workbooks.matching.words import Label, Span, label, pairs, stem, turns
from dukao.workbooks.tables import Kind
from dukao.workbooks.texts import plain

_SHORTLIST = 40
# Scores say how often such a match is right where it is the likeliest, as `bench/workbooks` counts it (1,200 forms):
# what is only alike is a neighbour (初中学校数, 小学学校数) more often than another name of the same.
_FULL, _ALIAS, _CONFIRMED = 0.998, 0.995, 1.0
_UNSAID_UNIT, _VAGUE, _INHERITED, _OTHER_KIND, _STRANGE_OUTER = 0.97, 0.9, 0.9, 0.8, 0.5
_NAMESAKE, _BARE, _PART_OF_PATH, _OTHER_UNIT, _OTHER_SPAN = 0.7, 0.6, 0.28, 0.0, 0.0
# Names less alike than this, or alike with something that speaks against it, were right once in a hundred; so was the
# second one, but for those nearly as much alike as the first.
_ALIKE, _LEAST_LIKE, _NEARLY = 0.25, 0.5, 0.03
# Less likely than this nobody is asked about.
_LEAST = 0.1
_BRACKETED = re.compile(r"\([^()]*\)")
# 60岁, 第一产业: names alike but for these are neighbours.
_NUMBER = re.compile(r"\d+(?:\.\d+)?|[一二三四五六七八九十]+(?=[级类期等档批产孩])")
_WORDS_OF_NUMBERS = frozenset((Kind.NUMBER, Kind.PERCENT))


@dataclass(frozen=True)
class _Name:
    term: Term
    label: Label
    is_title: bool


class Matcher:
    """Finds the terms that a slot may ask for.

    `confirmed`: signature of an `Asked` → key of the term that a person chose; `never`: → keys that a person ruled out.
    """

    def __init__(
        self,
        terms: Iterable[Term],
        confirmed: Mapping[str, str] | None = None,
        never: Mapping[str, Collection[str]] | None = None,
    ):
        self.terms = {t.key: t for t in terms}
        self._confirmed, self._never = dict(confirmed or {}), dict(never or {})
        self._by_core: dict[str, list[_Name]] = defaultdict(list)
        self._by_pair: dict[str, set[str]] = defaultdict(set)
        for term in self.terms.values():
            for number, text in enumerate(dict.fromkeys(term.names)):
                if core := label(text).core:
                    self._by_core[core].append(_Name(term, label(text), number == 0))
        for core in self._by_core:
            for pair in pairs(core):
                self._by_pair[pair].add(core)
        self._told: dict[Asked, tuple[Candidate, ...]] = {}

    def candidates(self, asked: Asked, most: int = 5) -> tuple[Candidate, ...]:
        """The terms that may be meant, the likeliest first; empty where none is like it."""
        if not self.terms:
            return ()
        if asked not in self._told:
            self._told[asked] = self._candidates(asked)
        return self._told[asked][:most]

    def sure(self, asked: Asked) -> Candidate | None:
        """The term that is meant beyond reasonable doubt, if there is one."""
        found = self.candidates(asked, 1)
        return found[0] if found and found[0].is_sure else None

    def namesakes(self, asked: Asked) -> tuple[Candidate, ...]:
        """The terms of one name that would all be meant; empty where it is one, or where only other names agree."""
        found = tuple(c for c in self.candidates(asked) if c.is_namesake)
        return found if len({label(c.term.title).core for c in found}) == 1 else ()

    def _candidates(self, asked: Asked) -> tuple[Candidate, ...]:
        wording = _Wording.of(asked)
        # What the words mean this year they meant last year.
        chosen = self._confirmed.get(asked.signature) or self._confirmed.get(asked.words)
        if chosen and (term := self.terms.get(chosen)):
            return (Candidate(term, _CONFIRMED, "由人确认过", wording.span),)
        never = {key for said in (asked.signature, asked.words) for key in self._never.get(said, ())}
        best: dict[str, Candidate] = {}
        for name in self._shortlist(wording):
            if name.term.key in never:
                continue
            found = _judged(name, wording, asked)
            if found and (name.term.key not in best or found.score > best[name.term.key].score):
                best[name.term.key] = found
        ranked = sorted(best.values(), key=lambda c: (-c.score, c.term.key))
        ranked = [c for c in ranked if not c.is_only_alike or c.score >= ranked[0].score - _NEARLY * _ALIKE]
        sure = [c for c in ranked if c.is_sure]
        if len(sure) > 1:  # two terms of one name: a person says which
            ranked = [
                replace(c, score=_NAMESAKE, reason=f"{c.reason}，但有 {len(sure)} 个同名", is_namesake=True)
                if c.is_sure else c for c in ranked
            ]  # fmt: skip
        return tuple(ranked)

    def _shortlist(self, wording: "_Wording") -> list[_Name]:
        """Names that share the most neighbouring characters with what is asked; exact ones always."""
        shared: dict[str, int] = defaultdict(int)
        for text in wording.texts:
            for pair in pairs(text):
                for core in self._by_pair.get(pair, ()):
                    shared[core] += 1
        cores = sorted(shared, key=lambda core: (-shared[core] / (len(core) + 2), core))[:_SHORTLIST]
        exact = [text for text in (*wording.texts, *wording.inherited) if text in self._by_core]
        return [name for core in dict.fromkeys((*exact, *cores)) for name in self._by_core[core]]


@dataclass(frozen=True)
class _Wording:
    """The words of a question: the whole name, its own last part, and the outer parts that the whole adds."""

    whole: str
    own: str
    outer: tuple[str, ...]
    unit: str
    span: Span
    has_two_spans: bool

    @classmethod
    def of(cls, asked: Asked) -> "_Wording":
        labels = [label(part) for part in (*asked.row_path, *asked.path)]
        said = [one.core for one in labels if not one.is_generic]
        spans = {one.span for one in labels} - {Span.NOW}
        span = Span.COMPUTED if len(spans) > 1 or Span.COMPUTED in spans else next(iter(spans), Span.NOW)
        unit = asked.unit or next((one.unit for one in reversed(labels) if one.unit), "")
        own = said[-1] if said else ""
        return cls(stem("".join(dict.fromkeys(said))), own, tuple(said[:-1]), unit, span, len(spans) > 1)

    @property
    def ends(self) -> dict[str, tuple[str, ...]]:
        """The own name, alone and behind its nearest outer ones → the outer ones that are left."""
        n = len(self.outer)
        return {stem("".join(self.outer[at:]) + self.own): self.outer[:at] for at in range(1, n + 1)}

    @property
    def bare(self) -> str:
        """The whole name without what stands in brackets."""
        return stem(_BRACKETED.sub("", self.whole))

    @property
    def item(self) -> str:
        """Row 增值税, column 金额: the name without the word that only says what is measured; else empty."""
        return "".join(self.outer) if self.own in MEASURED else ""

    @property
    def inherited(self) -> tuple[str, ...]:
        """粮食播种面积, 其中: 玉米 asks 玉米播种面积: the own name before each end of the outer one."""
        return tuple(self.own + self.outer[-1][at:] for at in range(1, len(self.outer[-1]) - 1)) if self.outer else ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All readings worth looking up, the whole name first."""
        texts = [self.whole, self.own, *self.ends]
        if self.outer:
            texts += [self.own + self.outer[-1], self.outer[-1], self.item]
        return tuple(dict.fromkeys(filter(None, (*texts, self.bare))))

    @property
    def telling(self) -> tuple[str, ...]:
        """The readings that a name may be like: an outer heading alone tells nothing, nor does a vague word."""
        alone = {self.outer[-1]} - {self.whole, self.own, self.item} if self.outer else set()
        return tuple(text for text in self.texts if text not in alone and text not in VAGUE)


def _judged(name: _Name, wording: _Wording, asked: Asked) -> Candidate | None:
    """How well one name of a term fits, with all that speaks for and against it."""
    score, reason = _likeness(name, wording, asked)
    is_only_alike = score < _PART_OF_PATH
    for against in (_by_unit, _by_kind, _by_span):
        limit, objection = against(name, wording, asked)
        if limit < score:
            score = limit
        if objection and is_only_alike:
            return None
        reason += objection
    if score < _LEAST:
        return None
    span = Span.NOW if name.label.span == wording.span else wording.span
    return Candidate(name.term, round(score, 3), reason, span, is_only_alike=is_only_alike)


def _likeness(name: _Name, wording: _Wording, asked: Asked) -> tuple[float, str]:
    core = name.label.core
    called = "名称相同" if name.is_title else f"是“{name.term.title}”的别名"
    full = _FULL if name.is_title else _ALIAS
    context = plain(f"{name.term.section}{name.term.title}")
    if core == wording.whole:
        if core in VAGUE and not _shares(asked.title, context):
            return _VAGUE, f"{called}，但这个名称太笼统"
        return full, called
    if core in wording.ends:
        strange = [p for p in wording.ends[core] if p not in context and p not in core and not _shares(p, context)]
        if strange:
            return _STRANGE_OUTER, f"{called}，但上级栏目“{strange[-1]}”不同"
        return (_VAGUE, f"{called}，但这个名称太笼统") if core in VAGUE else (full, f"{called}，栏目也相符")
    if core == wording.item and factor_between(name.term.unit, MEASURED[wording.own]) is not None:
        return full, called
    if core in wording.inherited:
        return _INHERITED, f"{called}（承接上级栏目）"
    if core in wording.texts:
        return _PART_OF_PATH, f"{called}，只看了部分栏目"
    if core == wording.bare:
        return _BARE, f"{called}，但没有看括号里的话"
    return _similarity(core, wording)


def _similarity(core: str, wording: _Wording) -> tuple[float, str]:
    """Likeness of characters, in order and in pairs; words that turn the meaning count against it.

    Where both name a number and not the same one, they are not alike: 60岁以上老年人, 80岁以上老年人.
    """
    best = 0.0
    numbers = set(_NUMBER.findall(core))
    for text in wording.telling:
        if numbers and (said := set(_NUMBER.findall(text))) and said != numbers:
            continue
        mine, theirs = pairs(text), pairs(core)
        dice = 2 * len(mine & theirs) / (len(mine) + len(theirs))
        likeness = (dice + Indel.normalized_similarity(text, core)) / 2
        if turns(text) != turns(core):
            likeness *= 0.6
        best = max(best, likeness)
    return _ALIKE * best if best >= _LEAST_LIKE else 0.0, f"名称相近（{best:.0%}）"


def _shares(text: str, context: str) -> bool:
    """Whether two neighbouring characters of the text stand in the context."""
    core = label(text).core
    return any(pair in context for pair in pairs(core)) if len(core) > 1 else False


def _by_unit(name: _Name, wording: _Wording, asked: Asked) -> tuple[float, str]:
    unit = name.term.unit
    if not unit and not wording.unit:
        return 1.0, ""
    if unit and wording.unit:
        if factor_between(unit, wording.unit) is not None:
            return (1.0, "") if plain(unit) == plain(wording.unit) else (SURE, f"，单位由{unit}换算为{wording.unit}")
        if is_measure(unit) and is_measure(wording.unit):
            return _OTHER_UNIT, f"，但单位是{wording.unit}，不是{unit}"
        return _BARE, f"，但单位“{wording.unit}”无法和{unit}比较"
    known = measure(unit or wording.unit)
    # A sum of money without its unit may be 元 or 万元, a harvest 公斤 or 吨: nobody guesses by a factor of thousands.
    # So may people be counted by the ten thousand.
    if known and (known[0] in SCALED or known[1] > 1) and asked.kind is not Kind.TEXT:
        if unit:
            return _UNSAID_UNIT, f"，但表上没有写单位（已有数据是{unit}）"
        return _UNSAID_UNIT, f"，但已有数据没有写单位（表上是{wording.unit}）"
    return 1.0, ""


def _by_kind(name: _Name, wording: _Wording, asked: Asked) -> tuple[float, str]:
    mine, theirs = asked.kind, name.term.kind
    if is_measure(wording.unit) and is_measure(name.term.unit):  # units of measure say it better than a guess
        return 1.0, ""
    if Kind.UNKNOWN in (mine, theirs) or mine == theirs:
        return 1.0, ""
    if (mine in _WORDS_OF_NUMBERS) != (theirs in _WORDS_OF_NUMBERS) and Kind.SERIAL not in (mine, theirs):
        return _OTHER_KIND, "，但一个是数，一个不是"
    return 1.0, ""


def _by_span(name: _Name, wording: _Wording, asked: Asked) -> tuple[float, str]:
    if name.label.span == wording.span and not wording.has_two_spans:
        return 1.0, ""
    if wording.span is Span.COMPUTED:
        return _OTHER_SPAN, "，但表上问的是变化，要由别的数算出"
    if name.label.span is not Span.NOW:
        return _OTHER_SPAN, "，但时期口径不同"
    return 1.0, ""
