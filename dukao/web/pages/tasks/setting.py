"""Setting a task: what, who, by when; the rules say at once what may not be asked."""

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.definitions import checked
from dukao.base.refusals import Invalid, Refused
from dukao.base.slips import code_text
from dukao.base.wording import joined
from dukao.gate.rules.hits import RuleHit
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.tasks import actions, queries
from dukao.tasks.rules.definitions import ORIGINS, RAISERS, TaskDefinition
from dukao.web import doors
from dukao.web.doors import Crumb
from dukao.web.pages.tasks.one import bodies_of

_TAKEN = (
    "title", "content", "template", "origin", "origin_number", "basis", "asker", "place", "due_on", "minutes",
    "raiser",
)  # fmt: skip
_PARTNERS = 3
_NAMESAKES = 200


@dataclass(frozen=True)
class NewPage:
    title: str
    crumbs: tuple[Crumb, ...]
    typed: dict[str, str]
    templates: tuple[tuple[str, str], ...]
    origins: tuple[tuple[str, str], ...]
    raisers: tuple[tuple[str, str], ...]
    askers: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]
    bodies: tuple[tuple[str, str], ...]
    partners: tuple[tuple[str, str], ...]  # name of the field, chosen
    hits: tuple[RuleHit, ...] = ()
    refused: Refused | None = None

    @property
    def errors(self) -> dict[str, str]:
        return {place.rpartition(" · ")[2]: why for place, why in getattr(self.refused, "errors", {}).items()}


@dataclass(frozen=True)
class SlipPage:
    """Shown once: the code that whoever raised it takes home."""

    title: str
    crumbs: tuple[Crumb, ...]
    number: str
    task_title: str
    code: str
    address: str


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    actor.require_anywhere("TASKS_DECIDE")
    if request.method == "GET":
        clue = request.GET.get("clue", "")[:16]
        typed = {"origin": "clue", "origin_number": clue, "raiser": "clue"} if clue else {}
        return doors.render(request, "tasks/new.html", _page(actor, typed))
    given = {key: str(value) for key, value in request.POST.dict().items()}
    try:
        made = actions.set_task(task=_definition(given, actor), by=actor, at=doors.now())
    except actions.TaskRefused as refused:
        page = _page(actor, given, refused, refused.hits)
        return doors.render(request, "tasks/new.html", page, status=refused.status)
    except Invalid as refused:
        return doors.render(request, "tasks/new.html", _page(actor, given, _to_mend(refused)), status=refused.status)
    if made.code:
        slip = SlipPage(
            _("督办已交办"), (Crumb(_("督办"), reverse("tasks")), Crumb(made.number)), made.number,
            given.get("title", ""), code_text(made.code), request.build_absolute_uri(reverse("tasks.confirm")),
        )  # fmt: skip
        return doors.render(request, "tasks/slip.html", slip)
    doors.tell(request, _("督办已交办，编号 {number}").format(number=made.number))
    return doors.go(request, reverse("tasks.page", args=[made.number]))


def _definition(given: dict[str, str], actor: Actor) -> TaskDefinition:
    data: dict[str, object] = {name: given[name].strip() for name in _TAKEN if given.get(name, "").strip()}
    village = _unit_named("village", given, actor)
    if village and given.get("lead"):
        raise Invalid(_("牵头写了两个"), errors={"village": _("上面选了牵头的，这里就空着")})
    data["lead"] = {"unit": village} if village else _party(given.get("lead", ""))
    data["raiser_unit"] = _unit_named("raiser_unit", given, actor)
    data["partners"] = [_party(given[f"partner-{n}"]) for n in range(1, _PARTNERS + 1) if given.get(f"partner-{n}", "")]
    data["emergency"] = given.get("emergency") == "yes"
    return checked(TaskDefinition, data, place=_("督办"))


def _unit_named(field: str, given: dict[str, str], actor: Actor) -> str:
    """The code of the unit that was typed by its code or name; among those of one name, one in the chosen place."""
    text = given.get(field, "").strip()
    if not text or re.fullmatch("[0-9]{12}", text):
        return text
    found = [
        one for one in org.search_units(text=text, viewer=actor, most=_NAMESAKES) if text in (one.name, one.short_name)
    ]
    place = org.units_by_codes([given.get("place", "")]).get(given.get("place", ""))
    found = [one for one in found if place and one.path.startswith(place.path)] or found
    if len(found) == 1:
        return found[0].code
    why = _("没有叫这个名字的单位；也可以填 12 位区划代码")
    if found:
        why = _("有 {n} 个单位叫这个名字，请填 12 位区划代码").format(n=len(found))
    raise Invalid(_("不知道是哪个单位"), errors={field: why})


def _party(text: str) -> dict[str, str]:
    kind, _colon, code = text.partition(":")
    return {kind: code} if kind in ("department", "unit") else {}


def _to_mend(refused: Invalid) -> Invalid:
    """What is wrong stands at the fields; above them what no single field is to blame for."""
    if not refused.errors:
        return refused
    of_no_field = [why for place, why in refused.errors.items() if place == _("督办")]
    at_fields = _("有几处要改，红字写在各项旁边")
    return Invalid(joined(of_no_field) or at_fields, errors=refused.errors)


def _page(
    actor: Actor, typed: dict[str, str], refused: Refused | None = None, hits: tuple[RuleHit, ...] = ()
) -> NewPage:
    bodies = bodies_of(actor)
    places = [(s.unit_code, s.unit_name) for s in actor.standings_with("TASKS_DECIDE")]
    places += [(code.removeprefix("unit:"), name) for code, name in bodies if code.startswith("unit:")]
    return NewPage(
        title=_("交办督办"), crumbs=(Crumb(_("督办"), reverse("tasks")), Crumb(_("交办"))), typed=typed,
        templates=tuple((one.code, queries.template_title(one.code)) for one in queries.templates().values()),
        origins=tuple((code, _(label)) for code, label in ORIGINS.items()),
        raisers=tuple((code, _(label)) for code, label in RAISERS.items()),
        askers=(("", _("请选择")), *((one.code, one.name) for one in org.departments(viewer=actor))),
        places=tuple(dict([("", _("请选择")), *places]).items()), bodies=bodies,
        partners=tuple((f"partner-{n}", typed.get(f"partner-{n}", "")) for n in range(1, _PARTNERS + 1)),
        hits=hits, refused=refused,
    )  # fmt: skip
