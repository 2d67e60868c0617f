"""The platform as a shelf: the same values that its own sheets would carry, for whoever may see them."""

from decimal import Decimal

import pytest

from dukao.base.models import Event
from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere
from dukao.org.models import Unit
from dukao.org.rules import SYSTEM
from dukao.sheets import actions, queries
from tests.conftest import AT, ON

Q3 = Period.parse("2026Q3")


def _shelf(city, who: str = "alice", **more) -> queries.PlatformShelf:
    viewer = SYSTEM if who == "system" else city.actor[who]
    return queries.known_shelf(viewer=viewer, today=ON, **more)


def _value(shelf, key: str, whose: str, period: Period = Q3):
    found = shelf.values(key, whose=whose, period=period)
    assert len(found) <= 1
    return found[0].value if found else None


def test_a_units_own_fact_stands_there_with_source_and_period(house, city):
    house.know("tax_revenue", "2026Q3", "一村", 128450)
    shelf = _shelf(city)
    for whose in ("一村", city.code["一村"], "一村村民委员会", " 一村 "):
        (known,) = shelf.values("tax_revenue", whose=whose, period=Q3)
        assert (known.value, known.unit, known.as_of) == (Decimal("1284.50"), "万元", "2026Q3")
        assert known.source
    assert _value(shelf, "tax_revenue", "一村", Period.parse("2026Q2")) is None
    assert shelf.values("tax_revenue", whose="一村", period=None) == ()


def test_terms_carry_names_units_and_where_they_belong(house, city):
    terms = {term.key: term for term in _shelf(city).terms}
    assert (terms["tax_revenue"].title, terms["tax_revenue"].unit) == ("税收收入", "万元")
    assert "税务局" in terms["tax_revenue"].section
    assert "illness" not in terms, "sensitive data is for the department that keeps it"
    assert "illness" in {term.key for term in _shelf(city, "tara").terms}


def test_what_others_hold_is_not_there(house, city):
    house.know_all("tax_revenue", "2026Q3")
    assert _value(_shelf(city, "alice"), "tax_revenue", "二村") is None
    assert not _shelf(city, "alice").knows("二村")
    assert _value(_shelf(city, "rita"), "tax_revenue", "二村") == Decimal("1.00")
    for nobody in ("charlie", "adam", "otto"):
        shelf = _shelf(city, nobody)
        assert not shelf.terms
        assert not shelf.knows("一村")
        assert _value(shelf, "tax_revenue", "一村") is None


def test_units_below_add_up_only_where_all_are_known(house, city):
    house.know("tax_revenue", "2026Q3", "一村", 100)
    assert _value(_shelf(city, "rita"), "tax_revenue", "甲镇") is None
    house.know("tax_revenue", "2026Q3", "二村", 250)
    assert _value(_shelf(city, "rita"), "tax_revenue", "甲镇") == Decimal("3.50")
    assert _value(_shelf(city, "sam"), "tax_revenue", "富水市") is None
    assert _value(_shelf(city, "sam"), "has_road", "甲镇") is None, "codes do not add up"


def test_months_make_a_quarter_as_the_element_says(house, city):
    for month, value in (("2026-07", 10), ("2026-08", 20)):
        house.know("sales", month, "一村", value)
    assert _value(_shelf(city), "sales", "一村") is None, "a month is missing"
    house.know("sales", "2026-09", "一村", 5)
    assert _value(_shelf(city), "sales", "一村") == Decimal("3.5")
    house.know("population", "2026-08", "一村", 1203)
    assert _value(_shelf(city), "population", "一村") == 1203, "a stock is what it was last"
    assert _value(_shelf(city), "sales", "一村", Period.parse("2026-08")) == 2


def test_a_quarters_sum_is_no_months_figure(house, city):
    house.know("tax_revenue", "2026Q3", "一村", 100)
    house.know("has_road", "2026Q3", "一村", None, "1")
    july = Period.parse("2026-07")
    assert _value(_shelf(city), "tax_revenue", "一村", july) is None
    assert _value(_shelf(city), "has_road", "一村", july) == "是"


def test_what_is_stale_is_offered_and_taken_only_when_somebody_says_so(house, city):
    house.know("population", "2026-02", "一村", 1203)
    shelf = _shelf(city)
    assert _value(shelf, "population", "一村") is None
    code, known = shelf.stale("population", whose="一村", period=Q3)
    assert (code, known.value, known.as_of) == (city.code["一村"], 1203, "2026-02")
    assert shelf.stale("tax_revenue", whose="一村", period=Q3) is None
    assert _value(_shelf(city, still_right=[("population", code)]), "population", "一村") == 1203


def test_a_name_that_two_units_share_is_told_and_the_forms_own_is_meant_first(house, city):
    Unit.objects.filter(name="四村").update(name="一村", short_name="一村")
    house.know_all("tax_revenue", "2026Q3")
    shelf = _shelf(city, "sam")
    assert _value(shelf, "tax_revenue", "一村") is None
    assert len(shelf.untold) == 1
    assert city.code["四村"] in shelf.untold[0]
    within = _shelf(city, "sam", within=city.code["甲镇"])
    assert _value(within, "tax_revenue", "一村") == 1
    assert not within.untold


def test_a_full_name_tells_units_of_one_name_apart(house, city):
    Unit.objects.filter(name="四村").update(name="一村", short_name="一村")
    house.know("tax_revenue", "2026Q3", "一村", 500)
    shelf = _shelf(city, "sam")
    assert _value(shelf, "tax_revenue", "甲镇一村") == 5
    assert _value(shelf, "tax_revenue", "西区丙镇一村村民委员会") is None
    assert shelf.knows("丙镇一村")
    assert not shelf.knows("乙镇一村")
    assert shelf.untold == []


def test_a_unit_is_read_once_whatever_is_asked(house, city, django_assert_max_num_queries):
    house.know_all("tax_revenue", "2026Q3")
    shelf = _shelf(city, "rita")
    shelf.knows("甲镇")
    with django_assert_max_num_queries(5):
        for term in shelf.terms:
            shelf.values(term.key, whose="甲镇", period=Q3)
            shelf.values(term.key, whose="一村", period=Q3)


def _confirm(city, who: str, unit: str, signature: str = "财税收入", element: str = "tax_revenue"):
    actions.confirm_meaning(**_said(city, who, unit, signature, element))


def _meanings(city, who: str, unit: str) -> dict[str, str]:
    return dict(queries.meanings(viewer=city.actor[who], unit=city.code[unit]).chosen)


def _never(city, who: str, unit: str) -> dict[str, frozenset[str]]:
    return dict(queries.meanings(viewer=city.actor[who], unit=city.code[unit]).never)


def _said(city, who: str, unit: str, signature: str = "财税收入", element: str = "tax_revenue") -> dict:
    return {"signature": signature, "element": element, "unit": city.code[unit], "by": city.actor[who], "at": AT}


def test_what_was_confirmed_holds_for_the_unit_and_below_and_the_nearest_counts(house, city):
    _confirm(city, "rita", "甲镇")
    assert _meanings(city, "alice", "一村") == {"财税收入": "tax_revenue"}
    assert _meanings(city, "sam", "三村") == {}
    _confirm(city, "alice", "一村", element="vat_revenue")
    assert _meanings(city, "alice", "一村") == {"财税收入": "vat_revenue"}
    assert _meanings(city, "wang", "二村") == {"财税收入": "tax_revenue"}
    _confirm(city, "alice", "一村", element="tax_revenue")
    actions.forget_meaning(**_said(city, "rita", "甲镇"))
    assert _meanings(city, "wang", "二村") == {}


def test_what_is_never_meant_holds_for_the_unit_and_below_until_somebody_nearer_says_otherwise(house, city):
    _confirm(city, "rita", "甲镇")
    actions.reject_meaning(**_said(city, "alice", "一村"))
    assert (_meanings(city, "alice", "一村"), _never(city, "alice", "一村")) == ({}, {"财税收入": {"tax_revenue"}})
    assert _meanings(city, "wang", "二村") == {"财税收入": "tax_revenue"}, "only where it was said"
    _confirm(city, "alice", "一村", element="vat_revenue")
    assert _meanings(city, "alice", "一村") == {"财税收入": "vat_revenue"}
    assert _never(city, "alice", "一村") == {"财税收入": {"tax_revenue"}}, "another choice leaves it ruled out"
    _confirm(city, "alice", "一村")
    assert (_meanings(city, "alice", "一村"), _never(city, "alice", "一村")) == ({"财税收入": "tax_revenue"}, {})
    actions.reject_meaning(**_said(city, "rita", "甲镇"))
    assert _meanings(city, "alice", "一村") == {"财税收入": "tax_revenue"}, "the nearest counts"
    assert _never(city, "wang", "二村") == {"财税收入": {"tax_revenue"}}
    actions.forget_meaning(**_said(city, "rita", "甲镇"))
    assert _never(city, "wang", "二村") == {}


def test_a_rejection_is_on_record_once_and_so_is_its_withdrawal(house, city):
    for act in (actions.reject_meaning, actions.reject_meaning, actions.forget_meaning, actions.forget_meaning):
        act(**_said(city, "alice", "一村"))
    told = Event.objects.filter(verb__startswith="sheets.meaning.").order_by("id").values_list("verb", "subject")
    assert list(told) == [
        ("sheets.meaning.rejected", "element:tax_revenue"), ("sheets.meaning.forgotten", "element:tax_revenue"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["税收收", "sssr", "shuishou", "SHUISHOU", "tax_rev"])
def test_elements_are_found_by_name_pinyin_and_code(house, city, text):
    assert "tax_revenue" in {e.code for e in _shelf(city).search(text, most=8)}


def test_a_search_names_nothing_that_the_viewer_may_not_see(house, city):
    title = next(t.title for t in _shelf(city, "tara").terms if t.key == "illness")
    assert "illness" in {e.code for e in _shelf(city, "tara").search(title, most=8)}
    assert "illness" not in {e.code for e in _shelf(city).search(title, most=8)}
    assert _shelf(city).search(" ", most=8) == ()
    assert len(_shelf(city).search("e", most=2)) == 2


def test_a_confirmation_is_on_record_once_and_its_words_are_not(house, city):
    _confirm(city, "alice", "一村")
    _confirm(city, "alice", "一村")
    told = list(Event.objects.filter(verb__startswith="sheets.meaning.").values("verb", "subject", "detail"))
    assert told == [{"verb": "sheets.meaning.confirmed", "subject": "element:tax_revenue", "detail": {}}]


@pytest.mark.parametrize("who", ["wang", "charlie", "adam"])
def test_nobody_confirms_for_others(house, city, who):
    with pytest.raises(NotThere):
        _confirm(city, who, "一村")
    for act in (actions.reject_meaning, actions.forget_meaning):
        with pytest.raises(NotThere):
            act(**_said(city, who, "一村"))


def test_words_that_say_nothing_are_not_remembered(house, city):
    for signature in ("", "长" * 401):
        for act in (actions.confirm_meaning, actions.reject_meaning):
            with pytest.raises(Invalid):
                act(**_said(city, "alice", "一村", signature))
    with pytest.raises(NotThere):
        _confirm(city, "alice", "一村", element="nothing")
