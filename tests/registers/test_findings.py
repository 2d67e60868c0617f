from dukao.registers import queries
from dukao.registers.models import Delivery, Fact, Total
from tests.registers.test_facts import FARM, Q3, TAX, land, moment, registers, type_fact  # noqa: F401


def test_a_sound_register_has_no_findings(registers):  # noqa: F811
    land(registers, 1, {"一村": 100})
    land(registers, 2, {"一村": 90})
    Delivery.objects.filter(pk=1).update(state="superseded")
    Delivery.objects.exclude(pk=1).update(state="landed")
    type_fact(registers, "二村", 5)
    assert list(queries.findings()) == []


def test_each_kind_of_damage_is_found_and_says_what_to_do(registers):  # noqa: F811
    Delivery.objects.update(state="landed")
    land(registers, 1, {"一村": 100, "四村": 1})
    Total.objects.filter(unit=registers.unit["东县"]).update(sum=99)
    Delivery.objects.filter(pk=1).update(state="superseded")
    Fact.objects.create(element_id=FARM, period=Q3, unit_id=registers.unit["甲镇"], value=1, filing_id=3,
                        recorded_at=moment(1))
    found = {(f.check, f.where): f for f in queries.findings()}
    assert set(found) == {
        ("registers.totals", f"tax/2026Q3/{registers.code['东县']}"),
        ("registers.totals", f"farm/2026Q3/{registers.code['东县']}"),
        ("registers.totals", f"farm/2026Q3/{registers.code['富水市']}"),
        ("registers.facts", "delivery:returns-1"),
        ("registers.facts", f"farm/{registers.code['甲镇']}"),
    }
    assert "合计 99" in found["registers.totals", f"tax/2026Q3/{registers.code['东县']}"].what
    assert all(f.todo for f in found.values())
