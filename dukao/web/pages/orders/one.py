"""One order: what was wrong, what was done, and what each side does next."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dukao.base.refusals import Invalid, NotAllowed, Refused
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.voice import actions
from dukao.voice.queries import orders as queries
from dukao.voice.queries.orders import OrderView
from dukao.web import doors
from dukao.web.doors import Crumb
from dukao.web.pages.orders import screen

_OUTCOMES = {"upheld": True, "rejected": False}


@dataclass(frozen=True)
class OrderPage:
    title: str
    crumbs: tuple[Crumb, ...]
    order: OrderView
    state: tuple[str, str]
    due: tuple[str, str]
    facts: tuple[tuple[str, str], ...]
    course: tuple[tuple[str, str], ...]
    fix_days: int
    fix_days_complex: int
    is_synthetic: bool
    contact: str = ""
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return getattr(self.refused, "errors", {})


@require_GET
def order(request: HttpRequest, number: str) -> HttpResponse:
    return doors.render(request, "orders/page.html", _page(number, doors.actor_of(request)))


def _on_its_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What cannot be done is told above the order, where one goes on."""

    @wraps(view)
    def answered(request: HttpRequest, number: str) -> HttpResponse:
        try:
            return view(request, number)
        except Refused as refused:
            if refused.status not in (Refused.status, Invalid.status, NotAllowed.status, 503):
                raise
            page = replace(_page(number, doors.actor_of(request)), refused=refused)
            return doors.render(request, "orders/page.html", page, status=refused.status)

    return answered


@require_POST
@_on_its_page
def verify(request: HttpRequest, number: str) -> HttpResponse:
    actions.verify_order(
        order=number, found=request.POST.get("found", ""), is_complex="is_complex" in request.POST,
        by=doors.actor_of(request), at=doors.now(),
    )  # fmt: skip
    return _done(request, number, _("已核实，请在期限内整改或说明"))


@require_POST
@_on_its_page
def answer(request: HttpRequest, number: str) -> HttpResponse:
    actions.answer_order(
        order=number, outcome=request.POST.get("outcome", ""), answer=request.POST.get("answer", ""),
        by=doors.actor_of(request), at=doors.now(),
    )  # fmt: skip
    return _done(request, number, _("答复已送到，评价人凭回执看得到，还可以再评一次"))


@require_POST
@_on_its_page
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    actions.appeal_order(
        order=number, reason=request.POST.get("reason", ""), by=doors.actor_of(request), at=doors.now()
    )  # fmt: skip
    return _done(request, number, _("申诉已提交，由本单位以外的机构决定"))


@require_POST
@_on_its_page
def decide(request: HttpRequest, number: str) -> HttpResponse:
    outcome = request.POST.get("outcome", "")
    if outcome not in _OUTCOMES:
        raise Invalid(_("请选择申诉是否成立"), errors={"outcome": _("成立或不成立")})
    actions.decide_order_appeal(
        order=number, is_upheld=_OUTCOMES[outcome], decision=request.POST.get("decision", ""),
        by=doors.actor_of(request), at=doors.now(),
    )  # fmt: skip
    return _done(request, number, _("决定已作出"))


@require_POST
@_on_its_page
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """The contact, shown once to whoever calls back; the look is on record."""
    actor = doors.actor_of(request)
    told = actions.show_contact(order=number, by=actor, at=doors.now())
    return doors.render(request, "orders/page.html", replace(_page(number, actor), contact=told or _("（已删除）")))


@require_POST
@_on_its_page
def call_back(request: HttpRequest, number: str) -> HttpResponse:
    actions.record_call_back(
        order=number, outcome=request.POST.get("outcome", ""), by=doors.actor_of(request), at=doors.now()
    )  # fmt: skip
    return _done(request, number, _("回访已记下，联系方式不再显示"))


@require_POST
@_on_its_page
def remove_comment(request: HttpRequest, number: str) -> HttpResponse:
    actions.remove_comment(
        order=number, reason=request.POST.get("reason", ""), by=doors.actor_of(request), at=doors.now()
    )  # fmt: skip
    return _done(request, number, _("原话已删除，评价还在"))


def _done(request: HttpRequest, number: str, told: str) -> HttpResponse:
    doors.tell(request, told)
    return doors.go(request, reverse("orders.page", args=[number]))


def _page(number: str, actor: Actor) -> OrderPage:
    found = queries.order(number=number, viewer=actor, today=doors.today())
    rule = law.rule("RTG-1", doors.today()).parameters
    return OrderPage(
        title=_("差评：{subject}").format(subject=found.subject),
        crumbs=(Crumb(_("差评处置"), reverse("orders")), Crumb(found.number)), order=found,
        state=screen.state_of(found), due=screen.due_of(found), facts=screen.facts_of(found),
        course=screen.course_of(found), fix_days=int(rule["fix_workdays"]),
        fix_days_complex=int(rule["fix_workdays_complex"]), is_synthetic=found.is_synthetic,
    )  # fmt: skip
