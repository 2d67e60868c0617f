"""Raising what the pure rules say as a refusal, and naming sources and questions in the reader's language."""

from dukao.base.wording import in_english, say
from dukao.registers.queries import Source
from dukao.sheets.rules.compiling import Refusal


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
