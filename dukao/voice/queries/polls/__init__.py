"""Polls, rounds, papers; what raters see; satisfaction for scores."""

from dukao.voice.queries.polls.rating import batches, paper_to_invite, papers_to_invite, rating
from dukao.voice.queries.polls.results import poll, poll_results, polls, public_round, public_rounds, round_results
from dukao.voice.queries.polls.satisfaction import Satisfaction, satisfaction, satisfaction_of
from dukao.voice.queries.polls.seeing import stands_for
from dukao.voice.queries.polls.views import BatchView, PaperView, PollView, QuestionView, RatingView, RoundView

__all__ = [
    "BatchView", "PaperView", "PollView", "QuestionView", "RatingView", "RoundView", "Satisfaction", "batches",
    "paper_to_invite", "papers_to_invite", "poll", "poll_results", "polls", "public_round", "public_rounds", "rating",
    "round_results", "satisfaction", "satisfaction_of", "stands_for",
]  # fmt: skip
