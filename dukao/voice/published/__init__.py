"""What others may see of ratings: counts by subject and round, once the round is over. Never by rater."""

from dukao.voice.published.ratings import RATINGS, SubjectRatings, ratings_of

__all__ = ["RATINGS", "SubjectRatings", "ratings_of"]
