"""What the pages of scores share: their words, targets and values as people read them, states."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.wording import in_english, say
from dukao.gate.rules.hits import RuleHit
from dukao.indicators import queries as indicators
from dukao.indicators.rules import rounded
from dukao.scores.queries import TITLES, CardView, LineScore
from dukao.scores.rules import wording
from dukao.web import words
from dukao.web.doors import Crumb
from dukao.web.measures import measure
from dukao.web.pages.plan.screen import HIT_TONES, SaidHit
from dukao.web.tables import Tone

_DELIVERY = re.compile(r"(?P<provider>.+?)《(?P<title>.+)》批次 (?P<number>\S+)")
_LATIN_SIGNS = str.maketrans({"（": "(", "）": ")", "；": "; ", "：": ": "})
STATE_TONES: dict[str, Tone] = {"draft": "plain", "set": "info", "shown": "wait", "published": "ok"}
APPEAL_TONES: dict[str, Tone] = {"open": "wait", "upheld": "ok", "rejected": "plain"}


def state_of(state: str) -> tuple[Tone, str]:
    return STATE_TONES[state], _(wording.STATES[state])


def appeal_state(state: str) -> tuple[Tone, str]:
    return APPEAL_TONES[state], _(wording.APPEAL_STATES[state])


def said(hit: RuleHit) -> SaidHit:
    verdict = {"refuse": _("不能这样考"), "warn": _("请核对"), "info": _("提示")}[hit.action]
    return SaidHit(HIT_TONES[hit.action], verdict, say(hit.what), say(hit.why), say(hit.todo), hit.source, hit.rule, ())


def crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    return (Crumb(_("考核"), reverse("scores")), *more)


def titles(lines: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """By code: the lines' titles in the reader's language, as long as nobody gave them another."""
    found = {line["code"]: line["title"] for line in lines}
    known = {of: (title, _(title)) for of, title in TITLES.items()}
    if in_english():
        known |= {view.code: (view.title, words.title_of(view)) for view in indicators.indicators()}
    return {code: known[code][1] if known.get(code, ("",))[0] == title else title for code, title in found.items()}


def how(text: str) -> str:
    """The arithmetic of a line, as its file tells it in Chinese."""
    told = text.replace("，限 0 到 1", _("，限 0 到 1")).replace("，最多 1", _("，最多 1"))
    return told.translate(_LATIN_SIGNS) if in_english() else told


def sources(line: LineScore) -> tuple[str, ...]:
    """Where the line's data come from: deliveries, or another part of the platform."""
    parts = {"万人评": _("万人评"), "督办台账": _("督办台账")}
    delivery = _("{provider}《{title}》批次 {number}")
    return tuple(
        delivery.format(**found.groupdict()) if (found := _DELIVERY.fullmatch(one)) else parts.get(one, one)
        for one in line.given.get("sources", ())
    )


def figure(text: str | None, decimals: int, unit: str = "") -> str:
    """An exact text as people read it: `824,775.89 万元`; a dash where nothing is known."""
    if text is None:
        return "–"
    exact = Fraction(text)
    told = f"{rounded((exact.numerator, exact.denominator), decimals):,}".replace("-", "−")
    return f"{told}%" if unit == "%" else f"{told} {measure(unit)}".strip()


def target(line: dict[str, Any]) -> str:
    """What the line wants: `比自己去年：0%起计分，6%得满分`."""
    if line["rule"] == "share":
        return _("百分之几就得几分")
    if line["rule"] == "distance":
        return _("不比自己基期差，得满分") if line["measure"] == "baseline" else _("不比自己去年差，得满分")
    unit = line["unit"]
    if line["measure"] != "value":
        unit = _(" 个百分点") if line["change"] == "points" else "%"
    floor, full = (_bound(line[name], unit) for name in ("floor", "full"))
    if line["rule"] == "threshold":
        told = (
            _("不高于 {full} 得满分，否则不得分")
            if line["direction"] == "down"
            else _("达到 {full} 得满分，否则不得分")
        )
        return told.format(full=full)
    told = _("{floor}起计分，{full}得满分").format(floor=floor, full=full)
    if line["measure"] == "value":
        return told
    against = _("比自己基期") if line["measure"] == "baseline" else _("比自己去年")
    return _("{what}：{more}").format(what=against, more=told)


def value(line: LineScore) -> str:
    return figure(line.given.get("value"), line.card_line["decimals"], line.card_line["unit"])


def reference(line: LineScore) -> str:
    """The own last year's (or baseline's) value, where the line looks at it."""
    if line.card_line["measure"] == "value":
        return ""
    return figure(line.given.get("reference"), line.card_line["decimals"], line.card_line["unit"])


def absent(line: LineScore) -> str:
    """Why the line is not counted; empty where it is."""
    if not line.absent:
        return ""
    told = _(wording.ABSENT[line.absent])
    held = line.given.get("coverage")
    if line.absent == "thin" and held:
        return _("{why}（应有 {of}，已有 {held}）").format(why=told, of=held["of"], held=held["held"])
    if line.absent == "too_few":
        return _("{why}（{n} 份）").format(why=told, n=line.given.get("n", 0))
    return told


def passport(line: LineScore) -> str:
    """The address of the figure's passport; satisfaction and tasks have none."""
    given = line.given.get("passport")
    if not given:
        return ""
    return (
        f"{reverse('units.figure', args=[given['unit'], given['indicator']])}?{urlencode({'period': given['period']})}"
    )


def period(line: LineScore) -> str:
    """`2026年`, of a part of it `2026年至三季度`."""
    given = Period.parse(line.given["period"])
    if given.type == "year":
        return words.period(given)
    return _("{year} 年 1 月至 {month} 月").format(year=given.year, month=3 * (given.key % 10))


def until(card: CardView, today: date) -> str:
    if card.state != "shown" or card.objections_until is None:
        return ""
    if today > card.objections_until:
        return _("异议期已满（{day}）").format(day=words.day(card.objections_until, today))
    return _("{day} 以前可以逐项申诉").format(day=words.day(card.objections_until, today))


def _bound(text: str | None, unit: str) -> str:
    if text is None:
        return ""
    plain = f"{Fraction(text).limit_denominator(10**6)}" if "/" in text else text
    told = plain.rstrip("0").rstrip(".") if "." in plain else plain
    told = told.replace("-", "−")
    return f"{told}{unit}" if unit.startswith((" ", "%")) or not unit else f"{told} {measure(unit)}"
