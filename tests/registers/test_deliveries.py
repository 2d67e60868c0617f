"""Deliveries end to end: received, checked, landed, corrected, refused."""

import csv

from dukao.base.models import Event
from dukao.base.periods import Period
from dukao.org.rules import SYSTEM
from dukao.registers import queries
from dukao.registers.models import Fact, Total
from tests.registers.invoices import csv_of, define, deliver


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
