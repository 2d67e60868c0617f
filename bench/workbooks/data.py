"""The data that the forms ask, and the terms that a matcher is told of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dukao.workbooks.matching import Term
from dukao.workbooks.tables import Kind


@dataclass(frozen=True)
class Datum:
    """Something that can be asked. Of subject and measure (玉米, 产量), or single."""

    key: str
    title: str
    unit: str = ""
    section: str = ""
    subject: str = ""
    measure: str = ""
    kind: Kind = Kind.NUMBER
    codes: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    is_held: bool = True


@cache
def words() -> dict[str, Any]:
    return dict(yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")))


@cache
def data() -> tuple[Datum, ...]:
    return tuple(_figures())


@cache
def fields(about: str) -> tuple[Datum, ...]:
    """What is asked of each `person` or `project`."""
    return tuple(_single(about, one) for one in words()["fields"][about])


@cache
def choices() -> tuple[Datum, ...]:
    """What a village is asked to choose or to tick."""
    return tuple(_single("村情", {"kind": "code", **one}) for one in words()["choices"])


@cache
def by_section() -> dict[str, tuple[Datum, ...]]:
    return {name: tuple(d for d in data() if d.section == name) for name in words()["sections"]}


def terms() -> tuple[Term, ...]:
    """What the matcher knows: everything held, by its title and its known names."""
    held = [d for d in (*data(), *fields("person"), *fields("project"), *choices()) if d.is_held]
    return tuple(Term(d.key, (d.title, *d.known), d.unit, d.kind, d.section) for d in held)


def _figures() -> Iterator[Datum]:
    for section, content in words()["sections"].items():
        for subject, measures in content.get("subjects", {}).items():
            for measure, unit in measures.items():
                called = tuple(subject + other for other in words()["measures"].get(measure, ()))
                title = subject + measure
                yield Datum(f"{section}.{title}", title, unit, section, subject, measure, known=called)
        for one in content.get("single", ()):
            yield _single(section, one)


def _single(section: str, said: dict[str, Any]) -> Datum:
    return Datum(
        f"{section}.{said['title']}", said["title"], said.get("unit", ""), section,
        kind=Kind(said.get("kind", "number")), codes=tuple(said.get("codes", ())), known=tuple(said.get("known", ())),
        unknown=tuple(said.get("unknown", ())), also=tuple(said.get("also", ())), is_held=said.get("held", True),
    )  # fmt: skip
