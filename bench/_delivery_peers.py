"""The same delivery by hand: `python -m bench._delivery_peers NAME FILE CODES FOLDER`, a process each.

Every pipeline does what a delivery does: types, unique number, range, period, unit code and kind of every row; a file
of rejects with line and reason; the accepted rows kept as Parquet; sums by unit and month for the villages and the
four levels above; all of it flushed to the disk. Each is written the quickest way that was found for its library, with
as much memory as it likes. Printed as JSON: seconds, megabytes, the outcome, which must be the same for all.
"""

import json
import os
import sys
import time
from pathlib import Path

from bench._memory import resident_at_most_mb

FIRST, LAST = "2026-07-01", "2026-09-30"
KINDS = ("专用", "普通", "电子")
LEVELS_ABOVE = (9, 6, 4, 2)  # digits of a code that name town, county, city, province
OUTPUTS = ("rejects.csv", "kept.parquet", "sums.parquet")


def duckdb_pipeline(file: str, codes: str, folder: Path) -> tuple[int, int]:
    import duckdb

    db = duckdb.connect(config={"temp_directory": str(folder / "spill")})
    db.execute(f"CREATE TABLE units AS SELECT column0 AS code FROM read_csv('{codes}', header=false, all_varchar=true)")
    # Lines are the places of rows in the table: a window over the file would keep all processors but one idle.
    db.execute(f"""
        CREATE TABLE checked AS SELECT r.*, CASE
            WHEN invoice_no IS NULL OR length(invoice_no) > 20 THEN 'no number'
            WHEN day IS NULL THEN 'no date' WHEN day NOT BETWEEN DATE '{FIRST}' AND DATE '{LAST}' THEN 'other period'
            WHEN unit_code IS NULL OR unit_code NOT IN (SELECT code FROM units) THEN 'unknown unit'
            WHEN kind IS NULL OR kind NOT IN {KINDS} THEN 'no kind'
            WHEN seller IS NULL OR length(seller) > 18 THEN 'no seller' WHEN yuan IS NULL THEN 'no amount'
            WHEN tax_yuan IS NULL THEN 'no tax' WHEN tax_yuan < 0 THEN 'negative tax' END AS reason
        FROM (SELECT *, TRY_CAST(issued_on AS DATE) AS day, TRY_CAST(amount AS DECIMAL(18, 2)) AS yuan,
                TRY_CAST(tax AS DECIMAL(18, 2)) AS tax_yuan
              FROM read_csv('{file}', all_varchar=true, header=true)) r""")
    db.execute("CREATE TABLE twice AS SELECT invoice_no FROM checked GROUP BY invoice_no HAVING count(*) > 1")
    db.execute("""
        CREATE VIEW judged AS SELECT rowid + 2 AS line, * REPLACE (CASE WHEN invoice_no IN (FROM twice)
        THEN 'number twice' ELSE reason END AS reason) FROM checked""")
    raw = "line, invoice_no, issued_on, unit_code, kind, seller, amount, tax, reason"
    db.execute(f"COPY (SELECT {raw} FROM judged WHERE reason IS NOT NULL ORDER BY line) TO '{folder}/rejects.csv'")
    typed = "invoice_no, day, unit_code, kind, seller, yuan, tax_yuan"
    db.execute(f"COPY (SELECT {typed} FROM judged WHERE reason IS NULL) TO '{folder}/kept.parquet'")
    db.execute("""
        CREATE TABLE sums AS SELECT unit_code AS code, month(day) AS month, sum(tax_yuan) AS tax FROM judged
        WHERE reason IS NULL GROUP BY ALL""")
    above = " UNION ALL ".join(f"SELECT left(code, {n}), month, sum(tax) FROM sums GROUP BY ALL" for n in LEVELS_ABOVE)
    db.execute(f"COPY (FROM sums UNION ALL {above}) TO '{folder}/sums.parquet'")
    rejected = db.execute("SELECT count(*) FROM judged WHERE reason IS NOT NULL").fetchone()
    total = db.execute("SELECT (sum(tax) * 100)::BIGINT FROM sums").fetchone()
    assert rejected
    assert total
    return rejected[0], total[0]


def polars_pipeline(file: str, codes: str, folder: Path) -> tuple[int, int]:
    import polars as pl

    col, lit = pl.col, pl.lit
    units = pl.read_csv(codes, has_header=False, new_columns=["code"], infer_schema=False)["code"]
    rows = pl.scan_csv(file, infer_schema=False, row_index_name="line", row_index_offset=2).with_columns(
        day=col("issued_on").str.to_date("%Y-%m-%d", strict=False),
        yuan=col("amount").cast(pl.Decimal(18, 2), strict=False),
        tax_yuan=col("tax").cast(pl.Decimal(18, 2), strict=False),
    )
    reason = (
        pl.when(col("invoice_no").is_null() | (col("invoice_no").str.len_chars() > 20)).then(lit("no number"))
        .when(col("day").is_null()).then(lit("no date"))
        .when(~col("day").is_between(lit(FIRST).str.to_date(), lit(LAST).str.to_date())).then(lit("other period"))
        .when(col("unit_code").is_null() | ~col("unit_code").is_in(units.implode())).then(lit("unknown unit"))
        .when(col("kind").is_null() | ~col("kind").is_in(KINDS)).then(lit("no kind"))
        .when(col("seller").is_null() | (col("seller").str.len_chars() > 18)).then(lit("no seller"))
        .when(col("yuan").is_null()).then(lit("no amount")).when(col("tax_yuan").is_null()).then(lit("no tax"))
        .when(col("tax_yuan") < 0).then(lit("negative tax"))
    )  # fmt: skip
    # Judged row by row as a stream; doubled numbers are looked for where all rows are at hand.
    twice = pl.when(col("invoice_no").is_duplicated()).then(lit("number twice"))
    judged = rows.with_columns(reason=reason).collect(engine="streaming")
    judged = judged.with_columns(reason=twice.otherwise(col("reason")))
    bad = judged.filter(col("reason").is_not_null()).select(
        "line", "invoice_no", "issued_on", "unit_code", "kind", "seller", "amount", "tax", "reason"
    )
    bad.write_csv(folder / "rejects.csv")
    good = judged.filter(col("reason").is_null()).select(
        "invoice_no", "day", "unit_code", "kind", "seller", "yuan", "tax_yuan"
    )
    good.write_parquet(folder / "kept.parquet")
    sums = good.group_by(code="unit_code", month=col("day").dt.month()).agg(tax=col("tax_yuan").sum())
    above = [sums.group_by(code=col("code").str.slice(0, n), month="month").agg(col("tax").sum()) for n in LEVELS_ABOVE]
    pl.concat([sums, *above]).write_parquet(folder / "sums.parquet")
    return len(bad), int(sums["tax"].sum() * 100)


def pandas_pipeline(file: str, codes: str, folder: Path) -> tuple[int, int]:
    import pandas as pd

    with open(codes) as lines:
        units = set(lines.read().split())
    rows = pd.read_csv(file, dtype=str, engine="pyarrow")
    day = pd.to_datetime(rows["issued_on"], format="%Y-%m-%d", errors="coerce")
    # Money as whole fen: exact, where pandas' own numbers would be floats.
    fen = {name: _fen(rows[name]) for name in ("amount", "tax")}
    checks = {
        "number twice": rows["invoice_no"].duplicated(keep=False),
        "no number": rows["invoice_no"].isna() | (rows["invoice_no"].str.len() > 20),
        "no date": day.isna(),
        "other period": ~day.between(FIRST, LAST),
        "unknown unit": ~rows["unit_code"].isin(units),
        "no kind": ~rows["kind"].isin(KINDS),
        "no seller": rows["seller"].isna() | (rows["seller"].str.len() > 18),
        "no amount": fen["amount"].isna(),
        "no tax": fen["tax"].isna(),
        "negative tax": fen["tax"].fillna(0) < 0,
    }
    reason = pd.Series(pd.NA, index=rows.index, dtype="str")
    for told, found in checks.items():
        reason = reason.mask(reason.isna() & found, told)
    bad = reason.notna()
    rows[bad].assign(reason=reason[bad], line=rows.index[bad] + 2).to_csv(folder / "rejects.csv", index=False)
    good = rows[~bad].assign(day=day[~bad], amount=fen["amount"][~bad], tax=fen["tax"][~bad])
    good.to_parquet(folder / "kept.parquet")
    sums = good.groupby(["unit_code", good["day"].dt.month])["tax"].sum().reset_index()
    above = [sums.assign(unit_code=sums["unit_code"].str[:n]).groupby(["unit_code", "day"]).sum().reset_index()
             for n in LEVELS_ABOVE]  # fmt: skip
    pd.concat([sums, *above]).to_parquet(folder / "sums.parquet")
    return int(bad.sum()), int(sums["tax"].sum())


def _fen(texts):
    import pandas as pd

    whole = texts.where(texts.str.fullmatch(r"-?\d{1,13}\.\d{2}")).str.replace(".", "", regex=False)
    return pd.to_numeric(whole).astype("Int64")


def frictionless_pipeline(file: str, codes: str, folder: Path) -> tuple[int, int]:
    """Validation only: its report names row, column and reason."""
    from frictionless import Checklist, Resource, Schema

    with open(codes) as lines:
        units = lines.read().split()
    schema = Schema.from_descriptor({"fields": [
        {"name": "invoice_no", "type": "string", "constraints": {"required": True, "unique": True, "maxLength": 20}},
        {"name": "issued_on", "type": "date", "constraints": {"required": True, "minimum": FIRST, "maximum": LAST}},
        {"name": "unit_code", "type": "string", "constraints": {"required": True, "enum": units}},
        {"name": "kind", "type": "string", "constraints": {"required": True, "enum": list(KINDS)}},
        {"name": "seller", "type": "string", "constraints": {"required": True, "maxLength": 18}},
        {"name": "amount", "type": "number", "constraints": {"required": True}},
        {"name": "tax", "type": "number", "constraints": {"required": True, "minimum": "0"}},
    ]})  # fmt: skip
    path = Path(file)
    report = Resource(path=path.name, basepath=str(path.parent), schema=schema).validate(
        Checklist(), limit_errors=10_000_000
    )
    return len({row[0] for row in report.flatten(["rowNumber"])}), 0


def pandera_pipeline(file: str, codes: str, folder: Path) -> tuple[int, int]:
    """Validation only: its report names row, column and reason."""
    import pandas as pd
    import pandera.pandas as pa

    with open(codes) as lines:
        units = set(lines.read().split())
    rows = pd.read_csv(file, dtype=str)
    rows["issued_on"] = pd.to_datetime(rows["issued_on"], format="%Y-%m-%d", errors="coerce")
    for name in ("amount", "tax"):
        rows[name] = _fen(rows[name])
    schema = pa.DataFrameSchema({
        "invoice_no": pa.Column(str, pa.Check.str_length(max_value=20), unique=True),
        "issued_on": pa.Column("datetime64[us]", pa.Check.in_range(pd.Timestamp(FIRST), pd.Timestamp(LAST)), coerce=True),  # noqa: E501
        "unit_code": pa.Column(str, pa.Check.isin(units)),
        "kind": pa.Column(str, pa.Check.isin(KINDS)),
        "seller": pa.Column(str, pa.Check.str_length(max_value=18)),
        "amount": pa.Column("Int64"),
        "tax": pa.Column("Int64", pa.Check.ge(0)),
    })  # fmt: skip
    try:
        schema.validate(rows, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return int(errors.failure_cases["index"].nunique()), 0
    return 0, 0


PIPELINES = {
    "duckdb": duckdb_pipeline, "polars": polars_pipeline, "pandas": pandas_pipeline,
    "frictionless": frictionless_pipeline, "pandera": pandera_pipeline,
}  # fmt: skip
_NEEDS = {"frictionless": "frictionless", "pandera": "pandera.pandas", "duckdb": "duckdb", "polars": "polars",
          "pandas": "pandas"}  # fmt: skip


def _flush(path: Path) -> None:
    """Wait until the disk holds the file, if there is one."""
    if path.exists():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def main() -> None:
    name, file, codes, folder = sys.argv[1:5]
    __import__(_NEEDS[name])  # nobody is charged for importing a library
    began, cpu = time.perf_counter(), time.process_time()
    rejected, total_fen = PIPELINES[name](file, codes, Path(folder))
    for output in OUTPUTS:
        _flush(Path(folder) / output)
    print(json.dumps({
        "seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu,
        "resident_mb": resident_at_most_mb(),
        "rejected": rejected, "total_fen": total_fen,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
