"""Words that rules speak: a Chinese msgid with its parameters; `wording.say` renders the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dukao.base.periods import Period


def _noop(text: str) -> str:
    """Mark a text for translation without translating it."""
    return text


@dataclass(frozen=True, slots=True)
class Words:
    """Parameters may be words themselves, days, or a tuple that is listed."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.msgid.format(**{name: _plain(value) for name, value in self.params.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return Period.of(value, "day").label
    return "、".join(str(one) for one in value) if isinstance(value, tuple) else value


def words(msgid: str, **params: Any) -> Words:
    return Words(msgid, params)
