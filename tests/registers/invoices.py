"""The invoice dataset that intake tests deliver, and how they deliver it."""

from datetime import UTC, datetime
from pathlib import Path

from dukao.base.definitions import checked
from dukao.base.periods import Period
from dukao.org.rules import SYSTEM
from dukao.registers import actions
from dukao.registers.queries import DeliveryView
from dukao.registers.rules import DatasetDefinition, ElementDefinition

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
Q3 = Period.parse("2026Q3")

ELEMENTS = [
    {"code": "tax_sum", "title": "税额合计", "unit": "元", "decimals": 2, "period": "month",
     "adds_up": {"units": "sum", "periods": "sum"}, "level": "village", "owner": "tax"},
    {"code": "invoice_count", "title": "发票份数", "unit": "份", "period": "month",
     "adds_up": {"units": "sum", "periods": "sum"}, "level": "village", "owner": "tax"},
]  # fmt: skip
INVOICES = {
    "code": "invoices", "title": "增值税发票", "provider": "tax", "period": "quarter", "accept_days": 400,
    "columns": [
        {"name": "invoice_no", "title": "发票号码", "type": "text", "required": True, "max_length": 20},
        {"name": "unit_code", "title": "区划代码", "type": "unit", "required": True, "aliases": ["行政区划"]},
        {"name": "issued_on", "title": "开票日期", "type": "date", "required": True},
        {"name": "kind", "title": "发票种类", "type": "code",
         "codes": [{"code": "1", "title": "专用"}, {"code": "2", "title": "普通"}]},
        {"name": "tax", "title": "税额", "type": "decimal", "decimals": 2, "unit": "元", "range": [0, None]},
        {"name": "note", "title": "备注", "type": "text", "max_length": 100},
    ],
    "key": ["invoice_no"], "unit_column": "unit_code", "date_column": "issued_on",
    "measures": [
        {"element": "tax_sum", "function": "sum", "column": "tax"},
        {"element": "invoice_count", "function": "count"},
    ],
}  # fmt: skip
HEADER = "发票号码,区划代码,开票日期,发票种类,税额,备注"


def define(city, *, elements=ELEMENTS, **changes) -> None:
    for data in elements:
        actions.define_element(definition=checked(ElementDefinition, data, place="test"), by=SYSTEM, at=AT)
    dataset = checked(DatasetDefinition, {**INVOICES, **changes}, place="test")
    actions.define_dataset(definition=dataset, by=SYSTEM, at=AT)


def receive(file: Path, *, by=SYSTEM, scope="990100000000", period=Q3, mapping=None, dataset="invoices", at=AT) -> str:
    return actions.receive_delivery(
        dataset=dataset, period=period, scope_unit=scope, file=file, file_name=file.name, mapping=mapping, by=by, at=at
    )


def deliver(file: Path, *, at=AT, **more) -> DeliveryView:
    return actions.land_delivery(number=receive(file, at=at, **more), at=at)


def csv_of(folder: Path, *rows: str, header: str = HEADER, name: str = "a.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(("\n".join([header, *rows]) + "\n").encode(encoding))
    return path
