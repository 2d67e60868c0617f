"""What a poll is, as it is written down, and what its tallies say.

Places of the scale count from the best: 1 非常满意 … 5 非常不满意. A tally is how often each
place was given, best first.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from dukao.base.definitions import CODE_PATTERN, DEPARTMENT_PATTERN, Definition
from dukao.registers.rules.definitions import LevelName

Tally = Mapping[str, Sequence[int]]
OVERALL = "overall"  # the question that is asked with two taps; the others may be left open


class QuestionEntry(Definition):
    """`title` is asked as it stands: 窗口的服务态度怎么样？"""

    code: Annotated[str, Field(pattern=CODE_PATTERN)]
    title: Annotated[str, Field(min_length=2, max_length=60)]


class PollDefinition(Definition):
    """A poll about units (`level` below `scope`, or `units`) and departments; `counter` says where people met them.

    The first question is the one that counts for satisfaction.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
    title: Annotated[str, Field(min_length=2, max_length=120)]
    purpose: Annotated[str, Field(max_length=500)] = ""
    scope: Annotated[str, Field(pattern=r"^\d{12}$")]
    level: LevelName | None = None
    units: tuple[Annotated[str, Field(pattern=r"^\d{12}$")], ...] = Field(default=(), max_length=500)
    departments: tuple[Annotated[str, Field(pattern=DEPARTMENT_PATTERN)], ...] = Field(default=(), max_length=200)
    counter: Annotated[str, Field(max_length=30)] = ""
    questions: tuple[QuestionEntry, ...] = Field(
        default=(QuestionEntry(code=OVERALL, title="这次办事，您满意吗？"),), min_length=1, max_length=10
    )
    synthetic: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if not (self.level or self.units or self.departments):
            raise ValueError("要写明评谁：level、units 或 departments")
        if self.questions[0].code != OVERALL:
            raise ValueError(f"第一个问题是总体评价，代码应为 {OVERALL}")
        codes = [one.code for one in self.questions]
        if len(set(codes)) < len(codes):
            raise ValueError("问题的代码有重复")
        if len(set(self.units)) < len(self.units) or len(set(self.departments)) < len(self.departments):
            raise ValueError("评的对象有重复")
        return self


def satisfied(tally: Sequence[int], *, bad_from: int) -> int:
    """How many of a question's answers are no bad ones."""
    return sum(tally[: bad_from - 1])


def without(tally: Tally, upheld: Sequence[Mapping[str, int]]) -> dict[str, list[int]]:
    """The tally without these ratings (question → place), which were found to be misjudged."""
    rest = {question: list(counts) for question, counts in tally.items()}
    for levels in upheld:
        for question, place in levels.items():
            if question in rest:
                rest[question][place - 1] -= 1
    assert all(n >= 0 for counts in rest.values() for n in counts), "only what was counted is taken out"
    return rest


def percent_of(part: int, whole: int) -> float:
    """For showing only; 0 of nothing."""
    return 100 * part / whole if whole else 0.0
