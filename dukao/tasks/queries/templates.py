"""The templates of milestones, as templates.yaml gives them."""

from functools import lru_cache
from pathlib import Path

from dukao.base.definitions import checked, read_entries
from dukao.base.wording import in_english
from dukao.tasks.rules.definitions import Template

_FILE = Path(__file__).parents[1] / "templates.yaml"


@lru_cache(maxsize=1)
def templates() -> dict[str, Template]:
    """Public: every template by its code, in the order of the file."""
    return {one.code: one for one in (checked(Template, e.data, place=e.place) for e in read_entries(_FILE))}


def template_title(code: str) -> str:
    """Public: in the reader's language; a template that is gone keeps its code."""
    found = templates().get(code)
    return code if found is None else found.title_en if in_english() else found.title
