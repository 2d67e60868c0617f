"""A scorecard before the rules: what stands behind each line, gathered for judgement, live while it is composed."""

from collections.abc import Mapping
from datetime import date

from dukao.base.words import _noop
from dukao.gate.rules.hits import RuleHit
from dukao.indicators import queries as indicators
from dukao.indicators.queries import IndicatorView
from dukao.law import queries as law
from dukao.org.rules import SYSTEM
from dukao.registers import queries as registers
from dukao.registers.queries import DatasetView, ElementView
from dukao.scores.queries.vocabulary import trace_words
from dukao.scores.rules import cards as rules
from dukao.scores.rules.cards import Behind, CardCase, LineCase
from dukao.scores.rules.definitions import SATISFACTION, TASKS_FIXED, LineDefinition, ScorecardDefinition

# What the lines without an indicator are called.
TITLES = {SATISFACTION: _noop("群众满意度"), TASKS_FIXED: _noop("督办事项群众确认率")}
_COUNTING = ("count", "count_distinct")


def judged_card(*, definition: ScorecardDefinition, on: date) -> tuple[RuleHit, ...]:
    """Public: all that the rules say of the card on this day; six SQL queries at most."""
    views = {view.code: view for view in indicators.indicators()}
    named = [views[line.of] for line in definition.lines if line.of in views]
    elements = registers.elements_by_code({code for view in named for code in view.elements})
    datasets = registers.datasets(viewer=SYSTEM)
    lines = tuple(_line(line, views.get(line.of), elements, datasets) for line in definition.lines)
    card = CardCase(definition.title, definition.note, lines, tuple(view.title for view in views.values()))
    return rules.judge(card, {id: law.rule(id, on) for id in rules.RULE_IDS}, trace_words(on))


def title_of(line: LineDefinition, view: IndicatorView | None) -> str:
    """What the line is called: as written, else as its indicator is."""
    return line.title or (view.title if view else TITLES.get(line.of, line.of))


def _line(
    line: LineDefinition, view: IndicatorView | None, elements: Mapping[str, ElementView],
    datasets: tuple[DatasetView, ...],
) -> LineCase:  # fmt: skip
    return LineCase(
        code=line.of, title=title_of(line, view), note=line.note, weight=line.weight,
        is_satisfaction=line.of == SATISFACTION, indicator=view.title if view else "",
        behind=_behind(view, elements, datasets) if view else (), fault=_fault(line, view),
    )  # fmt: skip


def _behind(
    view: IndicatorView, elements: Mapping[str, ElementView], datasets: tuple[DatasetView, ...]
) -> tuple[Behind, ...]:
    found = [
        Behind(_noop("指标"), view.title), Behind(_noop("指标"), view.title_en),
        Behind(_noop("指标"), view.code.replace("_", " ")),
        Behind(_noop("公式"), view.formula), Behind(_noop("目的"), view.why),
    ]  # fmt: skip
    for code in view.elements:
        element = elements[code]
        found += [
            Behind(_noop("数据元"), text)
            for text in (element.title, *element.aliases, element.definition, code.replace("_", " ")) if text
        ]  # fmt: skip
        for dataset in datasets:
            found += _counted(code, dataset)
    return tuple(found)


def _counted(element: str, dataset: DatasetView) -> list[Behind]:
    """What a dataset's rows are, where the element counts them: a count of records of meetings counts meetings."""
    found = []
    columns = {column.name: column for column in dataset.definition.columns}
    for column in columns.values():
        if column.element == element:
            found.append(Behind(_noop("信息项"), column.title))
    for measure in dataset.definition.measures:
        if measure.element != element:
            continue
        if measure.column:
            found.append(Behind(_noop("信息项"), columns[measure.column].title))
        if measure.function in _COUNTING and not measure.where:
            found.append(Behind(_noop("数据资源"), dataset.title, is_counted=True))
    return found


def _fault(line: LineDefinition, view: IndicatorView | None) -> str:
    if line.of in (SATISFACTION, TASKS_FIXED):
        return "" if line.measure == "value" else _noop("只能按当年的值计分")
    if view is None:
        return _noop("没有这个指标")
    if line.rule == "share" and not view.is_percentage:
        return _noop("按占比计分的指标，计量单位要是 %")
    if view.direction == "none" and line.rule in ("distance", "threshold"):
        return _noop("这个指标没有好坏方向，不能按达标或与自己比计分")
    if line.rule == "linear" and view.direction != "none" and (line.full > line.floor) != (view.direction == "up"):  # type: ignore[operator]
        return _noop("起点和目标的高低与指标的好坏方向相反")
    return ""
