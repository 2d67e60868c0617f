"""The routes of polls, of the rater's public pages, and of the orders of bad ratings; the boxes do not answer here."""

from datetime import date

from routes import EVERYBODY, Route, Takes

OFFICE, RATED = frozenset({"sam"}), frozenset({"tara"})
DESKS = frozenset({"alice", "wang", "rita", "dora", "tara", "sam"})
SEES = OFFICE | RATED
_POLL, _NO_POLL = "/polls/service/", "/polls/nothing/"
_ROUND, _NO_ROUND = "/polls/service/service-1/", "/polls/service/service-9/"
_WINDOW, _NO_WINDOW = "/windows/0001/", "/windows/9999/"
_ORDER, _NO_ORDER = "/orders/CP2026-0001/", "/orders/CP2026-9999/"
_DOWN = 503  # neither issuer nor board is there

ROUTES = [
    Route("polls", "/polls/", DESKS),
    Route("polls.new", "/polls/new/", OFFICE, takes=Takes(OFFICE, {"title": "x"}, done=422, others=403)),
    Route("polls.page", _POLL, SEES, others=404, missing=_NO_POLL),
    Route("polls.open", _POLL + "rounds/", form_on=_POLL, missing=_NO_POLL + "rounds/", knows=SEES,
          takes=Takes(OFFICE, {"closes_on": "2026-11-30"}, done=409)),
    Route("polls.round", _ROUND, SEES, others=404, missing=_NO_ROUND),
    Route("polls.close", _ROUND + "closing/", form_on=_ROUND, missing=_NO_ROUND + "closing/", knows=SEES,
          takes=Takes(OFFICE, {}, done=_DOWN)),
    Route("polls.cards", _ROUND + "cards/", form_on=_ROUND, missing=_NO_ROUND + "cards/", knows=SEES,
          takes=Takes(OFFICE, {"paper": "0001", "count": "3"}, done=_DOWN)),
    Route("polls.withdraw", _ROUND + "withdrawal/", form_on=_ROUND, missing=_NO_ROUND + "withdrawal/", knows=SEES,
          takes=Takes(OFFICE, {"serial": "7K3D-9X2M"}, done=_DOWN)),
    Route("polls.residents", _ROUND + "residents/", form_on=_ROUND, missing=_NO_ROUND + "residents/", knows=SEES,
          takes=Takes(OFFICE, {"paper": "0001"}, done=422)),
    Route("polls.entry", _ROUND + "entry/", OFFICE, others=404, missing=_NO_ROUND + "entry/", knows=RATED),
    Route("polls.window", _WINDOW, SEES, others=404, missing=_NO_WINDOW,
          takes=Takes(SEES, {"matter": "2026-0001", "do": "tablet"}, done=_DOWN)),
    Route("polls.poster", _WINDOW + "poster/", SEES, others=404, missing=_NO_WINDOW + "poster/"),
    Route("rate", "/rate/", EVERYBODY, public=True),
    Route("rate.paper", "/rate/0001/", EVERYBODY, public=True, missing="/rate/9999/"),
    Route("ratings", "/ratings/", EVERYBODY, public=True),
    Route("ratings.round", "/ratings/service-1/", EVERYBODY, public=True, missing="/ratings/service-9/"),
    Route("orders", "/orders/", DESKS),
    Route("orders.page", _ORDER, SEES, others=404, missing=_NO_ORDER),
    Route("orders.verify", _ORDER + "finding/", form_on=_ORDER, missing=_NO_ORDER + "finding/", knows=SEES,
          takes=Takes(RATED, {"found": "属实"})),
    Route("orders.answer", _ORDER + "answer/", form_on=_ORDER, missing=_NO_ORDER + "answer/", knows=SEES,
          takes=Takes(RATED, {"outcome": "fixed", "answer": "已改"}, done=409)),
    Route("orders.appeal", _ORDER + "appeal/", form_on=_ORDER, missing=_NO_ORDER + "appeal/", knows=SEES,
          takes=Takes(RATED, {"reason": "停机"})),
    Route("orders.decide", _ORDER + "decision/", form_on=_ORDER, missing=_NO_ORDER + "decision/", knows=SEES,
          takes=Takes(OFFICE, {"outcome": "upheld", "decision": "成立"}, done=409)),
    Route("orders.contact", _ORDER + "contact/", form_on=_ORDER, missing=_NO_ORDER + "contact/", knows=SEES,
          takes=Takes(OFFICE, {}, done=_DOWN)),
    Route("orders.call_back", _ORDER + "call-back/", form_on=_ORDER, missing=_NO_ORDER + "call-back/", knows=SEES,
          takes=Takes(OFFICE, {"outcome": "已沟通"}, done=409)),
    Route("orders.remove_comment", _ORDER + "comment/", form_on=_ORDER, missing=_NO_ORDER + "comment/", knows=SEES,
          takes=Takes(OFFICE, {"reason": "看得出是谁"}, done=_DOWN)),
]  # fmt: skip


def furnish(city) -> None:
    """A poll of the tax bureau with an open round, and an order that was handed over."""
    from django.conf import settings

    from dukao.voice import actions
    from dukao.voice.models import Order, Paper, Round
    from dukao.voice.rules.polls import PollDefinition
    from tests.conftest import AT

    settings.ISSUER_URL = settings.BOARD_URL = "http://127.0.0.1:9"
    poll = PollDefinition.model_validate({
        "code": "service", "title": "办税服务大家评", "scope": city.code["富水市"], "departments": ["tax"],
    })  # fmt: skip
    actions.define_poll(definition=poll, by=city.actor["sam"], at=AT)
    row = Round.objects.create(
        poll_id=_poll_id(), code="service-1", state="open", period=2026104, opens_on=date(2026, 10, 1),
        closes_on=date(2026, 11, 30), opened_at=AT, by_name="sam",
    )  # fmt: skip
    paper = Paper.objects.create(
        round=row, subject=row.poll.subjects.get(), short="0001", invited=40, issued=12, counted=12
    )  # fmt: skip
    Order.objects.create(
        number="CP2026-0001", paper=paper, ref="ab", follow="cd", levels={"overall": 5}, comment="跑了三趟",
        has_contact=True, received_on=date(2026, 10, 7), released_on=date(2026, 10, 8), due_on=date(2026, 10, 9),
    )  # fmt: skip


def _poll_id() -> int:
    from dukao.voice.models import Poll

    return Poll.objects.get(code="service").pk
