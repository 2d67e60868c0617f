"""One form: redrawn with what could be filled in and what stays open, corrected with a tap, downloaded filled in."""

from dataclasses import dataclass
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dukao.base.periods import Period, PeriodType
from dukao.base.refusals import Invalid, NotThere
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor, Standing
from dukao.sheets import queries
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.pages.workbooks import screen
from dukao.web.pages.workbooks.files import RIGHT, Opened, download, opened, waiting, workplace
from dukao.web.pages.workbooks.meanings import change, chooser, labels_of
from dukao.web.pages.workbooks.screen import Filling, Wanted
from dukao.workbooks.filling import fill_workbook, suffix_of
from dukao.workbooks.matching import Matcher
from dukao.workbooks.planning import plan_filling
from dukao.workbooks.shelf import period_in

# How many periods of each kind are offered, the newest first.
_OFFERED: dict[PeriodType, int] = {"quarter": 6, "month": 6, "year": 3}


@dataclass(frozen=True)
class FormPage:
    title: str
    crumbs: tuple[Crumb, ...]
    ticket: str
    file_name: str
    unit: str
    unit_name: str
    units: tuple[tuple[str, str], ...]
    period: str
    period_label: str
    periods: tuple[tuple[str, str], ...]
    still: tuple[str, ...]
    screen: screen.FormScreen
    may_design: bool
    told: str = ""


@doors.form_on("workbooks")
@require_POST
def form(request: HttpRequest) -> HttpResponse:
    """The form again, after a button: another unit or period, a meaning said or taken back, a stale value kept."""
    actor = doors.actor_of(request)
    actor.require_anywhere(RIGHT)
    given = opened(waiting(request.POST.get("ticket", ""), actor))
    wanted = _wanted(request.POST, given, actor)
    told = change(request.POST, _standing(actor, wanted.unit), actor)
    return answer(request, actor, given, wanted, told=told)


@doors.form_on("workbooks")
@require_POST
def filled(request: HttpRequest) -> FileResponse:
    """The same workbook, filled in, as a download."""
    actor = doors.actor_of(request)
    actor.require_anywhere(RIGHT)
    file = waiting(request.POST.get("ticket", ""), actor)
    given = opened(file)
    filling = fill(given, _wanted(request.POST, given, actor), actor)
    with workplace() as folder:
        suffix = suffix_of(file.path)
        target = Path(folder) / f"filled{suffix}"
        done = fill_workbook(file.path, target, filling.plan, title=Path(file.name).stem)
        return download(done.path, _("{name}（已填）").format(name=Path(file.name).stem) + suffix)


def answer(
    request: HttpRequest, actor: Actor, given: Opened, wanted: Wanted | None = None, *, told: str = ""
) -> HttpResponse:
    """The page of a form; at first for the own unit and the period that the form speaks of."""
    wanted = wanted or _wanted(QueryDict(), given, actor)
    filling = fill(given, wanted, actor)
    page = FormPage(
        title=_("填表：{name}").format(name=Path(given.file.name).stem),
        crumbs=(Crumb(_("表格助手"), reverse("workbooks")), Crumb(_("填表"))),
        ticket=given.file.ticket,
        file_name=given.file.name,
        unit=wanted.unit.code,
        unit_name=wanted.unit.name,
        units=_units(actor, wanted.unit),
        period=wanted.period.code,
        period_label=words.period(wanted.period),
        periods=_periods(given, wanted.period),
        still=tuple(sorted(f"{element}:{unit}" for element, unit in wanted.still)),
        screen=screen.screen_of(filling, chooser(request.POST, labels_of(given.understood), filling.shelf)),
        may_design=actor.has("SHEETS_DESIGN"),
        told=told,
    )
    return doors.render(request, "workbooks/form.html", page)


def fill(given: Opened, wanted: Wanted, actor: Actor) -> Filling:
    """Decide for every slot of the form."""
    shelf = queries.known_shelf(viewer=actor, today=doors.today(), within=wanted.unit.code, still_right=wanted.still)
    said = queries.meanings(viewer=actor, unit=wanted.unit.code)
    own = queries.meanings(viewer=actor, unit=_standing(actor, wanted.unit).unit_code, with_above=False)
    matcher = Matcher(shelf.terms, said.chosen, said.never)
    plan = plan_filling(
        given.workbook, given.understood, shelf, matcher, unit=wanted.unit.name, period=wanted.period
    )  # fmt: skip
    return Filling(given, wanted, shelf, plan, said, own)


def _wanted(posted: QueryDict, given: Opened, actor: Actor) -> Wanted:
    """Raises NotThere (a unit that is not the actor's), Invalid."""
    code = posted.get("unit") or actor.standings_with(RIGHT)[0].unit_code
    unit = org.unit(code=code, viewer=actor)
    actor.require(RIGHT, unit.path)
    still = {one.partition(":")[::2] for one in posted.getlist("still")}
    return Wanted(unit, _period(posted.get("period", ""), given), frozenset(still))


def _period(raw: str, given: Opened) -> Period:
    if not raw:
        return printed_period(given) or Period.of(doors.today(), "quarter").previous()
    try:
        return Period.parse(raw)
    except ValueError:
        raise Invalid(_("时期写得不对"), errors={_("时期"): _("请从列表里选")}) from None


def printed_period(given: Opened) -> Period | None:
    """The period that the form, or else its file's name, speaks of."""
    tables = [table for sheet in given.understood.sheets for table in sheet.tables]
    texts = [text for table in tables for text in (table.period, table.title)]
    return next(filter(None, map(period_in, [*texts, given.file.name])), None)


def _periods(given: Opened, chosen: Period) -> tuple[tuple[str, str], ...]:
    today = doors.today()
    offered = [printed_period(given), chosen]
    for kind, count in _OFFERED.items():
        offered += [Period.of(today, kind).next(-step) for step in range(count)]
    return tuple({p.code: words.period(p) for p in offered if p is not None}.items())


def _units(actor: Actor, chosen: UnitView) -> tuple[tuple[str, str], ...]:
    """The own units, and those one step down."""
    found: dict[str, str] = {}
    for standing in actor.standings_with(RIGHT):
        found[standing.unit_code] = standing.unit_name
        found |= {u.code: u.name for u in org.children(code=standing.unit_code, viewer=actor)}
    return tuple(({chosen.code: chosen.name} | found).items() if chosen.code not in found else found.items())


def _standing(actor: Actor, unit: UnitView) -> Standing:
    """The actor's nearest post over the unit: what is confirmed there holds for all below. Raises NotThere."""
    over = [s for s in actor.standings_with(RIGHT) if unit.path.startswith(s.unit_path)]
    if not over:
        raise NotThere()
    return max(over, key=lambda s: s.unit_level)
