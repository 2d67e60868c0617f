"""Composing a scorecard: every indicator there is, with a weight or without; the rules speak while somebody writes.

Each change posts the form with `do=judge`, which keeps nothing. What has a weight is a line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dukao.base.definitions import checked
from dukao.base.refusals import Invalid, NotThere, Refused
from dukao.base.spoken import spoken
from dukao.base.wording import clauses, said_of
from dukao.indicators import queries as indicators
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.scores import actions, queries
from dukao.scores.queries import TITLES
from dukao.scores.rules import wording
from dukao.scores.rules.definitions import SATISFACTION, LineDefinition, ScorecardDefinition
from dukao.web import doors, words
from dukao.web.doors import Crumb
from dukao.web.measures import measure
from dukao.web.pages.plan.screen import SaidHit
from dukao.web.pages.scores import screen

_LINE_FIELDS = ("title", "note", "weight", "measure", "baseline_year", "rule", "floor", "full", "departments")
_CARD_FIELDS = ("code", "title", "year", "scope", "level", "basis", "note", "departments")


@dataclass(frozen=True, slots=True)
class LineForm:
    """One indicator in the form; `typed` as it stands there. `has_more` opens what is written beside the weight."""

    of: str
    title: str
    told: str  # unit of measure and which way is better
    typed: Mapping[str, str]

    @property
    def is_chosen(self) -> bool:
        return bool(self.typed["weight"])


@dataclass(frozen=True)
class ComposePage:
    title: str
    crumbs: tuple[Crumb, ...]
    typed: Mapping[str, str]
    is_public: bool
    is_new: bool
    lines: tuple[LineForm, ...]
    choices: Mapping[str, tuple[tuple[str, str], ...]]
    hits: tuple[SaidHit, ...] = ()
    wrong: tuple[str, ...] = ()
    told: str = ""
    is_judged: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    refused: Refused | None = None


@require_http_methods(["GET", "POST"])
def compose(request: HttpRequest) -> HttpResponse:
    actor = doors.actor_of(request)
    actor.require_anywhere("SCORES_DECIDE")
    own = actor.standings_with("SCORES_DECIDE")
    start = {
        "code": "", "title": "", "year": str(doors.today().year), "scope": own[0].unit_code if own else "",
        "level": "county", "basis": "", "note": "", "departments": "",
    }  # fmt: skip
    default = LineDefinition(of=SATISFACTION, weight=_default_weight(), rule="share")
    return _answer(request, actor, _page(actor, start, {SATISFACTION: _typed(default)}, is_public=True, is_new=True))


@require_http_methods(["GET", "POST"])
def recompose(request: HttpRequest, code: str) -> HttpResponse:
    """Write a draft anew."""
    actor = doors.actor_of(request)
    card = queries.scorecard(code=code, viewer=actor)
    if not card.may_decide or card.state != "draft":
        raise NotThere()
    definition = card.definition
    start = {
        "code": definition.code, "title": definition.title, "year": str(definition.year), "scope": definition.scope,
        "level": definition.level or "", "basis": definition.basis, "note": definition.note,
        "departments": " ".join(definition.departments),
    }  # fmt: skip
    lines = {line.of: _typed(line) for line in definition.lines}
    return _answer(request, actor, _page(actor, start, lines, is_public=definition.public, is_new=False))


def _answer(request: HttpRequest, actor: Actor, page: ComposePage) -> HttpResponse:
    """The form as it is opened, judged, or saved."""
    if request.method == "GET":
        return doors.render(request, "scores/compose.html", page)
    page = _posted(request, page)
    is_judging = request.POST.get("do") == "judge"
    try:
        definition = _definition(page)
        if is_judging:
            return doors.render(request, "scores/compose.html", _judged(page, definition))
        actions.define_scorecard(definition=definition, by=actor, at=doors.now())
    except Refused as refused:
        if refused.status not in (Refused.status, Invalid.status):
            raise
        return _sent_back(request, page, refused, is_judging=is_judging)
    doors.tell(request, _("草稿已保存。"))
    return doors.go(request, reverse("scores.card", args=[definition.code]))


def _sent_back(request: HttpRequest, page: ComposePage, refused: Refused, *, is_judging: bool) -> HttpResponse:
    errors, wrong = _at_fields(page, getattr(refused, "errors", {}))
    told = _told(page)
    if is_judging:
        # What was not typed yet is no mistake.
        return doors.render(request, "scores/compose.html", replace(page, wrong=wrong, told=told, is_judged=True))
    hits = tuple(screen.said(hit) for hit in getattr(refused, "hits", ()))
    if errors or wrong:
        what = _("有 {n} 处要改，红字写在各项旁边").format(n=len(errors)) if errors else _("考核表还要改")
        refused = Invalid(what, why=clauses(map(spoken, wrong)))
    page = replace(page, hits=hits, errors=errors, refused=refused, is_judged=True, told=told)
    return doors.render(request, "scores/compose.html", page, status=refused.status)


def _judged(page: ComposePage, definition: ScorecardDefinition) -> ComposePage:
    hits = queries.judged_card(definition=definition, on=doors.today())
    return replace(page, hits=tuple(screen.said(hit) for hit in hits), is_judged=True, told=_told(page))


def _told(page: ComposePage) -> str:
    chosen = [line for line in page.lines if line.is_chosen]
    return _("已选 {n} 项，最多 30 项。不产生任何填报。").format(n=len(chosen))


def _at_fields(page: ComposePage, errors: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """What is wrong at the fields of the card; and of a line, by its title, or of the card as a whole."""
    chosen = [line.title for line in page.lines if line.is_chosen]
    at_fields, rest = {}, []
    for place, why in errors.items():
        name, *more = place.partition(" · ")[2].split(" › ")
        if name in _CARD_FIELDS:
            at_fields[name] = why
        elif name == "lines" and more and more[0].isdecimal():
            rest.append(said_of(chosen[int(more[0]) - 1], spoken(why)))
        else:
            rest.append(why)
    return at_fields, tuple(rest)


def _page(
    actor: Actor, start: Mapping[str, str], lines: Mapping[str, Mapping[str, str]], *, is_public: bool, is_new: bool
) -> ComposePage:
    title = _("写一张考核表") if is_new else _("改写草稿：{title}").format(title=start["title"])
    own = [(s.unit_code, s.unit_name) for s in actor.standings_with("SCORES_DECIDE")]
    return ComposePage(
        title=title, crumbs=screen.crumbs(Crumb(title)), typed=start, is_public=is_public, is_new=is_new,
        lines=_lines(lines),
        choices={
            "scope": tuple(dict.fromkeys(own)),
            "level": (
                *((words.LEVEL_NAMES[at], str(words.LEVELS[at])) for at in (3, 4, 5)), ("", _("部门（写在下面）"))
            ),
            "measure": tuple((code, _(text)) for code, text in wording.MEASURES.items()),
            "rule": tuple((code, _(text)) for code, text in wording.RULES.items()),
        },
    )  # fmt: skip


def _lines(typed: Mapping[str, Mapping[str, str]]) -> tuple[LineForm, ...]:
    """All that may be a line: what people say first, then every indicator in its order."""
    blank = dict.fromkeys(_LINE_FIELDS, "") | {"measure": "value", "rule": "share"}
    found = [LineForm(of, _(title), "%", typed.get(of, blank)) for of, title in TITLES.items()]
    blank |= {"measure": "last_year", "rule": "linear"}
    ways = {"up": _("越多越好"), "down": _("越少越好"), "none": _("没有好坏方向")}
    for view in indicators.indicators():
        told = " · ".join(text for text in (measure(view.unit), ways[view.direction], view.owner_name) if text)
        found.append(LineForm(view.code, words.title_of(view), told, typed.get(view.code, blank)))
    return tuple(found)


def _posted(request: HttpRequest, page: ComposePage) -> ComposePage:
    typed = {name: request.POST.get(name, "").strip()[:500] for name in _CARD_FIELDS}
    if not page.is_new:
        typed["code"] = page.typed["code"]
    lines = {
        line.of: {name: request.POST.get(f"{line.of}-{name}", line.typed[name]).strip()[:300] for name in _LINE_FIELDS}
        for line in page.lines
    }  # fmt: skip
    return replace(page, typed=typed, lines=_lines(lines), is_public=request.POST.get("public") == "yes")


def _definition(page: ComposePage) -> ScorecardDefinition:
    typed = dict(page.typed)
    data: dict[str, Any] = {
        **typed,
        "public": page.is_public,
        "lines": [_line(one) for one in page.lines if one.is_chosen],
    }
    data["departments"] = typed["departments"].split()
    data["level"] = typed["level"] or None
    return checked(ScorecardDefinition, data, place=_("考核表"))


def _line(line: LineForm) -> dict[str, Any]:
    """Only what the rule needs: what was typed before another rule was chosen is no reproach."""
    typed = {name: text for name, text in line.typed.items() if text}
    rule, measure = typed["rule"], typed.get("measure", "value")
    if rule in ("share", "distance"):
        typed.pop("floor", None)
        typed.pop("full", None)
    if rule == "share":
        measure = "value"
    if rule == "threshold":
        typed.pop("floor", None)
    if measure != "baseline":
        typed.pop("baseline_year", None)
    departments = typed.pop("departments", "").split()
    return {"of": line.of, **typed, "measure": measure, "departments": departments}


def _typed(line: LineDefinition) -> dict[str, str]:
    def text(value: object) -> str:
        return "" if value is None else " ".join(value) if isinstance(value, tuple) else str(value)

    return {name: text(getattr(line, name)) for name in _LINE_FIELDS}


def _default_weight() -> Any:
    return law.rule("SAT-1", doors.today()).parameters["default_percent"]
