"""Where issuer and board keep what is theirs, and what the environment tells them."""

import os
import sys
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
    told = os.environ.get("DUKAO_BALLOT_ORIGINS") or os.environ.get("DUKAO_ORIGINS", "")
    return [origin for origin in told.split(",") if origin]


def proxies() -> int:
    """How many proxies of the house stand in front."""
    return env.integer("DUKAO_PROXIES", 0)


def serving(party: str, host: str, port: int) -> list[str]:
    """The command that serves `issuer` or `board`; it logs no request."""
    return [
        sys.executable, "-m", "granian", "--interface", "rsgi", "--host", host, "--port", str(port),
        "--workers", "1", "--no-ws", "--log-level", "warning", "--no-access-log",
        "--factory", f"dukao.ballots.{party}:application",
    ]  # fmt: skip


def ballots() -> Path:
    folder = env.folder("DUKAO_VAR", _ROOT / "var") / "ballots"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
