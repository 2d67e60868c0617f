"""Charts as data: what a chart says is worked out here and tested here; the browser only draws it.

Numbers go to the browser for drawing only; what people read are the texts beside them, made by `figures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_WIDTH, _HEIGHT = 84, 28


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
    """`message` is the one thing the chart says; `source` stands under it; `spec` is what charts.js draws."""

    key: str
    message: str
    source: str
    spec: dict[str, Any]


def areas_chart(
    key: str,
    message: str,
    source: str,
    areas: Sequence[Area],
    *,
    indicator: str,
    unit: str,
    map_url: str = "",
) -> Chart:
    """The children on a map where there is one, else as bars, largest first; unknown ones stay grey, not nought."""
    ordered = sorted(areas, key=lambda area: (area.value is None, -(area.value or 0)))
    return Chart(
        key,
        message,
        source,
        {
            "kind": "map" if map_url else "bars",
            "url": map_url,
            "indicator": indicator,
            "unit": unit,
            "message": message,
            "areas": [
                {"code": a.code, "name": a.name, "value": _drawn(a.value), "text": a.text, "href": a.href}
                for a in ordered
            ],
        },
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
    unit: str,
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
            "unit": unit,
            "message": message,
            "labels": list(labels),
            "names": list(names),
            "now": [_drawn(value) for value in now],
            "before": [_drawn(value) for value in before],
            "texts": [list(pair) for pair in texts],
        },
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
