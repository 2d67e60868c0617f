"""Public: rating in two taps, the receipt, and what came of it all; nobody signs in, nothing tells who rates."""

from django.urls import path

from dukao.web.pages.rate import rating, results

urlpatterns = [
    path("rate/", rating.enter, name="rate"),
    path("rate/<str:short>/", rating.rate, name="rate.paper"),
    path("ratings/", results.listed, name="ratings"),
    path("ratings/<slug:round>/", results.one, name="ratings.round"),
]
