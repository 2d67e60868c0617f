"""Rendering what the pure rules say in the reader's language, and raising it as a refusal."""

from datetime import date

from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.wording import in_english, joined, period_text
from dukao.registers.queries import Source
from dukao.sheets.rules.compiling import Refusal
from dukao.sheets.rules.words import Words


def say(words: Words) -> str:
    return _(words.msgid).format(**{name: _said(value) for name, value in words.params.items()})


def _said(value: object) -> object:
    if isinstance(value, Words):
        return say(value)
    if isinstance(value, date):
        return period_text(Period.of(value, "day"))
    return joined(str(_said(one)) for one in value) if isinstance(value, tuple) else value


def refused_arguments(refusal: Refusal) -> dict[str, str]:
    """Keyword arguments of a `Refused` that tells this refusal."""
    return {
        "what": say(refusal.what),
        "why": say(refusal.why),
        "todo": say(refusal.todo),
        "source": refusal.source,
        "rule": refusal.rule,
    }


def source_text(source: Source) -> str:
    """Who delivered it: the department and its dataset."""
    return f"{source.provider_name} · {source.dataset_title}"


def label_of(label: str, title: str, title_en: str) -> str:
    """What a question is called: in English as its element is, unless the sheet has its own name for it."""
    return title_en if title_en and label == title and in_english() else label


def definition_of(text: str, english: str) -> str:
    """What an element means, in English where its definition has English."""
    return english if english and in_english() else text
