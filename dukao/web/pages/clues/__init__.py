"""Clues about burden (问题直通车): told and followed without an account; followed up by the office."""

from django.urls import path

from dukao.web.pages.clues import desk, numbers, receipts, telling

_CLUE = "clues/<str:number>/"

urlpatterns = [
    path("clues/", desk.clues, name="clues"),
    path("clues/tell/", telling.tell, name="clues.tell"),
    path("clues/receipt/", receipts.receipt, name="clues.receipt"),
    path("clues/numbers/", numbers.numbers, name="clues.numbers"),
    path(_CLUE, desk.clue, name="clues.page"),
    path(_CLUE + "<slug:act>/", desk.act, name="clues.act"),
]
