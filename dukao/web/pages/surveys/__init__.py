"""Surveys: the office designs, draws, follows the field work and publishes; everybody reads what came of it."""

from django.urls import path

from dukao.web.pages.surveys import designing, listing, one, results

urlpatterns = [
    path("surveys/", listing.surveys, name="surveys"),
    path("surveys/new/", designing.design, name="surveys.new"),
    path("surveys/<slug:code>/", one.survey, name="surveys.page"),
    path("surveys/<slug:code>/design/", designing.redesign, name="surveys.design"),
    path("surveys/<slug:code>/promise/", one.promise, name="surveys.promise"),
    path("surveys/<slug:code>/drawing/", one.draw, name="surveys.draw"),
    path("surveys/<slug:code>/field/", one.open_field, name="surveys.open"),
    path("surveys/<slug:code>/calls/", one.bring_in, name="surveys.calls"),
    path("surveys/<slug:code>/closing/", one.close_field, name="surveys.close"),
    path("surveys/<slug:code>/publication/", one.publish, name="surveys.publish"),
    path("survey-results/", results.listed, name="survey_results"),
    path("survey-results/<slug:code>/", results.one, name="survey_results.page"),
    path("survey-results/<slug:code>/sample.json", results.sample, name="survey_results.sample"),
]
