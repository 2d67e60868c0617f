"""The burden ledger: statements, map, calendar, baselines, appeals, and how often each rule was right."""

from django.urls import path

from dukao.web.pages.burden import appeals, baselines, calendar, statements, statistics

urlpatterns = [
    path("burden/", statements.burden, name="burden"),
    path("burden/units/<slug:code>/", statements.unit, name="burden.unit"),
    path("burden/units/<slug:code>/calendar/", calendar.calendar, name="burden.calendar"),
    path("burden/units/<slug:code>/baselines/", baselines.baselines, name="burden.baselines"),
    path("burden/departments/<slug:code>/", statements.department, name="burden.department"),
    path("burden/demands/<str:number>/<slug:code>/", appeals.asked, name="burden.demand"),
    path("burden/demands/<str:number>/<slug:code>/minutes/", appeals.tell, name="burden.tell"),
    path("burden/demands/<str:number>/<slug:code>/appeals/", appeals.make, name="burden.appeal"),
    path("appeals/", appeals.appeals, name="appeals"),
    path("appeals/<str:number>/", appeals.appeal, name="appeals.page"),
    path("appeals/<str:number>/decision/", appeals.decide, name="appeals.decide"),
    path("statistics/", statistics.statistics, name="statistics"),
]
