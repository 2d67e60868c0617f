"""Words that rules speak: a Chinese msgid with its parameters; whoever shows them renders the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def _noop(text: str) -> str:
    """Mark a text for translation without translating it."""
    return text


@dataclass(frozen=True, slots=True)
class Words:
    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        params = {name: "、".join(value) if isinstance(value, tuple) else value for name, value in self.params.items()}
        return self.msgid.format(**params)


def words(msgid: str, **params: Any) -> Words:
    return Words(msgid, params)
