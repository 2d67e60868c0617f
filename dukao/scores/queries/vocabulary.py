"""The words by which traces are known: the house's file with the profile's own, made ready once."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from dukao.base.definitions import checked, read_entries
from dukao.law import queries as law
from dukao.scores.rules.traces import Vocabulary, VocabularyDefinition, vocabulary

_FILE = Path(__file__).parents[1] / "traces.yaml"
_WORDS_OF = ("KPI-2", "INS-7")


def trace_words(on: date) -> Vocabulary:
    """Internal: the vocabulary under the rules of the day."""
    named = tuple(word for rule in _WORDS_OF for word in law.rule(rule, on).parameters["words_refused"])
    return _made(named)


@lru_cache(maxsize=8)
def _made(words_refused: tuple[str, ...]) -> Vocabulary:
    entry = next(read_entries(_FILE))
    definition = checked(VocabularyDefinition, entry.data, place=entry.place)
    return vocabulary(definition, words_refused=words_refused, sound_of=_sound_of, words_of=_words_of)


@lru_cache(maxsize=4096)
def _sound_of(text: str) -> Sequence[str]:
    """A syllable per character, without tones (ü as u); signs stand for themselves; traditional ones sound alike."""
    from pypinyin import lazy_pinyin  # a large dictionary, read only where somebody needs it

    return tuple(one.replace("v", "u") for one in lazy_pinyin(text, errors=lambda signs: list(signs)))  # type: ignore[arg-type, return-value]


def _words_of(text: str) -> Sequence[str]:
    """The text in words, as far as the same dictionary knows them; else character by character."""
    from pypinyin.seg.mmseg import seg

    return tuple(seg.cut(text))
