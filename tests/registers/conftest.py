from pathlib import Path

import pytest


@pytest.fixture
def var(tmp_path, settings) -> Path:
    """A folder of the test's own for everything the house writes outside its database."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    return settings.VAR
