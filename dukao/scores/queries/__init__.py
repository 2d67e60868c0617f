"""Reading scorecards, scores and appeals."""

from dukao.scores.queries.appeals import AppealView, appeal, appeals
from dukao.scores.queries.cards import CardView, public_card, public_cards, public_cards_about, scorecard, scorecards
from dukao.scores.queries.judging import TITLES, judged_card
from dukao.scores.queries.scored import Scored
from dukao.scores.queries.scores import (
    LineScore,
    Overview,
    ScorePage,
    ScoreRow,
    VersionView,
    overview,
    public_overview,
    score,
    score_document,
    share_percent,
)

__all__ = [
    "TITLES", "AppealView", "CardView", "LineScore", "Overview", "ScorePage", "ScoreRow", "Scored", "VersionView",
    "appeal", "appeals", "judged_card", "overview", "public_card", "public_cards", "public_cards_about",
    "public_overview", "score", "score_document", "scorecard", "scorecards", "share_percent",
]  # fmt: skip
