"""Deliveries end to end: received, checked, landed, corrected, refused."""

import csv
import hashlib
from datetime import date
from decimal import Decimal
from socket import gethostname

import pyarrow.parquet as pq
import pytest

from dukao.base.models import Event
from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere
from dukao.org.rules import SYSTEM
from dukao.registers import actions, queries
from dukao.registers.intake import staging
from dukao.registers.models import Delivery, Fact, Total
from dukao.registers.records import path_of
from tests.registers.invoices import AT, ELEMENTS, Q3, csv_of, define, deliver, receive


def facts(city, element: str) -> dict[tuple[str, str], int]:
    """Current facts by village name and period code."""
    names = {pk: name for name, pk in city.unit.items()}
    rows = Fact.objects.filter(element__code=element, superseded_at=None)
    return {(names[f.unit_id], Period(f.period).code): f.value for f in rows}


def faults(number: str) -> list[tuple[str, str, str, str]]:
    path = queries.rejects_file(number=number, viewer=SYSTEM)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def test_a_delivery_lands(city, var, tmp_path):
    define(city)
    view = deliver(
        csv_of(
            tmp_path,
            "A1,990101001201,2026-07-01,1,100.50,x",
            "A2,990101001201,2026-07-31,2,0.25,",
            "A3,990101001202,2026-09-30,专用,7,",
            "A4,990102001201,2026-07-15,,,",
        ),
        by=city.actor["tara"],
    )
    assert (view.state, view.rows_read, view.rows_accepted, view.rows_rejected) == ("landed", 4, 4, 0)
    assert facts(city, "tax_sum") == {("一村", "2026-07"): 10075, ("二村", "2026-09"): 700}
    assert facts(city, "invoice_count") == {("一村", "2026-07"): 2, ("二村", "2026-09"): 1, ("四村", "2026-07"): 1}
    total = Total.objects.get(element__code="tax_sum", unit_id=city.unit["富水市"], period=2026207)
    assert (total.sum, total.n, total.pending_n) == (10075, 1, 0)
    assert [e.verb for e in Event.objects.order_by("id") if "delivery" in e.verb] == [
        "registers.delivery.received",
        "registers.delivery.landed",
    ]
    assert view.found["encoding"] == "utf-8"
    assert not view.has_rejects


def test_an_element_that_is_defined_anew_while_the_file_is_read_is_read_again(city, var, tmp_path, monkeypatch):
    define(city)
    stage, more = staging.stage_facts, [{**ELEMENTS[0], "decimals": 4}]

    def stage_and_define(*given):
        stage(*given)
        define(city, elements=more)

    monkeypatch.setattr(staging, "stage_facts", stage_and_define)
    view = deliver(csv_of(tmp_path, "A1,990101001201,2026-07-01,1,100.50,x"))
    assert view.state == "landed"
    assert facts(city, "tax_sum") == {("一村", "2026-07"): 100_5000}
    assert Delivery.objects.get().attempts == 2


def test_bad_rows_are_set_aside_with_line_column_value_and_reason(city, var, tmp_path):
    define(city)
    view = deliver(
        csv_of(
            tmp_path,
            "A1,990101001201,2026-07-01,1,100.50,",
            "A2,990101001201,2026-13-01,1,1,",
            "A3,990199001201,2026-07-01,1,1,",
            "A4,990101001000,2026-07-01,1,1,",
            "A5,990101001201,2026-10-01,9,-0.01,",
            ",990101001201,2026-07-01,1,1.005,",
            "A1,990101001202,2026-07-02,1,5,",
            "A8,990101001202,2026-07-02,1,5,",
        )
    )
    assert (view.state, view.rows_read, view.rows_rejected, view.has_rejects) == ("landed", 8, 7, True)
    assert facts(city, "invoice_count") == {("二村", "2026-07"): 1}
    assert faults(view.number) == [
        ("2", "invoice_no", "A1", "与第 8 行重复"),
        ("3", "issued_on", "2026-13-01", "“2026-13-01”：日历上没有这一天"),
        ("4", "unit_code", "990199001201", "区划代码 990199001201 不在本次交付的范围（富水市）内，或已撤销"),
        ("5", "unit_code", "990101001000", "区划代码 990101001000 是乡镇级单位，数据按村级保存，请写到村级"),
        ("6", "issued_on", "2026-10-01", "“2026-10-01”不在本次交付的时期（2026年三季度）内"),
        ("6", "kind", "9", "“9”不在代码表里（1、2）"),
        ("6", "tax", "-0.01", "“-0.01”小于下限 0"),
        ("7", "invoice_no", "", "必填，但为空"),
        ("7", "tax", "1.005", "“1.005”的小数超过 2 位"),
        ("8", "invoice_no", "A1", "与第 2 行重复"),
    ]
    page = queries.rejects(number=view.number, viewer=SYSTEM)
    assert (page.rows[0].line, len(page.rows), page.has_more) == ("2", 10, False)


GOOD = "A1,990101001201,2026-07-01,1,100.50,"


def test_other_scopes_and_periods_stand_beside_each_other(city, var, tmp_path):
    define(city)
    deliver(csv_of(tmp_path, GOOD), scope=city.code["东县"])
    deliver(csv_of(tmp_path, "B1,990102001201,2026-07-01,1,5,"), scope=city.code["西区"])
    deliver(csv_of(tmp_path, "A1,990101001201,2026-04-01,1,1,"), scope=city.code["东县"], period=Period.parse("2026Q2"))
    assert facts(city, "tax_sum") == {("一村", "2026-07"): 10050, ("四村", "2026-07"): 500, ("一村", "2026-04"): 100}


def test_an_older_delivery_that_lands_later_does_not_cover_the_correction(city, var, tmp_path):
    define(city)
    older = receive(csv_of(tmp_path, GOOD))
    newer = deliver(csv_of(tmp_path, "A1,990101001201,2026-07-01,1,1,", name="b.csv"))
    view = actions.land_delivery(number=older, at=AT)
    assert (view.state, view.facts_landed) == ("superseded", 0)
    assert facts(city, "tax_sum") == {("一村", "2026-07"): 100}
    assert queries.delivery(number=newer.number, viewer=SYSTEM).state == "landed"


def test_waiting_deliveries_are_landed_oldest_first(city, var, tmp_path):
    define(city)
    numbers = [receive(csv_of(tmp_path, f"A1,990101001201,2026-07-01,1,{n},", name=f"{n}.csv")) for n in (1, 2, 3)]
    assert actions.land_waiting(at=AT) == 3
    assert actions.land_waiting(at=AT) == 0
    states = [queries.delivery(number=number, viewer=SYSTEM).state for number in numbers]
    assert states == ["superseded", "superseded", "landed"]
    assert facts(city, "tax_sum") == {("一村", "2026-07"): 300}


def test_a_claim_of_a_dead_process_is_taken_over_and_endless_tries_end(city, var, tmp_path):
    define(city)
    number = receive(csv_of(tmp_path, GOOD))
    held = Delivery.objects.filter(number=number)
    held.update(claimed_at=AT, claimed_by=f"{gethostname()}:999999999:1:x", attempts=3)
    assert actions.land_delivery(number=number, at=AT).state == "landed"
    number = receive(csv_of(tmp_path, GOOD, GOOD.replace("A1", "A2")))
    Delivery.objects.filter(number=number).update(attempts=10)
    view = actions.land_delivery(number=number, at=AT)
    assert (view.state, view.problem["refused"]) == ("refused", "ReadingFailed")


@pytest.mark.parametrize(
    ("rows", "header", "refused", "what"),
    [
        (["A1,990101001201,2026-13-01,1,1,"], None, "NothingAccepted", "1 行都有问题"),
        ([], None, "NothingAccepted", "没有数据行"),
        (["a,b"], "x,y", "NoHeader", "没有找到表头"),
        (["A1,1"], "发票号码,税额", "NoHeader", "缺少列：区划代码（unit_code）、开票日期（issued_on）"),
    ],
)
def test_refused_deliveries_say_why_and_leave_what_is_known_alone(city, var, tmp_path, rows, header, refused, what):
    define(city)
    deliver(csv_of(tmp_path, GOOD))
    view = deliver(csv_of(tmp_path, *rows, name="b.csv", **({"header": header} if header else {})))
    assert (view.state, view.problem["refused"]) == ("refused", refused)
    assert what in view.problem["what"]
    assert view.problem["todo"]
    assert facts(city, "tax_sum") == {("一村", "2026-07"): 10050}
    assert Event.objects.filter(verb="registers.delivery.refused").count() == 1
    # Once the file is right the same delivery may be made again.
    assert (
        deliver(csv_of(tmp_path, *rows, name="b.csv", **({"header": header} if header else {}))).number != view.number
    )


def test_a_mapping_says_which_column_is_which(city, var, tmp_path):
    define(city)
    file = csv_of(tmp_path, "A1,990101001201,2026-07-01,1.5", header="号,地,日,钱")
    mapping = {"号": "invoice_no", "地": "unit_code", "#3": "issued_on", "钱": "tax"}
    assert deliver(file).state == "refused"
    view = deliver(file, mapping=mapping)
    assert (view.state, view.mapping) == ("landed", mapping)
    assert facts(city, "tax_sum") == {("一村", "2026-07"): 150}
    # The same file read another way is another delivery, and corrects the first.
    other = deliver(file, mapping={**mapping, "钱": "note"})
    assert (other.state, other.supersedes) == ("landed", view.number)
    with pytest.raises(Invalid, match="没有的列"):
        receive(file, mapping={"号": "nothing"})


def test_a_mapping_is_proposed_with_confidence_and_reason(city, var, tmp_path):
    define(city)
    file = csv_of(tmp_path, "A1,990101001201,2026-07-01,1.5", header="发票号,行政区划,开票日,税额(元)")
    proposed = {p.column: p for p in queries.propose_mapping(dataset="invoices", file=file, viewer=city.actor["tara"])}
    told = {column: (p.header, p.confidence >= 95) for column, p in proposed.items()}
    assert told == {
        "invoice_no": ("发票号", False), "unit_code": ("行政区划", True), "issued_on": ("开票日", False),
        "tax": ("税额(元)", True), "kind": ("", False), "note": ("", False),
    }  # fmt: skip
    assert proposed["invoice_no"].reason == "名称相近；试读的值都符合"
    by_names = queries.propose_mapping(dataset="invoices", columns=["税额", "备注"], viewer=SYSTEM)
    assert [p.header for p in by_names] == ["", "", "", "", "税额", "备注"]
    with pytest.raises(NotThere):
        queries.propose_mapping(dataset="invoices", file=file, viewer=city.actor["alice"])


def test_only_the_providing_department_sees_what_was_set_aside(city, var, tmp_path):
    define(city)
    number = deliver(csv_of(tmp_path, GOOD, "A2,1,2026-07-01,1,1,"), by=city.actor["tara"]).number
    seen = {name: bool(queries.deliveries(viewer=actor)) for name, actor in city.actor.items()}
    assert {name for name, sees in seen.items() if sees} == {"tara", "sam"}
    assert queries.rejects(number=number, viewer=city.actor["tara"]).rows[0].line == "3"
    for name in ("dora", "sam", "adam", "charlie"):
        with pytest.raises(NotThere):
            queries.rejects(number=number, viewer=city.actor[name])


def test_the_catalogue_is_for_everybody_with_a_post(city, var, tmp_path):
    define(city)
    deliver(csv_of(tmp_path, GOOD))
    view = queries.dataset(code="invoices", viewer=city.actor["alice"])
    assert (view.provider_name, view.deliveries, view.latest_period, view.may_deliver) == ("税务局", 1, Q3.key, False)
    assert queries.dataset(code="invoices", viewer=city.actor["tara"]).may_deliver
    assert queries.datasets(viewer=city.actor["charlie"]) == ()
    with pytest.raises(NotThere):
        queries.dataset(code="invoices", viewer=city.actor["charlie"])


def test_no_cell_of_the_list_of_faults_runs_in_a_spreadsheet(city, var, tmp_path):
    define(city)
    risky = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "-5"]
    rows = [f'A{n},990101001201,2026-07-01,1,"{text}",' for n, text in enumerate(risky)]
    view = deliver(csv_of(tmp_path, GOOD.replace("A1", "B1"), *rows))
    values = [value for _line, column, value, _reason in faults(view.number) if column == "tax"]
    assert values == ["'=1+1", "'+1", "'-1+cmd|' /C calc'!A0", "'@SUM(A1)", "-5"]
    path = queries.rejects_file(number=view.number, viewer=SYSTEM)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_encodings_land_alike(city, var, tmp_path, encoding):
    define(city)
    view = deliver(csv_of(tmp_path, GOOD, "A2,990101001201,2026年7月2日,普通,￥1,备注", encoding=encoding))
    assert (view.state, view.rows_accepted) == ("landed", 2)
    assert facts(city, "tax_sum") == {("一村", "2026-07"): 10150}


def test_irregular_rows_are_set_aside_and_the_rest_lands(city, var, tmp_path):
    define(city)
    broken = '"A\n3",990101001201,2026-07-03,1,1,'
    view = deliver(csv_of(tmp_path, GOOD, "A2,990101001201", broken, ",,,,,", "x" * 9))
    assert (view.rows_read, view.rows_rejected) == (4, 2)
    assert faults(view.number) == [
        ("3", "（整行）", "", "这一行有 2 格，表头有 6 列"),
        ("7", "（整行）", "", "这一行有 1 格，表头有 6 列"),
    ]


def measured(city, *measures, elements=(), **changes):
    """Define elements e0, e1 … of these shapes, and the dataset with one measure for each."""
    more = [
        {"code": f"e{n}", "title": f"e{n}", "period": "month", "level": "village", "owner": "tax",
         "adds_up": {"units": "sum", "periods": "sum"}, **(elements[n] if n < len(elements) else {})}
        for n in range(len(measures))
    ]  # fmt: skip
    define(city, elements=more, measures=[{"element": f"e{n}", **m} for n, m in enumerate(measures)], **changes)


def test_every_function_and_filter(city, var, tmp_path):
    money = {"unit": "元", "decimals": 2}
    measured(
        city,
        {"function": "sum", "column": "tax", "where": [{"column": "kind", "is": "1"}]},
        {"function": "count", "where": [{"column": "tax", "at_least": "2"}, {"column": "kind", "not": "2"}]},
        {"function": "count_distinct", "column": "note"},
        {"function": "mean", "column": "tax"},
        {"function": "last", "column": "tax", "where": [{"column": "issued_on", "at_most": "2026-07-20"}]},
        {"function": "last", "column": "note"},
        {"function": "sum", "column": "tax", "where": [{"column": "note", "in": ["a", "b"]}], "empty": "zero"},
        elements=[money, {}, {}, money, money, {"kind": "text", "adds_up": None}, money],
    )
    deliver(csv_of(
        tmp_path,
        "A1,990101001201,2026-07-01,1,1.00,a", "A2,990101001201,2026-07-09,2,2.00,b",
        "A3,990101001201,2026-07-21,,2.02,a", "A4,990101001202,2026-07-09,2,,",
    ))  # fmt: skip
    one = ("一村", "2026-07")
    assert [facts(city, f"e{n}") for n in range(5)] == [{one: 100}, {one: 1}, {one: 2}, {one: 167}, {one: 200}]
    assert [f.text for f in Fact.objects.filter(element__code="e5")] == ["a"]
    zeros = facts(city, "e6")
    assert (len(zeros), zeros.pop(one), set(zeros.values())) == (6 * 3, 502, {0})


def test_finer_rows_are_folded_up_and_coarser_elements_get_their_period(city, var, tmp_path):
    measured(
        city, {"function": "sum", "column": "tax"}, {"function": "count"},
        elements=[{"unit": "元", "decimals": 2, "level": "county", "period": "quarter"}, {"level": "town"}],
    )  # fmt: skip
    view = deliver(csv_of(
        tmp_path, GOOD, "A2,990101001000,2026-08-01,1,1,", "A3,990101000000,2026-08-01,1,1,",
        "A4,990102001203,2026-09-01,1,2,",
    ))  # fmt: skip
    assert facts(city, "e0") == {("东县", "2026Q3"): 10150, ("西区", "2026Q3"): 200}
    assert facts(city, "e1") == {("甲镇", "2026-07"): 1, ("甲镇", "2026-08"): 1, ("丙镇", "2026-09"): 1}
    assert [row[3] for row in faults(view.number)] == [
        "区划代码 990101000000 是县级单位，数据按乡镇级保存，请写到乡镇级"
    ]


def test_figures_that_an_element_cannot_hold_are_set_aside(city, var, tmp_path):
    measured(
        city,
        {"function": "sum", "column": "tax"},
        {"function": "last", "column": "note"},
        {"function": "last", "column": "kind"},
        elements=[
            {"unit": "元", "decimals": 2, "range": [0, 100]}, {"kind": "text", "adds_up": None},
            {"kind": "code", "adds_up": None, "codes": ["1"]},
        ],
    )  # fmt: skip
    view = deliver(csv_of(
        tmp_path, GOOD + "a", "A2,990101001201,2026-07-01,2,0,b", "A3,990101001202,2026-07-01,1,5,c",
    ))  # fmt: skip
    assert facts(city, "e0") == {("二村", "2026-07"): 500}
    assert (view.rows_rejected, view.found["cells_rejected"], view.facts_landed) == (0, 3, 3)
    assert faults(view.number) == [
        ("", "数据元 e0", "100.50", "990101001201 2026年7月：大于数据元的上限 100.00"),
        ("", "数据元 e1", "b", "990101001201 2026年7月：几行都是最后一天，值却不同，无法判断用哪一个"),
        ("", "数据元 e2", "2", "990101001201 2026年7月：几行都是最后一天，值却不同，无法判断用哪一个"),
    ]


def test_a_file_with_only_a_header_means_zero_where_nothing_means_zero(city, var, tmp_path):
    measured(city, {"function": "count", "empty": "zero"}, elements=[{"level": "county", "period": "quarter"}])
    view = deliver(csv_of(tmp_path))
    assert (view.state, view.rows_read) == ("landed", 0)
    assert facts(city, "e0") == {("东县", "2026Q3"): 0, ("西区", "2026Q3"): 0}


def test_datasets_without_units_or_dates_are_about_the_whole_scope_and_period(city, var, tmp_path):
    columns = [{"name": "tax", "title": "税额", "type": "decimal", "decimals": 2, "unit": "元", "element": "e0"}]
    element = {"unit": "元", "decimals": 2, "level": "county", "period": "quarter"}
    define(
        city, elements=[{**ELEMENTS[0], **element}], columns=[{**columns[0], "element": "tax_sum"}], key=[],
        unit_column="", date_column="", measures=[],
    )  # fmt: skip
    deliver(csv_of(tmp_path, "1.5", "2", header="税额"), scope=city.code["东县"])
    assert facts(city, "tax_sum") == {("东县", "2026Q3"): 350}
    with pytest.raises(actions.NotThisScope, match="没有单位列"):
        receive(csv_of(tmp_path, "1.5", header="税额"))
    with pytest.raises(actions.NotThisScope, match="更高一级"):
        receive(csv_of(tmp_path, "1.5", header="税额"), scope=city.code["甲镇"])


def test_a_period_column_says_which_month_a_row_is_about(city, var, tmp_path):
    columns = [
        {"name": "unit_code", "title": "区划代码", "type": "unit"}, {"name": "month", "title": "月份", "type": "text"},
        {"name": "tax", "title": "税额", "type": "decimal", "decimals": 2, "unit": "元", "element": "tax_sum"},
    ]  # fmt: skip
    define(city, columns=columns, key=["unit_code", "month"], date_column="", period_column="month", measures=[])
    view = deliver(csv_of(
        tmp_path,
        "990101001201,2026-07,1", "990101001201,2026年8月,2", "990101001202,202609,3", "990101001202,2026Q3,4",
        "990101001202,2026-10,5", "990101001201,2026/7,6", header="区划代码,月份,税额",
    ))  # fmt: skip
    assert facts(city, "tax_sum") == {("一村", "2026-08"): 200, ("二村", "2026-09"): 300}
    assert [(line, reason) for line, _c, _v, reason in faults(view.number)] == [
        ("2", "与第 7 行重复"), ("5", "“2026Q3”的时期太长，数据按更短的时期保存"),
        ("6", "“2026-10”不在本次交付的时期（2026年三季度）内"), ("7", "与第 2 行重复"),
    ]  # fmt: skip


def test_what_landed_is_kept_as_exact_columns_under_its_digest(city, var, tmp_path):
    define(city)
    number = deliver(csv_of(tmp_path, GOOD)).number
    held = Delivery.objects.get(number=number)
    path = path_of("records", held.records_digest)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == held.records_digest
    table = pq.read_table(path)
    assert str(table.schema.field("tax").type) == "decimal128(18, 2)"
    assert table.to_pylist() == [{
        "invoice_no": "A1", "unit_code": 990101001201, "issued_on": date(2026, 7, 1), "kind": "1",
        "tax": Decimal("100.50"), "note": None,
    }]  # fmt: skip
    assert path_of("inbox", held.file_digest).read_bytes().endswith(b"100.50,\n")
    assert not list((var / "work").iterdir())
