"""Whatever a function does in the process apart, here it is an outcome, a refusal, or `Stopped`."""

from functools import partial

import pytest

from dukao.base.apart import Apart, Bounds, Stopped
from dukao.base.refusals import Invalid
from tests.base import over_there

BOUNDS = Bounds(memory_bytes=400_000_000, seconds=20)


@pytest.fixture(scope="module")
def apart():
    with Apart(BOUNDS, refusal=Invalid) as one:
        yield one


def still_works(apart: Apart) -> bool:
    return apart.call(partial(over_there.double, 21)) == 42


def stopped(apart: Apart, work: partial, **how) -> Stopped:
    with pytest.raises(Stopped) as found:
        apart.call(work, **how)
    assert still_works(apart)
    return found.value


def test_the_outcome_comes_over_and_prints_do_not(apart):
    assert still_works(apart)


def test_a_refusal_is_raised_in_its_words_as_the_kind_that_was_asked_for(apart):
    with pytest.raises(Invalid) as refused:
        apart.call(partial(over_there.refuse))
    assert (refused.value.what, refused.value.why, refused.value.todo) == ("没有这张表", "找过了", "请再看一眼")
    assert still_works(apart)


def test_an_error_is_known_by_its_class_alone(apart):
    found = stopped(apart, partial(over_there.fail))
    assert (found.error, found.is_late, "detail" in str(found)) == ("LookupError", False, False)


def test_a_crash_and_a_greed_for_memory_end_the_call_and_nothing_else(apart):
    for work in (partial(over_there.crash), partial(over_there.ask_for, 2 * BOUNDS.memory_bytes)):
        found = stopped(apart, work)
        assert (found.error, found.is_late) == ("", False)


def test_what_takes_too_long_is_ended(apart):
    assert stopped(apart, partial(over_there.hang), seconds=0.2).is_late


def test_only_plain_values_and_welcome_classes_come_over(apart):
    stopped(apart, partial(over_there.stranger))
    with Apart(BOUNDS, welcome=[type(over_there.stranger())]) as welcoming:
        assert welcoming.call(partial(over_there.stranger)) == over_there.stranger()


def test_nothing_of_the_house_is_known_over_there(apart, monkeypatch):
    monkeypatch.setenv("DUKAO_DATABASE_URL", "postgresql://secret")
    with Apart(BOUNDS) as fresh:
        environment, has_django = fresh.call(partial(over_there.surroundings))
    assert "DUKAO_DATABASE_URL" not in environment
    assert not has_django


def test_files_are_written_up_to_their_limit(apart, tmp_path):
    assert stopped(apart, partial(over_there.write, tmp_path / "a", 1)).error == "OSError"
    with Apart(Bounds(memory_bytes=400_000_000, seconds=20, written_bytes=1_000)) as writing:
        assert writing.call(partial(over_there.write, tmp_path / "b", 1_000)) == 1_000
        assert stopped(writing, partial(over_there.write, tmp_path / "b", 1_001)).error == "OSError"


def test_a_stream_yields_while_it_goes_on_and_may_be_refused_in_the_midst(apart):
    assert list(apart.stream(partial(over_there.count, 3))) == [0, 1, 2]
    numbers = apart.stream(partial(over_there.count, 9, fails_at=2))
    assert [next(numbers), next(numbers)] == [0, 1]
    with pytest.raises(Invalid, match="到头了"):
        next(numbers)
    assert still_works(apart)


def test_a_stream_that_is_given_up_answers_no_other_call(apart):
    numbers = apart.stream(partial(over_there.count, 100_000))
    assert next(numbers) == 0
    numbers.close()
    assert still_works(apart)
