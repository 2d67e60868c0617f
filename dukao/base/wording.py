"""How periods, lists and what rules say are written in the reader's language, for all who make sentences of them."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.words import Words


def in_english() -> bool:
    return (get_language() or "").startswith("en")


def period_text(key_or_period: int | Period) -> str:
    """`2026年三季度`, in English `Q3 2026`."""
    key = key_or_period.key if isinstance(key_or_period, Period) else key_or_period
    return _period_text(key, in_english())


@lru_cache(maxsize=4096)
def _period_text(key: int, is_english: bool) -> str:
    period = Period(key)
    if not is_english:
        return period.label
    if period.type == "quarter":
        return f"Q{key % 10} {period.year}"
    return date_format(period.starts_on, {"year": "Y", "month": "F Y", "day": "j F Y"}[period.type])


def without_year(period: str) -> str:
    """`2026年7月` inside its quarter is `7月`; `July 2026` is `July`."""
    return (period.rpartition(" ")[0] if in_english() else period.partition("年")[2]) or period


def joined(texts: Iterable[str]) -> str:
    """`税务局、民政局`."""
    return _("、").join(texts)


def with_note(text: object, note: object) -> str:
    """`季度经济运行（2026年三季度）`."""
    return _("{text}（{note}）").format(text=text, note=note)


def said_of(what: object, more: object) -> str:
    """`数据元：新建 3 项`."""
    return _("{what}：{more}").format(what=what, more=more)


def clauses(texts: Iterable[str]) -> str:
    """Several statements in a row: `下级单位相加；取最近一期`."""
    return _("；").join(texts)


def say(words: Words) -> str:
    """What a pure rule says."""
    return _(words.msgid).format(**{name: _said(value) for name, value in words.params.items()})


def _said(value: object) -> object:
    if isinstance(value, Words):
        return say(value)
    if isinstance(value, date):
        return period_text(Period.of(value, "day"))
    return joined(str(_said(one)) for one in value) if isinstance(value, tuple) else value
