"""Coming in and going out: passwords, throttle, sittings."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from dukao.base.models import Event
from dukao.base.refusals import Invalid, NotThere
from dukao.org import actions, queries
from dukao.org.models import Login, SignInFailure, Sitting

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
GOOD, WRONG = "three blue kettles", "four red kettles"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def people(city, settings):
    # The cheap hasher keeps the tests quick; that argon2 is the house's own is a test of its own.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    Login.objects.update(password=make_password(GOOD))
    return city


def _sign_in(name="alice", password=GOOD, *, key="k1", address="10.0.0.1", at=AT):
    return actions.sign_in(name=name, password=password, address=address, session_key=key, at=at)


def _fail(times, **more):
    for _ in range(times):
        with pytest.raises(actions.SignInRefused):
            _sign_in(password=WRONG, **more)


def test_signing_in_begins_a_sitting(people):
    actor = _sign_in(name=" Alice ")
    assert actor == people.actor["alice"]
    assert actions.touch_sitting(session_key="k1", at=AT) == actor
    assert list(Event.objects.values_list("verb", "actor", "subject")) == [
        ("org.login.signed_in", "alice", "login:alice"),
    ]


def test_passwords_are_argon2(city, settings):
    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    actions.reset_password(login="alice", password=GOOD, by=city.actor["adam"], at=AT)
    assert Login.objects.get(name="alice").password.startswith("argon2$argon2id$")
    assert _sign_in().name == "alice"


def test_unknown_disabled_and_wrong_look_the_same_and_cost_the_same(people, monkeypatch):
    Login.objects.filter(name="wang").update(is_active=False)
    from dukao.org.actions import doors

    hashed = []
    real = doors.check_password
    monkeypatch.setattr(doors, "check_password", lambda *args: hashed.append(1) or real(*args))
    answers = []
    for name, password in (("nobody", GOOD), ("wang", GOOD), ("alice", WRONG)):
        with pytest.raises(actions.SignInRefused) as refusal:
            _sign_in(name=name, password=password)
        answers.append(refusal.value.as_dict())
    assert answers[0] == answers[1] == answers[2]
    assert len(hashed) == 3
    assert not Sitting.objects.exists()


def test_the_trail_knows_refusals_of_known_names_only(people):
    _fail(1)
    _fail(1, name="whatPeopleTypeByMistake")
    assert list(Event.objects.values_list("verb", "subject")) == [("org.login.sign_in_refused", "login:alice")]


def test_a_name_that_fails_too_often_waits_even_with_the_right_password(people, settings):
    _fail(settings.SIGN_IN_FAILURES_ALLOWED)
    with pytest.raises(actions.TooManyAttempts):
        _sign_in(address="10.9.9.9")
    assert _sign_in(name="wang").name == "wang", "others go on"
    later = AT + timedelta(seconds=settings.SIGN_IN_LOCK_SECONDS, minutes=1)
    assert _sign_in(at=later).name == "alice"


def test_knocking_while_waiting_does_not_make_the_wait_longer(people, settings):
    _fail(settings.SIGN_IN_FAILURES_ALLOWED)
    for minute in range(14):
        with pytest.raises(actions.TooManyAttempts):
            _sign_in(at=AT + minute * MINUTE)
    assert _sign_in(at=AT + timedelta(seconds=settings.SIGN_IN_LOCK_SECONDS + 1)).name == "alice"


def test_an_address_that_fails_too_often_waits(people, settings):
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 6
    for n in range(6):
        _fail(1, name=f"guess-{n}")
    with pytest.raises(actions.TooManyAttempts):
        _sign_in()
    assert _sign_in(address="10.0.0.2").name == "alice"


def test_success_forgets_the_failures_of_the_name_but_not_of_the_address(people, settings):
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 5
    _fail(4)
    _sign_in()
    _fail(1)
    with pytest.raises(actions.TooManyAttempts):
        _sign_in()


def test_the_table_tells_neither_names_nor_addresses(people):
    _fail(1)
    assert all(len(f.key) == 64 and "alice" not in f.key and "10.0" not in f.key for f in SignInFailure.objects.all())


def test_a_sitting_ends_when_idle(people, settings):
    _sign_in()
    idle = timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    assert actions.touch_sitting(session_key="k1", at=AT + idle - MINUTE)
    assert actions.touch_sitting(session_key="k1", at=AT + 2 * idle - 2 * MINUTE), "a click prolongs it"
    assert actions.touch_sitting(session_key="k1", at=AT + 3 * idle) is None
    assert not Sitting.objects.exists()


def test_a_sitting_ends_after_its_longest_time_however_busy(people, settings):
    _sign_in()
    at, end = AT, AT + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    while at + 20 * MINUTE < end:
        at += 20 * MINUTE
        assert actions.touch_sitting(session_key="k1", at=at)
    assert actions.touch_sitting(session_key="k1", at=end) is None


def test_the_oldest_of_too_many_sittings_ends(people, settings):
    for n in range(settings.SESSIONS_PER_LOGIN + 1):
        _sign_in(key=f"k{n}", at=AT + n * MINUTE)
    at = AT + 5 * MINUTE
    assert actions.touch_sitting(session_key="k0", at=at) is None
    assert all(actions.touch_sitting(session_key=f"k{n}", at=at) for n in range(1, settings.SESSIONS_PER_LOGIN + 1))


def test_signing_out_and_disabling_end_sittings(people):
    actor = _sign_in()
    _sign_in(key="k2")
    actions.sign_out(session_key="k1", by=actor, at=AT)
    assert actions.touch_sitting(session_key="k1", at=AT) is None
    actions.disable_login(login="alice", by=people.actor["adam"], at=AT)
    assert actions.touch_sitting(session_key="k2", at=AT) is None


def test_a_new_password_ends_the_other_sittings(people):
    actor = _sign_in()
    _sign_in(key="k2")
    actions.change_password(old=GOOD, new="five green kettles", session_key="k1", by=actor, at=AT)
    assert actions.touch_sitting(session_key="k1", at=AT)
    assert actions.touch_sitting(session_key="k2", at=AT) is None
    _fail(1)
    assert _sign_in(password="five green kettles", key="k3").name == "alice"


@pytest.mark.parametrize(("old", "new", "place"), [
    (WRONG, "five green kettles", "old"), (GOOD, GOOD, "new"), (GOOD, "short", "password"),
    (GOOD, "password123", "password"),
])
def test_a_bad_change_of_password_changes_nothing(people, old, new, place):
    actor = _sign_in()
    with pytest.raises(Invalid) as wrong:
        actions.change_password(old=old, new=new, session_key="k1", by=actor, at=AT)
    assert place in wrong.value.errors
    assert _sign_in(key="k2").name == "alice"


def test_stale_sittings_are_swept(people, settings):
    _sign_in()
    _sign_in(name="wang", key="k2", at=AT + timedelta(hours=1))
    assert actions.end_stale_sittings(at=AT + timedelta(hours=1)) == 1
    assert Sitting.objects.get().session_key == "k2"


def test_pages_cost_two_queries_and_rarely_a_write(people, django_assert_num_queries):
    _sign_in()
    with django_assert_num_queries(2):
        actions.touch_sitting(session_key="k1", at=AT + timedelta(seconds=30))
    with django_assert_num_queries(3):
        actions.touch_sitting(session_key="k1", at=AT + timedelta(seconds=90))
    with django_assert_num_queries(0):
        assert actions.touch_sitting(session_key=None, at=AT) is None


def test_what_lasts_beside_the_pages_lasts_as_long_as_the_sitting(people, django_assert_num_queries):
    actor = _sign_in()
    number = queries.sitting_id(session_key="k1")
    with django_assert_num_queries(2):
        assert queries.actor_sitting(sitting_id=number, at=AT) == actor
    for nobody in (None, "", "k2"):
        with pytest.raises(NotThere):
            queries.sitting_id(session_key=nobody)


def _sign_out(people, settings):
    actions.sign_out(session_key="k1", by=people.actor["alice"], at=AT)
    return AT


def _disable(people, settings):
    actions.disable_login(login="alice", by=people.actor["adam"], at=AT)
    return AT


def _change_password_elsewhere(people, settings):
    _sign_in(key="k2")
    actions.change_password(old=GOOD, new="five green kettles", session_key="k2", by=people.actor["alice"], at=AT)
    return AT


def _idle(people, settings):
    return AT + timedelta(seconds=settings.SESSION_IDLE_SECONDS)


def _grow_old(people, settings):
    end = AT + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    Sitting.objects.update(last_seen_at=end)
    return end


@pytest.mark.parametrize("end", [_sign_out, _disable, _change_password_elsewhere, _idle, _grow_old])
def test_however_a_sitting_ends_nobody_sits_there(people, settings, end):
    _sign_in()
    number = queries.sitting_id(session_key="k1")
    at = end(people, settings)
    with pytest.raises(NotThere):
        queries.actor_sitting(sitting_id=number, at=at)


def test_looking_who_sits_there_does_not_keep_the_sitting_awake(people, settings):
    _sign_in()
    number, idle = queries.sitting_id(session_key="k1"), timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    assert queries.actor_sitting(sitting_id=number, at=AT + idle - MINUTE)
    assert actions.touch_sitting(session_key="k1", at=AT + idle) is None


@pytest.mark.django_db(transaction=True)
def test_many_attempts_at_once_do_not_outrun_the_throttle(people, settings, monkeypatch):
    from dukao.org.actions import doors

    looked_at = []
    monkeypatch.setattr(doors, "check_password", lambda *args: looked_at.append(1) or False)

    def attempt():
        try:
            _sign_in(password=WRONG)
        except (actions.SignInRefused, actions.TooManyAttempts):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 < len(looked_at) <= settings.SIGN_IN_FAILURES_ALLOWED
