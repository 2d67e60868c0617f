"""The demo's definitions: they can be read, they fit together, and nothing in them is what the house refuses."""

import pytest

from dukao.base.definitions import checked, read_entries
from dukao.demo.deliveries import RECORDS, datasets
from dukao.demo.figures import DEFINITIONS, Figures
from dukao.indicators.rules import IndicatorDefinition, misfits
from dukao.registers.rules.measures import distillations
from dukao.sheets.rules.definitions import SheetDefinition
from tests.demo.world_of_test import small_world


@pytest.fixture(scope="module")
def figures() -> Figures:
    return Figures(small_world())


def _all(folder: str, kind: type) -> list:
    return [checked(kind, entry.data, place=entry.place) for entry in read_entries(DEFINITIONS / folder)]


class _Fitted:
    """An element as rules see it."""

    def __init__(self, element) -> None:
        self.id, self.code, self.title, self.kind = 1, element.code, element.title, element.kind
        self.measure_unit, self.decimals, self.period_type = element.unit, element.decimals, element.period
        self.over_units = element.adds_up.units if element.adds_up else "none"
        self.over_periods = element.adds_up.periods if element.adds_up else "last"
        self.level = {"county": 3, "town": 4, "village": 5}[element.level]


def test_every_department_that_owns_something_exists(figures):
    known = {entry.data["code"] for entry in read_entries(DEFINITIONS / "departments.yaml")}
    owners = {e.owner for e in figures.elements.values()} | {d.provider for d in datasets().values()}
    owners |= {s.issuer for s in _all("sheets", SheetDefinition)}
    owners |= {i.owner for i in _all("indicators", IndicatorDefinition)}
    assert owners <= known


def test_no_name_means_two_elements(figures):
    names = [name for e in figures.elements.values() for name in (e.title, *e.aliases)]
    assert len(names) == len(set(names))


def test_datasets_fit_their_elements(figures):
    fitted = {code: _Fitted(element) for code, element in figures.elements.items()}
    for dataset in datasets().values():
        assert distillations(dataset, fitted), dataset.code
        assert dataset.code in RECORDS or all(c.element in figures.shapes for c in dataset.columns if c.element)


def test_sheets_ask_elements_that_exist_at_their_level_or_below(figures):
    depth = {"city": 2, "county": 3, "town": 4, "village": 5}
    for sheet in _all("sheets", SheetDefinition):
        for code in sheet.element_codes:
            assert depth[figures.elements[code].level] >= depth[sheet.level], f"{sheet.code} asks {code}"


def test_indicators_fit_their_elements(figures):
    fitted = {code: _Fitted(element) for code, element in figures.elements.items()}
    for indicator in _all("indicators", IndicatorDefinition):
        assert not list(misfits(indicator, fitted)), indicator.code


def test_everything_says_that_it_is_synthetic(figures):
    defined = [*figures.elements.values(), *datasets().values(), *_all("sheets", SheetDefinition)]
    defined += _all("indicators", IndicatorDefinition)
    assert all(one.synthetic for one in defined)


@pytest.mark.parametrize("trace", ["会议", "发文", "照片", "简报", "登录", "在线时长", "点赞", "转发", "批示", "打卡"])
def test_no_indicator_counts_traces(trace):
    assert not [i.code for i in _all("indicators", IndicatorDefinition) if trace in i.title]
