"""Documents: what a department drafts and issues, what came to a unit, what the supervision office sees of dodging."""

from django.urls import path

from dukao.web.pages.documents import listing, paper, watching, writing

urlpatterns = [
    path("documents/", listing.documents, name="documents"),
    path("documents/new/", writing.new, name="documents.new"),
    path("documents/counts/", watching.counts, name="documents.counts"),
    path("documents/<str:number>/", paper.document, name="documents.page"),
    path("documents/<str:number>/text/", writing.change, name="documents.change"),
    path("documents/<str:number>/assessment/", paper.assess, name="documents.assess"),
    path("documents/<str:number>/reason/", paper.explain, name="documents.explain"),
    path("documents/<str:number>/permission/", paper.allow, name="documents.allow"),
    path("documents/<str:number>/issue/", paper.issue, name="documents.issue"),
    path("documents/<str:number>/end/", paper.drop, name="documents.drop"),
    path("radar/", watching.radar, name="radar"),
    path("radar/<str:number>/<str:other>/", watching.pair, name="radar.pair"),
]
