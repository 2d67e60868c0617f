"""A round from its papers to its results."""

from tests.ballots.conftest import BAD, GOOD, ROUND

EAST, WEST = f"{ROUND}/east", f"{ROUND}/west"


def test_a_round_from_rating_to_results(parties):
    for levels in (GOOD, GOOD, BAD, GOOD, {"overall": 2, "speed": 1}):
        parties.rate(EAST, levels)
    for _ in range(4):
        parties.rate(WEST, BAD)
    assert parties.reading().counts(ROUND) == {EAST: 5, WEST: 4, f"{ROUND}/far": 0}
    parties.close()
    results = parties.reading().results(ROUND)
    assert results[EAST] == {"overall": [3, 1, 0, 0, 1], "speed": [1, 0, 0, 1, 0]}
    assert results[WEST] is None
    bundle = parties.bundle()
    assert len(bundle["leaves"]) == 9
    assert sum(opened is not None for opened in bundle["opened"]) == 5
