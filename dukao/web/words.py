"""Words that several desks share: levels, days, minutes and states as people say them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext, ngettext_lazy, pgettext_lazy

from dukao.base.periods import Period
from dukao.base.wording import in_english, period_text
from dukao.web.figures import NO_BREAK
from dukao.web.tables import Tone

HOUR = 6_000  # in minutes × 100, as all times here
LEVELS = {0: _l("全国"), 1: _l("省"), 2: _l("市"), 3: _l("县（区）"), 4: _l("乡镇（街道）"), 5: _l("村（社区）")}
_COUNTED = {
    0: ngettext_lazy("{n:,} 个国家", "{n:,} 个国家", "n"),
    1: ngettext_lazy("{n:,} 个省", "{n:,} 个省", "n"),
    2: ngettext_lazy("{n:,} 个市", "{n:,} 个市", "n"),
    3: ngettext_lazy("{n:,} 个县（区）", "{n:,} 个县（区）", "n"),
    4: ngettext_lazy("{n:,} 个乡镇（街道）", "{n:,} 个乡镇（街道）", "n"),
    5: ngettext_lazy("{n:,} 个村（社区）", "{n:,} 个村（社区）", "n"),
}
LEVEL_NAMES = ("country", "province", "city", "county", "town", "village")
PERIOD_TYPES = {
    "year": pgettext_lazy("期别", "年"), "quarter": pgettext_lazy("期别", "季"), "month": pgettext_lazy("期别", "月"),
    "day": pgettext_lazy("期别", "日"),
}  # fmt: skip
ABOUT = {
    "unit": _l("单位"), "person": _l("个人"), "household": _l("户"), "enterprise": _l("企业"), "asset": _l("资产"),
}  # fmt: skip
KINDS = {"number": _l("数字"), "text": _l("文字"), "code": _l("代码")}
OVER_UNITS = {"sum": _l("各单位相加"), "mean": _l("各单位取平均"), "none": _l("不汇总")}
OVER_PERIODS = {"sum": _l("各期相加"), "mean": _l("各期取平均"), "last": _l("取最近一期"), "none": _l("不汇总")}
SENSITIVITY = {"public": _l("可公开"), "internal": _l("内部"), "sensitive": _l("敏感")}
FREQUENCIES = {
    "once": _l("一次"), "yearly": _l("每年"), "quarterly": _l("每季"), "monthly": _l("每月"), "weekly": _l("每周"),
    "daily": _l("每日"),
}  # fmt: skip
# Code lists of GB/T 21063 catalogues.
SHARE_TYPES = {1: _l("无条件共享"), 2: _l("有条件共享"), 3: _l("不予共享")}
OPEN_TYPES = {1: _l("无条件开放"), 2: _l("有条件开放"), 3: _l("不予开放")}
UPDATE_CYCLES = {
    1: _l("实时"), 2: _l("每日"), 3: _l("每周"), 4: _l("每月"), 5: _l("每季度"), 6: _l("每半年"), 7: _l("每年"),
    8: _l("不定期"), 9: _l("不更新"),
}  # fmt: skip
# A deadline is coloured from this many days before it.
_NEAR_DAYS = 2
_WEEKDAYS = (_l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"))


@dataclass(frozen=True, slots=True)
class Due:
    """By when; `tone` is empty while there is time."""

    text: str
    tone: Tone | str = ""


HELD_TONES: tuple[Tone, ...] = ("ok", "info", "stale", "wait")


def held(known: int, of: int, pending: int) -> tuple[Tone, str]:
    """Tone and text of the badge that says how much of what could be known is known."""
    if known == 0 and not pending:
        return "wait", _("还没有")
    if short := lacking(known, of):
        return "stale", _("{lacking}，含待审").format(lacking=short) if pending else short
    return ("info", _("含待审")) if pending else ("ok", _("齐"))


def lacking(known: int, of: int) -> str:
    """How much is missing; nothing where all is there."""
    if known >= of:
        return ""
    return ngettext("差 {n} 项", "差 {n} 项", of - known).format(n=f"{of - known:,}")


def due(on: date, today: date) -> Due:
    """A deadline in words, which count more than its colour."""
    days = (on - today).days
    if days < 0:
        past = ngettext("{day}截止，已过 {days} 天", "{day}截止，已过 {days} 天", -days)
        return Due(past.format(day=day(on, today), days=-days), "stop")
    if days == 0:
        return Due(_("今天截止"), "warn")
    if days == 1:
        return Due(_("明天截止"), "warn")
    if days <= _NEAR_DAYS:
        near = _("{weekday}（{day}）前，还有 {days} 天")
        return Due(near.format(weekday=weekday(on), day=day(on, today), days=days), "warn")
    return Due(_("{weekday}（{day}）前").format(weekday=weekday(on), day=day(on, today)))


def weekday(on: date) -> str:
    """`周二`."""
    return str(_WEEKDAYS[on.weekday()])


def day(on: date | datetime | None, today: date | None = None) -> str:
    """`10月8日`; with the year where it is not this one."""
    if on is None:
        return ""
    civil = timezone.localtime(on).date() if isinstance(on, datetime) else on
    this_year = (today or timezone.localdate()).year
    return date_format(civil, _("n月j日") if civil.year == this_year else _("Y年n月j日"))


def moment(at: datetime | None) -> str:
    """`10月8日 14:05`."""
    return f"{day(at)} {timezone.localtime(at):%H:%M}" if at else ""


def period(key_or_period: int | Period) -> str:
    """A period in the reader's language."""
    return period_text(key_or_period)


def minutes(hundredths: int) -> str:
    """About how long, as one says it: `不到 1 分钟`, `约 4 分钟`, `约 1.5 小时`."""
    if hundredths <= 0:
        return _("不用时间")
    if hundredths < 100:
        return _whole(_("不到 1 分钟"))
    if hundredths < 9_000:
        whole = (hundredths + 50) // 100
        return _whole(ngettext("约 {n} 分钟", "约 {n} 分钟", whole).format(n=whole))
    return _whole(_("约 {hours} 小时").format(hours=hours_number(hundredths)))


def hours(hundredths: int) -> str:
    """A sum of minutes: `40 小时`, `5.2 小时`, below an hour in minutes."""
    if hundredths < HOUR:
        return _whole(_("{n} 分钟").format(n=minutes_number(hundredths)))
    return _whole(_("{hours} 小时").format(hours=hours_number(hundredths)))


def minutes_number(hundredths: int) -> str:
    """`0.5`, `4`, `1,250.25`: minutes without trailing noughts."""
    return _plain(Decimal(hundredths) / 100)


def hours_number(hundredths: int) -> str:
    """Hours with one decimal at most."""
    return _plain((Decimal(hundredths) / 6000).quantize(Decimal("0.1"), ROUND_HALF_UP))


def units_asked(count: int, level: int) -> str:
    """`16 个县（区）`."""
    return _whole(_COUNTED[level].format(n=count))


def level_inside(level: int) -> str:
    """The level's name within a sentence, where English does not begin it with a capital."""
    return str(LEVELS[level]).lower()


def size(size_bytes: int) -> str:
    """`12 KB`, `870.5 MB`."""
    for unit, power in (("GB", 9), ("MB", 6), ("KB", 3)):
        if size_bytes >= 10**power:
            return f"{_plain((Decimal(size_bytes) / 10**power).quantize(Decimal('0.1'), ROUND_HALF_UP))} {unit}"
    return _("{n} 字节").format(n=size_bytes)


def yes_no(value: bool) -> str:
    return _("是") if value else _("否")


def title_of(thing: object) -> str:
    """The title in the reader's language, where the definition gives one."""
    return _own(thing, "title")


def definition_of(thing: object) -> str:
    """What it means, in the reader's language where the definition gives it."""
    return _own(thing, "definition")


def why_of(thing: object) -> str:
    """Why it matters, in the reader's language where the definition gives it."""
    return _own(thing, "why")


def _own(thing: object, name: str) -> str:
    english = getattr(thing, f"{name}_en", "")
    return english if english and in_english() else getattr(thing, name)


def _whole(text: str) -> str:
    """A number and what it counts stay on one line."""
    return text.replace(" ", NO_BREAK)


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
