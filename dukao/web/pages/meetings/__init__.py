"""Meetings: called with what they cost, decided by the office, timed by the chair."""

from django.urls import path

from dukao.web.pages.meetings.calling import new
from dukao.web.pages.meetings.listing import meetings
from dukao.web.pages.meetings.one import approve, cancel, meeting, refuse
from dukao.web.pages.meetings.timing import timer

urlpatterns = [
    path("meetings/", meetings, name="meetings"),
    path("meetings/new/", new, name="meetings.new"),
    path("meetings/<str:number>/", meeting, name="meetings.page"),
    path("meetings/<str:number>/approval/", approve, name="meetings.approve"),
    path("meetings/<str:number>/refusal/", refuse, name="meetings.refuse"),
    path("meetings/<str:number>/cancellation/", cancel, name="meetings.cancel"),
    path("meetings/<str:number>/timer/", timer, name="meetings.timer"),
]
