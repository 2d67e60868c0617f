"""The invented figures: what each element is for each unit and period, by the shapes in `shapes.yaml`. 模拟数据."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dukao.base.definitions import checked, read_entries
from dukao.base.periods import Period
from dukao.demo.chance import Floats, normal, uniform
from dukao.demo.world import World
from dukao.registers.rules import ElementDefinition

HERE = Path(__file__).parent
DEFINITIONS = HERE / "definitions"
FIRST_YEAR = 2024
Ints = npt.NDArray[np.int64]

# Share of a year that falls into each month, in thousandths.
_SEASONS: dict[str, tuple[int, ...]] = {
    "steady": (83, 74, 84, 83, 84, 84, 84, 83, 85, 84, 85, 87),
    "consumption": (94, 88, 78, 76, 81, 82, 79, 80, 84, 88, 82, 88),
    "building": (22, 20, 45, 80, 112, 128, 122, 124, 128, 112, 68, 39),
    "harvest": (24, 20, 22, 28, 34, 46, 62, 88, 178, 262, 158, 78),
    "tax": (118, 66, 72, 96, 82, 78, 96, 72, 74, 96, 74, 76),
    "settlement": (112, 48, 62, 120, 118, 72, 108, 56, 62, 106, 62, 74),
    "spending": (76, 62, 92, 74, 76, 104, 72, 74, 96, 70, 80, 124),
    "subsidy": (18, 14, 42, 96, 188, 162, 118, 74, 82, 66, 78, 62),
    "winter": (122, 108, 92, 72, 62, 58, 60, 60, 68, 80, 100, 118),
    "rent": (96, 64, 148, 132, 70, 58, 56, 54, 62, 74, 78, 108),
    "slaughter": (112, 84, 74, 74, 76, 78, 78, 80, 86, 82, 82, 94),
    "jobs": (58, 52, 104, 108, 104, 98, 96, 88, 86, 80, 68, 58),
    "checkup": (40, 52, 108, 124, 118, 96, 84, 86, 104, 92, 58, 38),
    "clinic": (88, 78, 86, 84, 82, 80, 80, 80, 82, 82, 86, 92),
    "power": (104, 92, 86, 76, 72, 76, 84, 82, 74, 76, 84, 94),
    "travel": (74, 82, 58, 62, 84, 88, 116, 124, 92, 108, 50, 62),
    "heating": (150, 132, 104, 92, 62, 48, 44, 46, 56, 88, 118, 140),
}


@dataclass(frozen=True)
class Shape:
    """How one figure behaves; see the head of `shapes.yaml`."""

    of: str = ""
    times: Decimal = Decimal(1)
    grows: Decimal = Decimal(0)
    season: str = ""
    spread: Decimal = Decimal(0)
    jitter: Decimal = Decimal(0)
    parts: tuple[str, ...] = ()


class Figures:
    """Every invented figure of a world, exact integers scaled by the element's decimals."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.elements = {
            element.code: element
            for entry in read_entries(DEFINITIONS / "elements")
            for element in [checked(ElementDefinition, entry.data, place=entry.place)]
        }
        [shapes] = read_entries(HERE / "shapes.yaml")
        self.shapes = {name: Shape(**{**values, "parts": tuple(values.get("parts", ()))})
                       for name, values in shapes.data.items()}  # fmt: skip

    def scaled(self, code: str, level: str, periods: Sequence[Period]) -> Ints:
        """Figures of an element, one row per period and one column per unit of `level` in code order."""
        element = self.elements[code]
        return np.stack([self._one(code, level, period, element.decimals) for period in periods])

    def _one(self, code: str, level: str, period: Period, decimals: int) -> Ints:
        shape = self.shapes[code]
        if shape.parts:
            return np.sum([self._one(part, level, period, decimals) for part in shape.parts], axis=0)
        exact = self._exact(code, level, period) * 10.0**decimals
        # Small counts are rounded by lot: a flow draws anew each period, a stock keeps its lot and so stays steady.
        when = [period.key] if self._is_flow(code) else []
        whole = np.floor(exact + uniform(f"{code}/lot", self.world.codes(level), *when)).astype(np.int64)
        if (element := self.elements.get(code)) is None:
            return whole
        low, high = element.scaled_range()
        return np.clip(whole, low, high) if (low, high) != (None, None) else whole

    def _exact(self, code: str, level: str, period: Period) -> Floats:
        shape, units = self.shapes[code], self.world.codes(level)
        if shape.parts:
            values = np.sum([self._exact(part, level, period) for part in shape.parts], axis=0)
        elif shape.of in self.shapes:
            values = self._exact(shape.of, level, period)
        else:
            values = self.world.driver(shape.of, level) * _share(shape.season, period)
        years = period.year - FIRST_YEAR + (period.starts_on.month - 1) / 12
        values = values * float(shape.times) * (1.0 + float(shape.grows)) ** years
        values = values * (1.0 + float(shape.spread) * normal(f"{code}/spread", units) / 2)
        return values * (1.0 + float(shape.jitter) * normal(f"{code}/jitter", units, period.key) / 2)

    def _is_flow(self, code: str) -> bool:
        shape = self.shapes[code]
        return bool(shape.season) or (shape.of in self.shapes and self._is_flow(shape.of))


def _share(season: str, period: Period) -> float:
    """Which part of a year's flow falls into the period; a stock (no season) is there whole."""
    if not season:
        return 1.0
    months = _SEASONS[season]
    return sum(months[month.starts_on.month - 1] for month in period.parts("month")) / sum(months)
