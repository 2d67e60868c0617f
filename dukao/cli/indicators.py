"""Commands of the figures: figures, passport, rebuild-totals."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.periods import Period
from dukao.base.refusals import Invalid
from dukao.base.wording import period_text, said_of, with_note
from dukao.cli.command import Command, Result
from dukao.indicators import queries
from dukao.indicators.queries import Card, FactPassport, TermPassport
from dukao.registers import actions as registers


def _figures(args: Namespace) -> Result:
    page = queries.unit_page(unit=args.unit, period=_period(args), viewer=args.by, as_of=_as_of(args))
    lines = [page.title]
    for card in page.cards:
        counts = card.counts
        cells = [
            card.indicator.title, _told(card.value, card.indicator.unit),
            _("同比 {percent}").format(percent=_change(card)),
            _("已有 {known}/{all}").format(known=counts.known, all=counts.of),
        ]  # fmt: skip
        if counts.pending:
            cells.append(_("含待审 {n} 项").format(n=counts.pending))
        lines.append("\t".join(cells))
    return Result(_plain(asdict(page)), lines)


def _passport(args: Namespace) -> Result:
    shown = queries.passport(
        indicator=args.indicator, unit=args.unit, period=_period(args), viewer=args.by, as_of=_as_of(args)
    )
    lines = [
        said_of(shown.title, _told(shown.value, shown.indicator.unit)),
        said_of(_("公式"), shown.indicator.formula),
    ]
    for term in (*shown.numerator, *shown.denominator):
        lines += _term(term)
    return Result(_plain(asdict(shown)), lines)


def _term(term: TermPassport) -> Iterator[str]:
    sign = "−" if term.sign < 0 else "+"
    value = _told(term.value, term.element.measure_unit)
    yield f"{sign} {said_of(term.element.title, with_note(value, term.rule))}"
    for child in term.children:
        yield f"    {child.unit.name}\t{_told(child.value, '')}\t{child.unit.code}"
    for source in term.deliveries:
        yield "    " + _("来自 {provider}《{dataset}》批次 {number}").format(
            provider=source.provider_name, dataset=source.dataset_title, number=source.number
        )
    for fact in term.facts:
        told = _("{value}，{source}").format(value=_told(fact.value, ""), source=_source(fact))
        yield "    " + said_of(period_text(fact.period), told)


def _source(fact: FactPassport) -> str:
    source = fact.source
    if source.kind == "delivery":
        at = timezone.localtime(source.landed_at)
        return _("{provider}《{dataset}》批次 {number}，{at:%Y-%m-%d %H:%M} 入库").format(
            provider=source.provider_name, dataset=source.dataset_title, number=source.number, at=at
        )
    state = _("已通过") if fact.accepted_at else _("待审")
    if not fact.filing:
        return _("填报，{state}").format(state=state)
    return _("填报 {number}《{sheet}》，{state}").format(
        number=fact.filing.dispatch, sheet=fact.filing.sheet_title, state=state
    )


def _rebuild(args: Namespace) -> Result:
    rows = registers.rebuild_totals(by=args.by, at=args.at)
    return Result({"rows": rows}, [_("已按事实重算全部汇总数：{n:,} 行").format(n=rows)])


def _where(parser: ArgumentParser) -> None:
    parser.add_argument("--unit", required=True, help=_("12 位单位代码"))
    parser.add_argument("--period", required=True, help=_("例如 2026Q3、2026-07、2026"))
    parser.add_argument("--as-of", help=_("当时掌握的数，例如 2026-10-08 或 2026-10-08T10:00；不写则为现在"))


def _passport_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("indicator", help=_("指标代码"))
    _where(parser)


def _period(args: Namespace) -> Period:
    try:
        return Period.parse(args.period)
    except ValueError as error:
        raise Invalid(_("“{text}”不是时期").format(text=args.period), errors={"--period": str(error)}) from None


def _as_of(args: Namespace) -> datetime | None:
    if not args.as_of:
        return None
    try:
        at = datetime.fromisoformat(args.as_of)
    except ValueError:
        told = _("“{text}”不是时间").format(text=args.as_of)
        raise Invalid(told, todo=_("写成 2026-10-08 或 2026-10-08T10:00")) from None
    return at if at.tzinfo else timezone.make_aware(at)


def _told(value: Any, unit: str) -> str:
    return _("没有数据") if value is None else f"{value:,}{unit}"


def _change(card: Card) -> str:
    if card.on_year is None:
        return "—"
    return _("{n} 个百分点").format(n=f"{card.on_year:+}") if card.indicator.is_percentage else f"{card.on_year:+}%"


def _plain(data: Any) -> Any:
    """For JSON: periods by their code, figures as exact text."""
    if isinstance(data, dict):
        if set(data) == {"key"}:
            return Period(data["key"]).code
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return data


COMMANDS = [
    Command("figures", _l("一个单位的全部指标"), _figures, _where,
            "dukao figures --unit 230200000000 --period 2026Q3"),
    Command("passport", _l("一个数从哪里来：公式、下级、批次和填报"), _passport, _passport_arguments,
            "dukao passport gdp --unit 230200000000 --period 2026Q3"),
    Command("rebuild-totals", _l("按事实重算全部汇总数（平时不需要，数据库修复之后用）"), _rebuild,
            example="dukao rebuild-totals"),
]  # fmt: skip
