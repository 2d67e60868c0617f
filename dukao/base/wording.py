"""How periods and lists are written in the reader's language, for all who put them into sentences."""

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dukao.base.periods import Period


def in_english() -> bool:
    return (get_language() or "").startswith("en")


def period_text(key_or_period: int | Period) -> str:
    """`2026年三季度`, in English `Q3 2026`."""
    period = key_or_period if isinstance(key_or_period, Period) else Period(key_or_period)
    if not in_english():
        return period.label
    if period.type == "quarter":
        return f"Q{period.key % 10} {period.year}"
    return date_format(period.starts_on, {"year": "Y", "month": "F Y", "day": "j F Y"}[period.type])


def joined(texts: Iterable[str]) -> str:
    """`税务局、民政局`."""
    return _("、").join(texts)


def with_note(text: object, note: object) -> str:
    """`季度经济运行（2026年三季度）`."""
    return _("{text}（{note}）").format(text=text, note=note)
