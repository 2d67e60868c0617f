"""What a department is to deliver is awaited from it, until it is late; then the grass roots may be asked."""

from datetime import date, datetime, timedelta

import pytest

from dukao.base.definitions import checked
from dukao.base.periods import Period
from dukao.org.rules import SYSTEM
from dukao.registers import actions as registers
from dukao.registers.models import Delivery
from dukao.registers.queries import Waiting, deliveries_expected
from dukao.registers.rules import DatasetDefinition
from dukao.sheets import actions, queries
from tests.conftest import AT, ON
from tests.sheets.conftest import DUE, Q3

WAITING = Waiting(first_days=30, most_days=90)
Q4 = Period.parse("2026Q4")


def _dataset(house, element="tax_revenue", *, code="tax_quarters", **changes) -> None:
    definition = {
        "code": code, "title": "税收季报", "provider": "tax", "period": "quarter", "update_cycle": 5,
        "columns": [
            {"name": "unit_code", "title": "区划代码", "type": "unit", "required": True},
            {"name": "amount", "title": "金额", "type": "decimal", "decimals": 2, "unit": "万元", "element": element},
        ],
        "unit_column": "unit_code",
    } | changes  # fmt: skip
    registers.define_dataset(definition=checked(DatasetDefinition, definition, place="test"), by=SYSTEM, at=AT)


def _came(house, period: str, on: date, *, scope="富水市", dataset="tax_quarters") -> None:
    """A delivery that landed on the day."""
    from dukao.registers.models import Dataset

    at = datetime.combine(on, AT.timetz())
    Delivery.objects.create(
        number=f"{dataset}-{period}-{on}-{scope}", dataset=Dataset.objects.get(code=dataset), dataset_version=1,
        scope_unit_id=house.city.unit[scope], period=Period.parse(period).key, file_name="a.csv",
        file_digest=f"{period}{on}{scope}", size_bytes=1, state="landed", by_name="tara", received_at=at, landed_at=at,
    )  # fmt: skip


def _expected(house, *periods: str, today: date = ON, scope="富水市", element="tax_revenue"):
    """The last day on which each period's delivery is in time; None where none is expected."""
    keys = [Period.parse(code).key for code in periods]
    found = deliveries_expected(cells={element: keys}, scope_path=house.city.path[scope], today=today, waiting=WAITING)
    return [found[element, key].until if (element, key) in found else None for key in keys]


def test_it_takes_as_long_as_the_longest_of_the_last_four(house):
    _dataset(house)
    for period, came in (("2025Q1", date(2025, 5, 30)), ("2025Q3", date(2025, 10, 9)), ("2025Q4", date(2026, 1, 20)),
                         ("2026Q1", date(2026, 4, 8)), ("2026Q2", date(2026, 7, 11))):  # fmt: skip
        _came(house, period, came)
    _came(house, "2026Q1", date(2026, 6, 25))  # a correction is no late delivery
    assert _expected(house, "2026Q2", "2026Q3", "2026Q4") == [None, date(2026, 10, 20), date(2027, 1, 20)]


def test_a_new_dataset_is_waited_for_a_while_and_no_dataset_for_ever(house):
    _dataset(house)
    assert _expected(house, "2026Q3") == [date(2026, 10, 31)]
    _came(house, "2025Q2", date(2026, 6, 30))
    assert _expected(house, "2026Q4", today=date(2025, 8, 1)) == [date(2027, 1, 31)]
    _dataset(house, accept_days=10)
    assert _expected(house, "2026Q3", today=date(2025, 8, 1)) == [date(2026, 10, 11)]


def test_who_is_behind_is_waited_for_to_the_end_of_the_period_only(house):
    _dataset(house)
    _came(house, "2025Q4", date(2026, 1, 11))
    assert _expected(house, "2026Q2", "2026Q3", "2026Q4") == [
        date(2026, 4, 11), date(2026, 4, 11), date(2026, 12, 31)
    ]  # fmt: skip


def test_a_running_year_is_delivered_again_and_again(house):
    _dataset(house, "sales", period="year", update_cycle=4, period_column="month", columns=[
        {"name": "unit_code", "title": "区划代码", "type": "unit", "required": True},
        {"name": "month", "title": "月份", "type": "text", "required": True},
        {"name": "amount", "title": "金额", "type": "decimal", "decimals": 1, "unit": "万元", "element": "sales"},
    ])  # fmt: skip
    _came(house, "2026", date(2026, 9, 9))
    assert _expected(house, "2026-08", "2026-09", "2026-10", element="sales") == [
        None, date(2026, 10, 9), date(2026, 11, 9)
    ]  # fmt: skip


@pytest.mark.parametrize("changes", [{"update_cycle": 8}, {"update_cycle": 9}])
def test_what_has_no_cycle_promises_nothing(house, changes):
    _dataset(house, **changes)
    _came(house, "2026Q2", date(2026, 7, 11))
    assert _expected(house, "2026Q3") == [None]


def test_a_part_of_the_scope_delivered_leaves_the_rest_expected(house):
    _dataset(house)
    _came(house, "2026Q3", date(2026, 10, 6), scope="东县")
    assert _expected(house, "2026Q3", scope="东县") == [None]
    assert _expected(house, "2026Q3", scope="一村") == [None]
    assert _expected(house, "2026Q3", scope="西区") == [date(2026, 10, 31)]
    assert _expected(house, "2026Q3") == [date(2026, 10, 6)]


def test_of_two_datasets_one_that_has_delivered_is_enough(house):
    _dataset(house)
    _dataset(house, code="tax_months")
    assert _expected(house, "2026Q3") == [date(2026, 10, 31)]
    _came(house, "2026Q3", date(2026, 10, 6), dataset="tax_months")
    assert _expected(house, "2026Q3") == [None]


def _compile(house, period=Q3, today=ON):
    compiled = queries.compile_sheet(
        sheet="econ", scope_unit=house.city.code["富水市"], period=period, due_on=DUE,
        viewer=house.city.actor["dora"], today=today,
    )  # fmt: skip
    return {question.element_code: question for question in compiled.questions}


def test_the_compiler_does_not_ask_what_a_department_is_to_deliver(house):
    _dataset(house)
    _came(house, "2026Q2", date(2026, 7, 11))
    house.know("tax_revenue", "2026Q3", "一村")
    house.define("tax_revenue", "new_projects")
    line = _compile(house)["tax_revenue"]
    assert (line.verdict, line.refusal.rule, line.minutes_hundredths) == ("expected", "FRM-2", 0)
    assert all(part in line.refusal.what for part in ("税务局", "税收季报", "2026年10月11日"))
    later = _compile(house, today=date(2026, 10, 12))["tax_revenue"]
    assert (later.verdict, later.awaited.is_late, later.n_unknown) == ("ask", True, 5)
    # A quarter that has only begun is nobody's to ask about, however late the department was before.
    assert _compile(house, Q4, today=date(2026, 12, 1))["tax_revenue"].verdict == "expected"


def test_gaps_of_a_delivery_that_came_are_asked(house):
    _dataset(house)
    _came(house, "2026Q3", date(2026, 10, 6))
    house.know_all("tax_revenue", "2026Q3", "一村 二村 三村 四村 五村")
    house.define("tax_revenue", "new_projects")
    line = _compile(house)["tax_revenue"]
    assert (line.verdict, line.n_unknown, line.awaited) == ("ask", 1, None)


@pytest.mark.usefixtures("var")
def test_the_delivery_fills_the_open_filing_when_it_comes(house, tmp_path):
    """The page says from whom it comes; then it stands there locked, with its source, and nothing is left."""
    _dataset(house)
    number = house.send("tax_revenue", "new_projects")
    waiting = house.cell(number, "tax_revenue")
    assert (waiting.state, waiting.awaited, waiting.is_left) == ("elsewhere", "税务局", False)
    with pytest.raises(actions.NotAskedHere):
        house.type(number, "tax_revenue", "1")

    file = tmp_path / "tax.csv"
    codes = [house.city.code[f"{n}村"] for n in "一二三四五六"]
    file.write_text("区划代码,金额\n" + "".join(f"{code},12.50\n" for code in codes))
    at = AT + timedelta(hours=1)
    delivery = registers.receive_delivery(
        dataset="tax_quarters", period=Q3, scope_unit=house.city.code["富水市"], file=file, file_name=file.name,
        mapping=None, by=house.city.actor["tara"], at=at,
    )  # fmt: skip
    assert registers.land_delivery(number=delivery, at=at).rows_accepted == 6

    filled = house.cell(number, "tax_revenue")
    assert (filled.state, filled.shown, filled.source.kind, filled.source.delivery) == (
        "known", "12.50", "delivery", delivery,
    )  # fmt: skip
    assert "税务局" in filled.source.text
    with pytest.raises(actions.AlreadyKnown):
        house.type(number, "tax_revenue", "1")
    house.type(number, "new_projects", "1")
    house.act("submit_filing", number)
    assert house.cell(number, "tax_revenue").shown == "12.50"
