"""Charts as data: what a chart says is worked out here and tested here; the browser only draws it.

Numbers go to the browser for drawing only; what people read are the texts beside them, made by `figures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import ngettext

from dukao.web.figures import Scale

_WIDTH, _HEIGHT = 84, 28
# Of the bars, in pixels: one bar with its gap, the axis below, and the least that looks like a chart.
_BAR, _BARS_AXIS, _BARS_LEAST = 26, 56, 160


@dataclass(frozen=True, slots=True)
class Area:
    """A child on the map or in the bars."""

    code: str
    name: str
    value: Decimal | None
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`message` is the one thing the chart says; `source` stands under it; `spec` is what charts.js draws.

    `twin` is the id of the table with the same figures; `height` is kept free before anything is drawn.
    """

    key: str
    message: str
    source: str
    spec: dict[str, Any]
    twin: str = ""
    height: int = 0
    note: str = ""


def areas_chart(
    key: str,
    message: str,
    source: str,
    areas: Sequence[Area],
    *,
    indicator: str,
    unit: str,
    scale: Scale,
    direction: str = "none",
    map_url: str = "",
    twin: str = "",
) -> Chart:
    """The children on a map where there is one, else as bars, largest first; unknown ones are hatched, not nought."""
    ordered = sorted(areas, key=lambda area: (area.value is None, -(area.value or 0)))
    known = [area for area in ordered if area.value is not None]
    lacking = len(ordered) - len(known) if map_url else 0
    return Chart(
        key,
        message,
        source,
        {
            "kind": "map" if map_url else "bars",
            "url": map_url,
            "indicator": indicator,
            "unit": unit,
            "direction": direction,
            "scale": scale._asdict(),
            "areas": [
                {"code": a.code, "name": a.name, "value": _drawn(a.value), "text": a.text, "href": a.href}
                for a in ordered
            ],
        },
        twin=twin,
        height=0 if map_url else max(_BARS_LEAST, len(known) * _BAR + _BARS_AXIS),
        note=ngettext("斜线：{n} 个还没有数", "斜线：{n} 个还没有数", lacking).format(n=lacking) if lacking else "",
    )


def trend_chart(
    key: str,
    message: str,
    source: str,
    *,
    labels: Sequence[str],
    now: Sequence[Decimal | None],
    before: Sequence[Decimal | None],
    texts: Sequence[tuple[str, str]],
    names: tuple[str, str],
    figure: str,
    scale: Scale,
    twin: str = "",
) -> Chart:
    """The periods as a line, the same ones of the year before behind it; `figure` is the last point's key."""
    assert len(labels) == len(now) == len(before) == len(texts)
    return Chart(
        key,
        message,
        source,
        {
            "kind": "trend",
            "figure": figure,
            "scale": scale._asdict(),
            "labels": list(labels),
            "names": list(names),
            "now": [_drawn(value) for value in now],
            "before": [_drawn(value) for value in before],
            "texts": [list(pair) for pair in texts],
        },
        twin=twin,
    )


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line for the eye: SVG path data in a box of 84 × 28; gaps stay gaps. Empty below two points."""

    path: str
    end_x: str
    end_y: str


def spark(values: Sequence[Decimal | None]) -> Spark | None:
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    step = Decimal(_WIDTH - 4) / (len(values) - 1)
    path, is_drawing, last = [], False, ("", "")
    for place, value in enumerate(values):
        if value is None:
            is_drawing = False
            continue
        share = (value - low) / (high - low) if high > low else Decimal("0.5")
        last = f"{2 + place * step:.1f}", f"{_HEIGHT - 3 - share * (_HEIGHT - 6):.1f}"
        path.append(f"{'L' if is_drawing else 'M'}{last[0]} {last[1]}")
        is_drawing = True
    return Spark("".join(path), *last)


def _drawn(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
