"""The database's shortcuts and the plain reading of cells agree on every text."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dukao.base.periods import Period
from dukao.base.quantities import NotANumber, scaled_from_text
from dukao.registers.intake.statements import Statements, offer_readings
from dukao.registers.reading.source import Source, TextTable
from dukao.registers.rules import ColumnDefinition, DatasetDefinition
from dukao.registers.rules.cells import Unfit, canonical, cleaned
from dukao.registers.rules.rows import RowRules

COLUMNS = {
    "money": {"type": "decimal", "decimals": 2, "unit": "元"},
    "fine": {"type": "decimal", "decimals": 6},
    "bounded": {"type": "decimal", "decimals": 2, "range": [-5, "1000.50"]},
    "whole": {"type": "integer", "unit": "人", "range": [0, None]},
    "day": {"type": "date"},
    "free_day": {"type": "date"},
    "unit": {"type": "unit"},
    "kind": {"type": "code", "codes": [{"code": "1", "title": "专用"}, {"code": "A2", "title": "普通"}]},
    "label": {"type": "text", "max_length": 8},
    "shaped": {"type": "text", "pattern": r"[A-Z]\d{2,4}"},
    "month": {"type": "text"},
}


@pytest.fixture(scope="module")
def judge():
    """For a text, per column: whether SQL finds it in order, and the value it reads."""
    definition = DatasetDefinition.model_validate({
        "code": "d", "title": "d", "provider": "p", "period": "quarter", "date_column": "day",
        "columns": [{"name": name, "title": name, **more} for name, more in COLUMNS.items()],
    })  # fmt: skip
    rules = RowRules(definition, Period.parse("2026Q3"), "month")
    as_period = RowRules(
        definition.model_copy(update={"date_column": "", "period_column": "month"}), rules.period, "month"
    )
    judges = {}
    for name, some in (("dated", rules), ("periods", as_period)):
        db = duckdb.connect()
        statements = Statements(Source(TextTable(Path()), dict.fromkeys(COLUMNS, 0)), some)
        offer_readings(db, statements)
        numbers = range(len(COLUMNS))
        texts = "SELECT " + ", ".join(f"x AS x{n}" for n in numbers) + " FROM texts"
        told = ", ".join(f"{statements.fits(n)}, v{n}::VARCHAR" for n in numbers)
        judges[name] = (db, f"SELECT {told} FROM ({statements.values(texts, slow=True)})", some)
    return judges


def asked(judges, name: str, texts: list[str]):
    """Per text and column: whether SQL finds it in order, and the value it reads."""
    db, query, _rules = judges[name]
    db.execute("CREATE OR REPLACE TABLE texts (x VARCHAR)")
    db.executemany("INSERT INTO texts VALUES (?)", [[cleaned(text) or None] for text in texts])
    for text, row in zip(texts, db.execute(query).fetchall(), strict=True):
        for column, fits, value in zip(COLUMNS, row[0::2], row[1::2], strict=True):
            yield text, column, fits, value


numbers = st.from_regex(r"[+−-]? ?[￥¥]?[0-9０-９]{0,19}([,，][0-9]{1,3}){0,4}([.．][0-9]{0,8})?元?%?", fullmatch=True)
dates = st.from_regex(
    r"(19|20|29|30|02)[0-9]{2}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2}日?( 0?[0-9]:[0-9]{2}(:00)?)?", fullmatch=True
)
periods = st.from_regex(r"202[5-7](年?Q?第?[1-4一三]?(季度)?|[-/年]?[01]?[0-9]月?)", fullmatch=True)
units = st.from_regex(r"[0-9０-９]{6}([0-9]{3}){0,2}", fullmatch=True)
written = st.one_of(
    numbers,
    dates,
    periods,
    units,
    st.text(max_size=12),
    st.dates().map(str),
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**16), max_value=10**16).map(str),
    st.sampled_from(
        ["1", "A2", "专用", "Ａ２", "A12", "2.6E+19", "1e5", "-0", "-0.00", "1.", ".5", "00012", "1" * 18, " 1 "]
    ),
)


TRAPS = [
    "1,234.50", "１２３，４５６．７", "100000000000000000", "1000000000000000.00", "2026-9-30", "2026-02-30",
    "99999999999.999999", "123456789012", "2026-07-01 12:00", "-", "", "230202", "0" * 30 + "1",
]  # fmt: skip


@settings(max_examples=60)
@given(st.lists(written, min_size=20, max_size=40))
@example(TRAPS)
def test_shortcuts_agree_with_the_plain_reading(judge, texts):
    for name in ("dated", "periods"):
        _db, _query, rules = judge[name]
        for text, column, fits, value in asked(judge, name, texts):
            cell = cleaned(text)
            if not cell:
                assert fits == (column not in rules.required)
                continue
            reason = rules.reason(rules.definition.column(column), cell, lambda _code: None)
            assert fits == (reason is None), (column, text, reason)
            assert not fits or value == rules.readings[column](cell)


@settings(max_examples=300)
@given(numbers)
def test_numbers_are_read_as_everywhere_in_the_house(text):
    column = ColumnDefinition.model_validate(
        {"name": "a", "title": "a", "type": "decimal", "decimals": 2, "unit": "元"}
    )
    try:
        wanted = scaled_from_text(text, 2, unit="元")
    except NotANumber:
        with pytest.raises(Unfit):
            canonical(column, text)
    else:
        assert int(Decimal(canonical(column, text)) * 100) == wanted


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("day", "2026-07-01", "2026-07-01"),
        ("day", "2026/7/1", "2026-07-01"),
        ("day", "2026年7月1日", "2026-07-01"),
        ("day", "20260701", "2026-07-01"),
        ("day", "2026.07.01", "2026-07-01"),
        ("day", "２０２６－０７－０１", "2026-07-01"),
        ("day", "2026-07-01 23:59:59", "2026-07-01"),
        ("money", "￥1,234.50", "1234.50"),
        ("money", "-0.5", "-0.50"),
        ("money", "１２", "12.00"),
        ("money", "3元", "3.00"),
        ("whole", "1,234", "1234"),
        ("whole", "12.00", "12"),
        ("unit", "230202", "230202000000"),
        ("unit", "230202001", "230202001000"),
        ("unit", "230202001201", "230202001201"),
        ("kind", "普通", "A2"),
        ("kind", "Ａ２", "A2"),
        ("label", "　x ", "x"),
    ],
)
def test_what_people_write_is_read_exactly(column, text, value):
    definition = ColumnDefinition.model_validate({"name": column, "title": column, **COLUMNS[column]})
    assert canonical(definition, cleaned(text)) == value


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("day", "46204", "日期格式"),
        ("day", "1/7/2026", "不是日期"),
        ("day", "2026-7/1", "不是日期"),
        ("day", "2026-02-30", "没有这一天"),
        ("day", "0026-07-01", "年份"),
        ("day", "2026-07-01 25:00:00", "不是日期"),
        ("day", "#REF!", "不是日期"),
        ("money", "#DIV/0!", "不是数字"),
        ("money", "12,34", "逗号"),
        ("money", "1.005", "小数超过 2 位"),
        ("money", "1e5", "不是数字"),
        ("money", "$3", "不是数字"),
        ("whole", "￥3", "不是数字"),
        ("money", "9" * 70, "数字超过"),
        ("money", "12%", "不是数字"),
        ("unit", "23020", "12 位"),
        ("unit", "23020200120x", "12 位"),
        ("kind", "其他", "不在代码表"),
        ("label", "九个字九个字九个字", "超过 8"),
        ("label", "2.6E+19", "科学计数"),
        ("shaped", "a12", "不符合"),
    ],
)
def test_what_would_need_a_guess_is_refused_with_a_reason(column, text, reason):
    definition = ColumnDefinition.model_validate({"name": column, "title": column, **COLUMNS[column]})
    with pytest.raises(Unfit, match=reason):
        canonical(definition, text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026", "2026"),
        ("2026年", "2026"),
        ("2026Q3", "2026Q3"),
        ("2026q3", "2026Q3"),
        ("2026年三季度", "2026Q3"),
        ("2026年第3季度", "2026Q3"),
        ("2026-07", "2026-07"),
        ("202607", "2026-07"),
        ("2026/7", "2026-07"),
        ("2026年7月", "2026-07"),
        ("2026年 7 月", "2026-07"),
        ("2026-07-15", "2026-07-15"),
        ("2026年7月15日", "2026-07-15"),
    ],
)
def test_periods_are_read_as_people_write_them(text, code):
    from dukao.registers.rules.cells import period_reading

    assert period_reading(ColumnDefinition.model_validate({"name": "p", "title": "p", "type": "text"}))(text) == code
    assert Period.parse(code).starts_on <= date(2026, 7, 15)
