"""One delivery through the product, a process of its own: `python -m bench._delivery_site FOLDER FILE CITIES`.

Prints seconds, megabytes resident at most, and what came of it, as one line of JSON.
"""

import json
import os
import sys
import time
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path

from bench._invoices import KINDS, PROVINCE, units
from bench._memory import resident_at_most_mb

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
ELEMENT = {
    "code": "invoice_tax", "title": "发票税额", "unit": "元", "decimals": 2, "period": "month", "level": "village",
    "adds_up": {"units": "sum", "periods": "sum"}, "owner": "tax", "synthetic": True,
}  # fmt: skip
DATASET = {
    "code": "invoices", "title": "发票", "provider": "tax", "period": "quarter", "synthetic": True,
    "columns": [
        {"name": "invoice_no", "title": "发票号码", "type": "text", "required": True, "max_length": 20},
        {"name": "issued_on", "title": "开票日期", "type": "date", "required": True},
        {"name": "unit_code", "title": "区划代码", "type": "unit", "required": True},
        {"name": "kind", "title": "种类", "type": "code", "required": True, "codes": list(KINDS)},
        {"name": "seller", "title": "销售方", "type": "text", "required": True, "max_length": 18},
        {"name": "amount", "title": "金额", "type": "decimal", "decimals": 2, "required": True},
        {"name": "tax", "title": "税额", "type": "decimal", "decimals": 2, "unit": "元", "range": [0, None],
         "required": True},
    ],
    "key": ["invoice_no"], "unit_column": "unit_code", "date_column": "issued_on",
    "measures": [{"element": "invoice_tax", "function": "sum", "column": "tax"}],
}  # fmt: skip


def prepare(cities: int) -> None:
    """An empty house with the province, one department, one element and the dataset."""
    from django.core.management import call_command

    from dukao.base.definitions import checked
    from dukao.org import actions as org
    from dukao.org.models import Unit
    from dukao.org.rules import SYSTEM
    from dukao.registers import actions
    from dukao.registers.rules import DatasetDefinition, ElementDefinition

    call_command("migrate", verbosity=0)
    made: dict[str, tuple[int, str]] = {"": (0, "/")}
    rows = []
    for number, (code, level, parent) in enumerate(units(cities), start=1):
        above, path = made[parent]
        made[code] = (number, f"{path}{number}/")
        rows.append(Unit(
            id=number, code=code, name=code, short_name=code, pinyin="", pinyin_initials="", level=level,
            parent_id=above or None, path=made[code][1], valid_from=date(2020, 1, 1),
        ))  # fmt: skip
    Unit.objects.bulk_create(rows, batch_size=5000)
    org.define_department(code="tax", name="税务局", unit_code=PROVINCE, by=SYSTEM, at=AT)
    actions.define_element(definition=checked(ElementDefinition, ELEMENT, place="bench"), by=SYSTEM, at=AT)
    actions.define_dataset(definition=checked(DatasetDefinition, DATASET, place="bench"), by=SYSTEM, at=AT)


def deliver(file: Path) -> dict[str, object]:
    from django.db.models import Sum

    from dukao.base.periods import Period
    from dukao.org.rules import SYSTEM
    from dukao.registers import actions
    from dukao.registers.models import Total

    for name in ("dukao.registers.intake.staging", "ibis.backends.sql.compilers", "pandas", "pyarrow.dataset"):
        import_module(name)  # nobody is charged for importing a library

    began, cpu = time.perf_counter(), time.process_time()
    number = actions.receive_delivery(
        dataset="invoices", period=Period.parse("2026Q3"), scope_unit=PROVINCE, file=file, file_name=file.name,
        mapping=None, by=SYSTEM, at=AT,
    )  # fmt: skip
    received = time.perf_counter()
    view = actions.land_delivery(number=number, at=AT)
    ended = time.perf_counter()
    total = Total.objects.filter(unit__code=PROVINCE).aggregate(fen=Sum("sum"))
    return {
        "seconds": ended - began, "receive_seconds": received - began, "cpu_seconds": time.process_time() - cpu,
        "resident_mb": resident_at_most_mb(),
        "state": view.state, "rows": view.rows_read, "rejected": view.rows_rejected, "facts": view.facts_landed,
        "total_fen": total["fen"],
    }  # fmt: skip


def main() -> None:
    folder, file, cities = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    os.environ |= {"DUKAO_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "dukao.settings"}
    os.environ.pop("DUKAO_DATABASE_URL", None)
    import django

    django.setup()
    prepare(cities)
    print(json.dumps(deliver(file)), flush=True)


if __name__ == "__main__":
    main()
