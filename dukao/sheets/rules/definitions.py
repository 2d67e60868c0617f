"""What a sheet is: the YAML that defines it, checked as far as it can be without a database."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from dukao.base.definitions import Definition
from dukao.base.periods import PeriodType
from dukao.registers.rules.definitions import Code, DepartmentCode, LevelName, Title
from dukao.sheets.rules.checks import BadCheck, parse

LegalType = Literal["statistical", "administrative"]
Frequency = Literal["once", "yearly", "quarterly", "monthly", "weekly", "daily"]
QUESTIONS_LIMIT = 500


class LegalMarks(Definition):
    """The four legal marks (法定标识). A sheet may be drafted without them and is not dispatched without them."""

    type: LegalType
    form_number: Annotated[str, Field(max_length=60)] = ""
    issuing_body: Annotated[str, Field(max_length=120)] = ""
    approval_number: Annotated[str, Field(max_length=120)] = ""
    valid_until: date | None = None


class QuestionDefinition(Definition):
    """A question: an element, with a label where the sheet calls it by another name."""

    element: Code
    label: Annotated[str, Field(max_length=160)] = ""
    note: Annotated[str, Field(max_length=300)] = ""
    required: bool = True


class SectionDefinition(Definition):
    title: Annotated[str, Field(max_length=80)] = ""
    questions: Annotated[tuple[QuestionDefinition, ...], Field(min_length=1)]


class CheckDefinition(Definition):
    """A cross-check over element codes of the sheet, such as `export + domestic <= sales`."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    rule: Annotated[str, Field(min_length=3, max_length=500)]
    message: Annotated[str, Field(min_length=1, max_length=200)]
    level: Literal["error", "warning"] = "error"

    @field_validator("rule")
    @classmethod
    def _parses(cls, rule: str) -> str:
        try:
            parse(rule)
        except BadCheck as problem:
            raise ValueError(str(problem)) from None
        return rule


class SheetDefinition(Definition):
    """A sheet (报表)."""

    code: Code
    title: Title
    issuer: DepartmentCode
    legal: LegalMarks
    period: PeriodType
    frequency: Frequency
    level: LevelName
    sections: Annotated[tuple[SectionDefinition, ...], Field(max_length=100)] = ()
    checks: Annotated[tuple[CheckDefinition, ...], Field(max_length=200)] = ()
    notes: Annotated[tuple[Annotated[str, Field(max_length=500)], ...], Field(max_length=50)] = ()
    synthetic: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        codes = self.element_codes
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"同一个数据元只能问一次：{'、'.join(twice)}")
        if len(codes) > QUESTIONS_LIMIT:
            raise ValueError(f"一张表最多 {QUESTIONS_LIMIT} 项，现有 {len(codes)} 项")
        for check in self.checks:
            if strange := sorted(parse(check.rule).codes - set(codes)):
                raise ValueError(f"校验“{check.name}”用到了表里没有的数据元：{'、'.join(strange)}")
        return self

    @property
    def element_codes(self) -> tuple[str, ...]:
        return tuple(question.element for section in self.sections for question in section.questions)
