"""What a survey is: the YAML that designs it, checked as far as it can be without a database."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dukao.base.definitions import Definition
from dukao.base.words import _noop
from dukao.registers.rules.definitions import Code, DepartmentCode, Title

Sampling = Literal["probability", "quota", "volunteer"]
Mode = Literal["phone", "face", "web"]
Allocation = Literal["proportional", "neyman", "equal"]
Weighting = Literal["raking", "poststratify", "design"]
QUESTIONS_MOST, OPTIONS_MOST = 40, 12
# What stands in the survey's words where a figure comes from no random sample.
SAMPLINGS: dict[str, str] = {
    "probability": _noop("概率样本"),
    "quota": _noop("配额样本，不是概率样本"),
    "volunteer": _noop("自愿参加，不是概率样本"),
}
MODES: dict[str, str] = {"phone": _noop("电话"), "face": _noop("入户"), "web": _noop("网上")}
ALLOCATIONS: dict[str, str] = {
    "proportional": _noop("按比例"), "neyman": _noop("最优（内曼）"), "equal": _noop("各层相同"),
}  # fmt: skip
WEIGHTINGS: dict[str, str] = {
    "raking": _noop("按边际比例迭代（耙式）"), "poststratify": _noop("事后分层"), "design": _noop("只用设计权数"),
}  # fmt: skip
_Text = Annotated[str, Field(max_length=400)]
_Name = Annotated[str, Field(min_length=1, max_length=40)]


class OptionDefinition(Definition):
    """An answer; `good` ones are added up to the share that headlines name (满意, 认为有成效)."""

    code: Code
    title: Annotated[str, Field(min_length=1, max_length=60)]
    good: bool = False


class SurveyQuestion(Definition):
    """A choice, or a whole number within `range`.

    `good_title` is what the good answers say together. `weights`: asked in order to weight, not to be published.
    """

    code: Code
    text: Annotated[str, Field(min_length=2, max_length=300)]
    kind: Literal["choice", "number"] = "choice"
    options: Annotated[tuple[OptionDefinition, ...], Field(max_length=OPTIONS_MOST)] = ()
    range: tuple[int, int] = (0, 100)
    good_title: Annotated[str, Field(max_length=40)] = ""
    weights: bool = False

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        codes = [option.code for option in self.options]
        if self.kind == "choice" and (len(codes) < 2 or len(set(codes)) < len(codes)):
            raise ValueError("选择题要有两个以上不同的选项")
        if self.kind == "number" and (codes or self.range[0] >= self.range[1]):
            raise ValueError("填数题没有选项，范围从小到大")
        return self

    @property
    def good(self) -> frozenset[str]:
        return frozenset(option.code for option in self.options if option.good)

    def title_of(self, answer: str) -> str:
        return next((option.title for option in self.options if option.code == answer), answer)


class FrameDefinition(Definition):
    """What is drawn from. The columns name those of the frame's file; `region` holds codes of units."""

    title: Title
    covers: _Text
    lacks: _Text
    stratum: _Name = "stratum"
    cluster: Annotated[str, Field(max_length=40)] = ""
    region: Annotated[str, Field(max_length=40)] = ""
    phone: _Name = "phone"
    lines: Annotated[int, Field(ge=0)] = 0  # known beforehand, for the sample size only


class SampleDefinition(Definition):
    """How large the sample is: the margin wanted for a share, and what stands between it and a count of numbers."""

    margin_points: Annotated[float, Field(gt=0, le=25)] = 3.0
    expected_percent: Annotated[float, Field(gt=0, lt=100)] = 50.0
    design_effect: Annotated[float, Field(ge=1, le=10)] = 1.0
    response_percent: Annotated[float, Field(gt=0, le=100)] = 50.0
    allocation: Allocation = "proportional"
    stratum_least: Annotated[int, Field(ge=0, le=5000)] = 0
    clusters_each: Annotated[int, Field(ge=0, le=500)] = 0
    # Spread of the answers by stratum, for Neyman's allocation; a stratum without one counts as 0.5.
    spreads: dict[str, Annotated[float, Field(gt=0, le=1)]] = {}


class QuotaDefinition(Definition):
    """So many interviews are wanted with people of this kind; from then on the cell is full."""

    where: Annotated[dict[str, str], Field(min_length=1, max_length=4)]
    wanted: Annotated[int, Field(ge=1)]


class MarginDefinition(Definition):
    """What the population is known to be: counts by a weighting question's answers or by a column of the frame."""

    variable: _Name
    source: _Text = ""
    counts: Annotated[dict[str, Annotated[int, Field(gt=0)]], Field(min_length=2, max_length=60)]


class SurveyMarks(Definition):
    """The legal marks of a statistical survey. It may be designed without them and is not carried out without."""

    issuing_body: Annotated[str, Field(max_length=120)] = ""
    form_number: Annotated[str, Field(max_length=60)] = ""
    approval_number: Annotated[str, Field(max_length=120)] = ""
    valid_until: date | None = None


class SurveyDefinition(Definition):
    code: Code
    title: Title
    purpose: _Text
    department: DepartmentCode | None = None  # for whom the office asks; none: for itself
    unit: Annotated[str, Field(pattern=r"^\d{12}$")]
    marks: SurveyMarks = SurveyMarks()
    mode: Mode = "phone"
    sampling: Sampling = "probability"
    population: Literal["public", "staff"] = "public"
    about_unit: Annotated[str, Field(pattern=r"^(\d{12})?$")] = ""  # whom the questions are about
    frame: FrameDefinition
    sample: SampleDefinition = SampleDefinition()
    consent: Annotated[str, Field(min_length=10, max_length=600)]
    cross_region: bool = False
    questions: Annotated[tuple[SurveyQuestion, ...], Field(min_length=1, max_length=QUESTIONS_MOST)]
    quotas: Annotated[tuple[QuotaDefinition, ...], Field(max_length=200)] = ()
    weighting: Weighting = "design"
    margins: Annotated[tuple[MarginDefinition, ...], Field(max_length=8)] = ()
    domains: Annotated[tuple[_Name, ...], Field(max_length=4)] = ()
    follows: Code | None = None
    begins_on: date
    ends_on: date
    synthetic: bool = False

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        codes = [question.code for question in self.questions]
        if len(set(codes)) < len(codes):
            raise ValueError("题目代码有重复")
        if self.ends_on < self.begins_on:
            raise ValueError("结束日期早于开始日期")
        for named, name in self._named():
            if name not in self.variables:
                raise ValueError(f"{named}用到的“{name}”不是题目，也不是抽样框的列")
        if (self.weighting == "design") == bool(self.margins):
            raise ValueError("用边际加权要给出总体边际；只用设计权数就不要给")
        if self.weighting == "poststratify" and len(self.margins) != 1:
            raise ValueError("事后分层只用一个变量")
        if self.sampling == "quota" and not self.quotas:
            raise ValueError("配额样本要写明配额")
        if self.population == "staff" and not self.about_unit:
            raise ValueError("问职工的调查要写明问的是对哪个单位的看法")
        return self

    @property
    def variables(self) -> frozenset[str]:
        """What quotas, margins and domains may name."""
        frame = self.frame
        return frozenset({frame.stratum, frame.region} - {""}) | {q.code for q in self.questions}

    def question(self, code: str) -> SurveyQuestion | None:
        return next((question for question in self.questions if question.code == code), None)

    def _named(self) -> list[tuple[str, str]]:
        return [
            *(("配额", name) for quota in self.quotas for name in quota.where),
            *(("总体边际", margin.variable) for margin in self.margins),
            *(("分组", name) for name in self.domains),
        ]


def missing_marks(marks: SurveyMarks, required: list[str], on: date) -> list[str]:
    """The names of the marks that are required and not there, or no longer valid."""
    missing = [name for name in required if not getattr(marks, name)]
    if marks.valid_until and marks.valid_until < on and "valid_until" in required:
        missing.append("valid_until")
    return missing


def answer_of(question: SurveyQuestion, raw: object) -> str | None:
    """The answer as it is kept: an option's code or a whole number as text; None where it is no answer."""
    text = str(raw).strip()
    if question.kind == "choice":
        return text if any(option.code == text for option in question.options) else None
    if not (text.isdecimal() and text.isascii() and len(text) < 10):
        return None
    return str(int(text)) if question.range[0] <= int(text) <= question.range[1] else None


def matches(where: Mapping[str, str], known: Mapping[str, str]) -> bool:
    """Whether somebody of whom this is known belongs to the cell."""
    return all(known.get(name) == value for name, value in where.items())
