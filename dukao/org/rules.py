"""Who may do what where: a role gives rights, a post gives the role over a subtree, a holding the post for a time."""

from dataclasses import dataclass
from typing import Literal

from dukao.base.refusals import NotAllowed, NotThere

Right = Literal[
    "FILINGS_FILL",      # fill in and submit the filings of the own unit
    "FILINGS_REVIEW",    # return or accept the filings of units below
    "DELIVERIES_MAKE",   # deliver data for datasets of the own department
    "REGISTERS_DEFINE",  # define elements and datasets of the own department
    "SHEETS_DESIGN",     # design sheets of the own department
    "DEMANDS_ISSUE",     # ask units below for something, through the gate
    "FIGURES_SEE",       # see figures and their passports
    "DEMANDS_SEE_ALL",   # see every department's demands in the subtree
    "DEMANDS_RECEIVE",   # stand for the unit that is asked: check codes, refuse, appeal, tell how long it took
    "PLAN_DECIDE",       # merge, trim, approve, freeze and publish the plan; grant exceptions
    "APPEALS_DECIDE",    # decide appeals and objections
    "VOICE_HOLD",        # hold polls and surveys, and see what came of them
    "RATINGS_INVITE",    # hand an invitation to rate to somebody who was served
    "ORDERS_ANSWER",     # answer the bad ratings of the own unit or department
    "INTERVIEWS_MAKE",   # ask the people who were drawn for a survey
    "CLUES_HANDLE",      # read clues about burden and follow them up
    "TASKS_DECIDE",      # set supervision tasks, review and close them
    "TASKS_DO",          # sign for, carry out and report tasks of the own unit or department
    "SCORES_DECIDE",     # set scorecards, publish scores, decide appeals against them
    "SCORES_ANSWER",     # see the own score line by line, recompute it, appeal
    "ORG_MANAGE",        # units, departments, posts, log-ins
    "TRAIL_SEE",         # read the audit trail
]

RIGHTS_OF_ROLE: dict[str, frozenset[Right]] = {
    "worker": frozenset({"FILINGS_FILL", "FIGURES_SEE", "DEMANDS_RECEIVE", "RATINGS_INVITE", "ORDERS_ANSWER",
                         "TASKS_DO"}),
    "reviewer": frozenset({"FILINGS_REVIEW", "FIGURES_SEE", "DEMANDS_RECEIVE", "RATINGS_INVITE", "ORDERS_ANSWER",
                           "TASKS_DO", "SCORES_ANSWER"}),
    "department": frozenset({"DELIVERIES_MAKE", "REGISTERS_DEFINE", "SHEETS_DESIGN", "DEMANDS_ISSUE", "FILINGS_REVIEW",
                             "FIGURES_SEE", "RATINGS_INVITE", "ORDERS_ANSWER", "TASKS_DO", "SCORES_ANSWER"}),
    "supervision": frozenset({"FIGURES_SEE", "DEMANDS_SEE_ALL", "PLAN_DECIDE", "APPEALS_DECIDE", "VOICE_HOLD",
                              "CLUES_HANDLE", "TASKS_DECIDE", "SCORES_DECIDE"}),
    "interviewer": frozenset({"INTERVIEWS_MAKE"}),
    "admin": frozenset({"ORG_MANAGE"}),
    "auditor": frozenset({"TRAIL_SEE"}),
}
# Who stands for a unit stands for that one, not for the units below it.
_OWN_UNIT_ONLY: frozenset[Right] = frozenset({
    "FILINGS_FILL", "DEMANDS_RECEIVE", "RATINGS_INVITE", "ORDERS_ANSWER", "TASKS_DO", "SCORES_ANSWER",
})  # fmt: skip
# Who gives rights, and who reads the trail, does nothing else.
_ALONE = frozenset({"admin", "auditor"})


@dataclass(frozen=True, slots=True)
class Standing:
    """A post that an actor holds today."""

    role: str
    title: str
    unit_id: int
    unit_code: str
    unit_name: str
    unit_level: int
    unit_path: str
    department_id: int | None = None
    department_code: str = ""
    department_name: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a login with the posts held today, or the house itself (`SYSTEM`, which may do everything)."""

    name: str
    display_name: str = ""
    login_id: int | None = None
    standings: tuple[Standing, ...] = ()
    is_system: bool = False

    def may(self, right: Right, unit_path: str, *, department: str = "") -> bool:
        """Whether a post gives `right` over the unit at `unit_path` (and, where given, within the department)."""
        return self.is_system or any(
            right in RIGHTS_OF_ROLE[s.role]
            and (unit_path == s.unit_path if right in _OWN_UNIT_ONLY else unit_path.startswith(s.unit_path))
            and department in ("", s.department_code)
            for s in self.standings
        )

    def has(self, right: Right) -> bool:
        """Whether the right is held anywhere: for menus, never for objects."""
        return self.is_system or any(right in RIGHTS_OF_ROLE[s.role] for s in self.standings)

    def standings_with(self, right: Right) -> tuple[Standing, ...]:
        return tuple(s for s in self.standings if right in RIGHTS_OF_ROLE[s.role])

    def require(self, right: Right, unit_path: str, *, department: str = "") -> None:
        """Raise NotThere where the right is lacking: a stranger cannot tell “not yours” from “not there”."""
        if not self.may(right, unit_path, department=department):
            raise NotThere()

    def require_anywhere(self, right: Right) -> None:
        if not self.has(right):
            raise NotAllowed("您的岗位没有这项权限", todo="如果工作需要，请系统管理员为您设置岗位")


SYSTEM = Actor(name="system", display_name="系统", is_system=True)


def may_be_held_together(roles: set[str]) -> bool:
    """Whether one person may hold posts of all these roles at once. Basis: GB/T 22239-2019#8.1.4.2."""
    return len(roles) == 1 or not roles & _ALONE


def ancestor_ids(path: str) -> tuple[int, ...]:
    """Ids from the root down to the unit itself: `/1/5/212/` → (1, 5, 212)."""
    return tuple(int(part) for part in path.strip("/").split("/"))
