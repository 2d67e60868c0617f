"""What others may see of ratings and surveys, once a round is over and results are out. Never by who answered."""

from dukao.voice.published.ratings import RATINGS, SubjectRatings, ratings_of
from dukao.voice.published.surveys import SURVEYS, SurveyFigure, survey_figures

__all__ = ["RATINGS", "SURVEYS", "SubjectRatings", "SurveyFigure", "ratings_of", "survey_figures"]
