"""A year as a picture: what lies when, one lane after the other, as SVG that works without JavaScript and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dukao.base.wording import period_text, without_year

_WIDTH, _LABEL, _BAR, _GAP, _HEAD = 1000, 190, 12, 5, 26


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasts from one day to another, both included; `tone` is a class of the stylesheet."""

    lane: str
    text: str
    starts_on: date
    ends_on: date
    href: str = ""
    tone: str = "planned"


@dataclass(frozen=True, slots=True)
class Bar:
    x: str
    y: int
    width: str
    text: str
    href: str
    tone: str


@dataclass(frozen=True, slots=True)
class Lane:
    label: str
    y: int
    height: int
    text_y: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """`message` is what it says; `twin` the id of the table with the same; everything else is where things stand."""

    message: str
    twin: str
    height: int
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...]
    months: tuple[tuple[str, str, str], ...]  # x of the line, x of the label, label
    today: str  # x, empty where the day is in another year
    width: int = _WIDTH
    bar: int = _BAR
    label: int = _LABEL - 8


def timeline(year: int, spans: Sequence[Span], *, message: str, twin: str, today: date) -> Timeline:
    """Spans in their lanes, in the order in which they are given; those that meet in one lane lie below each other."""
    lanes: dict[str, list[list[Span]]] = {}
    for span in spans:
        _place(lanes.setdefault(span.lane, []), span)
    top, drawn, bars = _HEAD, [], []
    for label, rows in lanes.items():
        height = len(rows) * (_BAR + _GAP) + _GAP
        drawn.append(Lane(label, top, height, top + height // 2 + 4))
        for place, row in enumerate(rows):
            y = top + _GAP + place * (_BAR + _GAP)
            bars += [_bar(span, year, y) for span in row]
        top += height
    return Timeline(
        message=message, twin=twin, height=top + 1, lanes=tuple(drawn), bars=tuple(bars),
        months=tuple(
            (_x(date(year, month, 1), year), _x(date(year, month, 16), year), month_name(year, month))
            for month in range(1, 13)
        ),
        today=_x(today, year) if today.year == year else "",
    )  # fmt: skip


def month_name(year: int, month: int) -> str:
    """`7月`, in English `July`."""
    return without_year(period_text(year * 1000 + 200 + month))


def busiest_month(spans: Sequence[Span], year: int) -> tuple[int, int]:
    """The first of the months in which most of the spans lie, and how many do; (0, 0) where there are none."""
    counts = {
        month: sum(s.starts_on <= _last(year, month) and s.ends_on >= date(year, month, 1) for s in spans)
        for month in range(1, 13)
    }
    month = max(counts, key=lambda one: (counts[one], -one))
    return (month, counts[month]) if counts[month] else (0, 0)


def _place(rows: list[list[Span]], span: Span) -> None:
    """Into the first row that has room."""
    for row in rows:
        if all(span.ends_on < one.starts_on or one.ends_on < span.starts_on for one in row):
            row.append(span)
            return
    rows.append([span])


def _bar(span: Span, year: int, y: int) -> Bar:
    start, end = _position(span.starts_on, year), _position(span.ends_on, year, ends=True)
    return Bar(f"{start:.1f}", y, f"{max(end - start, 3):.1f}", span.text, span.href, span.tone)


def _x(on: date, year: int) -> str:
    return f"{_position(on, year):.1f}"


def _position(on: date, year: int, *, ends: bool = False) -> float:
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    gone = (on - date(year, 1, 1)).days + ends
    return _LABEL + (_WIDTH - _LABEL) * min(max(gone, 0), days) / days


def _last(year: int, month: int) -> date:
    return date.fromordinal((date(year, month + 1, 1) if month < 12 else date(year + 1, 1, 1)).toordinal() - 1)
