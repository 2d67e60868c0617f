"""Evaluation: scorecards and how they are composed, scores line by line, appeals, and what the public sees."""

from django.urls import path

from dukao.web.pages.scores import files, public
from dukao.web.pages.scores.appealing import appeal, decide, make
from dukao.web.pages.scores.card import card, compute, publish, set_card
from dukao.web.pages.scores.composing import compose, recompose
from dukao.web.pages.scores.listing import scores
from dukao.web.pages.scores.one import one

urlpatterns = [
    path("scores/", scores, name="scores"),
    path("scores/new/", compose, name="scores.new"),
    path("scores/published/", public.everything, name="scores.published"),
    path("scores/published/<slug:code>/", public.card, name="scores.public"),
    path("scores/appeals/<str:number>/", appeal, name="scores.appeal"),
    path("scores/appeals/<str:number>/decision/", decide, name="scores.decide"),
    path("scores/<slug:code>/", card, name="scores.card"),
    path("scores/<slug:code>/writing/", recompose, name="scores.write"),
    path("scores/<slug:code>/setting/", set_card, name="scores.set"),
    path("scores/<slug:code>/computing/", compute, name="scores.compute"),
    path("scores/<slug:code>/publication/", publish, name="scores.publish"),
    path("scores/<slug:code>/report.docx", files.docx, name="scores.docx"),
    path("scores/<slug:code>/report.pdf", files.pdf, name="scores.pdf"),
    path("scores/<slug:code>/<str:scored>/", one, name="scores.one"),
    path("scores/<slug:code>/<str:scored>/score.json", files.document, name="scores.file"),
    path("scores/<slug:code>/<str:scored>/appeal/", make, name="scores.make_appeal"),
]
