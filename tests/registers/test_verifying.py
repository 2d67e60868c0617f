"""Facts against the records they were distilled from."""

from dukao.registers import records
from dukao.registers.actions import verify_deliveries
from dukao.registers.models import Delivery, Fact
from tests.registers.invoices import csv_of, define, deliver

ROWS = ["A1,990101001201,2026-07-01,1,100.50,x", "A2,990101001201,2026-07-31,2,0.25,",
        "A3,990101001202,2026-09-30,1,7,", "A4,990101001202,2026-13-30,1,7,"]


def test_what_landed_is_what_its_records_say(city, var, tmp_path):
    define(city)
    deliver(csv_of(tmp_path, *ROWS))
    deliver(csv_of(tmp_path, *ROWS[:2], "A9,990102001201,2026-08-01,1,5,", name="b.csv"))
    assert list(verify_deliveries()) == []


def test_facts_that_were_changed_removed_or_added_are_found(city, var, tmp_path):
    define(city)
    number = deliver(csv_of(tmp_path, *ROWS)).number
    taxed = Fact.objects.filter(element__code="tax_sum")
    taxed.filter(unit_id=city.unit["一村"]).update(value=1)
    taxed.filter(unit_id=city.unit["二村"]).update(unit_id=city.unit["三村"])
    (found,) = verify_deliveries()
    assert (found.check, found.where) == ("registers.facts", f"delivery:{number}")
    assert "缺 1 个，多 1 个，值不同 1 个" in found.what


def test_files_that_are_gone_or_changed_are_found(city, var, tmp_path):
    define(city)
    deliver(csv_of(tmp_path, *ROWS))
    delivery = Delivery.objects.get()
    inbox = records.path_of("inbox", delivery.file_digest)
    inbox.chmod(0o644)
    inbox.write_bytes(b"other")
    records.path_of("records", delivery.records_digest).unlink()
    assert [(f.check, f.what.split("：")[0]) for f in verify_deliveries()] == [
        ("registers.files", "文件被改动过"), ("registers.files", "文件不见了"),
    ]


def test_a_dataset_that_was_defined_anew_is_passed_over(city, var, tmp_path):
    define(city)
    deliver(csv_of(tmp_path, *ROWS))
    define(city, title="发票（新）", measures=[{"element": "invoice_count", "function": "count"}])
    assert list(verify_deliveries()) == []
