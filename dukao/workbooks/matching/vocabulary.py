"""The words that headings are made of, from `words.yaml`."""

from pathlib import Path

import yaml

from dukao.workbooks.texts import plain

_WORDS = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))

# Phrase and name of its span, the longest first: 上年同期 is not 上年.
SPANS: tuple[tuple[str, str], ...] = tuple(
    sorted(((w, span) for span, words in _WORDS["spans"].items() for w in words), key=lambda one: -len(one[0]))
)
GENERIC = frozenset(map(str, _WORDS["generic"]))
NEUTRAL = frozenset(map(str, _WORDS["neutral"]))
# In a name that ends like a village or a district, and is a kind of them.
NO_PLACES = tuple(map(str, _WORDS["no_places"]))
VAGUE = frozenset(map(str, _WORDS["vague"]))
TURNS: tuple[tuple[str, ...], ...] = tuple(tuple(group) for group in _WORDS["turns"])
COUNTED: tuple[str, ...] = tuple(_WORDS["counted"])
THINGS: tuple[str, ...] = tuple(_WORDS["things"])
# Word → a unit of measure of what it measures.
MEASURED: dict[str, str] = dict(_WORDS["measured"])
# Names of columns, as `texts.plain` has them: whom a row is about, the best kind first; and of when it is.
WHOSE: tuple[frozenset[str], ...] = tuple(frozenset(map(plain, names)) for names in _WORDS["whose"])
# Of those of persons and things, the ones of persons.
OF_PERSONS = frozenset(map(plain, _WORDS["of_persons"]))
# How far down the units are that such a column names; those that are not listed may be of any level.
LEVELS: dict[str, int] = {plain(name): level for level, names in enumerate(_WORDS["levels"], 1) for name in names}
WHEN = frozenset(map(plain, _WORDS["when"]))
TIMES_A_YEAR: tuple[tuple[str, int], ...] = tuple(_WORDS["times_a_year"].items())
OPTIONAL = frozenset(_WORDS["optional"])
PERSONAL: tuple[str, ...] = tuple(_WORDS["personal"])
LIGHT_BEFORE: tuple[str, ...] = tuple(_WORDS["light"]["before"])
LIGHT_AFTER: tuple[str, ...] = tuple(sorted(_WORDS["light"]["after"], key=len, reverse=True))
