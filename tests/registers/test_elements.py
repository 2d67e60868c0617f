import pytest

from dukao.base.definitions import BadDefinition, checked
from dukao.base.models import Event
from dukao.base.refusals import NotThere
from dukao.org.rules import SYSTEM
from dukao.registers import actions, queries
from dukao.registers.models import Delivery, Element, Fact
from dukao.registers.rules import DatasetDefinition, ElementDefinition
from tests.conftest import AT

REVENUE = {
    "code": "vat_revenue",
    "title": "增值税收入",
    "aliases": ["增值税"],
    "unit": "元",
    "decimals": 2,
    "range": [0, None],
    "period": "month",
    "adds_up": {"units": "sum", "periods": "sum"},
    "level": "village",
    "owner": "tax",
}


def define(by=SYSTEM, **changes):
    definition = checked(ElementDefinition, {**REVENUE, **changes}, place="test")
    return actions.define_element(definition=definition, by=by, at=AT)


def test_defining_is_idempotent_and_leaves_one_event_per_change(city):
    assert [define(), define(), define(title="增值税"), define(title="增值税")] == [
        "created",
        "unchanged",
        "changed",
        "unchanged",
    ]
    assert Event.objects.filter(verb="registers.element.defined").count() == 2
    view = queries.element(code="vat_revenue")
    assert (view.minimum, view.maximum, view.level, view.fresh_days, view.owner_name) == (0, None, 5, 45, "税务局")


def test_only_the_owning_department_defines(city):
    assert define(by=city.actor["tara"]) == "created"
    for name in ("dora", "alice", "sam", "adam", "charlie"):
        with pytest.raises(NotThere):
            define(by=city.actor[name], title="别人的")
    with pytest.raises(NotThere):
        define(by=city.actor["dora"], owner="statistics")
    with pytest.raises(NotThere):
        define(by=city.actor["tara"], code="nobodys", owner="")
    assert queries.element(code="vat_revenue").title == "增值税收入"


def test_the_meaning_stays_once_there_are_facts(city):
    define()
    element = Element.objects.get()
    Fact.objects.create(
        element=element, period=2026207, unit_id=city.unit["一村"], value=1, recorded_at=AT, filing_id=1
    )
    with pytest.raises(actions.MeaningInUse, match="decimals、level"):
        define(decimals=3, level="town")
    assert define(title="新名") == "changed"
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"adds_up": None}, "如何汇总"),
        ({"kind": "text"}, "文字和代码没有"),
        ({"codes": ["1"]}, "代码表"),
        ({"range": [2, 1]}, "下限 2 大于上限 1"),
        ({"range": ["0.001", None]}, "小数超过 2 位"),
        ({"decimals": 7}, "不能大于 6"),
        ({"code": "VAT-1"}, "只用小写英文字母、数字和下划线"),
        ({"level": "planet"}, "只能是"),
        ({"period": "week"}, "只能是"),
        ({"colour": 1}, "没有这个字段"),
    ],
)
def test_definitions_that_cannot_be_meant_are_refused(changes, reason):
    with pytest.raises(BadDefinition, match=reason):
        checked(ElementDefinition, {**REVENUE, **changes}, place="test")


def test_elements_are_found_by_any_name(city):
    define()
    define(code="births", title="出生人数", title_en="Births", aliases=[], decimals=0, unit="人", owner="statistics")
    found = {text: [e.code for e in queries.elements(text=text)] for text in ("增值税", "ＶＡＴ", "births", "没有", "")}
    assert found == {
        "增值税": ["vat_revenue"],
        "ＶＡＴ": ["vat_revenue"],
        "births": ["births"],
        "没有": [],
        "": ["births", "vat_revenue"],
    }
    assert [e.code for e in queries.elements(owner="statistics")] == ["births"]


INVOICES = {
    "code": "invoices",
    "title": "增值税发票",
    "provider": "tax",
    "period": "quarter",
    "columns": [
        {"name": "invoice_no", "title": "发票号码", "type": "text", "required": True},
        {"name": "unit_code", "title": "区划代码", "type": "unit", "required": True},
        {"name": "issued_on", "title": "开票日期", "type": "date", "required": True},
        {"name": "tax", "title": "税额", "type": "decimal", "decimals": 2, "unit": "元"},
    ],
    "key": ["invoice_no"],
    "unit_column": "unit_code",
    "date_column": "issued_on",
    "measures": [{"element": "vat_revenue", "function": "sum", "column": "tax"}],
}


def define_dataset(by=SYSTEM, **changes):
    definition = checked(DatasetDefinition, {**INVOICES, **changes}, place="test")
    return actions.define_dataset(definition=definition, by=by, at=AT)


def test_a_dataset_has_versions_and_is_idempotent(city):
    define()
    assert [define_dataset(by=city.actor["tara"]), define_dataset(), define_dataset(title="发票")] == [
        "created",
        "unchanged",
        "changed",
    ]
    with pytest.raises(NotThere):
        define_dataset(by=city.actor["dora"], title="抢")


@pytest.mark.parametrize(
    ("element", "measure", "column", "reason"),
    [
        ({"unit": "万元"}, {}, {}, "请至少保留 6 位"),
        ({"unit": "万元", "decimals": 6}, {}, {}, None),
        ({"unit": "人"}, {}, {}, "换算不成"),
        ({}, {"element": "nothing"}, {}, "没有数据元 nothing"),
        ({"decimals": 1}, {}, {}, "请至少保留 2 位"),
        ({"unit": "张", "decimals": 0}, {"function": "count", "column": ""}, {}, None),
    ],
)
def test_measures_fit_their_elements_exactly_or_are_refused(city, element, measure, column, reason):
    define(**element)
    measures = [{**INVOICES["measures"][0], **measure}]
    if reason is None:
        assert define_dataset(measures=measures) == "created"
        return
    with pytest.raises(actions.DoesNotFit, match=reason):
        define_dataset(measures=measures)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"key": ["nope"]}, "没有名为"),
        ({"unit_column": "tax"}, "类型应为 unit"),
        ({"period_column": "invoice_no"}, "只写一个"),
        ({"columns": INVOICES["columns"] * 2}, "写了两次"),
        ({"columns": []}, "至少 1 项"),
        ({"share_type": 4}, "只能是"),
        ({"measures": [{"element": "vat_revenue", "function": "sum", "column": "invoice_no"}]}, "不是数字"),
        ({"measures": [{"element": "vat_revenue", "function": "count", "column": "tax"}]}, "count 数行"),
        ({"measures": [{"element": "vat_revenue", "function": "count", "where": [{"column": "tax"}]}]}, "一种比较"),
        (
            {"measures": [{"element": "vat_revenue", "function": "last", "column": "tax", "empty": "zero"}]},
            "empty: zero",
        ),
    ],
)
def test_datasets_that_cannot_be_meant_are_refused(changes, reason):
    with pytest.raises(BadDefinition, match=reason):
        checked(DatasetDefinition, {**INVOICES, **changes}, place="test")
