"""Defining sheets: versions, what does not fit, who may."""

import pytest
from django.db import IntegrityError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.sheets import actions, queries
from dukao.sheets.models import Question, Sheet
from tests.conftest import AT


def _check(rule):
    return {"checks": [{"name": "甲", "rule": rule, "message": "m"}]}


def test_a_sheet_is_defined_once_and_changed_in_place_until_it_is_sent(house, city):
    assert house.define("tax_revenue").outcome == "created"
    assert house.define("tax_revenue").outcome == "unchanged"
    assert house.define({"element": "tax_revenue", "label": "税收"}, "new_projects") == actions.DefinedSheet(
        "econ", 1, "changed"
    )
    view = queries.sheet(code="econ", viewer=city.actor["dora"])
    assert (view.version, view.state, view.n_questions) == (1, "ready", 2)
    assert list(Question.objects.order_by("position").values_list("position", "label", "section")) == [
        (1, "税收", "经济"), (2, "新开工项目", "经济"),
    ]  # fmt: skip
    assert Event.objects.filter(verb="sheets.sheet.defined").count() == 2


def test_a_draft_compiles_later_becomes_ready(house, city):
    draft = house.sheet("tax_revenue", legal={"type": "statistical"})
    assert (
        actions.save_draft(definition=draft.model_copy(update={"sections": ()}), by=city.actor["dora"], at=AT).version
        == 1
    )
    assert queries.sheet(code="econ", viewer=city.actor["dora"]).state == "draft"
    with pytest.raises(Invalid, match="至少要有一项"):
        actions.define_sheet(definition=draft.model_copy(update={"sections": ()}), by=city.actor["dora"], at=AT)
    house.define("tax_revenue")
    assert queries.sheet(code="econ", viewer=city.actor["dora"]).state == "ready"


@pytest.mark.parametrize(("questions", "changes", "where", "why"), [
    (["nobody_knows"], {}, "nobody_knows", "没有这个数据元"),
    (["county_plan"], {}, "county_plan", "更高一级"),
    (["remark"], {"level": "county"}, "remark", "不能汇总"),
    (["remark", "tax_revenue"], _check("remark <= tax_revenue"), "甲", "不是数字"),
    (["new_projects", "tax_revenue"], _check("new_projects <= tax_revenue"), "甲", "计量单位不同"),
])  # fmt: skip
def test_what_does_not_fit_is_named(house, questions, changes, where, why):
    with pytest.raises(Invalid) as refused:
        house.define(*questions, **changes)
    assert why in refused.value.errors[where]
    assert not Sheet.objects.exists()


@pytest.mark.parametrize("name", ["alice", "rita", "sam", "adam", "otto", "charlie", "tara"])
def test_not_allowed(house, name):
    with pytest.raises(NotThere):
        house.define("tax_revenue", by=name)


def test_taking_a_sheet_over_needs_both_departments(house, city):
    house.define("tax_revenue")
    with pytest.raises(NotThere):
        house.define("tax_revenue", issuer="tax", by="tara")
    assert queries.sheet(code="econ", viewer=city.actor["dora"]).issuer_code == "statistics"


def test_retiring(house, city):
    house.define("tax_revenue")
    for stranger in ("tara", "sam", "alice"):
        with pytest.raises(NotThere):
            actions.retire_sheet(sheet="econ", by=city.actor[stranger], at=AT)
    for _ in range(2):
        actions.retire_sheet(sheet="econ", by=city.actor["dora"], at=AT)
    assert Event.objects.filter(verb="sheets.sheet.retired").count() == 1
    assert queries.sheets(viewer=city.actor["dora"]) == ()
    assert len(queries.sheets(viewer=city.actor["dora"], with_retired=True)) == 1
    with pytest.raises(NotThere):
        actions.retire_sheet(sheet="none", by=city.actor["dora"], at=AT)


def test_who_sees_which_sheets(house, city):
    house.define("tax_revenue")
    seen = {name: len(queries.sheets(viewer=actor)) for name, actor in city.actor.items()}
    assert {name for name, n in seen.items() if n} == {"dora", "sam"}
    for stranger in ("tara", "alice", "rita", "charlie"):
        with pytest.raises(NotThere):
            queries.sheet(code="econ", viewer=city.actor[stranger])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_one_query(house, city, rows, django_assert_num_queries):
    for number in range(rows):
        house.define("tax_revenue", code=f"econ_{number}")
    with django_assert_num_queries(1):
        assert len(queries.sheets(viewer=city.actor["dora"])) == rows


def test_the_database_holds_one_question_per_element_and_place(house):
    house.define("tax_revenue", "new_projects")
    first, second = Question.objects.order_by("position")
    for broken in ({"position": 1}, {"element_id": first.element_id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Question.objects.filter(id=second.id).update(**broken)
