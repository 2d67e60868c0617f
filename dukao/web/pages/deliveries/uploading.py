"""Handing over a file: which dataset, which period, and which column of the file is which of the dataset."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.spoken import spoken
from dukao.org import queries as org
from dukao.org.rules import Actor
from dukao.registers import actions, queries
from dukao.registers.queries import DatasetView, FileLook
from dukao.registers.rules.mapping import Proposal
from dukao.web import doors, uploads, words
from dukao.web.doors import Crumb
from dukao.web.measures import measure
from dukao.web.tables import Tone

_PERIODS_OFFERED = 12
# A name less like than this is only a guess: a person has to look at it.
_LIKELY = 70


@dataclass(frozen=True)
class UploadPage:
    """First step: which dataset, which period, for where, and the file."""

    title: str
    crumbs: tuple[Crumb, ...]
    dataset: DatasetView | None
    datasets: tuple[tuple[str, str], ...]
    periods: tuple[tuple[str, str], ...]
    scopes: tuple[tuple[str, str], ...]
    period: str
    scope: str
    limit: str
    limit_bytes: str
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class MatchLine:
    """One column of the dataset, and the column of the file that it seems to be."""

    name: str
    title: str
    facts: str
    is_required: bool
    chosen: str
    sample: str
    reason: str
    tone: Tone
    said: str
    # Empty where nobody has to look; else whether somebody has.
    looked_at: bool | None


@dataclass(frozen=True)
class MatchPage:
    """Second step: which column of the file is which."""

    title: str
    crumbs: tuple[Crumb, ...]
    dataset: DatasetView
    period: str
    period_label: str
    scope: str
    scope_name: str
    file_name: str
    file_size: str
    ticket: str
    lines: tuple[MatchLine, ...]
    choices: tuple[tuple[str, str], ...]
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    n_unused: int
    doubts: tuple[str, ...]
    # Not one of the columns that must be there is in the file.
    is_another: bool
    refused: Refused | None = None


@doors.takes_files("DELIVERIES_MAKE")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose the dataset and the period, and hand over the file; the answer is the page that matches the columns."""
    actor = doors.actor_of(request)
    actor.require_anywhere("DELIVERIES_MAKE")
    if request.method == "GET":
        return doors.render(request, "deliveries/new.html", _upload_page(request.GET, actor))
    dataset = _deliverable(request.POST.get("dataset", ""), actor)
    try:
        upload = request.FILES.get("file")
        if upload is None:
            raise Invalid(_("还没有选文件"), errors={_("文件"): _("请选择要交付的文件")})
        file = uploads.keep(upload, by=actor)
        look = queries.look_into(dataset=dataset.code, viewer=actor, file=file.path)
    except Refused as refused:
        page = _upload_page(request.POST, actor, refused)
        return doors.render(request, "deliveries/new.html", page, status=refused.status)
    return doors.render(request, "deliveries/match.html", _match_page(request.POST, dataset, file, look))


@doors.form_on("deliveries.new")
@require_POST
def deliver(request: HttpRequest) -> HttpResponse:
    """Take the file in with the columns as they were matched."""
    actor = doors.actor_of(request)
    actor.require_anywhere("DELIVERIES_MAKE")
    dataset = _deliverable(request.POST.get("dataset", ""), actor)
    ticket = request.POST.get("ticket", "")
    if done := uploads.became(ticket, by=actor):  # a second click
        return doors.go(request, reverse("deliveries.page", args=[done]))
    file = uploads.waiting(ticket, by=actor)
    look = queries.look_into(dataset=dataset.code, viewer=actor, file=file.path)
    try:
        _refuse_unclear(request.POST, look)
        sent = actions.receive_delivery(
            dataset=dataset.code, period=_period(request.POST.get("period", "")),
            scope_unit=request.POST.get("scope", ""), file=file.path, file_name=file.name,
            mapping=_mapping(request.POST, look), by=actor, at=doors.now(),
        )  # fmt: skip
    except Refused as refused:
        page = _match_page(request.POST, dataset, file, look, refused)
        return doors.render(request, "deliveries/match.html", page, status=refused.status)
    uploads.drop(file, became=sent)
    return doors.go(request, reverse("deliveries.page", args=[sent]))


def _deliverable(code: str, actor: Actor) -> DatasetView:
    """The dataset, if it is the actor's to deliver. Raises NotThere."""
    found = queries.dataset(code=code, viewer=actor)
    if not found.may_deliver:
        raise NotThere()
    return found


def _period(raw: str) -> Period:
    try:
        return Period.parse(raw)
    except ValueError:
        why = _("“{raw}”不是时期，应像 2026Q3、2026-07 或 2026").format(raw=raw[:20])
        raise Invalid(_("时期写得不对"), errors={_("时期"): why}) from None


def _upload_page(form: Mapping[str, Any], actor: Actor, refused: Refused | None = None) -> UploadPage:
    mine = [d for d in queries.datasets(viewer=actor) if d.may_deliver]
    dataset = next((d for d in mine if d.code == form.get("dataset")), None)
    periods = _periods(dataset) if dataset else ()
    scopes = _scopes(actor)
    return UploadPage(
        title=_("交付《{title}》").format(title=dataset.title) if dataset else _("交付数据"),
        crumbs=(Crumb(_("数据交付"), reverse("deliveries")), Crumb(_("交付"))),
        dataset=dataset,
        datasets=tuple((d.code, d.title) for d in mine),
        periods=periods,
        scopes=scopes,
        # Usually the last whole period is delivered.
        period=str(form.get("period", "")) or (periods[:2][-1][0] if periods else ""),
        scope=str(form.get("scope", "")) or (scopes[0][0] if scopes else ""),
        limit=words.size(settings.DELIVERY_MAX_BYTES),
        limit_bytes=str(settings.DELIVERY_MAX_BYTES),
        refused=refused,
    )


def _periods(dataset: DatasetView) -> tuple[tuple[str, str], ...]:
    """This period and those before that still take deliveries, newest first."""
    today, definition = doors.today(), dataset.definition
    now = Period.of(today, definition.period)
    offered = (now.next(-step) for step in range(_PERIODS_OFFERED))
    return tuple((p.code, words.period(p)) for p in offered if (today - p.ends_on).days < definition.accept_days)


def _scopes(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Where the figures are from: the own unit and the ones one step down."""
    found: dict[str, str] = {}
    for standing in actor.standings_with("DELIVERIES_MAKE"):
        found[standing.unit_code] = standing.unit_name
        found |= {u.code: u.name for u in org.children(code=standing.unit_code, viewer=actor)}
    return tuple(found.items())


def _match_page(form: Mapping[str, Any], dataset: DatasetView, file: uploads.Waiting, look: FileLook,
                refused: Refused | None = None) -> MatchPage:  # fmt: skip
    chosen = {p.column: form.get(f"column:{p.column}", _place(p)) for p in look.proposals}
    used = set(chosen.values())
    scope = str(form.get("scope", ""))
    period = str(form.get("period", ""))
    nameless = _("（没有列名）")
    return MatchPage(
        title=_("核对列"),
        crumbs=(Crumb(_("数据交付"), reverse("deliveries")),
                Crumb(dataset.title, f"{reverse('deliveries.new')}?dataset={dataset.code}"), Crumb(_("核对列"))),
        dataset=dataset,
        period=period,
        period_label=words.period(_period(period)),
        scope=scope,
        scope_name=org.unit_by_code(scope).name,
        file_name=file.name,
        file_size=words.size(file.size_bytes),
        ticket=file.ticket,
        lines=tuple(_match_line(p, dataset, look, chosen[p.column], form) for p in look.proposals),
        choices=tuple((f"#{i}", f"{i}. {h.strip() or nameless}") for i, h in enumerate(look.headers, start=1)),
        headers=look.headers,
        rows=look.rows,
        n_unused=sum(f"#{i}" not in used for i, h in enumerate(look.headers, start=1) if h.strip()),
        doubts=tuple(map(spoken, look.doubts)),
        is_another=not any(chosen[p.column] for p in [p for p in look.proposals if p.required] or look.proposals),
        refused=refused,
    )  # fmt: skip


def _place(p: Proposal) -> str:
    return "" if p.position is None else f"#{p.position + 1}"


def _match_line(p: Proposal, dataset: DatasetView, look: FileLook, chosen: str, form: Mapping[str, Any]) -> MatchLine:
    column = dataset.definition.column(p.column)
    sample = [r[p.position] for r in look.rows if p.position is not None and p.position < len(r)]
    facts = [column.name, measure(column.unit), _("必填") if p.required else ""]
    if p.is_named and p.readable in (None, 1):
        tone, said = "ok", _("确定")
    elif p.position is not None:
        tone, said = ("wait", _("请核对")) if _is_doubtful(p) else ("info", _("很可能"))
    else:
        tone, said = ("stop", _("缺少")) if p.required else ("plain", _("没有"))
    return MatchLine(
        name=p.column, title=p.title, facts=" · ".join(part for part in facts if part), is_required=p.required,
        chosen=chosen, sample="，".join(text for text in sample if text.strip())[:60], reason=spoken(p.reason),
        tone=tone, said=said,  # type: ignore[arg-type]
        looked_at=form.get(f"looked-at:{p.column}") == "yes" if _is_doubtful(p) else None,
    )  # fmt: skip


def _is_doubtful(p: Proposal) -> bool:
    """Neither name nor values speak for it enough: not taken before a person has looked."""
    return p.position is not None and p.confidence < _LIKELY


def _refuse_unclear(form: Mapping[str, Any], look: FileLook) -> None:
    """Raises Invalid where a column that must be there is left out, or a doubtful one was not looked at."""
    errors = {}
    for p in look.proposals:
        chosen = str(form.get(f"column:{p.column}", _place(p)))
        if p.required and not chosen:
            errors[p.title] = _("必须有，请选文件里的一列")
        elif _is_doubtful(p) and chosen == _place(p) and form.get(f"looked-at:{p.column}") != "yes":
            errors[p.title] = _("对得不准，请看过样例后打勾，或改选一列")
    if errors:
        raise Invalid(_("有 {n} 列还没有核对好").format(n=len(errors)), errors=errors)


def _mapping(form: Mapping[str, Any], look: FileLook) -> dict[str, str]:
    """What a person chose, where it is not what the names say anyway: the same file without choices stays the same.

    Where a column of the dataset is left out, so are all columns of the file whose names would decide for it.
    """
    chosen = {p.column: str(form.get(f"column:{p.column}", _place(p))) for p in look.proposals}
    mapping = {}
    for p in look.proposals:
        says_so_itself = p.named == (p.position,)
        if chosen[p.column] and not (says_so_itself and chosen[p.column] == _place(p)):
            mapping[chosen[p.column]] = p.column
        elif not chosen[p.column]:
            mapping |= {place: "" for n in p.named if (place := f"#{n + 1}") not in chosen.values()}
    return mapping
