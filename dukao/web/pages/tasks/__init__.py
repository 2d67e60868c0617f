"""Supervision tasks (督办): set, carried, decided about, and confirmed by somebody else."""

from django.urls import path

from dukao.web.pages.tasks import confirming, listing, months, notice, one, setting

_TASK = "tasks/<str:number>/"

urlpatterns = [
    path("tasks/", listing.tasks, name="tasks"),
    path("tasks/new/", setting.new, name="tasks.new"),
    path("tasks/months/", months.months, name="tasks.months"),
    path("tasks/confirm/", confirming.confirm, name="tasks.confirm"),
    path(_TASK, one.task, name="tasks.page"),
    path(_TASK + "notice.docx", notice.docx, name="tasks.docx"),
    path(_TASK + "notice.pdf", notice.pdf, name="tasks.pdf"),
    path(_TASK + "draw-<int:round_number>.json", notice.draw, name="tasks.draw"),
    path(_TASK + "<slug:act>/", one.act, name="tasks.act"),
]
