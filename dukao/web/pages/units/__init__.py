"""The figures of every unit of the tree: its page, the table of all children, the map, and each figure's passport."""

from django.urls import path

from dukao.web.pages.units import figure, one

urlpatterns = [
    path("units/", one.own, name="units"),
    path("units/<slug:code>/", one.unit, name="units.page"),
    path("units/<slug:code>/all/", one.everything, name="units.all"),
    path("units/<slug:code>/map.json", one.boundaries, name="units.map"),
    path("units/<slug:code>/figures/<slug:indicator>/", figure.figure, name="units.figure"),
    path("-/figures/", one.choose_figures, name="units.style"),
]
