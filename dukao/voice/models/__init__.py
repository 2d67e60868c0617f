"""Tables of voice."""

from dukao.voice.models.orders import Order
from dukao.voice.models.polls import Batch, Paper, Poll, Round, ServedMatter, Subject

__all__ = ["Batch", "Order", "Paper", "Poll", "Round", "ServedMatter", "Subject"]
