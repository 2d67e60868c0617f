"""How often units were asked the same: rounds of one sheet, or of sheets that ask mostly the same, within a year.

1. A round counts for the units that it reached: sent to a county in spring and to the city in autumn, a village of the
   county was asked twice, its neighbours once. The village that was asked most often decides.
2. Emergencies are told apart and do not count. Neither does a round that was taken back, unless something of it had
   been accepted: then its answers were used.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Round:
    """One dispatch that asked the same of units below `scope_path`."""

    scope_path: str
    sheet_code: str
    sheet_title: str
    is_emergency: bool
    is_withdrawn: bool
    was_used: bool  # something of it was accepted

    @property
    def counts(self) -> bool:
        return not self.is_emergency and (self.was_used or not self.is_withdrawn)


@dataclass(frozen=True, slots=True)
class Rounds:
    """`counted`: what the unit that was asked most often has had. `others`: titles of other sheets among them."""

    counted: int = 0
    emergencies: int = 0
    withdrawn: int = 0
    others: tuple[str, ...] = ()


NO_ROUNDS = Rounds()


def rounds_before(found: Sequence[Round], *, sheet_code: str, scope_path: str) -> Rounds:
    """What the rounds come to for a sheet that is to go to the units below `scope_path`."""
    counting = [one for one in found if one.counts]
    return Rounds(
        counted=_most_of_one_unit(scope_path, [one.scope_path for one in counting]),
        emergencies=sum(one.is_emergency for one in found),
        withdrawn=sum(one.is_withdrawn and not one.is_emergency and not one.was_used for one in found),
        others=tuple(dict.fromkeys(one.sheet_title for one in counting if one.sheet_code != sheet_code)),
    )


def _most_of_one_unit(scope_path: str, paths: Sequence[str]) -> int:
    """How many of the paths lie on the way to one unit of the scope, at most."""
    whole = sum(scope_path.startswith(path) for path in paths)
    parts = [path for path in paths if path != scope_path and path.startswith(scope_path)]
    return whole + max((sum(part.startswith(path) for path in parts) for part in parts), default=0)
