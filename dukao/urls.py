"""All addresses belong to the web door."""

from django.urls import include, path

urlpatterns = [path("", include("dukao.web.urls"))]
