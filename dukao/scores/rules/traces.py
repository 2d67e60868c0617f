"""Whether a name, a definition or what is counted behind it is a trace of work instead of a result (KPI-2).

A trace is known by its word wherever it stands (打卡), by its noun where that is counted or carried out (会议次数,
会议召开率), and by its sound (签道率). Less of it is a result (会议精简率), and so is what came of it
(检查发现问题整改率). The words are data (`traces.yaml`), beside those of the profile.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Annotated

from pydantic import Field

from dukao.base.definitions import CODE_PATTERN, Definition

_CLAUSE = re.compile(r"[，。；、,;/|\n]+")
_BETWEEN_LATIN = re.compile(r"(?<=[a-z])[\s_\-]+(?=[a-z])")
_FILLING = re.compile(r"[\s·•・_\-—~～*＊.。‧'\"“”《》〈〉（）()【】\[\]]")
_BOUNDARY = "\x00"  # between words of Latin letters, where filling stood
_NEAR, _BEHIND = 8, 5
_LESS_BEHIND = 8
_NAME_MOST = 30  # a longer text is prose, in which any two syllables meet by chance
_UNWANTED = re.compile(
    r"(?:不得|不以|不再|不看|不把|严禁|禁止|杜绝|整治|清理|取消|纠正|防止|避免|减少|无效|无需|不必).{0,6}$"
)

Sounds = Callable[[str], Sequence[str]]
Words = Callable[[str], Iterable[str]]


class FamilyDefinition(Definition):
    """Words of one kind of trace. Any word with this `ending` is a noun too, unless the ending is part of another word:
    every 会 is a meeting (碰头会, 院坝会) that is no 社会, 机会 or 会计.
    """

    code: Annotated[str, Field(pattern=CODE_PATTERN)]
    title: Annotated[str, Field(min_length=1, max_length=60)]
    always: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    ending: str = ""
    ending_not: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()


class VocabularyDefinition(Definition):
    families: tuple[FamilyDefinition, ...]
    acts: tuple[str, ...]
    counts: tuple[str, ...]
    done: tuple[str, ...]
    doing: tuple[str, ...]
    degrees: tuple[str, ...]
    less: tuple[str, ...]
    results: tuple[str, ...]
    harmless: tuple[str, ...]
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What was found: the words as they stand there, and the kind of trace (title of its family)."""

    word: str
    family: str


@dataclass(frozen=True)
class _Family:
    title: str
    always: re.Pattern[str] | None
    counted: re.Pattern[str] | None
    recorded: re.Pattern[str] | None
    sounds: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Vocabulary:
    """The words made ready. `sound_of` gives a text's syllables, one per character; `words_of` cuts it into words."""

    families: tuple[_Family, ...]
    less: re.Pattern[str]
    results: re.Pattern[str]
    harmless: re.Pattern[str]
    sound_of: Sounds = field(repr=False)
    words_of: Words = field(repr=False)


def vocabulary(
    definition: VocabularyDefinition, *, words_refused: Iterable[str], sound_of: Sounds, words_of: Words
) -> Vocabulary:
    """The vocabulary with the profile's own words beside it."""
    families = [_family(one, definition, sound_of) for one in definition.families]
    profile = _Family("规则点名的痕迹", _any(words_refused), None, None, ())
    return Vocabulary(
        families=(*families, profile), less=_some(definition.less), results=_some(definition.results),
        harmless=_some(definition.harmless), sound_of=sound_of, words_of=words_of,
    )  # fmt: skip


def trace_in(text: str, known: Vocabulary) -> Trace | None:
    """The first trace that the text names, or None. Clauses are read by themselves; sounds are listened to in names."""
    by_sound = len(text) <= _NAME_MOST
    for clause in _CLAUSE.split(unicodedata.normalize("NFKC", text)):
        plain = known.harmless.sub("　", _plain(clause))
        if plain and (found := _in_clause(plain, known, by_sound=by_sound)):
            return found
    return None


def records_in(text: str, known: Vocabulary) -> Trace | None:
    """The trace that the rows of a dataset of this name are records of (活动开展记录, 登录日志), or None."""
    plain = known.harmless.sub("　", _plain(text))
    if known.results.search(plain):
        return None
    for family in known.families:
        if family.recorded is not None and (found := family.recorded.search(plain)):
            return Trace(found.group(), family.title)
    return trace_in(text, known)


def _in_clause(plain: str, known: Vocabulary, *, by_sound: bool) -> Trace | None:
    came_of_it = known.results.search(plain) is not None
    for family in known.families:
        if family.always is not None:
            for found in family.always.finditer(plain):
                if not _is_to_be_less(plain, found, known):
                    return Trace(found.group(), family.title)
        if family.counted is not None and not came_of_it:
            for found in family.counted.finditer(plain):
                if not _is_to_be_less(plain, found, known):
                    return Trace(found.group(), family.title)
    return _by_sound(plain, known) if by_sound else None


def _is_to_be_less(plain: str, found: re.Match[str], known: Vocabulary) -> bool:
    before, behind = plain[: found.start()], plain[found.start() : found.end() + _LESS_BEHIND]
    return bool(known.less.search(behind) or _UNWANTED.search(before))


def _by_sound(plain: str, known: Vocabulary) -> Trace | None:
    """Words that sound like one that is looked for and are written with other characters, and cut no word in two."""
    syllables = list(known.sound_of(plain))
    if len(syllables) != len(plain):
        return None
    between = {0, *accumulate(len(word) for word in known.words_of(plain))}
    for family in known.families:
        for word, sound in family.sounds:
            for at in range(len(plain) - len(word) + 1):
                written = plain[at : at + len(word)]
                if (
                    tuple(syllables[at : at + len(word)]) == sound and written != word and written not in _HONEST
                    and {at, at + len(word)} <= between
                ):  # fmt: skip
                    rest = plain[at : at + len(word) + _LESS_BEHIND]
                    if not known.less.search(rest):
                        return Trace(f"{written}（{word}）", family.title)
    return None


# Words of their own that sound like a trace.
_HONEST = frozenset({"失学时", "健保", "联署", "基础", "及其", "大卡"})


def _family(one: FamilyDefinition, all_words: VocabularyDefinition, sound_of: Sounds) -> _Family:
    nouns, acts = _nouns(one), _alternatives((*one.acts, *all_words.acts))
    counts, done = _alternatives(all_words.counts), _alternatives((*all_words.done, *_degrees(all_words)))
    kept = _alternatives(all_words.records)
    counted = recorded = None
    if nouns:
        # Counted behind; carried out in front; carried out behind and rated.
        counted = re.compile(
            rf"(?:{nouns})[^，。]{{0,{_BEHIND}}}?(?:{counts}|{done})(?![据字目额值])"
            rf"|(?:{acts})[^，。]{{0,{_NEAR}}}?(?:{nouns})"
            rf"|(?:{nouns})[^，。]{{0,{_BEHIND}}}?(?:{acts})(?:率|数|量|情况|得分|人数|次数|速度|度)"
            rf"|(?:{acts})(?:{nouns})"
        )
        recorded = re.compile(rf"(?:{nouns})[^，。]{{0,{_BEHIND}}}?(?:{kept})")
    return _Family(
        one.title, _any(one.always), counted, recorded,
        tuple((word, tuple(sound_of(word))) for word in one.sounds),
    )  # fmt: skip


def _nouns(one: FamilyDefinition) -> str:
    if not one.ending:
        return _alternatives(one.nouns)
    before = "".join(
        f"(?<!{word[: word.index(one.ending)]})" for word in one.ending_not if not word.startswith(one.ending)
    )
    behind = "".join(word[len(one.ending)] for word in one.ending_not if word.startswith(one.ending))
    return rf"{_alternatives(one.nouns)}|{before}(?<=[\u4e00-\u9fff]){one.ending}(?![{behind}])"


def _degrees(all_words: VocabularyDefinition) -> Iterable[str]:
    """How much of something is being done: 召开 and 率, 坚持 and 情况."""
    return (doing + degree for doing in all_words.doing for degree in all_words.degrees)


def _any(words: Iterable[str]) -> re.Pattern[str] | None:
    found = _alternatives(words)
    return re.compile(found) if found else None


def _some(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(_alternatives(words))


def _plain(text: str) -> str:
    """Without what is put between characters to hide them; one width, one case."""
    same = unicodedata.normalize("NFKC", text).lower()
    return _FILLING.sub("", _BETWEEN_LATIN.sub(_BOUNDARY, same))


@lru_cache(maxsize=256)
def _latin(word: str) -> str:
    """A word of Latin letters only counts where it stands alone."""
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)


def _alternatives(words: Iterable[str]) -> str:
    plain = (_plain(word) for word in words)
    return "|".join(_latin(word) for word in sorted(set(plain), key=lambda word: (-len(word), word)))
