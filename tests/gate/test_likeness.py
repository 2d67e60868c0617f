"""Likeness is exact; what finds the few among many misses almost none; marked passages add up to the text."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dukao.gate.rules.likeness import Likeness, bands_of, likeness, new_part, passages, shingles_of

TEXTS = st.text(alphabet=st.sampled_from("做好春耕备，。 \n2026ａA𠀀İ①"), max_size=60)


def _slowly(text: str) -> set[str]:
    """Shingles as one would say them in words."""
    import unicodedata

    wide = "".join(unicodedata.normalize("NFKC", sign) if "！" <= sign <= "～" else sign for sign in text)
    kept = "".join("0" if "0" <= sign <= "9" else sign for sign in wide.lower() if _counts(sign))
    return {kept[place : place + 4] for place in range(len(kept) - 3)}


def _counts(sign: str) -> bool:
    return "㐀" <= sign <= "鿿" or sign >= "\U00020000" or "0" <= sign <= "9" or "a" <= sign <= "z"


@given(TEXTS.filter(lambda text: "İ" not in text), TEXTS.filter(lambda text: "İ" not in text))
def test_jaccard_is_exact(one, other):
    ours, theirs = _slowly(one), _slowly(other)
    assert likeness(shingles_of(one), shingles_of(other)) == Likeness(len(ours & theirs), len(ours | theirs))
    assert new_part(one, other) == Likeness(len(ours - theirs), len(ours))


@given(TEXTS, TEXTS)
def test_passages_add_up_to_the_text(text, other):
    pieces = passages(text, other)
    assert "".join(piece.text for piece in pieces) == text
    assert all(one.is_like != next_one.is_like for one, next_one in pairwise(pieces))


@given(TEXTS)
def test_a_text_shares_all_bands_with_itself(text):
    bands = bands_of(shingles_of(text))
    assert len(bands) == len(set(bands)) == (20 if len(shingles_of(text)) else 0)
    assert all(-(2**63) <= band < 2**63 for band in bands)


def test_years_signs_and_width_do_not_make_another_text():
    assert np.array_equal(shingles_of("２０２５年 春耕备耕，ABC"), shingles_of("2026年春耕备耕。abc"))


def test_passages_are_marked_where_they_stand():
    text = "各县要做好春耕备耕工作，2026年4月前完成。另外加一句。"
    other = "各县要做好春耕备耕工作，2025年3月前完成。没有别的了"
    assert [(piece.text, piece.is_like) for piece in passages(text, other)] == [
        ("各县要做好春耕备耕工作，2026年4月前完成", True), ("。另外加一句。", False)
    ]  # fmt: skip
    # Too short to mean anything.
    assert [piece.is_like for piece in passages("另外做好春耕", "做好春耕备耕")] == [False]


@pytest.mark.parametrize(("part", "whole", "percent", "is_enough"), [
    (4, 5, 80, True), (799, 1000, 79, False), (1, 1, 100, True), (0, 0, 0, False),
])  # fmt: skip
def test_the_boundary_is_exact(part, whole, percent, is_enough):
    likely = Likeness(part, whole)
    assert (likely.percent, likely.at_least(80)) == (percent, is_enough)


def test_copies_share_a_band_and_strangers_do_not():
    """Of texts that are 80 % alike 99.8 % share a band; of strangers hardly any."""
    chance = np.random.default_rng(7)
    copies = strangers = 0
    for _ in range(300):
        words = chance.choice(2**40, size=1000, replace=False).astype(np.uint64) * np.uint64(2**23 + 9)
        one, other = np.sort(words[:900]), np.sort(words[100:])  # 800 of 1,000
        stranger = np.sort(words[700:] + np.uint64(1))
        copies += bool(set(bands_of(one)) & set(bands_of(other)))
        strangers += bool(set(bands_of(one)) & set(bands_of(stranger)))
        assert likeness(one, other) == Likeness(800, 1000)
    assert copies >= 0.98 * 300
    assert strangers <= 3
