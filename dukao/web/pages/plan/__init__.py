"""The yearly inspection plan (督查计划): who may inspect whom, when and how often."""

from django.urls import path

from dukao.web.pages.plan import coming, desk, one, shown, writing

_ITEM = "plan/items/<str:number>/"

urlpatterns = [
    path("plan/", shown.plan, name="plan"),
    path("plan/all/", shown.everything, name="plan.all"),
    path("plan/coming/<str:unit>/", coming.coming, name="plan.coming"),
    path("plan/new/", writing.propose, name="plan.propose"),
    path("plan/exceptions/", shown.exceptions, name="plan.exceptions"),
    path("plan/exceptions/new/", writing.exception, name="plan.exception"),
    path("plan/emergencies/new/", writing.emergency, name="plan.emergency"),
    path("plan/desk/", desk.desk, name="plan.desk"),
    path("plan/desk/merging/", desk.merge, name="plan.merge"),
    path("plan/desk/freezing/", desk.freeze, name="plan.freeze"),
    path("plan/desk/publication/", desk.publish, name="plan.publish"),
    path(_ITEM, one.item, name="plan.item"),
    path(_ITEM + "revision/", writing.revise, name="plan.revise"),
    path(_ITEM + "trimming/", writing.trim, name="plan.trim"),
    path(_ITEM + "amendment/", writing.amend, name="plan.amend"),
    path(_ITEM + "approval/", one.approve, name="plan.approve"),
    path(_ITEM + "refusal/", one.refuse, name="plan.refuse"),
    path(_ITEM + "withdrawal/", one.withdraw, name="plan.withdraw"),
]
