"""What is shown of polls: rounds, papers, questions, as frozen figures."""

from dataclasses import dataclass
from datetime import date

from dukao.voice.rules.evidence import Evidence, Interval


@dataclass(frozen=True, slots=True)
class QuestionView:
    """`counts`: how often each place of the scale was given, best first; empty where it is not published.

    `evidence` is of the ratings after appeals; None while the round goes on.
    """

    code: str
    title: str
    counts: tuple[int, ...] = ()
    counts_after: tuple[int, ...] = ()  # without ratings that were found to be misjudged
    evidence: Evidence | None = None
    separates: Interval | None = None  # as narrow as chance alone has it: tells what surely differs, no error bar

    @property
    def answered(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class PaperView:
    """One rated subject in one round. What it is judged by is the first of its questions."""

    short: str
    name: str
    unit_code: str
    unit_path: str
    department_code: str
    invited: int
    issued: int
    counted: int
    questions: tuple[QuestionView, ...]
    misjudged: int
    is_published: bool
    may_invite: bool = False

    @property
    def evidence(self) -> Evidence | None:
        return self.questions[0].evidence

    @property
    def separates(self) -> Interval | None:
        return self.questions[0].separates


@dataclass(frozen=True, slots=True)
class RoundView:
    code: str
    poll_code: str
    title: str
    purpose: str
    scope_code: str
    scope_name: str
    state: str
    state_label: str
    period: int
    opens_on: date
    closes_on: date
    collected_on: date | None
    closed_on: date | None
    scale: tuple[str, ...]
    questions: tuple[QuestionView, ...]
    papers: tuple[PaperView, ...]
    floor: int
    judged_at_least: int
    response_percent_least: int
    bad_from: int
    is_synthetic: bool
    may_hold: bool = False
    groups: tuple[tuple[str, ...], ...] = ()  # papers (short), highest first, where evidence separates them

    @property
    def ends_on(self) -> date:
        """The last day: the planned one, or earlier where the round was closed before it."""
        return min(self.closes_on, self.closed_on or self.closes_on)

    @property
    def invited(self) -> int:
        return sum(one.invited for one in self.papers)

    @property
    def counted(self) -> int:
        return sum(one.counted for one in self.papers)

    @property
    def below_floor(self) -> int:
        return sum(one.counted < self.floor for one in self.papers)


@dataclass(frozen=True, slots=True)
class PollView:
    code: str
    title: str
    purpose: str
    scope_code: str
    scope_name: str
    questions: tuple[str, ...]
    subjects: tuple[str, ...]
    rounds: tuple[RoundView, ...]
    is_synthetic: bool
    may_hold: bool


@dataclass(frozen=True, slots=True)
class BatchView:
    on: date
    way: str
    way_label: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class RatingView:
    """What the page of a rater needs; nothing about who that is."""

    short: str
    round: str
    subject: str
    title: str
    state: str
    closes_on: date
    scale: tuple[str, ...]
    questions: tuple[QuestionView, ...]
    takes_residents: bool
    comment_most: int
    floor: int  # with fewer ratings than this no ballot is ever opened
    is_synthetic: bool
