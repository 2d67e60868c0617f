"""What shows that a milestone is reached: data that are held, an issued document; words only where nothing is held."""

from dataclasses import asdict, dataclass
from datetime import date

from django.utils.translation import gettext as _

from dukao.base.periods import Period, PeriodType
from dukao.base.quantities import text_from_scaled
from dukao.base.wording import in_english, joined, period_text
from dukao.gate import queries as gate
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.registers import queries as registers


@dataclass(frozen=True, slots=True)
class Evidence:
    """As it was on the day it was told. `source` is where a reading comes from; `element`, `unit_code` and `period`
    lead to it, `number` to a document.
    """

    kind: str  # reading, document, words
    title: str
    text: str = ""
    source: str = ""
    element: str = ""
    unit_code: str = ""
    period: str = ""
    number: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def reading(*, element: str, unit: UnitView, period: Period) -> Evidence | None:
    """Internal: the datum of the unit and period as it is held; None where nothing is, or it is not to be seen."""
    found = registers.elements_by_code([element]).get(element)
    if found is None or found.sensitivity == "sensitive":
        return None
    parts = _parts(found.period_type, period)
    figures = registers.figures(element_ids=[found.id], periods=[p.key for p in parts], unit_ids=[unit.id])
    if not figures:
        return None
    newest = max(figures, key=lambda cell: cell[1])
    total = figures[newest].sum if found.over_periods == "last" else sum(one.sum for one in figures.values())
    behind = registers.sources_of_cells(
        scope_path=unit.path, element_ids=[found.id], periods=[key for _element, key, _unit in figures]
    )  # fmt: skip
    names = dict.fromkeys(s.provider_name for ones in behind.values() for s in ones)
    return Evidence(
        kind="reading", title=f"{unit.name} · {period_text(period)} · "
        + (found.title_en if found.title_en and in_english() else found.title),
        text=f"{text_from_scaled(total, found.decimals)} {found.measure_unit}".strip(),
        # What no department delivered was filled in by units below.
        source=joined(names) if names else _("报表填报"), element=element, unit_code=unit.code, period=period.code,
    )  # fmt: skip


def issued_document(*, number: str, viewer: Actor, today: date) -> Evidence | None:
    """Internal: a document that has been issued and that the viewer may read. Raises NotThere."""
    line = gate.document(number=number, viewer=viewer, today=today).line
    if line.issued_at is None:
        return None
    return Evidence(kind="document", title=line.title, text=line.document_number, number=number)


def _parts(period_type: str, period: Period) -> tuple[Period, ...]:
    """The element's own periods within the one asked for; that one itself where it is no longer than them."""
    order: tuple[PeriodType, ...] = ("day", "month", "quarter", "year")
    finer = next((one for one in order[: order.index(period.type)] if one == period_type), None)
    return tuple(period.parts(finer)) if finer else (period,)
