"""The issuer and the board as the settings name them; both are processes of their own, with keys of their own."""

from django.conf import settings

from dukao import env
from dukao.ballots.client import Board, Issuer


def issuer() -> Issuer:
    return Issuer(settings.ISSUER_INSIDE_URL or settings.ISSUER_URL, _secret())


def board() -> Board:
    return Board(settings.BOARD_INSIDE_URL or settings.BOARD_URL, _secret())


def _secret() -> str:
    """What the platform shows at their doors for the office; whoever comes first makes it."""
    folder = settings.VAR / "ballots"
    folder.mkdir(mode=0o700, exist_ok=True)
    return env.secret(folder / "secret")
