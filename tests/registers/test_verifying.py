"""Facts against what landed, files against their digests: what is found, and what is no finding."""

import pytest

from dukao.org.models import Unit
from dukao.registers import records
from dukao.registers.digests import FactsDigest
from dukao.registers.models import Delivery, Fact
from dukao.registers.queries import delivery_findings
from tests.registers.facts_twin import batch
from tests.registers.invoices import ELEMENTS, csv_of, define, deliver

ROWS = ["A1,990101001201,2026-07-01,1,100.50,x", "A2,990101001201,2026-07-31,2,0.25,",
        "A3,990101001202,2026-09-30,1,7,", "A4,990101001202,2026-13-30,1,7,"]


@pytest.fixture
def landed(city, var, tmp_path) -> str:
    """The number of a delivery that has landed."""
    define(city)
    return deliver(csv_of(tmp_path, *ROWS)).number


def test_what_landed_is_what_is_kept(city, landed, tmp_path):
    deliver(csv_of(tmp_path, *ROWS[:2], "A9,990102001201,2026-08-01,1,5,", name="b.csv"))
    assert list(delivery_findings()) == []


def change(city, facts):
    facts.filter(unit_id=city.unit["一村"]).update(value=1)


def move(city, facts):
    facts.filter(unit_id=city.unit["二村"]).update(unit_id=city.unit["三村"])


def say(city, facts):
    facts.filter(unit_id=city.unit["一村"]).update(text="1")


def forget(city, facts):
    facts.filter(unit_id=city.unit["一村"]).update(value=None)


def remove(city, facts):
    facts.filter(unit_id=city.unit["二村"]).delete()


@pytest.mark.parametrize(("tamper", "told"), [
    (change, "入库时 4 个，现在 4 个，内容被改动过"), (move, "入库时 4 个，现在 4 个，内容被改动过"),
    (say, "内容被改动过"), (forget, "内容被改动过"), (remove, "入库时 4 个，现在 3 个"),
])
def test_facts_that_were_changed_moved_or_removed_are_found(city, landed, tamper, told):
    tamper(city, Fact.objects.filter(element__code="tax_sum"))
    (found,) = delivery_findings()
    assert (found.check, found.where) == ("registers.facts", f"delivery:{landed}")
    assert told in found.what


def test_the_same_file_again_puts_damaged_facts_right(city, landed, tmp_path):
    file = csv_of(tmp_path, *ROWS)
    change(city, Fact.objects.filter(element__code="tax_sum"))
    Fact.objects.filter(unit_id=city.unit["二村"], element__code="tax_sum").delete()
    second = deliver(file)
    assert second.number != landed
    held = Fact.objects.filter(element__code="tax_sum", superseded_at=None)
    assert set(held.values_list("unit_id", "value")) == {(city.unit["一村"], 10075), (city.unit["二村"], 700)}
    assert deliver(file).number == second.number
    (found,) = delivery_findings()
    assert (found.where, "历史只能从备份找回" in found.todo) == (f"delivery:{landed}", True)


def test_the_same_file_again_brings_lost_files_back(city, landed, tmp_path):
    delivery = Delivery.objects.get()
    for kind, digest in (("inbox", delivery.file_digest), ("records", delivery.records_digest)):
        records.path_of(kind, digest).unlink()
    assert len(list(delivery_findings())) == 2
    assert deliver(csv_of(tmp_path, *ROWS)).number != landed
    assert list(delivery_findings()) == []


def test_facts_of_a_corrected_delivery_are_history_and_looked_at_too(city, landed, tmp_path):
    deliver(csv_of(tmp_path, *ROWS[:2], name="b.csv"))
    Fact.objects.filter(delivery__number=landed, unit_id=city.unit["二村"]).update(value=8)
    (found,) = delivery_findings()
    assert found.where == f"delivery:{landed}"


def test_a_delivery_that_the_trail_knows_nothing_of_is_found(landed):
    Delivery.objects.update(number="put-in-by-hand")
    (found,) = delivery_findings()
    assert (found.where, found.what) == ("delivery:put-in-by-hand", "操作记录里没有这个批次的入库")


def narrow_the_range(city):
    define(city, elements=[{**ELEMENTS[0], "range": [0, 50]}, ELEMENTS[1]])


def measure_anew(city):
    define(city, title="发票（新）", measures=[{"element": "invoice_count", "function": "count"}])


def rearrange_the_tree(city):
    for gone in ("一村", "六村"):
        Unit.objects.filter(pk=city.unit[gone]).update(valid_to="2026-10-01", path="/99/")


@pytest.mark.parametrize("redefine", [narrow_the_range, measure_anew, rearrange_the_tree])
def test_what_is_defined_anew_is_no_finding_and_hides_none(city, landed, redefine):
    redefine(city)
    assert list(delivery_findings()) == []
    change(city, Fact.objects.filter(element__code="tax_sum"))
    assert [found.where for found in delivery_findings()] == [f"delivery:{landed}"]


def test_files_that_are_gone_or_changed_are_found(city, landed):
    delivery = Delivery.objects.get()
    inbox = records.path_of("inbox", delivery.file_digest)
    inbox.chmod(0o644)
    inbox.write_bytes(b"other")
    for kind, digest in (("records", delivery.records_digest), ("rejects", delivery.rejects_digest)):
        records.path_of(kind, digest).unlink()
    assert [(f.check, f.what.split("：")[0]) for f in delivery_findings()] == [
        ("registers.files", "文件被改动过"), ("registers.files", "文件不见了"), ("registers.files", "文件不见了"),
    ]


def test_files_of_refused_deliveries_are_looked_at_too(city, var, tmp_path):
    define(city)
    assert deliver(csv_of(tmp_path, "A1,990101001201,2026-07-01,1,abc,")).state == "refused"
    records.path_of("inbox", Delivery.objects.get().file_digest).unlink()
    assert [f.what.split("：")[0] for f in delivery_findings()] == ["文件不见了"]


def test_the_digest_is_the_same_however_facts_are_cut_and_different_for_any_difference():
    rows = [(1, 2026207, 1, 5, ""), (1, 2026207, 2, None, "甲"), (2, 2026207, 1, -(10**17), "")]

    def digest(*sets):
        taken = FactsDigest()
        assert [b.num_rows for b in taken.passing(batch(some) for some in sets)] == [len(some) for some in sets]
        return taken.hexdigest()

    whole = digest(rows)
    assert digest(rows[:1], rows[1:]) == digest(*([row] for row in rows)) == whole
    others = [rows[:2], rows[::-1], [(1, 2026207, 1, 5, ""), (1, 2026207, 2, 0, "甲"), rows[2]], [*rows, rows[2]]]
    assert len({whole, *map(digest, others)}) == 5
    here, there = ([(1, 1, 1, None, one), (1, 1, 2, None, two)] for one, two in (("甲乙", "丙"), ("甲", "乙丙")))
    assert digest(here) != digest(there)
