"""Several items of a plan made into one: what the one item then is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dukao.gate.rules.items import ItemDefinition, QuestionEntry, TargetEntry
from dukao.gate.rules.topics import tidy


@dataclass(frozen=True, slots=True)
class Merging:
    """An item to be merged; `reach` are the codes of all units it reaches, named or not."""

    definition: ItemDefinition
    reach: frozenset[str]


def merged(lead: Merging, others: Sequence[Merging], *, scope: str, title: str = "") -> ItemDefinition:
    """The one item that carries the lead and the others; `scope` is a unit above all of them.

    Units are visited once for all: where all targets are named, each as often as its most demanding item says, else as
    often as the largest of the items. Nothing is asked twice. The visit takes as long as the longest of them; the
    window is the one in which all may come, or the lead's where there is none. Basis: none (own convention).
    """
    every = [lead, *others]
    definitions = [one.definition for one in every]
    starts, ends = max(d.starts_on for d in definitions), min(d.ends_on for d in definitions)
    if ends < starts:
        starts, ends = lead.definition.starts_on, lead.definition.ends_on
    targets, visits = _targets(every)
    return lead.definition.model_copy(
        update={
            "title": title or lead.definition.title, "scope": scope, "targets": targets, "visits": visits,
            "starts_on": starts, "ends_on": ends,
            "basis": _listed([d.basis for d in definitions], 300),
            "purpose": _listed([d.purpose for d in definitions], 500),
            "questions": _once([q for d in definitions for q in d.questions]),
            "criteria": tuple({tidy(text): text for d in definitions for text in d.criteria}.values()),
            "minutes_per_visit": max(d.minutes_per_visit for d in definitions),
        }
    )  # fmt: skip


def _targets(every: Sequence[Merging]) -> tuple[tuple[TargetEntry, ...], int]:
    most = max(one.definition.visits_most for one in every)
    whole = [one for one in every if not one.definition.targets]
    if whole and frozenset().union(*(one.reach for one in every)) <= max((one.reach for one in whole), key=len):
        return (), most
    wanted: dict[str, int] = {}
    for one in every:
        named: Mapping[str, int] = {target.unit: target.visits for target in one.definition.targets}
        for code in one.reach:
            wanted[code] = max(wanted.get(code, 0), named.get(code, 1))
    in_all = sum(one.definition.visits_most for one in every)
    return tuple(TargetEntry(unit=code, visits=wanted[code]) for code in sorted(wanted)), min(
        in_all, sum(wanted.values())
    )


def _once(questions: Sequence[QuestionEntry]) -> tuple[QuestionEntry, ...]:
    asked: dict[str, QuestionEntry] = {}
    for question in questions:
        asked.setdefault(question.element or tidy(question.text), question)
    return tuple(asked.values())


def _listed(texts: Sequence[str], most: int) -> str:
    """All that is said, each once; what has no room is left to the merged items, which stay readable."""
    said = ""
    for text in dict.fromkeys(texts):
        longer = f"{said}；{text}" if said else text
        if len(longer) > most:
            break
        said = longer
    return said
