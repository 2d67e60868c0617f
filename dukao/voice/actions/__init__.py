"""Writing of voice."""

from dukao.voice.actions.gathering import end_orders, gather_ratings, release_orders
from dukao.voice.actions.inviting import invite_matter, invite_residents, print_cards
from dukao.voice.actions.orders import (
    answer_order,
    appeal_order,
    decide_order_appeal,
    record_call_back,
    remove_comment,
    show_contact,
    verify_order,
)
from dukao.voice.actions.polls import close_round, define_poll, open_round

__all__ = [
    "answer_order", "appeal_order", "close_round", "decide_order_appeal", "define_poll", "end_orders",
    "gather_ratings", "invite_matter", "invite_residents", "open_round", "print_cards", "record_call_back",
    "release_orders", "remove_comment", "show_contact", "verify_order",
]  # fmt: skip
