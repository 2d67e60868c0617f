"""The two deliveries of single records: invoices and subsidy payments, adding up to the modelled figures. 模拟数据."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dukao.base.periods import Period
from dukao.demo.chance import SEED
from dukao.demo.figures import Figures, Ints
from dukao.demo.files import exact_column

_RATES_PERCENT = np.array([13, 9, 6, 3, 1, 0])
# With these the tax comes to 7.42 % of the sales, as `invoiced_tax` in `shapes.yaml` models the months before.
_RATES_SHARE = np.array([0.3435, 0.17, 0.13, 0.17, 0.1345, 0.052])
_GOLDEN = (5**0.5 - 1) / 2
NO_SUCH_UNIT = "230299001000"


def invoices(figures: Figures, quarter: Period, *, rows: int) -> pa.Table:
    """About `rows` invoices of a quarter, town by town and month by month; roughly one in a thousand is faulty.

    The sums come near the modelled figures of 开票金额 and 开票税额 and so continue the months before.
    """
    chance = np.random.default_rng([SEED, quarter.key])
    months = quarter.parts("month")
    cell = np.repeat(np.arange(len(months) * len(figures.world.towns)), _shares(figures, months, rows))
    town, month = cell % len(figures.world.towns), cell // len(figures.world.towns)
    state = chance.choice([0, 2, 3], len(cell), p=[0.972, 0.013, 0.015])
    amount = _amounts(figures, months, cell, state, chance)
    rate = _rates(amount)
    starts = np.array([m.starts_on for m in months], dtype="datetime64[D]")
    lengths = np.array([(m.ends_on - m.starts_on).days for m in months])
    issued = starts[month] + (chance.random(len(cell)) * lengths[month]).astype("timedelta64[D]")
    order = np.argsort(issued, kind="stable")
    codes = figures.world.codes("town").astype(np.int64)
    sellers = figures.scaled("invoicing_sellers", "town", months).reshape(-1)
    rank = (chance.random(len(cell)) ** 2.2 * np.maximum(sellers[cell], 1)).astype(np.int64)
    table = pa.table({
        "发票号码": _numbered(f"{quarter.year % 100:02d}2302", np.arange(len(cell)), 14),
        "开票日期": pa.array(issued[order]).cast(pa.string()),
        "销售方所在区划": pa.array(codes[town[order]]).cast(pa.string()),
        "销售方编号": _numbered("S", codes[town[order]] // 1000 * 10_000 + rank[order], 13),
        "发票种类": pa.array(np.array(["01", "02"], dtype=object)[(chance.random(len(cell)) < 0.46).astype(int)]),
        "发票状态": pa.array(state[order]).cast(pa.string()),
        "金额": exact_column(amount[order], 2).cast(pa.string()),
        "税额": exact_column(np.rint(amount * rate / 100).astype(np.int64)[order], 2).cast(pa.string()),
    })  # fmt: skip
    return _with_faults(table, quarter, chance)


def subsidy_payments(figures: Figures, quarter: Period) -> pa.Table:
    """Payments of a quarter, household by household; a few come back from the bank."""
    chance = np.random.default_rng([SEED, quarter.key, 2])
    paid, returned, money, households = (
        figures.scaled(f"subsidy_{name}", "village", [quarter])[0]
        for name in ("payments", "returned", "paid", "households")
    )
    village = np.repeat(np.arange(len(paid)), paid + returned)
    place = np.arange(len(village)) - np.repeat(np.cumsum(paid + returned) - (paid + returned), paid + returned)
    is_returned = place >= paid[village]
    weight = np.exp(0.6 * chance.standard_normal(len(village))) * ~is_returned
    total = np.bincount(village, weights=weight, minlength=len(paid))
    amount = np.rint(np.where(is_returned, 120_000, money[village] * weight / np.maximum(total[village], 1e-9)))
    days = (chance.random(len(village)) * (quarter.ends_on - quarter.starts_on).days).astype("timedelta64[D]")
    codes = figures.world.codes("village").astype(np.int64)[village]
    return pa.table({
        "发放流水号": _numbered(f"YKT{quarter.code}", np.arange(len(village)), 9),
        "区划代码": pa.array(codes).cast(pa.string()),
        "农户编号": _numbered("H", codes * 10_000 + place % np.maximum(households[village], 1), 16),
        "补贴项目": pa.array(np.array([f"0{n}" for n in range(1, 7)], dtype=object)[
            chance.choice(6, len(village), p=[0.42, 0.33, 0.07, 0.01, 0.15, 0.02])]),
        "发放日期": pa.array(np.datetime64(quarter.starts_on) + days),
        "实发金额": exact_column(amount.astype(np.int64), 2),
        "发放结果": pa.array(np.where(is_returned, "9", "1").astype(object)),
    })  # fmt: skip


def _shares(figures: Figures, months: tuple[Period, ...], rows: int) -> Ints:
    """`rows` spread over months × towns as the modelled numbers of invoices are; at least two in each."""
    modelled = figures.scaled("invoice_count", "town", months).reshape(-1) + 1
    return np.maximum(2, modelled * rows // modelled.sum())


def _amounts(
    figures: Figures, months: tuple[Period, ...], cell: Ints, state: Ints, chance: np.random.Generator
) -> Ints:
    """Amounts in fen that nearly add up to the modelled sales of each month and town; red invoices are negative."""
    raw = np.exp(1.3 * chance.standard_normal(len(cell)))
    counted = np.bincount(cell, weights=raw * (state == 0)) - np.bincount(cell, weights=raw * (state == 3))
    positive = np.bincount(cell, weights=raw)
    wanted = figures.scaled("invoiced_sales", "town", months).reshape(-1)
    factor = wanted / np.maximum(counted, positive / 4)
    amount = np.clip(np.rint(raw * factor[cell]), 100, 9_000_000_000).astype(np.int64)
    return np.where(state == 3, -amount, amount)


def _rates(amount: Ints) -> Ints:
    """A rate for each invoice, large and small ones alike: neighbours in size take the rates evenly by turns."""
    turn = np.empty(len(amount))
    turn[np.argsort(np.abs(amount), kind="stable")] = np.arange(len(amount)) * _GOLDEN % 1.0
    return _RATES_PERCENT[np.searchsorted(np.cumsum(_RATES_SHARE)[:-1], turn, side="right")]


def _numbered(prefix: str, numbers: Ints, digits: int) -> pa.Array:
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), digits, "0")
    return pc.binary_join_element_wise(prefix, padded, "")


def _with_faults(table: pa.Table, quarter: Period, chance: np.random.Generator) -> pa.Table:
    """Mix in faulty copies of rows, of the kinds that departments know: each must come back with its reason."""
    late = (quarter.ends_on + timedelta(days=9)).isoformat()
    faults: list[tuple[float, dict[str, str]]] = [
        (4e-4, {}),  # the same number twice
        (1.5e-4, {"销售方所在区划": NO_SUCH_UNIT}),
        (1.5e-4, {"开票日期": late}),
        (1e-4, {"金额": "——"}),
        (1e-4, {"发票种类": "09"}),
        (1e-4, {"销售方编号": ""}),
    ]
    pieces, serial = [table], 0
    for share, changes in faults:
        copies = table.take(pa.array(chance.integers(0, len(table), max(1, int(share * len(table))))))
        if changes:
            numbers = _numbered(f"{quarter.year % 100:02d}2399", np.arange(serial, serial + len(copies)), 14)
            copies = copies.set_column(0, "发票号码", numbers)
            serial += len(copies)
        for name, value in changes.items():
            copies = copies.set_column(copies.column_names.index(name), name, pa.array([value] * len(copies)))
        pieces.append(copies)
    mixed = pa.concat_tables(pieces).combine_chunks()
    # Each faulty row stands somewhere behind the row it was copied from.
    place = np.arange(len(mixed), dtype=np.float64)
    place[len(table) :] = len(table) * (0.5 + 0.5 * chance.random(len(mixed) - len(table)))
    return mixed.take(pa.array(np.argsort(place, kind="stable")))
