"""Commands of the figures: figures, passport, rebuild-totals."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone

from dukao.base.periods import Period
from dukao.base.refusals import Invalid
from dukao.cli.command import Command, Result
from dukao.indicators import queries
from dukao.indicators.queries import FactPassport, TermPassport
from dukao.registers import actions as registers


def _figures(args: Namespace) -> Result:
    page = queries.unit_page(unit=args.unit, period=_period(args), viewer=args.by, as_of=_as_of(args))
    lines = [page.title]
    for card in page.cards:
        counts = card.counts
        lines.append(
            f"{card.indicator.title}\t{_told(card.value, card.indicator.unit)}\t同比 {_percent(card.on_year_percent)}"
            f"\t已有 {counts.known}/{counts.of}" + (f"\t含待审 {counts.pending} 项" if counts.pending else "")
        )
    return Result(_plain(asdict(page)), lines)


def _passport(args: Namespace) -> Result:
    shown = queries.passport(
        indicator=args.indicator, unit=args.unit, period=_period(args), viewer=args.by, as_of=_as_of(args)
    )
    lines = [f"{shown.title}：{_told(shown.value, shown.indicator.unit)}", f"公式：{shown.indicator.formula}"]
    for term in (*shown.numerator, *shown.denominator):
        lines += _term(term)
    return Result(_plain(asdict(shown)), lines)


def _term(term: TermPassport) -> Iterator[str]:
    sign = "−" if term.sign < 0 else "+"
    yield f"{sign} {term.element.title}：{_told(term.value, term.element.measure_unit)}（{term.rule}）"
    for child in term.children:
        yield f"    {child.unit.name}\t{_told(child.value, '')}\t{child.unit.code}"
    for source in term.deliveries:
        yield f"    来自 {source.provider_name}《{source.dataset_title}》批次 {source.number}"
    for fact in term.facts:
        yield f"    {fact.period.label}：{_told(fact.value, '')}，{_source(fact)}"


def _source(fact: FactPassport) -> str:
    source = fact.source
    if source.kind == "delivery":
        at = timezone.localtime(source.landed_at)
        return f"{source.provider_name}《{source.dataset_title}》批次 {source.number}，{at:%Y-%m-%d %H:%M} 入库"
    state = "已通过" if fact.accepted_at else "待审"
    return f"填报 {fact.filing.dispatch}《{fact.filing.sheet_title}》，{state}" if fact.filing else f"填报，{state}"


def _rebuild(args: Namespace) -> Result:
    rows = registers.rebuild_totals(by=args.by, at=args.at)
    return Result({"rows": rows}, [f"已按事实重算全部汇总数：{rows:,} 行"])


def _where(parser: ArgumentParser) -> None:
    parser.add_argument("--unit", required=True, help="12 位单位代码")
    parser.add_argument("--period", required=True, help="例如 2026Q3、2026-07、2026")
    parser.add_argument("--as-of", help="当时掌握的数，例如 2026-10-08 或 2026-10-08T10:00；不写则为现在")


def _passport_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("indicator", help="指标代码")
    _where(parser)


def _period(args: Namespace) -> Period:
    try:
        return Period.parse(args.period)
    except ValueError as error:
        raise Invalid(f"“{args.period}”不是时期", errors={"--period": str(error)}) from None


def _as_of(args: Namespace) -> datetime | None:
    if not args.as_of:
        return None
    try:
        at = datetime.fromisoformat(args.as_of)
    except ValueError:
        raise Invalid(f"“{args.as_of}”不是时间", todo="写成 2026-10-08 或 2026-10-08T10:00") from None
    return at if at.tzinfo else timezone.make_aware(at)


def _told(value: Any, unit: str) -> str:
    return "没有数据" if value is None else f"{value:,}{unit}"


def _percent(value: Any) -> str:
    return "—" if value is None else f"{value:+}%"


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
    Command("figures", "一个单位的全部指标", _figures, _where),
    Command("passport", "一个数从哪里来：公式、下级、批次和填报", _passport, _passport_arguments),
    Command("rebuild-totals", "按事实重算全部汇总数（平时不需要，数据库修复之后用）", _rebuild),
]
