"""A little invented world for tests that need no database: two counties, five towns, forty villages."""

from dukao.demo.world import World
from dukao.org.queries import UnitView

COUNTIES = ("230208", "230221")


def small_world(counties: tuple[str, ...] = COUNTIES) -> World:
    towns = [f"{county}{100 + n:03d}" for county in counties for n in range(2 + (county == "230221"))]
    villages = [f"{town}{number:03d}" for town in towns for number in (1, 2, *range(200, 206))]
    return World(_units(list(counties), 3), _units(towns, 4), _units(villages, 5))


def _units(codes: list[str], level: int) -> tuple[UnitView, ...]:
    return tuple(
        UnitView(id=number, code=code.ljust(12, "0"), name=code, short_name=code, level=level, path=f"/{number}/",
                 parent_code="", has_children=level < 5)
        for number, code in enumerate(codes, start=level * 1000)
    )  # fmt: skip
