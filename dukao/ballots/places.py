"""Where issuer and board keep what is theirs, and what the environment tells them."""

import os
from pathlib import Path

from dukao import env

_ROOT = Path(__file__).resolve().parents[2]


def home(party: str) -> Path:
    """The party's own folder, for its owner only."""
    folder = ballots() / party
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def secret() -> str:
    """What the platform shows to issuer and board; made by whoever starts first."""
    return env.secret(ballots() / "secret")


def origins() -> list[str]:
    """Origins of the pages whose scripts may ask."""
    return [origin for origin in os.environ.get("DUKAO_BALLOT_ORIGINS", "").split(",") if origin]


def ballots() -> Path:
    folder = env.folder("DUKAO_VAR", _ROOT / "var") / "ballots"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
