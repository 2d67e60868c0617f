"""Tables of voice."""

from dukao.voice.models.clues import Clue, ClueNote
from dukao.voice.models.orders import Order
from dukao.voice.models.polls import Batch, Paper, Poll, Round, ServedMatter, Subject

__all__ = ["Batch", "Clue", "ClueNote", "Order", "Paper", "Poll", "Round", "ServedMatter", "Subject"]
