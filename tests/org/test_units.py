"""The tree: importing it, finding units, and who sees which."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotAllowed, NotThere
from dukao.org import actions, queries
from dukao.org.models import Unit
from dukao.org.rules import SYSTEM, Actor, ancestor_ids

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
FILES = Path(__file__).parent / "divisions"


@pytest.fixture
def tree(db):
    return actions.import_units(source=FILES, city="9901", by=SYSTEM, at=AT)


def test_an_import_lays_the_tree(tree):
    assert (tree.added, tree.stood, tree.by_level) == (9, 0, {2: 1, 3: 2, 4: 2, 5: 4})
    village = queries.unit_by_code("990101001201")
    assert (village.name, village.short_name, village.parent_code) == ("江坡村村民委员会", "江坡村", "990101001000")
    codes = [Unit.objects.get(id=pk).code for pk in ancestor_ids(village.path)]
    assert codes == ["990100000000", "990101000000", "990101001000", "990101001201"]
    assert list(Event.objects.values_list("verb", "actor")) == [("org.units.imported", "system")]


def test_siblings_that_would_share_a_short_name_keep_their_full_names(tree):
    names = [v.short_name for v in queries.children(code="990101001000", viewer=SYSTEM)]
    assert names == ["江坡村", "东风村民委员会", "东风村"]


def test_the_same_import_again_changes_nothing(tree):
    before = list(Unit.objects.order_by("id").values())
    again = actions.import_units(source=FILES, city="990100", by=SYSTEM, at=AT)
    assert (again.added, again.stood, again.renamed) == (0, 9, ())
    assert list(Unit.objects.order_by("id").values()) == before
    assert Event.objects.count() == 1


def test_a_lost_unit_comes_back_and_a_renamed_one_is_told_but_kept(tree):
    Unit.objects.get(code="990101001203").delete()
    Unit.objects.filter(code="990101000000").update(name="旧东县")
    again = actions.import_units(source=FILES, city="9901", by=SYSTEM, at=AT)
    assert (again.added, again.renamed) == (1, ("990101000000 旧东县 → 东县",))
    assert queries.unit_by_code("990101000000").name == "旧东县"
    back = queries.unit_by_code("990101001203")
    assert back.path.startswith(queries.unit_by_code("990101001000").path)


def test_units_can_be_added_after_an_import(tree):
    last = Unit.objects.latest("id").pk
    made = Unit.objects.create(code="990101001299", name="新村", short_name="新村", pinyin="", pinyin_initials="",
                               level=5, path="/x/", valid_from=date(2026, 1, 1))
    assert made.pk > last


def test_a_second_tree_is_refused(tree):
    with pytest.raises(actions.AnotherTree):
        actions.import_units(source=FILES, city=None, by=SYSTEM, at=AT)
    assert Unit.objects.count() == 9


def test_only_the_operator_imports(city):
    with pytest.raises(NotAllowed):
        actions.import_units(source=FILES, city="9901", by=city.actor["adam"], at=AT)


def test_an_import_from_nowhere_is_invalid(db, tmp_path):
    with pytest.raises(Invalid, match="找不到"):
        actions.import_units(source=tmp_path, by=SYSTEM, at=AT)
    with pytest.raises(Invalid, match="8888"):
        actions.import_units(source=FILES, city="8888", by=SYSTEM, at=AT)


@pytest.mark.parametrize(("who", "place", "is_seen"), [
    ("alice", "一村", True), ("alice", "甲镇", True), ("alice", "富水市", True),     # the way up
    ("alice", "二村", False), ("alice", "西区", False),                            # neighbours
    ("rita", "一村", True), ("rita", "三村", False), ("dora", "六村", True),
    ("adam", "一村", True), ("otto", "一村", True), ("charlie", "富水市", False),
])
def test_somebody_sees_the_own_subtree_and_the_way_up(city, who, place, is_seen):
    viewer = city.actor[who]
    if is_seen:
        assert queries.unit(code=city.code[place], viewer=viewer).name == place
    else:
        with pytest.raises(NotThere) as stranger:
            queries.unit(code=city.code[place], viewer=viewer)
        with pytest.raises(NotThere) as nowhere:
            queries.unit(code="000000000009", viewer=viewer)
        assert stranger.value.as_dict() == nowhere.value.as_dict()


def test_children_and_ancestors(city):
    assert [u.name for u in queries.children(code=city.code["富水市"], viewer=SYSTEM)] == ["东县", "西区"]
    assert [u.name for u in queries.children(code=city.code["甲镇"], viewer=city.actor["alice"])] == ["一村"]
    assert [u.name for u in queries.ancestors(code=city.code["一村"], viewer=city.actor["alice"])] == [
        "富水市", "东县", "甲镇",
    ]
    assert queries.unit(code=city.code["一村"], viewer=SYSTEM).has_children is False
    assert queries.unit(code=city.code["甲镇"], viewer=SYSTEM).has_children is True


def test_units_below_against_a_slow_twin(city):
    everything = list(Unit.objects.order_by("code"))
    for path in city.path.values():
        for level in range(6):
            slow = [u.code for u in everything if u.path.startswith(path) and u.level == level]
            assert [u.code for u in queries.units_below(path=path, level=level)] == slow
            assert queries.count_below(path=path, level=level) == len(slow)


def test_a_path_is_no_prefix_of_a_longer_number(db):
    for pk, path in ((1, "/1/"), (11, "/11/"), (12, "/1/12/")):
        Unit.objects.create(id=pk, code=str(pk).zfill(12), name="x", short_name="x", pinyin="", pinyin_initials="",
                            level=5, path=path, valid_from=date(2024, 1, 1))
    assert {u.id for u in queries.units_below(path="/1/", level=5)} == {1, 12}


@pytest.mark.parametrize(("text", "found"), [
    ("江坡", ["江坡村"]), ("jp", ["江坡村"]), ("JiangPo", ["江坡村"]),
    ("9901010012", ["江坡村", "东风村", "东风村民委员会"]),
    ("东风", ["东风村", "东风村民委员会"]), ("东", ["东县", "东风村", "东风村民委员会"]), ("", []), ("不存在", []),
])
def test_search_by_name_pinyin_and_code(tree, text, found):
    assert sorted(u.short_name for u in queries.search_units(text=text, viewer=SYSTEM)) == sorted(found)


def test_search_finds_higher_levels_first_and_only_what_one_sees(city):
    Unit.objects.update(pinyin_initials="x")
    assert [u.level for u in queries.search_units(text="x", viewer=SYSTEM, most=5)] == [2, 3, 3, 4, 4]
    assert {u.name for u in queries.search_units(text="x", viewer=city.actor["alice"])} == {
        "富水市", "东县", "甲镇", "一村",
    }
    assert queries.search_units(text="x", viewer=city.actor["charlie"]) == ()
    assert queries.search_units(text="x", viewer=Actor(name="nobody")) == ()


@pytest.mark.parametrize("place", ["甲镇", "富水市"])
def test_constant_number_of_queries(city, place, django_assert_num_queries):
    with django_assert_num_queries(2):
        queries.children(code=city.code[place], viewer=SYSTEM)
    with django_assert_num_queries(1):
        queries.search_units(text="村", viewer=SYSTEM)


@pytest.mark.parametrize("wrong", [
    {"level": 6}, {"valid_to": date(1900, 1, 1)}, {"code": "990100000000"},
])
def test_the_database_itself_refuses(tree, wrong):
    row = {"code": "990101001299", "name": "x", "short_name": "x", "pinyin": "", "pinyin_initials": "", "level": 5,
           "path": "/1/", "valid_from": date(1900, 1, 1)} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(**row)
