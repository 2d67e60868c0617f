"""Findings: what an integrity check found wrong, where, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` names the check (`trail.chain`, `registers.totals`), `where` the place in codes a person can look up."""

    check: str
    where: str
    what: str
    todo: str
