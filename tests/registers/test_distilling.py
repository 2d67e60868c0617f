"""Sums of any size come to whole numbers of the element's smallest unit, exactly."""

from decimal import Decimal
from types import SimpleNamespace

import duckdb
import ibis
import pytest

from dukao.base.periods import Period
from dukao.registers.intake.distilling import Scope, distil
from dukao.registers.rules import DatasetDefinition
from dukao.registers.rules.measures import distillations


@pytest.mark.parametrize(
    ("decimals", "kept", "unit"),
    [(2, 2, "元"), (2, 4, "元"), (4, 6, "元"), (6, 6, "万元"), (0, 0, "元"), (0, 2, "亿元")],
)
def test_sums_are_exact_whatever_their_size(decimals, kept, unit):
    kind = "decimal" if decimals else "integer"
    definition = DatasetDefinition.model_validate({
        "code": "sums", "title": "数", "provider": "tax", "period": "year",
        "columns": [{"name": "code", "title": "名", "type": "text", "required": True},
                    {"name": "amount", "title": "额", "type": kind, "decimals": decimals, "unit": unit}],
        "key": ["code"], "measures": [{"element": "sum", "function": "sum", "column": "amount"}],
    })  # fmt: skip
    element = SimpleNamespace(id=1, code="sum", title="数", kind="number", measure_unit="元", decimals=kept,
                              period_type="year", over_units="sum", level=2)  # fmt: skip
    (measure,) = distillations(definition, {"sum": element})
    held = f"decimal(18, {decimals})" if decimals else "bigint"
    records = ibis.table({"code": "string", "amount": held.replace("bigint", "int64")}, name="records")
    places = ibis.table({"code": "int64", "at_2": "int64"}, name="places")
    query = ibis.to_sql(
        distil(records, places, [measure], definition, Scope(Period.parse("2026"), 7)), dialect="duckdb"
    )
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE records (code VARCHAR, amount {held})")
        for digits in range(1, 18):
            for smallest in (10**digits - 1, 10**digits, -(10**digits), 1 - 10**digits):
                db.execute("DELETE FROM records")
                db.execute("INSERT INTO records VALUES ('a', ?), ('b', ?)", [Decimal(smallest).scaleb(-decimals), 0])
                ((value,),) = db.execute(f"SELECT value FROM ({query})").fetchall()
                assert value == smallest * 10**measure.shift
