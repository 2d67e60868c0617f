"""Writing of voice."""

from dukao.voice.actions.gathering import end_orders, gather_ratings, release_orders
from dukao.voice.actions.interviews import (
    CallResult,
    bring_in_calls,
    end_call,
    end_recheck,
    keep_answers,
    take_number,
)
from dukao.voice.actions.inviting import Card, invite_matter, invite_residents, print_cards, withdraw_card
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
from dukao.voice.actions.samples import draw_sample, promise_sample
from dukao.voice.actions.surveys import close_field, define_survey, open_field, publish_results

__all__ = [
    "CallResult", "Card", "answer_order", "appeal_order", "bring_in_calls", "close_field", "close_round",
    "decide_order_appeal", "define_poll", "define_survey", "draw_sample", "end_call", "end_orders", "end_recheck",
    "gather_ratings", "invite_matter", "invite_residents", "keep_answers", "open_field", "open_round",
    "print_cards", "promise_sample", "publish_results", "record_call_back", "release_orders", "remove_comment",
    "show_contact", "take_number", "verify_order", "withdraw_card",
]  # fmt: skip
