"""The worker's desk and the sheet a worker fills in; the reviewer's list and the filing a reviewer judges."""

from django.urls import path

from dukao.web.pages.filings import desk, filling, reviewing

_FILING = "filings/<str:number>/<str:unit>/"
_CELL = _FILING + "answers/<slug:element>/<str:period>/"

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("filings/", desk.filings, name="filings"),
    path(_FILING, filling.filing, name="desk.filing"),
    path(_FILING + "submission/", filling.submit, name="desk.submit"),
    path(_FILING + "refusal/", filling.refuse, name="desk.refuse"),
    path(_CELL, filling.answer, name="desk.answer"),
    path(_CELL + "confirmation/", filling.confirm, name="desk.confirm"),
    path(_CELL + "dispute/", filling.dispute, name="desk.dispute"),
    path(_CELL + "clearing/", filling.clear, name="desk.clear"),
    path("review/", reviewing.review, name="review"),
    path("review/<str:number>/<str:unit>/", reviewing.filing, name="review.page"),
    path("review/<str:number>/<str:unit>/acceptance/", reviewing.accept, name="review.accept"),
    path("review/<str:number>/<str:unit>/return/", reviewing.give_back, name="review.return"),
]
