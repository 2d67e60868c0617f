"""The rules that hold on a day, under the profile that this installation chose (`DUKAO_RULE_PROFILE`)."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from dukao import env
from dukao.law.rules import ProfileEntry, Rule, RuleEntry, SourceEntry, rule_on

_FOLDER = Path(__file__).parent


def rule(id: str, on: date, *, profile: str = "") -> Rule:
    """The rule `id` (for example `FRM-3`) with the parameters in force on the day.

    Raises LookupError for an unknown rule or a day before its first parameter: a mistake of ours, not a user's.
    """
    return _rule(id, on, profile or chosen_profile())


def chosen_profile() -> str:
    return env.text("DUKAO_RULE_PROFILE", "national")


def profiles() -> tuple[ProfileEntry, ...]:
    """Every profile in the house, by name."""
    return tuple(_profile(path.stem) for path in sorted((_FOLDER / "profiles").glob("*.yaml")))


@lru_cache(maxsize=4096)
def _rule(id: str, on: date, profile: str) -> Rule:
    return rule_on(_rules_of(profile)[id], sources(), on)


@lru_cache
def sources() -> dict[str, SourceEntry]:
    """Every citable source by code."""
    entries = TypeAdapter(list[SourceEntry]).validate_python(_read(_FOLDER / "sources.yaml"))
    return {entry.code: entry for entry in entries}


@lru_cache
def _profile(name: str) -> ProfileEntry:
    path = _FOLDER / "profiles" / f"{name}.yaml"
    if not path.is_file():
        raise env.BadSetting(f"DUKAO_RULE_PROFILE: there is no rule profile {name!r}")
    entry = ProfileEntry.model_validate(_read(path))
    assert entry.profile == name, f"{path} must say profile: {name}"
    return entry


@lru_cache
def _rules_of(name: str) -> dict[str, RuleEntry]:
    profile = _profile(name)
    inherited = _rules_of(profile.extends) if profile.extends else {}
    return inherited | {entry.id: _over(inherited.get(entry.id), entry) for entry in profile.rules}


def _over(inherited: RuleEntry | None, entry: RuleEntry) -> RuleEntry:
    """A rule that a profile has anew, with the parameters it does not name as they were."""
    if inherited is None:
        return entry
    return entry.model_copy(update={"parameters": inherited.parameters | entry.parameters})


def _read(path: Path) -> object:
    return yaml.safe_load(path.read_text("utf-8"))
