"""Where a clue goes, what gives its writer away, and which counts may be told."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dukao.voice.queries.clues import elsewhere, kinds
from dukao.voice.rules import clues
from dukao.voice.rules.clues import Accused, Office, belongs_elsewhere, is_kept_from, office_for
from dukao.voice.rules.counting import held_back, released
from dukao.voice.rules.masking import masked

CITY, COUNTY = Office(1, "/1/"), Office(2, "/1/2/")
BOTH = (CITY, COUNTY)


@pytest.mark.parametrize(("place", "accused", "offices", "goes_to"), [
    ("/1/2/4/", Accused(), BOTH, COUNTY),                                         # nobody in particular: the nearest
    ("/1/3/6/", Accused(), BOTH, CITY),                                           # a county without an office
    ("/1/2/4/", Accused("tax", "/1/"), BOTH, CITY),                               # a department of the city
    ("/1/2/4/", Accused("county-tax", "/1/2/"), BOTH, COUNTY),                    # one of the county
    ("/1/2/4/", Accused(unit_path="/1/2/4/"), BOTH, COUNTY),                      # the town itself
    ("/1/2/", Accused(unit_path="/1/2/"), BOTH, CITY),                            # the county: not its own office
    ("/1/2/4/", Accused(is_office=True), BOTH, CITY),                             # the office: one level up
    ("/1/3/6/", Accused(is_office=True), BOTH, None),                             # the city's office: nobody above
    ("/1/", Accused(unit_path="/1/"), BOTH, None),
    ("/1/2/4/", Accused(), (), None),
])  # fmt: skip
def test_past_whom_it_speaks_of(place, accused, offices, goes_to):
    assert office_for(place, accused, offices) == goes_to


@given(st.integers(0, 4), st.integers(0, 4), st.lists(st.integers(0, 4), max_size=5))
def test_it_never_goes_to_an_office_at_or_below_the_accused_unit(place, accused, levels):
    """Along one line of units: whatever there is, the office stands strictly above."""
    path = "/1/2/3/4/5/"
    at = [path[: 1 + 2 * (level + 1)] for level in range(5)]
    offices = [Office(level, at[level]) for level in set(levels)]
    found = office_for(at[place], Accused(unit_path=at[accused]), offices)
    assert found is None or (found.unit_path != at[accused] and at[accused].startswith(found.unit_path))


def test_who_it_is_kept_from():
    assert is_kept_from(Accused("tax", "/1/"), departments=["tax"], unit_paths=["/1/"])
    assert not is_kept_from(Accused("tax", "/1/"), departments=["statistics"], unit_paths=["/1/"])
    assert is_kept_from(Accused(unit_path="/1/2/"), departments=[], unit_paths=["/1/2/4/"])
    assert not is_kept_from(Accused(unit_path="/1/2/"), departments=[], unit_paths=["/1/"])


def test_every_cell_of_the_table():
    acts = {"accept", "ask", "answer", "extend", "refer", "close", "confirm", "deny"}
    open_to = {state: {act for act in acts if clues.after(state, act)} for state in clues.STATES}
    assert open_to == {
        "received": {"accept", "refer", "close"}, "accepted": {"ask", "answer", "extend", "refer", "close"},
        "asked": {"ask", "answer", "extend", "refer", "close"}, "closed": {"confirm", "deny"}, "fixed": set(),
    }  # fmt: skip


@pytest.mark.parametrize(("text", "kinds_found", "left_out"), [
    ("上午发表下午就要，天天如此", (), ""),
    ("有事打 138 1234 5678 找我", ("phone",), "1234"),
    ("身份证 11010519491231002X", ("citizen_number",), "11010519491231002X"),
    ("我叫王小二，村里填表太多", ("name",), "王小二"),
    ("我是一村的会计，天天填表", ("self",), "会计"),
    ("我在镇里担任统计员", (), ""),
])  # fmt: skip
def test_what_gives_the_writer_away(text, kinds_found, left_out):
    plain, found = masked(text)
    assert found == kinds_found
    assert not left_out or left_out not in plain
    assert found or plain == text


def test_what_is_followed_up_elsewhere():
    found = belongs_elsewhere("他收了回扣，我要起诉", elsewhere())
    assert [(one.code, one.is_refused) for one in found] == [("lawsuit", False), ("crime", True)]
    assert belongs_elsewhere("一张表报五遍", elsewhere()) == ()


def test_the_kinds_are_those_of_their_sources():
    assert [sum(kind.group == group for kind in kinds()) for group in ("digital", "burden")] == [9, 10]
    assert all(kind.source for kind in kinds())


@pytest.mark.parametrize(("counts", "told"), [
    ({"a": 9, "b": 5, "c": 0}, {"a": 9, "b": 5, "c": 0}),
    ({"a": 9, "b": 3, "c": 2}, {"a": 9, "b": None, "c": None}),
    ({"a": 9, "b": 6, "c": 2}, {"a": 9, "b": None, "c": None}),  # the sum would tell c
    ({"a": 3}, {"a": None}),
])  # fmt: skip
def test_counts_that_may_be_told(counts, told):
    assert released(counts, 5) == told


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12)))
def test_no_small_cell_follows_from_the_sum(counts):
    told = released(counts, 5)
    hidden = [key for key, n in told.items() if n is None]
    assert all(n is None or n == 0 or n >= 5 for n in told.values())
    assert len(hidden) != 1 or sum(bool(n) for n in counts.values()) == 1


@pytest.mark.parametrize(("cells", "parts", "held"), [
    ({"a": 9, "b": 9, "c": 9}, ["ab", "c"], ""),
    ({"a": 2, "b": 9, "c": 30}, ["ab", "c"], "ab"),       # the good together would tell a
    ({"a": 2, "b": 9, "c": 3, "d": 8}, ["ab", "cd"], "abcd"),
    ({"a": 9, "b": 9, "c": 2, "d": 3}, ["ab", "cd"], "cd"),
    ({"a": 90, "b": 2}, ["a", "b"], "b"),                 # what is left of 100 % is told by the answer itself
])  # fmt: skip
def test_what_is_held_back_does_not_follow_from_what_is_told(cells, parts, held):
    assert held_back(cells, 5, parts) == set(held)


def test_the_office_sees_it_the_day_after():
    assert not clues.is_readable(date(2026, 10, 8), date(2026, 10, 8))
    assert clues.is_readable(date(2026, 10, 8), date(2026, 10, 9))
