"""What others may see of scores: the newest version of those that were published for everybody. Never a rank."""

from dukao.scores.published.totals import SCORES, PublishedScore, scores_of

__all__ = ["SCORES", "PublishedScore", "scores_of"]
