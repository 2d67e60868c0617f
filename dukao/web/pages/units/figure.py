"""A figure's passport: how it is computed, what it rests on, who said so and when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dukao.indicators.queries import FactPassport, Passport, TermPassport, passport
from dukao.org.rules import Actor
from dukao.sheets.queries import FilingMark
from dukao.web import doors, words
from dukao.web.figures import format_figure
from dukao.web.pages.units import say
from dukao.web.pages.units.asked import Asked, asked
from dukao.web.pages.units.screen import crumbs
from dukao.web.tables import Cell, Column, Row, Table, number, row, table

_FILING_PAGES = {"fill": "desk.filing", "review": "review.page", "read": "dispatches.filing"}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a fact's history, the newest first; `facts` are its lines of (what, who and when)."""

    text: str
    period: str
    is_held: bool
    until: str
    source: str
    source_href: str
    opened_by: str  # who else may open the source, where the viewer may not
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TermScreen:
    sign: str
    title: str
    href: str
    definition: str
    owner: str
    value: str
    unit: str
    rule: str
    state: str
    taken_from: str
    coverage: str
    parts: Table | None
    children: Table | None
    deliveries: Table | None
    history: tuple[Step, ...]


@dataclass(frozen=True)
class FigureScreen:
    title: str
    crumbs: tuple[doors.Crumb, ...]
    why: str
    value: str
    unit: str
    state: str
    coverage: str
    is_pending: bool
    as_of_text: str
    formula: str
    computed: str
    terms: tuple[TermScreen, ...]
    marks: tuple[tuple[str, str], ...]
    is_synthetic: bool
    tables: tuple[Table, ...]


@require_GET
def figure(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """The passport of one figure."""
    actor, wanted = doors.actor_of(request), asked(request)
    found = passport(indicator=indicator, unit=code, period=wanted.period, viewer=actor, as_of=wanted.as_of)
    return doors.render(request, "units/figure.html", _screen(found, wanted, actor))


def _screen(found: Passport, asked: Asked, viewer: Actor) -> FigureScreen:
    indicator = found.indicator
    terms = tuple(
        _term(term, found, asked, f"{side}{place}")
        for side, told in (("n", found.numerator), ("d", found.denominator))
        for place, term in enumerate(told)
    )
    unknown = say.state_text(found.state) if found.value is None else ""
    return FigureScreen(
        title=_("{indicator} · {unit} · {period}").format(
            indicator=words.title_of(indicator), unit=found.unit.short_name, period=words.period(found.period)
        ),
        crumbs=(
            *crumbs(found.ancestors, found.unit, asked, viewer, is_last=False),
            doors.Crumb(words.title_of(indicator)),
        ),
        why=words.why_of(indicator),
        value=unknown or format_figure(found.value, decimals=indicator.decimals),
        unit="" if unknown else indicator.unit,
        state=found.state,
        coverage=_coverage(found.counts.known, found.counts.of),
        is_pending=found.counts.pending > 0,
        as_of_text=words.day(asked.as_of_on),
        formula=_formula(found),
        computed=_computed(found),
        terms=terms,
        marks=tuple(_marks(found)),
        is_synthetic=indicator.is_synthetic,
        tables=tuple(one for term in terms for one in (term.parts, term.children, term.deliveries) if one),
    )


def _formula(found: Passport) -> str:
    terms = found.numerator
    if len(terms) == 1 and not found.denominator and found.factor == 1 and terms[0].sign > 0:
        return _("就是数据元“{title}”的值，不再换算").format(title=words.title_of(terms[0].element))
    told = _side(found.numerator, is_alone=not found.denominator and found.factor == 1)
    if found.denominator:
        told += f" ÷ {_side(found.denominator, is_alone=False)}"
    if found.factor != 1:
        told += f" × {found.factor.normalize():,f}"
    return f"{words.title_of(found.indicator)} = {told}"


def _side(terms: tuple[TermPassport, ...], *, is_alone: bool) -> str:
    """One side of the formula in the reader's words; in brackets where more follows."""
    told = "".join(
        (" − " if term.sign < 0 else " + " if place else "") + words.title_of(term.element)
        for place, term in enumerate(terms)
    )
    return told if is_alone or len(terms) == 1 else f"({told})"


def _computed(found: Passport) -> str:
    """The formula again, with its numbers; empty where it has only one term and so says nothing new."""
    if found.value is None or found.numerator_value is None:
        return ""
    decimals = max(term.element.decimals for term in found.numerator)
    told = format_figure(found.numerator_value, decimals=decimals)
    if len(found.numerator) > 1:
        told = "".join(
            (" − " if term.sign < 0 else " + " if place else "")
            + format_figure(term.value, decimals=term.element.decimals)
            for place, term in enumerate(found.numerator)
        )
        told = f"({told})" if found.denominator or found.factor != 1 else told
    if found.denominator:
        decimals = max(term.element.decimals for term in found.denominator)
        told += f" ÷ {format_figure(found.denominator_value, decimals=decimals)}"
    if found.factor != 1:
        told += f" × {found.factor.normalize():,f}"
    if told == format_figure(found.value, decimals=found.indicator.decimals):
        return ""
    return f"= {told} = {format_figure(found.value, decimals=found.indicator.decimals, unit=found.indicator.unit)}"


def _marks(found: Passport) -> Iterator[tuple[str, str]]:
    indicator = found.indicator
    yield _("依据"), indicator.basis
    yield _("负责部门"), indicator.owner_name or _("没有写明")
    yield _("下次复核"), words.day(indicator.review_on)
    yield _("怎样算好"), {"up": _("越高越好"), "down": _("越低越好")}.get(indicator.direction, _("不分高低"))


def _coverage(known: int, of: int) -> str:
    """What it rests on, in numbers."""
    if not of:
        return ""
    if known >= of:
        return _("由 {n} 个数据得出，全部到齐").format(n=f"{known:,}")
    return _("应有 {of} 个数据，已有 {known} 个，差 {lack} 个").format(
        of=f"{of:,}", known=f"{known:,}", lack=f"{of - known:,}"
    )


def _term(term: TermPassport, found: Passport, asked: Asked, key: str) -> TermScreen:
    element = term.element
    return TermScreen(
        sign="−" if term.sign < 0 else "",
        title=words.title_of(element),
        href=reverse("elements.page", args=[element.code]),
        definition=words.definition_of(element),
        owner=element.owner_name,
        value=say.state_text(term.state)
        if term.value is None
        else format_figure(term.value, decimals=element.decimals),
        unit=element.measure_unit if term.value is not None else "",
        rule=term.rule,
        state=term.state,
        taken_from=words.period(term.taken_from) if term.taken_from else "",
        coverage=_coverage(term.counts.known, term.counts.of),
        parts=_parts(term, key) if len(term.parts) > 1 else None,
        children=_children(term, found, asked, key) if term.children else None,
        deliveries=_deliveries(term, found, key) if term.deliveries else None,
        history=tuple(_steps(term, found)),
    )


def _parts(term: TermPassport, key: str) -> Table:
    element = term.element
    rows = [
        row(
            Cell(words.period(part.period), raw=part.period.key),
            number(part.value, places=element.decimals),
            _held(part.counts.known, part.counts.of, part.counts.pending),
        )
        for part in term.parts
    ]
    heads = [
        Column(_("时期")),
        Column(words.title_of(element), "number", element.measure_unit),
        Column(_("数据"), "badge"),
    ]
    return table(f"parts-{key}", _("各期的{title}").format(title=words.title_of(element)), heads, rows)


def _children(term: TermPassport, found: Passport, asked: Asked, key: str) -> Table:
    element, indicator = term.element, found.indicator
    rows: list[Row] = [
        row(
            Cell(child.unit.short_name, href=asked.url("units.figure", child.unit.code, indicator.code)),
            number(child.value, places=element.decimals),
            _held(child.counts.known, child.counts.of, child.counts.pending),
        )
        for child in term.children
    ]
    if term.value is not None and element.over_units == "sum":
        rows.append(row(_("合计"), number(term.value, places=element.decimals), "", is_total=True))
    level = words.level_inside(found.unit.level + 1)
    caption = _("各{level}的{title}").format(level=level, title=words.title_of(element))
    heads = [
        Column(words.LEVELS[found.unit.level + 1], is_sticky=True),
        Column(words.title_of(element), "number", element.measure_unit),
        Column(_("数据"), "badge"),
    ]
    return table(f"children-{key}", caption, heads, rows, is_synthetic=indicator.is_synthetic)


def _held(known: int, of: int, pending: int) -> Cell:
    tone, text = words.held(known, of, pending)
    return Cell(text, tone=tone, raw=words.HELD_TONES.index(tone))


def _deliveries(term: TermPassport, found: Passport, key: str) -> Table:
    rows = [
        row(
            Cell(source.number, href=_delivery_href(source.number, found)),
            Cell(source.dataset_title, note=source.provider_name),
            Cell(source.file_name, note=source.file_digest[:16]),
            Cell(words.moment(source.landed_at), raw=say.stamp(source.landed_at)),
            found.people.get(source.by_name, source.by_name),
        )
        for source in term.deliveries
    ]
    heads = [
        Column(_("交付编号")),
        Column(_("数据资源")),
        Column(_("文件和指纹")),
        Column(_("入库"), "date"),
        Column(_("经手")),
    ]
    is_closed = any(source.number not in found.open_deliveries for source in term.deliveries)
    return table(
        f"deliveries-{key}",
        _("{title}来自这些交付").format(title=words.title_of(term.element)),
        heads,
        rows,
        source=_("没有链接的交付，由提供部门和督考办打开。") if is_closed else "",
        is_synthetic=found.indicator.is_synthetic,
    )


def _steps(term: TermPassport, found: Passport) -> Iterator[Step]:
    """What is held now, and before it what was held; what one filing said on the way to its review is one step."""
    for fact in term.facts:
        yield _step(fact, term, found, is_held=True)
        for draft, run in groupby(fact.before, key=_draft_of):
            past = list(run)
            if draft is None:
                yield from (_step(old, term, found, is_held=False) for old in past)
            else:
                yield _step(past[0], term, found, is_held=False, folded=past[1:])


def _draft_of(fact: FactPassport) -> int | None:
    """The filing that said this and changed it before anybody accepted it."""
    return fact.source.filing_id if _was_changed(fact) else None


def _was_changed(fact: FactPassport) -> bool:
    return fact.superseded_at is not None and fact.accepted_at is None


def _step(
    fact: FactPassport, term: TermPassport, found: Passport, *, is_held: bool, folded: Sequence[FactPassport] = ()
) -> Step:
    element = term.element
    text = (
        fact.text
        if fact.value is None
        else format_figure(fact.value, decimals=element.decimals, unit=element.measure_unit)
    )
    source, href = _source(fact, found)
    return Step(
        text=text,
        period=words.period(fact.period),
        is_held=is_held,
        until=words.moment(fact.superseded_at),
        source=source,
        source_href=href,
        opened_by="" if href else _opened_by(fact),
        lines=(*_lines(fact, found.people), *_folded(folded)),
    )


def _source(fact: FactPassport, found: Passport) -> tuple[str, str]:
    if fact.filing:
        text = _("填报：{sheet}（{number}）").format(sheet=fact.filing.sheet_title, number=fact.filing.dispatch)
        return text, _filing_href(fact.filing)
    source = fact.source
    if source.kind == "delivery":
        text = _("交付：{dataset}（{number}）").format(dataset=source.dataset_title, number=source.number)
        return text, _delivery_href(source.number, found)
    return _("填报"), ""


def _opened_by(fact: FactPassport) -> str:
    if fact.source.kind == "delivery":
        return _("由提供部门和督考办打开")
    return _("由填报、审核和要数的单位打开")


def _lines(fact: FactPassport, people: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Who and when, in the order it happened; handing in and review say nothing of what was changed before them."""
    was_changed = _was_changed(fact)
    if fact.answer:
        yield _("填写"), _by(people, fact.answer.answered_by, words.moment(fact.answer.answered_at))
    if fact.filing and not was_changed:
        if fact.filing.submitted_at:
            yield _("上交"), _by(people, fact.filing.submitted_by, words.moment(fact.filing.submitted_at))
        if fact.filing.reviewed_at:
            yield _("审核"), _by(people, fact.filing.reviewed_by, words.moment(fact.filing.reviewed_at))
    elif fact.source.kind == "delivery":
        yield _("提供"), fact.source.provider_name
        yield _("文件"), f"{fact.source.file_name} · {fact.source.file_digest[:16]}"
        yield _("入库"), _by(people, fact.source.by_name, words.moment(fact.source.landed_at))
    yield _("记入"), words.moment(fact.recorded_at)
    if was_changed:
        yield _("认定"), _("没有，审核之前已改")
    else:
        yield _("认定"), words.moment(fact.accepted_at) if fact.accepted_at else _("待审")


def _folded(drafts: Sequence[FactPassport]) -> Iterator[tuple[str, str]]:
    """How often it was changed before, newest first."""
    if drafts:
        yield (
            _("此前"),
            _("还改过 {n} 次，最早在 {when}").format(n=len(drafts), when=words.moment(drafts[-1].recorded_at)),
        )


def _by(people: Mapping[str, str], name: str, when: str) -> str:
    return f"{people.get(name, name)} · {when}" if name else when


def _delivery_href(number: str, found: Passport) -> str:
    """The delivery's own page, for those who may open it."""
    return reverse("deliveries.page", args=[number]) if number in found.open_deliveries else ""


def _filing_href(filing: FilingMark) -> str:
    """The filing as it is there for the viewer."""
    if not filing.access:
        return ""
    return reverse(_FILING_PAGES[filing.access], args=[filing.dispatch, filing.unit_code])
