"""Departments, posts, log-ins: who may set them up, what is refused, what is recorded."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotAllowed, NotThere
from dukao.org import actions, queries
from dukao.org.models import Department, Holding, Login, Post
from dukao.org.rules import SYSTEM, may_be_held_together

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
ON = date(2026, 10, 8)
GOOD_PASSWORD = "three blue kettles"


@pytest.fixture
def county_admin(city):
    """Cora administers 东县 only."""
    actions.define_post(code="cora-post", title="管理员", role="admin", unit_code=city.code["东县"], by=SYSTEM, at=AT)
    actions.create_login(name="cora", display_name="Cora", password=GOOD_PASSWORD, by=SYSTEM, at=AT)
    actions.assign_post(login="cora", post="cora-post", valid_from=date(2026, 1, 1), by=SYSTEM, at=AT)
    return queries.actor_named(name="cora", on=ON)


def test_from_nothing_to_an_actor(city):
    adam = city.actor["adam"]
    actions.define_department(code="civil", name="民政局", unit_code=city.code["富水市"], by=adam, at=AT)
    actions.define_post(code="civil-data", title="数据员", role="department", unit_code=city.code["富水市"],
                        department="civil", by=adam, at=AT)
    actions.create_login(name="Cindy", display_name="Cindy", password=GOOD_PASSWORD, by=adam, at=AT)
    actions.assign_post(login="cindy", post="civil-data", valid_from=ON, valid_to=date(2026, 10, 10), by=adam, at=AT)
    actor = queries.actor_named(name="cindy", on=ON)
    assert actor.may("DELIVERIES_MAKE", city.path["富水市"], department="civil")
    assert not actor.may("DELIVERIES_MAKE", city.path["富水市"], department="tax")
    assert [e.verb for e in Event.objects.order_by("id")] == [
        "org.department.defined", "org.post.defined", "org.login.created", "org.post.assigned",
    ]


@pytest.mark.parametrize(("on", "holds"), [
    (date(2026, 10, 7), False), (date(2026, 10, 8), True), (date(2026, 10, 9), True), (date(2026, 10, 10), False),
])
def test_a_post_is_held_from_a_day_to_a_day_exclusive(city, on, holds):
    Holding.objects.filter(login__name="alice").update(valid_from=ON, valid_to=date(2026, 10, 10))
    assert bool(queries.actor_named(name="alice", on=on).standings) is holds


def test_the_actor_from_the_database_is_the_cast(city):
    for name, actor in city.actor.items():
        assert queries.actor_named(name=name, on=ON) == actor


@pytest.mark.parametrize("act", [
    lambda by, city: actions.define_department(code="x", name="x", unit_code=city.code["西区"], by=by, at=AT),
    lambda by, city: actions.define_post(code="x", title="x", role="worker", unit_code=city.code["西区"], by=by, at=AT),
    lambda by, city: actions.assign_post(login="charlie", post="sam-post", valid_from=ON, by=by, at=AT),
    lambda by, city: actions.end_holding(login="sam", post="sam-post", valid_to=ON, by=by, at=AT),
    lambda by, city: actions.disable_login(login="sam", by=by, at=AT),
    lambda by, city: actions.reset_password(login="sam", password=GOOD_PASSWORD, by=by, at=AT),
])
@pytest.mark.parametrize("who", ["cora", "alice", "dora", "sam", "otto", "charlie"])
def test_strangers_change_nothing(city, county_admin, who, act):
    by = county_admin if who == "cora" else city.actor[who]
    before = Event.objects.count()
    with pytest.raises((NotThere, NotAllowed)):
        act(by, city)
    assert Event.objects.count() == before


@pytest.mark.parametrize("who", ["alice", "dora", "sam", "otto", "charlie"])
def test_only_administrators_create_and_list_log_ins(city, who):
    with pytest.raises(NotAllowed):
        actions.create_login(name="x", display_name="x", password=GOOD_PASSWORD, by=city.actor[who], at=AT)
    with pytest.raises(NotAllowed):
        queries.logins(viewer=city.actor[who])


def test_a_county_administrator_sees_the_own_people_only(city, county_admin):
    assert {v.name for v in queries.logins(viewer=county_admin)} == {"alice", "wang", "rita", "gina", "cora"}
    posts = {"alice-post", "wang-post", "rita-post", "gina-post", "cora-post"}
    assert {v.code for v in queries.posts(viewer=county_admin)} == posts
    assert queries.posts(viewer=city.actor["sam"]) == ()
    assert {d.code for d in queries.departments(viewer=county_admin)} == {"tax", "statistics"}
    assert queries.departments(viewer=city.actor["charlie"]) == ()


def test_before_its_first_post_a_log_in_is_its_makers_and_of_those_above(city, county_admin):
    actions.define_post(code="wes-post", title="管理员", role="admin", unit_code=city.code["西区"], by=SYSTEM, at=AT)
    actions.create_login(name="wes", display_name="Wes", password=GOOD_PASSWORD, by=SYSTEM, at=AT)
    actions.assign_post(login="wes", post="wes-post", valid_from=date(2026, 1, 1), by=SYSTEM, at=AT)
    wes, adam = queries.actor_named(name="wes", on=ON), city.actor["adam"]
    actions.create_login(name="fresh", display_name="Fresh", password=GOOD_PASSWORD, by=county_admin, at=AT)
    for by, may in ((county_admin, True), (adam, True), (SYSTEM, True), (wes, False)):
        assert ("fresh" in {v.name for v in queries.logins(viewer=by)}) is may
        for act in (actions.disable_login, actions.enable_login, _give_password):
            if may:
                act(login="fresh", by=by, at=AT)
            else:
                with pytest.raises(NotThere) as refusal:
                    act(login="fresh", by=by, at=AT)
                assert refusal.value.what == "没有登录名 fresh"
    actions.define_post(code="west", title="x", role="worker", unit_code=city.code["西区"], by=wes, at=AT)
    with pytest.raises(NotThere):
        actions.assign_post(login="fresh", post="west", valid_from=ON, by=wes, at=AT)
    # Who holds posts in two counties is seen by both administrators, and closed by the one above them only.
    actions.assign_post(login="fresh", post="alice-post", valid_from=ON, by=county_admin, at=AT)
    actions.assign_post(login="fresh", post="west", valid_from=ON, by=adam, at=AT)
    for by in (county_admin, wes):
        assert "fresh" in {v.name for v in queries.logins(viewer=by)}
        with pytest.raises(NotThere):
            actions.disable_login(login="fresh", by=by, at=AT)
    actions.disable_login(login="fresh", by=adam, at=AT)


def _give_password(**given) -> None:
    actions.reset_password(password=GOOD_PASSWORD, **given)


def test_a_log_in_of_the_houses_own_making_is_the_top_administrators(city, county_admin):
    actions.create_login(name="fresh", display_name="Fresh", password=GOOD_PASSWORD, by=SYSTEM, at=AT)
    with pytest.raises(NotThere):
        actions.disable_login(login="fresh", by=county_admin, at=AT)
    with pytest.raises(NotThere):
        actions.assign_post(login="fresh", post="alice-post", valid_from=ON, by=county_admin, at=AT)
    actions.assign_post(login="fresh", post="alice-post", valid_from=ON, by=city.actor["adam"], at=AT)
    actions.disable_login(login="fresh", by=county_admin, at=AT)


def test_nobody_gives_himself_a_post_or_locks_himself_out(city):
    adam = city.actor["adam"]
    with pytest.raises(NotAllowed):
        actions.assign_post(login="adam", post="adam-post", valid_from=ON, by=adam, at=AT)
    with pytest.raises(NotAllowed):
        actions.disable_login(login="adam", by=adam, at=AT)


@pytest.mark.parametrize(("login", "post"), [
    ("adam", "sam-post"), ("otto", "dora-post"), ("dora", "adam-post"), ("adam", "otto-post"),
])
def test_administrator_and_auditor_do_nothing_else(city, login, post):
    with pytest.raises(actions.PostsDoNotMix) as refusal:
        actions.assign_post(login=login, post=post, valid_from=ON, by=SYSTEM, at=AT)
    assert refusal.value.why
    assert refusal.value.todo


def test_they_may_once_the_other_post_has_ended(city):
    actions.end_holding(login="dora", post="dora-post", valid_to=ON, by=city.actor["adam"], at=AT)
    actions.assign_post(login="dora", post="otto-post", valid_from=ON, by=city.actor["adam"], at=AT)
    assert [s.role for s in queries.actor_named(name="dora", on=ON).standings] == ["auditor"]


def test_which_roles_go_together():
    assert may_be_held_together({"worker", "reviewer", "department", "supervision"})
    assert may_be_held_together({"admin"})
    assert not may_be_held_together({"admin", "worker"})
    assert not may_be_held_together({"auditor", "admin"})


def test_saying_the_same_twice_records_once(city):
    for _ in range(2):
        actions.define_department(code="tax", name="税务总局", unit_code=city.code["富水市"], by=SYSTEM, at=AT)
        actions.assign_post(login="charlie", post="sam-post", valid_from=ON, by=SYSTEM, at=AT)
        actions.disable_login(login="wang", by=SYSTEM, at=AT)
    assert sorted(e.verb for e in Event.objects.all()) == [
        "org.department.defined", "org.login.disabled", "org.post.assigned",
    ]


def _department(**given):
    return lambda c: actions.define_department(
        **{"code": "x", "name": "x", "unit_code": c.code["富水市"]} | given, by=SYSTEM, at=AT
    )


def _post(**given):
    return lambda c: actions.define_post(
        **{"code": "x", "title": "x", "role": "worker", "unit_code": c.code["东县"]} | given, by=SYSTEM, at=AT
    )


def _login(**given):
    return lambda c: actions.create_login(
        **{"name": "new", "display_name": "New", "password": GOOD_PASSWORD} | given, by=SYSTEM, at=AT
    )


@pytest.mark.parametrize(("act", "place"), [
    (_department(code="税务"), "code"), (_department(code="x" * 41), "code"), (_department(name=" "), "name"),
    (_department(code="tax", unit_code="990101000000"), "code"),
    (_post(role="king"), "role"), (_post(role="department"), "department"), (_post(code="sam-post"), "code"),
    (_login(name="alice"), "name"), (_login(name="System"), "name"),
    (_login(name="江坡"), "name"), (_login(display_name=""), "display_name"),
    (_login(password="short"), "password"), (_login(password="1234567890"), "password"),
    (_login(name="blue-kettle", password="blue-kettle1"), "password"),
    (lambda c: actions.assign_post(login="charlie", post="sam-post", valid_from=ON, valid_to=ON, by=SYSTEM, at=AT),
     "valid_to"),
])
def test_what_is_wrong_is_named(city, act, place):
    with pytest.raises(Invalid) as wrong:
        act(city)
    assert place in wrong.value.errors
    assert not Event.objects.exists()


def test_a_disabled_log_in_is_nobody(city):
    actions.disable_login(login="alice", by=city.actor["adam"], at=AT)
    with pytest.raises(NotThere):
        queries.actor_named(name="alice", on=ON)
    actions.enable_login(login="alice", by=city.actor["adam"], at=AT)
    assert queries.actor_named(name="alice", on=ON).standings


def test_preferences_are_kept(city):
    actions.set_preferences(large_type=True, language="en", by=city.actor["alice"], at=AT)
    assert queries.preferences(login_id=city.actor["alice"].login_id) == queries.Preferences(True, "en")


def test_unknown_departments_are_not_there(city):
    assert queries.department(code="tax").unit_code == city.code["富水市"]
    with pytest.raises(NotThere):
        queries.department(code="nothing")


def test_the_database_itself_refuses(city):
    tax = Department.objects.get(code="tax")
    alice, post = Login.objects.get(name="alice"), Post.objects.get(code="alice-post")
    for attack in (
        lambda: Post.objects.create(code="x", title="x", role="department", unit=tax.unit, department=None),
        lambda: Holding.objects.create(login=alice, post=post, valid_from=ON, valid_to=ON),
        lambda: Holding.objects.create(login=alice, post=post, valid_from=date(2024, 1, 1)),
        lambda: Login.objects.create(name="alice", display_name="x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attack()
