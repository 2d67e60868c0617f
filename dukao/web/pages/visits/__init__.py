"""Visits: booked by departments, known by their check code at the door, concluded, objected to."""

from django.urls import path

from dukao.web.pages.visits import booking, codes, listing, one, remote

_VISIT = "visits/<str:number>/"

urlpatterns = [
    path("visits/", listing.visits, name="visits"),
    path("visits/new/", booking.book, name="visits.new"),
    path("visits/code/", codes.code, name="visits.code"),
    path("visits/code/arrival/", codes.arrival, name="visits.arrive"),
    path("visits/refusals/", codes.refuse, name="visits.refuse"),
    path("visits/remote/", remote.look, name="visits.remote"),
    path(_VISIT, one.visit, name="visits.page"),
    path(_VISIT + "conclusion/", one.conclude, name="visits.conclude"),
    path(_VISIT + "objection/", one.object_to, name="visits.object"),
    path(_VISIT + "decision/", one.decide, name="visits.decide"),
    path(_VISIT + "telling/", one.tell, name="visits.tell"),
    path(_VISIT + "cancellation/", one.give_back, name="visits.give_back"),
]
