"""Tables of voice."""

from dukao.voice.models.clues import Clue, ClueNote
from dukao.voice.models.orders import Order
from dukao.voice.models.polls import Batch, Paper, Poll, Round, ServedMatter, Subject
from dukao.voice.models.surveys import Contact, Interview, Invitation, Survey, SurveyEstimate, SurveySample

__all__ = [
    "Batch", "Clue", "ClueNote", "Contact", "Interview", "Invitation", "Order", "Paper", "Poll", "Round",
    "ServedMatter", "Subject", "Survey", "SurveyEstimate", "SurveySample",
]  # fmt: skip
