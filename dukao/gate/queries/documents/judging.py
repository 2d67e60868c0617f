"""What the rules say of a draft: its near-duplicates in the register, its department's number, the findings."""

from datetime import date
from typing import Any

from django.db.models import Count

from dukao.base.words import Words
from dukao.gate.models import Band, Baseline, Document
from dukao.gate.rules.documents import RULE_IDS, AlikeDocument, Draft, Finding, Standing, findings_of
from dukao.gate.rules.likeness import bands_of, likeness, shingles_of
from dukao.law import queries as law

# Of those that share a band with a text so many are compared with it, those with the most bands in common first.
_COMPARED_MOST = 64


def alike_documents(*, text: str, percent: int, except_ids: tuple[int, ...] = (), most: int = 3) -> tuple[
    AlikeDocument, ...
]:  # fmt: skip
    """Internal: papers of the register that are alike by at least so much, the most alike first."""
    shingles = shingles_of(text)
    shared = Band.objects.filter(band__in=bands_of(shingles)).exclude(document_id__in=except_ids)
    candidates = shared.values("document_id").annotate(n=Count("document_id")).order_by("-n", "document_id")
    ids = [row["document_id"] for row in candidates[:_COMPARED_MOST]]
    rows = Document.objects.filter(id__in=ids).values_list("number", "title", "channel", "department__name", "text")
    found = [
        AlikeDocument(number, title, channel, department, likeness(shingles, shingles_of(body)))
        for number, title, channel, department, body in rows
    ]
    enough = [other for other in found if other.likeness.at_least(percent)]
    return tuple(sorted(enough, key=lambda other: (-other.likeness.part / other.likeness.whole, other.number))[:most])


def standing_of(*, department_id: int, on: date) -> Standing:
    """Internal: how many documents the department has issued in the year of the day, and before."""
    known = dict(
        Baseline.objects.filter(department_id=department_id, kind="document").values_list("year", "count")
    )  # fmt: skip
    return Standing(
        year=on.year, issued=_issued(department_id, on.year),
        # Where nothing at all is on record of last year, there is no number to stay below.
        last_year=known.get(on.year - 1, _issued(department_id, on.year - 1) or None),
        baseline=known.get(law.rule("DOC-3", on).parameters["baseline_year"]),
    )  # fmt: skip


def is_lifted(finding: Finding, document: Document) -> bool:
    """Internal: whether what the rule asks for has been given, so that it no longer stands in the way."""
    if finding.lifted_by == "approval":
        return document.allowed_at is not None
    return finding.lifted_by == "excuse" and bool(document.excuse)


def judged(document: Document, on: date) -> tuple[Finding, ...]:
    """Internal: everything the rules in force on the day say of a draft."""
    rules = {id: law.rule(id, on) for id in RULE_IDS}
    spared = tuple(id for id in (document.pk, document.superior_id) if id is not None)
    draft = Draft(
        title=document.title, channel=document.channel, kind=document.kind, text=document.text,
        standing=standing_of(department_id=document.department_id, on=on),
        alike=alike_documents(
            text=document.text, percent=rules["DOC-4"].parameters["similarity_percent"], except_ids=spared
        ),
        superior_text=document.superior.text if document.superior else document.superior_text,
        assessment=document.assessment,
    )  # fmt: skip
    return findings_of(draft, rules)


def heard(kept: dict[str, Any]) -> Words:
    """Internal: words as they are kept in a row, so that they can be said in another language later."""
    return Words(kept["msgid"], {name: _words(value) for name, value in kept["params"].items()})


def _words(value: Any) -> Any:
    if isinstance(value, dict):
        return heard(value)
    return tuple(_words(one) for one in value) if isinstance(value, list) else value


def _issued(department_id: int, year: int) -> int:
    return Document.objects.filter(
        department_id=department_id, state=Document.State.ISSUED, issued_at__year=year
    ).count()
