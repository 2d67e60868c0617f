"""Setting scorecards, showing and publishing scores, appeals."""

from dukao.scores.actions.appeals import (
    AppealClosed,
    AppealDecided,
    AppealedAlready,
    NotIndependent,
    decide_appeal,
    make_appeal,
)
from dukao.scores.actions.cards import CardRefused, CardStands, define_scorecard, set_scorecard
from dukao.scores.actions.showing import ObjectionsOpen, YearNotOver, publish_scores, show_scores

__all__ = [
    "AppealClosed", "AppealDecided", "AppealedAlready", "CardRefused", "CardStands", "NotIndependent",
    "ObjectionsOpen", "YearNotOver", "decide_appeal", "define_scorecard", "make_appeal", "publish_scores",
    "set_scorecard", "show_scores",
]  # fmt: skip
