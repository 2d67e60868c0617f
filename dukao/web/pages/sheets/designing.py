"""The designer: a sheet is put together from elements of the dictionary; or the whole of it is given as YAML.

Every button posts the whole form; what it does to the draft is in `dukao.web.designer`. Only saving writes anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.views.decorators.http import require_http_methods

from dukao.base.definitions import checked
from dukao.base.refusals import Invalid, Refused
from dukao.org.rules import Actor
from dukao.registers import queries as registers
from dukao.registers.queries import ElementView
from dukao.sheets import actions, queries
from dukao.sheets.rules.definitions import SheetDefinition
from dukao.web import definitions, designer, doors, words
from dukao.web.designer import Draft, DraftQuestion
from dukao.web.doors import Crumb
from dukao.web.measures import measure

_FOUND_MOST = 12
# What the page calls the fields of a definition.
_NAMES = {
    "title": _noop("报表名称"), "code": _noop("代码"), "issuer": _noop("谁的表"), "type": _noop("类型"),
    "form_number": _noop("表号"), "issuing_body": _noop("制定机关"), "approval_number": _noop("批准或备案文号"),
    "valid_until": _noop("有效期限"), "level": _noop("由哪一级填"), "period": _noop("报告期"),
    "frequency": _noop("多久一次"), "sections": _noop("部分"), "questions": _noop("问题"), "label": _noop("表内叫法"),
    "note": _noop("填报说明"), "checks": _noop("表内校验"), "name": _noop("名称"), "rule": _noop("规则"),
    "message": _noop("不成立时说"), "notes": _noop("填表说明"),
}  # fmt: skip
_EXAMPLE = """\
code: quarterly_projects
title: 季度项目情况表
issuer: statistics
legal:
  type: statistical          # statistical administrative
  form_number: 齐统1表
  issuing_body: 市统计局
  approval_number: 统调〔2026〕8号
  valid_until: 2027-12-31
period: quarter
frequency: quarterly
level: county
sections:
  - title: 投资
    questions:
      - {element: new_projects}
      - {element: finished_projects, note: 本季度竣工}
checks:
  - {name: 竣工不多于开工, rule: finished_projects <= new_projects,
     message: 竣工项目多于新开工项目, level: warning}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One question in the designer; `where` is its place in the form, `s0-q2`."""

    where: str
    place: str  # `0:2`
    question: DraftQuestion
    title: str
    facts: str
    error: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Part:
    where: str
    place: int
    title: str
    lines: tuple[Line, ...]
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An element that the finder offers."""

    code: str
    title: str
    facts: str
    is_taken: bool


@dataclass(frozen=True)
class DesignPage:
    title: str
    crumbs: tuple[Crumb, ...]
    draft: Draft
    is_new: bool
    parts: tuple[Part, ...]
    issuers: tuple[tuple[str, str], ...]
    choices: Mapping[str, tuple[tuple[str, str], ...]]
    into: int
    find: str
    found: tuple[Found, ...] | None
    n_questions: int
    minutes: str
    refused: Refused | None = None
    told: str = ""


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Start a sheet from nothing."""
    actor = doors.actor_of(request)
    actor.require_anywhere("SHEETS_DESIGN")
    mine = actor.standings_with("SHEETS_DESIGN")
    blank = Draft(issuer=mine[0].department_code, issuing_body=mine[0].department_name) if mine else Draft()
    return _answer(request, actor, blank, is_new=True)


@require_http_methods(["GET", "POST"])
def design(request: HttpRequest, code: str) -> HttpResponse:
    """Go on with a sheet; where it was already sent, what is saved becomes its next version."""
    actor = doors.actor_of(request)
    view = queries.sheet(code=code, viewer=actor)
    actor.require("SHEETS_DESIGN", view.issuer_unit_path, department=view.issuer_code)
    return _answer(request, actor, designer.draft_of(SheetDefinition.model_validate(view.definition)), is_new=False)


@require_http_methods(["GET", "POST"])
def from_yaml(request: HttpRequest) -> HttpResponse:
    """Define sheets from YAML; what is wrong is named by place and nothing is lost."""
    actor = doors.actor_of(request)
    actor.require_anywhere("SHEETS_DESIGN")
    return definitions.new_definitions(
        request, _yaml_page(), kind=SheetDefinition, listing="sheets", told=_("报表：{told}"),
        define=lambda one: _define(one, actor),
    )  # fmt: skip


def _define(definition: SheetDefinition, actor: Actor) -> str:
    outcome = actions.define_sheet(definition=definition, by=actor, at=doors.now()).outcome
    return "changed" if outcome == "versioned" else outcome


def _yaml_page() -> definitions.NewDefinitionPage:
    return definitions.NewDefinitionPage(
        title=_("从 YAML 载入报表"),
        crumbs=(Crumb(_("报表"), reverse("sheets")), Crumb(_("从 YAML 载入"))),
        lead=_("一张表由数据元组成。同一代码再次载入即为修改；已经下发过的表会成为新的一版。"),
        example=_EXAMPLE,
        hints=(_("校验规则里只写数据元代码、整数、+ - * 和一个比较符号。"), _("缺少法定标识的表可以设计，不能下发。")),
    )


def _answer(request: HttpRequest, actor: Actor, start: Draft, *, is_new: bool) -> HttpResponse:
    """The designer after a button, or as it is opened."""
    if request.method == "GET":
        return doors.render(request, "sheets/design.html", _page(actor, start, is_new))
    draft = designer.draft_posted(request.POST)
    if not is_new:  # the code is what the sheet is; it does not change by posting another
        draft = replace(draft, code=start.code, synthetic=start.synthetic)
    into = _whole(request.POST.get("into", ""))
    do = request.POST.get("do", "find")
    if do in ("draft", "ready"):
        return _save(request, actor, draft, do, is_new)
    find = request.POST.get("find", "").strip()[:60]
    if do == "find":
        page = _page(actor, draft, is_new, into=into, find=find, found=_find(find, draft))
    else:
        draft = designer.changed(draft, do, into=into)
        page = _page(actor, draft, is_new, into=_into_after(do, draft, into), find=find, found=_find(find, draft))
    return doors.render(request, "sheets/design.html", page)


def _save(request: HttpRequest, actor: Actor, draft: Draft, do: str, is_new: bool) -> HttpResponse:
    try:
        definition = checked(SheetDefinition, draft.as_definition(), place=draft.title or _("这张表"))
        save = actions.define_sheet if do == "ready" else actions.save_draft
        saved = save(definition=definition, by=actor, at=doors.now())
    except Refused as refused:
        page = _page(actor, draft, is_new, refused=_in_short(refused))
        return doors.render(request, "sheets/design.html", page, status=refused.status)
    if do == "ready":
        doors.tell(request, _("已定稿：第 {n} 版").format(n=saved.version))
        return doors.go(request, reverse("sheets.page", args=[saved.code]))
    doors.tell(request, _("草稿已保存"))
    return doors.go(request, reverse("sheets.design", args=[saved.code]))


def _in_short(refused: Refused) -> Refused:
    """Many errors are counted and listed, not also told in one long line."""
    if not isinstance(refused, Invalid) or not refused.errors:
        return refused
    what = _("有 {n} 处要改，还没有保存").format(n=len(refused.errors))
    errors = {_place_on_page(place): why for place, why in refused.errors.items()}
    return Invalid(what, errors=errors, todo=_("改好后再保存，填的内容都还在"))


def _place_on_page(place: str) -> str:
    """`这张表 · checks › 2 › rule` as the page calls it: `表内校验 2 · 规则`."""
    _sheet, dot, field = place.rpartition(" · ")
    if not dot:
        return place
    told = ""
    for part in field.removeprefix("legal › ").split(" › "):
        name = _("标题") if told and part == "title" else _(_NAMES.get(part, part))
        told += f" {name}" if part.isdecimal() else f" · {name}" if told else name
    return told


def _page(actor: Actor, draft: Draft, is_new: bool, *, into: int = 0, find: str = "",
          found: tuple[Found, ...] | None = None, refused: Refused | None = None) -> DesignPage:  # fmt: skip
    elements = registers.elements_by_code(draft.element_codes)
    errors = getattr(refused, "errors", {})
    hundredths = sum(e.minutes_hundredths for e in elements.values())
    return DesignPage(
        title=_("设计新表") if is_new else _("修改《{title}》").format(title=draft.title),
        crumbs=(Crumb(_("报表"), reverse("sheets")),
                *(() if is_new else (Crumb(draft.code, reverse("sheets.page", args=[draft.code])),)),
                Crumb(_("设计"))),
        draft=draft,
        is_new=is_new,
        parts=_parts(draft, elements, errors),
        issuers=_issuers(actor),
        choices=_choices(draft),
        into=min(into, len(draft.sections) - 1),
        find=find,
        found=found,
        n_questions=len(draft.element_codes),
        minutes=words.minutes(hundredths),
        refused=refused,
    )  # fmt: skip


def _issuers(actor: Actor) -> tuple[tuple[str, str], ...]:
    mine = actor.standings_with("SHEETS_DESIGN")
    return tuple(dict.fromkeys((s.department_code, s.department_name) for s in mine))


def _parts(draft: Draft, elements: Mapping[str, ElementView], errors: Mapping[str, str]) -> tuple[Part, ...]:
    parts, last = [], len(draft.sections) - 1
    for s, section in enumerate(draft.sections):
        lines = tuple(
            Line(
                where=f"s{s}-q{q}", place=f"{s}:{q}", question=question,
                title=words.title_of(elements[question.element]) if question.element in elements else question.element,
                facts=_facts(elements.get(question.element)), error=errors.get(question.element, ""),
                is_first=s == 0 and q == 0, is_last=s == last and q == len(section.questions) - 1,
            )
            for q, question in enumerate(section.questions)
        )  # fmt: skip
        parts.append(Part(f"s{s}", s, section.title, lines, s == 0, s == last))
    return tuple(parts)


def _facts(element: ElementView | None) -> str:
    """Unit of measure, level, period and minutes of an element, in one line."""
    if element is None:
        return _("没有这个数据元")
    unit = measure(element.measure_unit) or str(words.KINDS[element.kind])
    told = [unit, str(words.LEVELS[element.level]), str(words.PERIOD_TYPES[element.period_type]),
            words.minutes(element.minutes_hundredths), element.owner_name]  # fmt: skip
    return " · ".join(part for part in told if part)


def _find(text: str, draft: Draft) -> tuple[Found, ...] | None:
    if not text:
        return None
    taken = set(draft.element_codes)
    return tuple(
        Found(e.code, words.title_of(e), _facts(e), e.code in taken)
        for e in registers.elements(text=text, most=_FOUND_MOST)
    )


def _choices(draft: Draft) -> dict[str, tuple[tuple[str, str], ...]]:
    sections = tuple(
        (str(s), section.title or _("第 {n} 部分").format(n=s + 1)) for s, section in enumerate(draft.sections)
    )
    return {
        "legal_type": (("statistical", _("统计调查")), ("administrative", _("业务工作"))),
        "period": tuple((code, str(label)) for code, label in words.PERIOD_TYPES.items()),
        "frequency": tuple((code, str(label)) for code, label in words.FREQUENCIES.items()),
        "level": tuple((words.LEVEL_NAMES[level], str(words.LEVELS[level])) for level in (2, 3, 4, 5)),
        "check_level": (("error", _("不成立就不能交")), ("warning", _("只提醒核对"))),
        "into": sections,
    }


def _into_after(do: str, draft: Draft, into: int) -> int:
    return len(draft.sections) - 1 if do == "section-add" else into


def _whole(raw: str) -> int:
    return int(raw) if raw.isdecimal() and len(raw) < 4 else 0
