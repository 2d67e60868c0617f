"""Scorecards, what came of them, and what was appealed."""

from dukao.scores.models.appeals import Appeal
from dukao.scores.models.cards import Scorecard
from dukao.scores.models.scores import Score

__all__ = ["Appeal", "Score", "Scorecard"]
