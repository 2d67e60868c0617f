"""Rules: every citation resolves, parameters are dated, profiles inherit; working days against oracles."""

from datetime import date, timedelta

import pytest

from dukao.base.refusals import Refused
from dukao.law import queries, workdays
from dukao.law.rules import OWN_CONVENTION, ParameterEntry, rule_on, source_named, value_on

ON = date(2026, 10, 8)
RULES = [(profile.profile, entry) for profile in queries.profiles() for entry in profile.rules]


@pytest.mark.parametrize(("profile", "entry"), RULES, ids=[f"{p}-{e.id}" for p, e in RULES])
def test_every_citation_resolves_and_every_parameter_is_dated(profile, entry):
    for reference in entry.sources:
        assert source_named(reference, queries.sources()).says
    for entries in entry.parameters.values():
        for parameter in entries:
            assert parameter.basis == OWN_CONVENTION or source_named(parameter.basis, queries.sources())
    assert rule_on(entry, queries.sources(), ON).id == entry.id


def test_a_citation_that_leads_nowhere_is_found():
    with pytest.raises(LookupError, match="statistics-law#99"):
        source_named("statistics-law#99", queries.sources())


def test_the_chosen_profile_decides_and_inherits(monkeypatch):
    assert queries.rule("FRM-4", ON).parameters["frequencies_refused"] == ["daily", "weekly"]
    monkeypatch.setenv("DUKAO_RULE_PROFILE", "district-example")
    assert queries.rule("FRM-4", ON).parameters["frequencies_refused"] == ["daily", "weekly", "monthly"]
    assert queries.rule("FRM-3", ON).parameters["lead_workdays"] == 3
    monkeypatch.setenv("DUKAO_RULE_PROFILE", "nowhere")
    with pytest.raises(RuntimeError, match="nowhere"):
        queries.rule("FRM-3", ON)


def _since(value: int, valid_from: date, valid_to: date | None = None) -> ParameterEntry:
    return ParameterEntry(value=value, unit="天", valid_from=valid_from, valid_to=valid_to, basis="own", verified=True)


def test_yesterdays_case_is_computed_by_yesterdays_rule():
    entries = [_since(3, date(2024, 1, 1), date(2025, 8, 1)), _since(5, date(2025, 8, 1))]
    assert value_on("days", entries, date(2025, 7, 31)) == 3
    assert value_on("days", entries, date(2025, 8, 1)) == 5
    with pytest.raises(LookupError):
        value_on("days", entries, date(2023, 12, 31))
    with pytest.raises(ValueError, match="2 values"):
        value_on("days", [*entries, _since(9, date(2025, 1, 1))], ON)


def test_a_source_not_yet_read_says_so():
    text = queries.rule("FRM-2", ON).source_text
    assert "《政务数据共享条例》第十九条（条号待核对）" in text
    assert queries.rule("BRD-0", ON).source_text == "本平台约定"


@pytest.mark.parametrize(("on", "worked"), [
    (date(2024, 10, 12), True),   # Saturday worked in exchange
    (date(2024, 10, 13), False),  # Sunday
    (date(2024, 4, 4), False),    # Thursday, Qingming
    (date(2024, 10, 8), True),
])  # fmt: skip
def test_working_days(on, worked):
    assert workdays.is_workday(on) is worked


def test_counting_working_days_over_the_national_holiday():
    assert workdays.workday_after(date(2024, 9, 30), 5) == date(2024, 10, 12)


@pytest.mark.parametrize("count", [1, 3])
def test_a_day_outside_the_days_around_is_so_many_working_days_away(count):
    on = date(2026, 9, 20)
    while on < date(2026, 11, 1):  # over the holidays of October
        first, last = workdays.workdays_around(on, count)
        assert last == workdays.workday_after(on, count)
        assert workdays.workday_after(first, count) >= on > workdays.workday_after(first - timedelta(days=1), count)
        on += timedelta(days=1)


def test_the_days_around_reach_over_a_year_nobody_knows():
    first, last = workdays.workdays_around(date(2060, 1, 5), 3)
    assert (date(2060, 1, 5) - first).days == (last - date(2060, 1, 5)).days == 20
    assert workdays.workdays_between(date(2024, 9, 30), date(2024, 10, 12)) == 5
    assert workdays.workdays_between(date(2024, 9, 30), date(2024, 9, 30)) == 0


def test_an_unknown_year_is_refused_until_the_administrator_loads_its_table(settings, tmp_path):
    settings.VAR = tmp_path
    with pytest.raises(Refused, match="2031") as refused:
        workdays.is_workday(date(2031, 1, 2))
    assert "2031.yaml" in refused.value.todo
    table = tmp_path / "workdays" / "2031.yaml"
    table.parent.mkdir()
    table.write_text("year: 2031\nsource: 测试\nholidays: [2031-01-01, 2031-01-02]\nworkdays: [2031-01-04]\n")
    assert not workdays.is_workday(date(2031, 1, 2))
    assert workdays.is_workday(date(2031, 1, 3))
    assert workdays.is_workday(date(2031, 1, 4))  # a Saturday
    assert not workdays.is_workday(date(2031, 1, 5))


@pytest.mark.parametrize(
    "text",
    ["year: 2032\n", "year: 2032\nsource: x\nholidays: [2031-01-01]\n", "[", "year: 2033\nsource: x\nholidays: []\n"],
)
def test_an_unreadable_table_is_refused_not_guessed(settings, tmp_path, text):
    settings.VAR = tmp_path
    (tmp_path / "workdays").mkdir()
    (tmp_path / "workdays" / "2032.yaml").write_text(text)
    with pytest.raises(workdays.UnknownYear, match="读不懂"):
        workdays.is_workday(date(2032, 1, 2))
