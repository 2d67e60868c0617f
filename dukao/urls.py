"""All addresses belong to the web door; so do the answers to what has none."""

from django.urls import include, path

urlpatterns = [path("", include("dukao.web.urls"))]
handler400 = "dukao.web.doors.unreadable"
handler404 = "dukao.web.doors.not_found"
handler500 = "dukao.web.doors.broken"
