"""What the delivery bench delivers: a province of so many cities, and a file of invoices about them, from a seed."""

from pathlib import Path

import polars as pl

SEED = 20_261_122
ROWS_AT_ONCE = 1_000_000
COUNTIES, TOWNS, VILLAGES = 10, 20, 100  # of each city, county, town: 20,000 villages a city
PROVINCE = "230000000000"
KINDS = ("专用", "普通", "电子")


def units(cities: int) -> list[tuple[str, int, str]]:
    """Code, level and code of the parent, from the province down."""
    found = [(PROVINCE, 1, "")]
    for city in range(1, cities + 1):
        above_city = f"23{city:02d}" + "0" * 8
        found.append((above_city, 2, PROVINCE))
        for county in range(1, COUNTIES + 1):
            above_county = f"23{city:02d}{county:02d}" + "0" * 6
            found.append((above_county, 3, above_city))
            for town in range(1, TOWNS + 1):
                above_town = f"23{city:02d}{county:02d}{town:03d}000"
                found.append((above_town, 4, above_county))
                found += [(f"{above_town[:9]}{village:03d}", 5, above_town) for village in range(201, 201 + VILLAGES)]
    return found


def villages(cities: int) -> list[str]:
    """The codes that invoices name."""
    return [code for code, level, _parent in units(cities) if level == 5]


def write_invoices(target: Path, rows: int, cities: int) -> None:
    """Invoices of the third quarter of 2026: 5 in 1,000 rows have one fault of five kinds."""
    import numpy as np

    chance = np.random.default_rng(SEED)
    codes = pl.Series(villages(cities))
    with target.open("wb") as file:
        for first in range(0, rows, ROWS_AT_ONCE):
            count = min(ROWS_AT_ONCE, rows - first)
            raw = pl.DataFrame({
                "number": first + np.arange(count), "day": chance.integers(0, 92, count),
                "village": chance.integers(0, len(codes), count), "kind": chance.integers(0, len(KINDS), count),
                "fen": chance.integers(100, 100_000_000, count), "seller": chance.integers(0, 10**8, count),
                "fault": chance.integers(0, 1000, count),
            })  # fmt: skip
            _as_text(raw, codes).write_csv(file, include_header=first == 0)


def _as_text(raw: pl.DataFrame, codes: pl.Series) -> pl.DataFrame:
    def fault(number: int, instead: str, otherwise: pl.Expr) -> pl.Expr:
        return pl.when(pl.col("fault") == number).then(pl.lit(instead)).otherwise(otherwise)

    def padded(column: str, digits: int) -> pl.Expr:
        return pl.col(column).cast(pl.String).str.zfill(digits)

    def yuan(fen: pl.Expr) -> pl.Expr:
        return (fen // 100).cast(pl.String) + "." + (fen % 100).cast(pl.String).str.zfill(2)

    day = pl.date(2026, 7, 1) + pl.duration(days=pl.col("day"))
    return raw.select(
        invoice_no=pl.lit("2623") + fault(0, "0000000000000007", padded("number", 16)),
        issued_on=fault(1, "2026-13-45", day.cast(pl.Date).cast(pl.String)),
        unit_code=fault(2, "239999999999", codes.gather(raw["village"])),
        kind=pl.Series(KINDS).gather(raw["kind"]),
        seller=pl.lit("91230200MA") + padded("seller", 8),
        amount=fault(3, "abc", yuan(pl.col("fen"))),
        tax=fault(4, "-5.00", yuan(pl.col("fen") * 13 // 100)),
    )
