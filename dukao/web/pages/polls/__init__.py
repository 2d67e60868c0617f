"""Polls (万人评): held by the office, seen by the rated, and the invitations to rate."""

from django.urls import path

from dukao.web.pages.polls import composing, inviting, listing, one, windows

_POLL = "polls/<slug:code>/"
_ROUND = _POLL + "<slug:round>/"
_WINDOW = "windows/<str:short>/"

urlpatterns = [
    path("polls/", listing.polls, name="polls"),
    path("polls/new/", composing.new, name="polls.new"),
    path(_POLL, one.poll, name="polls.page"),
    path(_POLL + "rounds/", one.open_round, name="polls.open"),
    path(_ROUND, one.round, name="polls.round"),
    path(_ROUND + "closing/", one.close, name="polls.close"),
    path(_ROUND + "cards/", inviting.cards, name="polls.cards"),
    path(_ROUND + "withdrawal/", inviting.withdraw, name="polls.withdraw"),
    path(_ROUND + "residents/", inviting.residents, name="polls.residents"),
    path(_ROUND + "entry/", inviting.entry, name="polls.entry"),
    path(_WINDOW, windows.window, name="polls.window"),
    path(_WINDOW + "poster/", windows.poster, name="polls.poster"),
]
