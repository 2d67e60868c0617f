"""The yardstick, small: what is understood of our own forms never gets worse than this.

`python -m bench workbooks-quality` measures 2,000 other forms; what it finds wrong stands in docs/workbooks.md.
"""

import pytest

from bench.workbooks.quality import by_hand, composed, filled, measured

# Measure → precision and recall that hold today.
_COMPOSED = {
    "table": (0.985, 0.985), "title": (0.99, 0.99), "header": (0.99, 0.99), "row name": (0.98, 0.98),
    "unit": (0.99, 0.99), "total row": (0.99, 0.99), "slot": (0.985, 0.985), "element": (0.99, 0.9),
    "duplicate": (0.98, 0.88),
}  # fmt: skip
_BY_HAND = {
    "table": (0.96, 0.96), "title": (1, 1), "header": (0.98, 0.98), "row name": (1, 1), "unit": (0.97, 0.97),
    "total row": (1, 1), "slot": (0.97, 0.97), "element": (1, 0.85), "duplicate": (1, 0.85),
}  # fmt: skip


@pytest.mark.parametrize(
    ("forms", "floors"), [(lambda: composed(0, 150), _COMPOSED), (by_hand, _BY_HAND)], ids=["composed", "by hand"]
)
def test_what_is_understood_does_not_get_worse(forms, floors):
    tally = measured(forms())
    told = {name: (count.precision, count.recall) for name, count in tally.counts.items()}
    below = {name: told[name] for name, floor in floors.items() if told[name][0] < floor[0] or told[name][1] < floor[1]}
    assert not below, tally.failures[:20]
    assert not [failure for failure in tally.failures if failure[0] in ("accepted wrongly", "unreadable")]
    assert tally.in_top_3 >= 0.95 * tally.n_asks


def test_nothing_is_filled_in_wrongly():
    tally = filled(0, 2)
    assert not [failure for failure in tally.failures if failure[0].endswith("wrongly")]
    assert tally.counts["filled"].recall >= 0.65, "the rest is offered: the folder knows no other names"


def test_a_form_of_a_number_is_always_the_same():
    assert composed(7, 8) == composed(7, 8)


def test_there_are_thirty_by_hand():
    assert len(by_hand()) >= 30
