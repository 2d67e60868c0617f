"""What the words of a form mean: matched by themselves, said by a person, or ruled out; each is changed with a tap."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.http import QueryDict
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.spoken import spoken
from dukao.base.wording import with_note
from dukao.org.rules import Actor, Standing
from dukao.registers.queries import ElementView
from dukao.sheets import actions
from dukao.sheets.queries import Meanings, PlatformShelf
from dukao.web import doors, words
from dukao.web.measures import measure
from dukao.workbooks.drawing import shown
from dukao.workbooks.matching import Candidate
from dukao.workbooks.planning import Plan, asked_by
from dukao.workbooks.shelf import Known
from dukao.workbooks.tables import Understood

# Lists are cut at these numbers.
MEANT_MOST, FOUND_MOST = 200, 12
_LONGEST_SEARCH = 60


# The words of something that a form asks, the most general first; the element that they mean, and why.
Taken = tuple[tuple[str, ...], str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """What one tap does: `value` is what the button sends, `told` what it would put into the form."""

    value: str
    title: str
    reason: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class MeantLine:
    """Words that this form uses and what is known of their meaning; `act` is what may be done about it here.

    `value` names the element and the words, for `act`; `words` are what another meaning is looked up for.
    """

    label: str
    title: str
    note: str
    value: str
    act: Literal["reject", "forget", ""]
    words: str
    is_never: bool = False


@dataclass(frozen=True, slots=True)
class Chooser:
    """The search for what some words of the form mean; `offers` is what the `text` found."""

    words: str
    label: str
    text: str
    offers: tuple[Offer, ...]


def change(posted: QueryDict, place: Standing, actor: Actor) -> str:
    """Do what a button says about words and an element; answer what to tell. Raises as `sheets.actions` does."""
    for name, act, told in (
        ("confirm", actions.confirm_meaning, _("已记住，{unit}以后都这样填")),
        ("reject", actions.reject_meaning, _("已记住，{unit}以后都不这样填")),
        ("forget", actions.forget_meaning, _("已撤回")),
    ):
        if said := posted.get(name):
            element, _bar, signature = said.partition("|")
            act(signature=signature, element=element, unit=place.unit_code, by=actor, at=doors.now())
            return told.format(unit=place.unit_name)
    return ""


def chooser(posted: QueryDict, labels: Mapping[str, str], shelf: PlatformShelf) -> Chooser | None:
    """The search that is asked for: by its button, or because a match has just been ruled out."""
    wanted = posted.get("choose") or posted.get("reject", "").partition("|")[2]
    if wanted not in labels:
        return None
    text = posted.get("find", "").strip()[:_LONGEST_SEARCH]
    found = shelf.search(text, most=FOUND_MOST)
    return Chooser(wanted, labels[wanted], text, tuple(
        Offer(f"{e.code}|{wanted}", _title(e), e.owner_name) for e in found
    ))  # fmt: skip


def labels_of(form: Understood) -> dict[str, str]:
    """How the form itself puts what it asks: by the words, and by the words with their time."""
    labels: dict[str, str] = {}
    for sheet in form.sheets:
        for one in sheet.tables:
            for slot in one.slots:
                asked = asked_by(one, slot)
                for said in filter(None, (asked.words, asked.signature)):
                    labels.setdefault(said, " › ".join((*asked.row_path, *asked.path)))
    return labels


def offers(
    candidates: Sequence[Candidate],
    words_asked: str,
    elements: Mapping[str, ElementView],
    known: Sequence[Known | None] = (),
) -> tuple[Offer, ...]:
    """The taps that say what the words mean, each with what is known of it."""
    meant = [elements[candidate.term.key] for candidate in candidates]
    titles = [_title(element) for element in meant]
    return tuple(
        Offer(
            f"{element.code}|{words_asked}",
            title if titles.count(title) == 1 else with_note(title, element.owner_name),
            spoken(candidate.reason),
            in_words(one) if one else "",
        )
        for candidate, element, title, one in zip(candidates, meant, titles, known or (None,) * len(meant), strict=True)
    )


def in_words(known: Known) -> str:
    """A value with its unit of measure, its period and its source."""
    value = f"{shown(known.value)} {measure(known.unit)}".rstrip()
    return " · ".join(filter(None, (value, as_of(known.as_of), spoken(known.source))))


def as_of(code: str) -> str:
    """The period of a value in words."""
    return words.period(Period.parse(code)) if code else ""


def meant(
    form: Understood, taken: Iterable[Taken], elements: Mapping[str, ElementView], said: Meanings, own: Meanings
) -> Iterator[MeantLine]:
    """What the form's words were taken to mean, and what people ruled out."""
    labels, told = labels_of(form), set[tuple[str, str]]()
    for signatures, element, reason in taken:
        key = next((s for s in signatures if said.chosen.get(s) == element), signatures[0])
        if (key, element) in told or element not in elements:
            continue
        told.add((key, element))
        is_own = own.chosen.get(key) == element
        is_above = not is_own and said.chosen.get(key) == element
        yield MeantLine(
            labels[key], _title(elements[element]), _("上级确认的") if is_above else spoken(reason), f"{element}|{key}",
            "forget" if is_own else "reject", key,
        )  # fmt: skip
    for key, ruled_out in said.never.items():
        for element in sorted(ruled_out) if key in labels else ():
            if element in elements:
                is_own = element in own.never.get(key, ())
                yield MeantLine(
                    labels[key], _title(elements[element]), "" if is_own else _("上级说过不是"), f"{element}|{key}",
                    "forget" if is_own else "", key, is_never=True,
                )  # fmt: skip


def taken_in(form: Understood, plan: Plan) -> Iterator[Taken]:
    """What each slot is sure to ask, whether or not there is a value."""
    sure = {(f.sheet, f.row, f.column): (f.term, f.reason) for f in plan.fillings if f.term}
    for gap in plan.gaps:
        if gap.offered and gap.offered[0].is_sure:
            sure[gap.sheet, gap.slot.row, gap.slot.column] = (gap.offered[0].term.key, gap.offered[0].reason)
    for sheet in form.sheets:
        for one in sheet.tables:
            for slot in one.slots:
                if (sheet.name, slot.row, slot.column) in sure:
                    asked = asked_by(one, slot)
                    if asked.words:
                        yield (asked.words, asked.signature), *sure[sheet.name, slot.row, slot.column]


def _title(element: ElementView) -> str:
    title, unit = words.title_of(element), measure(element.measure_unit)
    return with_note(title, unit) if unit else title
