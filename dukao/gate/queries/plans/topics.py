"""The topics of inspections, as topics.yaml gives them."""

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from dukao.base.wording import in_english
from dukao.gate.rules.topics import Topic

_FILE = Path(__file__).parents[2] / "topics.yaml"


@lru_cache(maxsize=1)
def topics() -> dict[str, Topic]:
    """Public: every topic by its code, in the order of the file."""
    entries = TypeAdapter(list[Topic]).validate_python(yaml.safe_load(_FILE.read_text("utf-8")))
    assert len({entry.code for entry in entries}) == len(entries), "a topic is written twice"
    return {entry.code: entry for entry in entries}


def topic_title(code: str) -> str:
    """Public: what the topic is called in the reader's language; a topic that is gone keeps its code."""
    topic = topics().get(code)
    return code if topic is None else topic.title_en if in_english() else topic.title
