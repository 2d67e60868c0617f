"""Sheets (报表): the list, one sheet, its designer, and the compiler that says what it would cost before it is sent."""

from django.urls import path

from dukao.web.pages.sheets import compiling, designing, listing

urlpatterns = [
    path("sheets/", listing.sheets, name="sheets"),
    path("sheets/new/", designing.new, name="sheets.new"),
    path("sheets/from-yaml/", designing.from_yaml, name="sheets.yaml"),
    path("sheets/<slug:code>/", listing.sheet, name="sheets.page"),
    path("sheets/<slug:code>/retirement/", listing.retire, name="sheets.retire"),
    path("sheets/<slug:code>/design/", designing.design, name="sheets.design"),
    path("sheets/<slug:code>/compilation/", compiling.compilation, name="sheets.compile"),
    path("sheets/<slug:code>/what-if/", compiling.what_if, name="sheets.what_if"),
    path("sheets/<slug:code>/dispatches/", compiling.dispatch, name="sheets.dispatch"),
]
