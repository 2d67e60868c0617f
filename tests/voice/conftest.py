"""What tests of polls stand on: issuer and board as real processes."""

import pytest

from tests.ballot_boxes import boxes  # noqa: F401 (a fixture)


@pytest.fixture
def polling(city, boxes, settings):  # noqa: F811
    """The boxes, with the city's settings leading to them."""
    settings.ISSUER_URL, settings.BOARD_URL, settings.VAR = boxes.issuer, boxes.board, boxes.var
    settings.BALLOT_MIX_SECONDS = 0
    return boxes
