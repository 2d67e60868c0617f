"""Writing an item: proposing, revising, trimming, amending; one matter beyond the plan; an emergency.

While somebody writes, the rules speak beside the form: every change posts it with `do=judge`, which keeps nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.gate import actions, queries
from dukao.gate.queries import ItemView
from dukao.gate.rules.items import KINDS, METHODS, ItemDefinition
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.web import doors, item_form, words
from dukao.web.doors import Crumb
from dukao.web.item_form import ItemDraft
from dukao.web.pages.plan import screen
from dukao.web.pages.plan.screen import SaidHit


@dataclass(frozen=True)
class WritingPage:
    title: str
    crumbs: tuple[Crumb, ...]
    lead: str
    button: str
    draft: ItemDraft
    year: int
    department: str
    departments: tuple[tuple[str, str], ...]
    choices: dict[str, tuple[tuple[str, str], ...]]
    asks_reason: bool
    asks_approver: bool
    hits: tuple[SaidHit, ...]
    errors: dict[str, str]
    told: str  # how much the item asks, in one line
    is_judged: bool
    wrong: tuple[str, ...] = ()  # of what is written so far
    may_widen: bool | None = None  # of an item that stands: widened with a reason, or only narrowed
    refused: Refused | None = None


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """An item for the plan of this year or the next."""
    return _write_new(request, "planned")


@require_http_methods(["GET", "POST"])
def exception(request: HttpRequest) -> HttpResponse:
    """一事一报."""
    return _write_new(request, "exception")


@require_http_methods(["GET", "POST"])
def emergency(request: HttpRequest) -> HttpResponse:
    return _write_new(request, "emergency")


@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, number: str) -> HttpResponse:
    return _rewrite(request, number, "revise")


@require_http_methods(["GET", "POST"])
def trim(request: HttpRequest, number: str) -> HttpResponse:
    return _rewrite(request, number, "trim")


@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, number: str) -> HttpResponse:
    return _rewrite(request, number, "amend")


def _write_new(request: HttpRequest, origin: str) -> HttpResponse:
    actor, today = doors.actor_of(request), doors.today()
    actor.require_anywhere("DEMANDS_ISSUE")
    own = dict.fromkeys((s.department_code, s.department_name) for s in actor.standings_with("DEMANDS_ISSUE"))
    posted = request.POST.get("department", "")
    department = posted if posted in dict(own) or actor.is_system else next(iter(own), ("", ""))[0]
    owner = org.department(code=department)
    given = request.POST.get("year") or request.GET.get("year", "")
    year = int(given) if given in (str(today.year), str(today.year + 1)) else today.year
    blank = ItemDraft(scope=owner.unit_code, starts_on=today.isoformat() if origin != "planned" else "")

    def save(definition: ItemDefinition, draft: ItemDraft) -> str:
        who = {"department": department, "definition": definition, "by": actor, "at": doors.now()}
        if origin == "planned":
            return actions.propose_item(year=year, **who).number
        if origin == "exception":
            return actions.request_exception(reason=draft.reason, **who).number
        return actions.declare_emergency(reason=draft.reason, approver=draft.approver, **who).number

    base = _blank_page(origin, year, department, tuple(own), owner.unit_code)
    told = {
        "planned": _("已申报，等待督考办审议"), "exception": _("已报批，等待督考办决定"),
        "emergency": _("应急事项已启动，到期自动结束"),
    }[origin]  # fmt: skip
    return _answer(request, actor, base, blank, origin, "", save, told)


def _rewrite(request: HttpRequest, number: str, way: str) -> HttpResponse:
    """Change an item that stands; who may not do it does not find the page."""
    actor, today = doors.actor_of(request), doors.today()
    item = queries.plan_item(number=number, viewer=actor, on=today)
    if way not in item.may:
        raise NotThere()
    start = queries.plan_definition(number=number, viewer=actor, on=today)
    units = org.units_by_codes(target.unit for target in start.targets)
    draft = item_form.draft_of(start, {code: unit.name for code, unit in units.items()})

    def save(definition: ItemDefinition, draft: ItemDraft) -> str:
        do = {"revise": actions.revise_item, "trim": actions.trim_item, "amend": actions.amend_item}[way]
        do(number=number, definition=definition, reason=draft.reason, by=actor, at=doors.now())
        return number

    told = {"revise": _("已修改，等待督考办审议"), "trim": _("已压减"), "amend": _("已变更，新的一版即刻生效")}[way]
    page = replace(_page_of(item, way), may_widen=None if way == "revise" else way == "amend" and _decides(item, actor))
    return _answer(request, actor, page, draft, item.origin, number, save, told, start.synthetic)


def _decides(item: ItemView, actor: Actor) -> bool:
    return queries.plan(year=item.plan_year, unit=item.plan_unit_code, viewer=actor).may_decide


def _answer(
    request: HttpRequest, actor: Actor, base: WritingPage, start: ItemDraft, origin: str, number: str,
    save: Callable[[ItemDefinition, ItemDraft], str], told: str, synthetic: bool = False,
) -> HttpResponse:  # fmt: skip
    """The form as it is opened, judged, or saved."""
    if request.method == "GET":
        return doors.render(request, "plan/write.html", replace(base, draft=start))
    draft = item_form.draft_posted(request.POST)
    page = replace(base, draft=draft)
    try:
        definition = item_form.definition_in(
            draft, elements=registers.elements_by_code(), find_units=_finder(draft, actor), synthetic=synthetic
        )
        if request.POST.get("do") == "judge":
            return doors.render(request, "plan/write.html", _judged(page, definition, origin, number))
        saved = save(definition, draft)
    except Refused as refused:
        if refused.status not in (Refused.status, Invalid.status):
            raise
        return _sent_back(request, page, refused)
    doors.tell(request, told)
    return doors.go(request, reverse("plan.item", args=[saved]))


def _sent_back(request: HttpRequest, page: WritingPage, refused: Refused) -> HttpResponse:
    """The form with what is wrong; while somebody is still writing, what is missing is no reproach."""
    if request.POST.get("do") == "judge":
        errors: dict[str, str] = getattr(refused, "errors", {})
        wrong = tuple(why for name, why in errors.items() if getattr(page.draft, name, ""))
        told = _("写全以后，这里会说规则怎么看。")
        return doors.render(request, "plan/write.html", replace(page, wrong=wrong, told=told))
    hits = tuple(screen.said(hit) for hit in getattr(refused, "hits", ()))
    errors = getattr(refused, "errors", {})
    page = replace(page, hits=hits, errors=errors, refused=refused, is_judged=True)
    return doors.render(request, "plan/write.html", page, status=refused.status)


def _judged(page: WritingPage, definition: ItemDefinition, origin: str, number: str) -> WritingPage:
    year = page.year if origin == "planned" else definition.starts_on.year
    hits = queries.hits_of_definition(
        definition=definition, year=year, department=page.department, origin=origin, number=number, on=doors.today()
    )
    if page.may_widen is not None:
        more = queries.widening_of(number=number, definition=definition, on=doors.today())
        hits = (*(replace(hit, action="warn") if page.may_widen else hit for hit in more), *hits)
    return replace(page, hits=tuple(screen.said(hit) for hit in hits), is_judged=True, told=_costs(definition))


def _costs(definition: ItemDefinition) -> str:
    hundredths = definition.visits_most * definition.minutes_hundredths_per_visit
    return _("最多 {n} 次，共占用基层 {hours}，记在本部门").format(
        n=f"{definition.visits_most:,}", hours=words.hours(hundredths)
    )


def _finder(draft: ItemDraft, actor: Actor) -> item_form.FindUnits:
    """Units of the chosen level below the chosen scope by their name; read once."""
    level = words.LEVEL_NAMES.index(draft.level) if draft.level in words.LEVEL_NAMES else 0
    names: dict[str, list[UnitView]] = {}

    def find(name: str) -> list[UnitView]:
        if not names and draft.scope:
            scope = org.unit(code=draft.scope, viewer=actor)
            for unit in org.units_below(path=scope.path, level=level):
                for called in {unit.name, unit.short_name}:
                    names.setdefault(called, []).append(unit)
        return names.get(name.strip(), [])

    return find


def _blank_page(origin: str, year: int, department: str, own: tuple[tuple[str, str], ...], unit: str) -> WritingPage:
    today = doors.today()
    title, lead, button = {
        "planned": (_("申报督查事项"), _("一件事列一项：查什么、查谁、什么时候、几次。规则的意见随写随看。"),
                    _("申报")),
        "exception": (_("一事一报"), _("计划外只管眼前这一件：一事、一批、一个小额度，到期自动结束。"), _("报请批准")),
        "emergency": (_("启动应急事项"), _("等不及审批的险情、灾情和安全事件：写明由谁批准，到期自动结束，全程留痕。"),
                      _("启动应急")),
    }[origin]  # fmt: skip
    crumbs = screen.crumbs(Crumb(title))
    return WritingPage(
        title=title, crumbs=crumbs, lead=lead, button=button, draft=ItemDraft(), year=year, department=department,
        departments=own, choices=_choices(unit, (today.year, today.year + 1) if origin == "planned" else ()),
        asks_reason=origin != "planned", asks_approver=origin == "emergency", hits=(), errors={}, told="",
        is_judged=False,
    )  # fmt: skip


def _page_of(item: ItemView, way: str) -> WritingPage:
    title, lead, button = {
        "revise": (_("修改申报：{title}"), _("改了什么、为什么改，写在理由里；原来的一版仍然看得到。"),
                   _("保存新的一版")),
        "trim": (_("压减：{title}"), _("督考办只能压减，不能加码；原来的一版仍然看得到。"), _("保存压减后的一版")),
        "amend": (_("变更：{title}"),
                  _("变更是新的一版，写明理由，即刻生效；原来的各版仍然看得到。扩大范围须由督考办批准。"),
                  _("保存变更")),
    }[way]  # fmt: skip
    here = Crumb(item.number, reverse("plan.item", args=[item.number]))
    way_there = Crumb({"revise": _("修改申报"), "trim": _("压减"), "amend": _("变更")}[way])
    return WritingPage(
        title=title.format(title=item.title), crumbs=screen.crumbs(here, way_there), lead=lead, button=button,
        draft=ItemDraft(), year=item.plan_year, department=item.department_code, departments=(),
        choices=_choices(org.department(code=item.department_code).unit_code, ()), asks_reason=True,
        asks_approver=False, hits=(), errors={}, told="", is_judged=False,
    )  # fmt: skip


def _choices(unit: str, years: tuple[int, ...]) -> dict[str, tuple[tuple[str, str], ...]]:
    place = org.unit_by_code(unit)
    levels = (place.level + 1, place.level + 2)
    below = [one for level in levels for one in org.units_below(path=place.path, level=level)]
    return {
        "topic": (("", _("请选择")), *((code, queries.topic_title(code)) for code in queries.topics())),
        "kind": tuple((code, _(title)) for code, title in KINDS.items()),
        "method": tuple((code, _(title)) for code, title in METHODS.items()),
        "level": tuple(
            (words.LEVEL_NAMES[level], str(words.LEVELS[level])) for level in range(max(place.level + 1, 3), 6)
        ),
        "scope": tuple((one.code, one.name) for one in (place, *below)),
        "year": tuple((str(year), str(year)) for year in years),
    }
