"""One in, one out: where the profile wants it, a new demand takes the place of one that has ended."""

from datetime import date, timedelta

from dukao.law.rules import Rule

# How far back an ended demand may be to make room for a new one.
WITHIN_DAYS = 365


def needs_place(rule: Rule, *, kind: str, is_emergency: bool) -> bool:
    """Whether BRD-1 asks this demand to name one whose place it takes."""
    wanted = rule.parameters["one_in_one_out"] and kind in rule.parameters["one_in_one_out_kinds"]
    return bool(wanted) and not is_emergency


def has_ended(*, issued_on: date, due_on: date, is_withdrawn: bool, today: date) -> bool:
    """Over: its day has passed or it was taken back, and it was issued within the year."""
    return (is_withdrawn or due_on < today) and issued_on > today - timedelta(days=WITHIN_DAYS)


def last_due_day(rule: Rule, today: date) -> date:
    """The last day by which a demand issued today may be due: one without an end is never done."""
    return today + timedelta(days=rule.parameters["demand_days_most"])
