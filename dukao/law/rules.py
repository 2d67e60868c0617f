"""What a rule profile is, and which of a rule's dated parameters hold on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Action = Literal["refuse", "warn", "info"]
# A parameter whose basis is this is a convention of the house, not a rule of law.
OWN_CONVENTION = "own"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ArticleEntry(_Strict):
    number: str
    label: str
    says: str
    verified: bool


class SourceEntry(_Strict):
    """An entry of `sources.yaml`: a law or circular and the articles that rules cite."""

    code: str
    title: str
    edition: str
    articles: list[ArticleEntry] = Field(min_length=1)


class ParameterEntry(_Strict):
    """One value of a parameter, in force from `valid_from` (to `valid_to`, exclusive)."""

    value: bool | int | str | list[str]
    unit: str = Field(min_length=1)
    valid_from: date
    valid_to: date | None = None
    basis: str
    verified: bool


class RuleEntry(_Strict):
    id: str
    title: str
    action: Action
    sources: list[str]
    parameters: dict[str, list[ParameterEntry]]


class ProfileEntry(_Strict):
    """A file of `profiles/`: rules by id. What it does not name, rules or parameters, is as in the one it extends."""

    profile: str
    title: str
    extends: str = ""
    rules: list[RuleEntry]


@dataclass(frozen=True, slots=True)
class Source:
    """A cited article. `text` is how a refusal names it."""

    code: str
    title: str
    edition: str
    article: str
    says: str
    verified: bool

    @property
    def text(self) -> str:
        doubt = "" if self.verified else "（条号待核对）"
        return f"《{self.title}》{self.article}{doubt}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it holds on one day. `parameters` are plain values by name."""

    id: str
    title: str
    action: Action
    parameters: Mapping[str, Any]
    sources: tuple[Source, ...]

    @property
    def source_text(self) -> str:
        """All sources as one line; says so where the rule is the house's own convention."""
        return "、".join(source.text for source in self.sources) or "本平台约定"


def source_named(reference: str, sources: Mapping[str, SourceEntry]) -> Source:
    """Resolve `statistics-law#17`. Raises LookupError where it leads nowhere."""
    code, _, number = reference.partition("#")
    for article in sources[code].articles if code in sources else ():
        if article.number == number:
            entry = sources[code]
            return Source(code=reference, title=entry.title, edition=entry.edition, article=article.label,
                          says=article.says, verified=article.verified)  # fmt: skip
    raise LookupError(f"no source {reference!r}")


def value_on(name: str, entries: list[ParameterEntry], on: date) -> Any:
    """The value in force on the day. Raises LookupError where there is none, ValueError where there are two."""
    hold = [e.value for e in entries if e.valid_from <= on and (e.valid_to is None or on < e.valid_to)]
    if not hold:
        raise LookupError(f"parameter {name!r} has no value on {on}")
    if len(hold) > 1:
        raise ValueError(f"parameter {name!r} has {len(hold)} values on {on}")
    return hold[0]


def rule_on(entry: RuleEntry, sources: Mapping[str, SourceEntry], on: date) -> Rule:
    return Rule(
        id=entry.id, title=entry.title, action=entry.action,
        parameters=MappingProxyType({name: value_on(name, given, on) for name, given in entry.parameters.items()}),
        sources=tuple(source_named(reference, sources) for reference in entry.sources),
    )  # fmt: skip
