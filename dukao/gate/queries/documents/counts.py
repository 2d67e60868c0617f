"""How many documents each department issued, beside last year and the baseline year; by code, no ranking."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from dukao.base.findings import Finding
from dukao.gate.models import Baseline, Document, Quota
from dukao.gate.queries.documents.seeing import registered
from dukao.gate.rules.documents import CHANNELS, Standing, baseline_cap_of, cap_of
from dukao.gate.rules.quotas import DOCUMENTS
from dukao.law import queries as law
from dukao.org import queries as org
from dukao.org.rules import Actor


@dataclass(frozen=True, slots=True)
class DocumentCount:
    """A department's year. `cap`: the most that this year may have; `baseline_cap`: what the baseline year's number
    was to come down to. None where it is not known."""

    department_code: str
    department_name: str
    by_channel: dict[str, int]
    standing: Standing
    cap: int | None
    baseline_cap: int | None
    is_synthetic: bool


@dataclass(frozen=True, slots=True)
class Counting:
    """All departments' counts of a year, with what the formulas are made of."""

    year: int
    baseline_year: int
    baseline_percent_most: int
    growth_percent_most: int
    source: str
    rows: tuple[DocumentCount, ...]


def document_counts(*, viewer: Actor, year: int) -> Counting:
    """Departments that issued anything, or have a baseline: a department sees its own, the supervision office all."""
    rule = law.rule("DOC-3", date(year, 12, 31))
    baseline_year = rule.parameters["baseline_year"]
    issued, synthetic = _issued(viewer, year)
    before = _issued(viewer, year - 1)[0]
    known = {
        (code, on): count
        for code, on, count in Baseline.objects.filter(
            kind="document", department__isnull=False, year__in=(year - 1, baseline_year)
        ).values_list("department__code", "year", "count")
    }
    rows = []
    for department in org.departments(viewer=viewer):
        code = department.code
        if not _may_see(viewer, code) or not (issued.get(code) or before.get(code) or (code, baseline_year) in known):
            continue
        standing = Standing(
            year=year, issued=issued.get(code, Counter()).total(),
            last_year=known.get((code, year - 1), before.get(code, Counter()).total() or None),
            baseline=known.get((code, baseline_year)),
        )  # fmt: skip
        rows.append(DocumentCount(
            code, department.name, {channel: issued.get(code, Counter())[channel] for channel in CHANNELS}, standing,
            cap_of(standing, rule), baseline_cap_of(standing, rule), code in synthetic,
        ))  # fmt: skip
    return Counting(
        year, baseline_year, rule.parameters["baseline_percent_most"], rule.parameters["growth_percent_most"],
        rule.source_text, tuple(rows),
    )  # fmt: skip


def document_quotas_that_differ() -> Iterator[Finding]:
    """For `dukao check`: numbers of a year that are not what the register says."""
    for key, used in Quota.objects.filter(key__startswith=DOCUMENTS).order_by("key").values_list("key", "used"):
        _prefix, code, year = key.split(":")
        counted = Document.objects.filter(
            department__code=code, state=Document.State.ISSUED, issued_at__year=int(year)
        ).count()  # fmt: skip
        if used != counted:
            yield Finding(
                check="gate.documents", where=f"quota:{key}",
                what=_("额度记的是已印发 {used} 件，登记簿里有 {counted} 件").format(used=used, counted=counted),
                todo=_("以登记簿和操作留痕为准；请查明谁直接改过数据库，再按登记簿改正额度"),
            )  # fmt: skip


def _may_see(viewer: Actor, code: str) -> bool:
    own = {standing.department_code for standing in viewer.standings_with("DEMANDS_ISSUE")}
    return viewer.has("DEMANDS_SEE_ALL") or code in own


def _issued(viewer: Actor, year: int) -> tuple[dict[str, Counter[str]], set[str]]:
    """By department and channel; and the departments among whose documents are invented ones."""
    rows = registered(viewer).filter(state=Document.State.ISSUED, issued_at__year=year)
    counted: dict[str, Counter[str]] = {}
    synthetic = set()
    for code, channel, is_synthetic in rows.values_list("department__code", "channel", "is_synthetic"):
        counted.setdefault(code, Counter())[channel] += 1
        if is_synthetic:
            synthetic.add(code)
    return counted, synthetic
