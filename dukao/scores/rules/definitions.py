"""What a scorecard must say: the YAML that defines it, or the form of its page."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dukao.base.definitions import CODE_PATTERN, DEPARTMENT_PATTERN, Definition
from dukao.registers.rules.definitions import LevelName

# Lines that no indicator stands behind.
SATISFACTION, TASKS_FIXED = "satisfaction", "tasks_fixed"
_AMOUNT = Field(max_digits=20, decimal_places=6)


class LineDefinition(Definition):
    """One line. `of`: an indicator's code, `satisfaction`, or `tasks_fixed` (closed tasks confirmed as fixed).

    `measure`: what is judged: the value itself, or its change on the own last year or own baseline, in percent (of
    percentages in points). `floor` and `full`: where nothing and everything is given (`linear`); `full` alone is the
    target of `threshold`; `share` and `distance` need neither. `departments`: whom it holds for; where none, all.
    """

    of: Annotated[str, Field(pattern=CODE_PATTERN)]
    title: Annotated[str, Field(max_length=120)] = ""
    note: Annotated[str, Field(max_length=300)] = ""
    weight: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)]
    measure: Literal["value", "last_year", "baseline"] = "value"
    baseline_year: Annotated[int, Field(ge=2010, le=2100)] | None = None
    rule: Literal["linear", "threshold", "distance", "share"]
    floor: Annotated[Decimal, _AMOUNT] | None = None
    full: Annotated[Decimal, _AMOUNT] | None = None
    departments: Annotated[tuple[Annotated[str, Field(pattern=DEPARTMENT_PATTERN)], ...], Field(max_length=60)] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.rule == "linear" and (self.floor is None or self.full is None or self.floor == self.full):
            raise ValueError("linear（按比例）要写 floor（起点）和 full（目标），两者不能相同")
        if self.rule == "threshold" and (self.full is None or self.floor is not None):
            raise ValueError("threshold（达标）只写 full（目标）")
        if self.rule in ("share", "distance") and (self.floor is not None or self.full is not None):
            raise ValueError(f"{self.rule} 不写 floor 和 full")
        if self.rule == "share" and self.measure != "value":
            raise ValueError("share（占比）只用于指标值本身")
        if self.rule == "distance" and self.measure == "value":
            raise ValueError("distance（与自己比）要写 measure: last_year 或 baseline")
        if (self.measure == "baseline") != (self.baseline_year is not None):
            raise ValueError("measure: baseline 要写 baseline_year（基期年份），其他不写")
        return self


class ScorecardDefinition(Definition):
    """Who is scored in a year and by what: the units of `level` below `scope`, or departments of `scope`."""

    code: Annotated[str, Field(pattern=CODE_PATTERN)]
    title: Annotated[str, Field(min_length=2, max_length=120)]
    year: Annotated[int, Field(ge=2018, le=2100)]
    scope: Annotated[str, Field(pattern=r"^\d{12}$")]
    level: LevelName | None = None
    departments: Annotated[tuple[Annotated[str, Field(pattern=DEPARTMENT_PATTERN)], ...], Field(max_length=200)] = ()
    basis: Annotated[str, Field(min_length=1, max_length=300)]
    note: Annotated[str, Field(max_length=500)] = ""
    lines: Annotated[tuple[LineDefinition, ...], Field(min_length=1, max_length=200)]
    public: bool = False
    synthetic: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if (self.level is None) == (not self.departments):
            raise ValueError("考核对象写 level（下级单位的层级）或 departments（部门），只写一样")
        codes = [line.of for line in self.lines]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"同一指标写了两次：{'、'.join(twice)}")
        if len(set(self.departments)) < len(self.departments):
            raise ValueError("同一部门写了两次")
        strange = sorted({d for line in self.lines for d in line.departments} - set(self.departments))
        if strange:
            raise ValueError(f"只适用于这些部门，但它们不在考核对象里：{'、'.join(strange)}")
        if any(line.measure == "baseline" and (line.baseline_year or 0) >= self.year for line in self.lines):
            raise ValueError("基期年份要早于考核年度")
        return self
