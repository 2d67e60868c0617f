"""The invented city behind the figures: how many people, households and fields each real village is given.

Places and their names are real (China's public division codes); everything else is drawn from a fixed seed, scaled so
that the sums are of the right order. 模拟数据.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dukao.demo.chance import Floats, normal, uniform
from dukao.org import queries as org
from dukao.org.queries import UnitView

LEVELS = {"county": 3, "town": 4, "village": 5}

# How the sixteen counties differ, by GDP per head and by weight of industry; a county not named here is average.
_WEALTH = {"230202": 1.9, "230203": 2.2, "230204": 1.7, "230205": 1.1, "230206": 1.6, "230207": 1.2, "230208": 0.9,
           "230221": 1.0, "230223": 0.8, "230224": 0.9, "230225": 1.1, "230227": 1.1, "230229": 0.8, "230230": 1.1,
           "230231": 0.7, "230281": 1.0}  # fmt: skip
_INDUSTRY = {"230202": 0.6, "230203": 0.8, "230204": 1.1, "230205": 1.2, "230206": 3.4, "230207": 1.6, "230208": 0.8,
             "230221": 1.2, "230223": 1.1, "230224": 0.7, "230225": 1.4, "230227": 1.5, "230229": 0.7, "230230": 1.6,
             "230231": 0.5, "230281": 0.9}  # fmt: skip


@dataclass(frozen=True)
class World:
    """Villages of the city in code order, with the towns and counties above them."""

    counties: tuple[UnitView, ...]
    towns: tuple[UnitView, ...]
    villages: tuple[UnitView, ...]

    @classmethod
    def of(cls, path: str) -> "World":
        """The world below the unit at `path`."""
        return cls(*(org.units_below(path=path, level=level) for level in LEVELS.values()))

    def units(self, level: str) -> tuple[UnitView, ...]:
        return {"county": self.counties, "town": self.towns, "village": self.villages}[level]

    def codes(self, level: str) -> npt.NDArray[np.uint64]:
        return np.array([int(unit.code) for unit in self.units(level)], dtype=np.uint64)

    def driver(self, name: str, level: str) -> Floats:
        """What drives figures, summed up to the units of `level`, in their order."""
        values = self._drivers[name]
        if level == "village":
            return values
        digits = 10**6 if level == "county" else 10**3
        above = self.codes("village") // np.uint64(digits) * np.uint64(digits)
        places = np.searchsorted(self.codes(level), above)
        return np.asarray(np.bincount(places, weights=values, minlength=len(self.units(level))), dtype=np.float64)

    @cached_property
    def _drivers(self) -> dict[str, Floats]:
        codes = self.codes("village")
        county = [str(code)[:6] for code in codes]
        wealth = np.array([_WEALTH.get(c, 1.0) for c in county])
        industry = np.array([_INDUSTRY.get(c, 1.0) for c in county])
        # By its last three digits: 001–199 a residents' committee (社区), 200–399 a village, from 400 on a farm, forest
        # station or the like (虚拟生活区).
        last = codes % np.uint64(1000)
        is_village = ((last >= 200) & (last < 400)).astype(np.float64)
        is_town_seat = (last < 200) & (codes // np.uint64(10**6) % np.uint64(100) > 20)
        size = np.exp(0.35 * normal("size", codes))
        people = size * np.select([is_village > 0, last >= 400, is_town_seat], [2450.0, 160.0, 3400.0], 5600.0)
        garden = 520.0 * np.maximum(uniform("fields", codes) - 0.5, 0.0)
        fields = size * np.select([is_village > 0, last >= 400], [27_000.0, 900.0], garden)
        rural = people * is_village
        urban = people - rural
        _, index, sizes = np.unique(codes // np.uint64(10**6), return_inverse=True, return_counts=True)
        return {
            "county": 1.0 / sizes[index],
            "village": is_village,
            "people": people,
            "households": people / 2.45,
            "rural": rural,
            "urban": urban,
            "farms": rural / 2.6,
            "fields_mu": fields,
            # 万元 a year, at the prices of 2024.
            "economy": wealth * (1.35 * rural + 3.1 * urban),
            "industry": industry * wealth * (0.28 * rural + 0.72 * urban),
        }
