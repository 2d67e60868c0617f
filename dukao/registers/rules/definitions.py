"""What a data element and a dataset are: the YAML that defines them, checked as far as it can be without a database."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from dukao.base.definitions import CODE_PATTERN, DEPARTMENT_PATTERN, Definition
from dukao.base.periods import PeriodType
from dukao.base.quantities import NotANumber, scaled_from_decimal

# A code is a name inside rules (`a + b <= c`), so it has neither a dash nor a capital.
Code = Annotated[str, Field(pattern=CODE_PATTERN)]
DepartmentCode = Annotated[str, Field(pattern=DEPARTMENT_PATTERN)]
Title = Annotated[str, Field(min_length=1, max_length=120)]
LevelName = Literal["country", "province", "city", "county", "town", "village"]
LEVEL_OF: dict[str, int] = {"country": 0, "province": 1, "city": 2, "county": 3, "town": 4, "village": 5}

# How long a figure stays fresh where the definition does not say: a period and half a period.
_FRESH_DAYS: dict[str, int] = {"year": 550, "quarter": 135, "month": 45, "day": 7}


def _ordered(bounds: tuple[Decimal | None, Decimal | None]) -> tuple[Decimal | None, Decimal | None]:
    low, high = bounds
    if low is not None and high is not None and low > high:
        raise ValueError(f"下限 {low} 大于上限 {high}")
    return bounds


Bounds = Annotated[tuple[Decimal | None, Decimal | None], AfterValidator(_ordered)]
_OPEN: tuple[None, None] = (None, None)


class CodeItem(Definition):
    """One entry of a code list; a bare `"1"` in YAML is a code that is its own title."""

    code: Annotated[str, Field(min_length=1, max_length=40)]
    title: Annotated[str, Field(max_length=80)] = ""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, data: Any) -> Any:
        return data if isinstance(data, dict | CodeItem) else {"code": data, "title": str(data)}


class AddsUp(Definition):
    units: Literal["sum", "mean", "none"]
    periods: Literal["sum", "mean", "last", "none"]


class ElementDefinition(Definition):
    """A data element (数据元)."""

    code: Code
    title: Title
    title_en: Annotated[str, Field(max_length=160)] = ""
    definition: Annotated[str, Field(max_length=2000)] = ""
    definition_en: Annotated[str, Field(max_length=2000)] = ""
    aliases: Annotated[tuple[Title, ...], Field(max_length=50)] = ()
    about: Literal["unit", "person", "household", "enterprise", "asset"] = "unit"
    kind: Literal["number", "text", "code"] = "number"
    unit: Annotated[str, Field(max_length=20)] = ""
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    range: Bounds = _OPEN
    codes: Annotated[tuple[CodeItem, ...], Field(max_length=500)] = ()
    period: PeriodType
    adds_up: AddsUp | None = None
    level: LevelName
    fresh_days: Annotated[int, Field(ge=0, le=4000)] | None = None
    sensitivity: Literal["public", "internal", "sensitive"] = "internal"
    owner: DepartmentCode | Literal[""] = ""
    minutes: Annotated[Decimal, Field(ge=0, le=600, decimal_places=2)] = Decimal("0.5")
    synthetic: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.kind == "number" and self.adds_up is None:
            raise ValueError("数字要写明如何汇总：adds_up: {units: sum|mean|none, periods: sum|mean|last|none}")
        if self.kind != "number" and (self.decimals or self.unit or self.range != _OPEN or self.adds_up):
            raise ValueError("文字和代码没有 decimals、unit、range、adds_up")
        if (self.kind == "code") != bool(self.codes):
            raise ValueError("kind: code 要有代码表 codes，其他类型不能有")
        repeated(item.code for item in self.codes)
        self.scaled_range()
        return self

    def scaled_range(self) -> tuple[int | None, int | None]:
        """The range as integers scaled by `decimals`."""
        return scaled_bounds(self.range, self.decimals)

    @property
    def fresh_for_days(self) -> int:
        return _FRESH_DAYS[self.period] if self.fresh_days is None else self.fresh_days


# Python and the database read these alike; looking around and back-references the database does not know.
_ODD_PATTERN = re.compile(r"\(\?(?!:)|\\[0-9AZzGpPXKQECk]|[*+?}]\+|\{\d{4,}|,\d{4,}\}")


def _refuse_odd_pattern(pattern: str) -> None:
    try:
        re.compile(pattern, re.ASCII)
    except re.error as error:
        raise ValueError(f"pattern 不是正则表达式：{error}") from None
    if odd := _ODD_PATTERN.search(pattern):
        raise ValueError(f"pattern 里不能用“{odd[0]}”")


class ColumnDefinition(Definition):
    """One column of a dataset (信息项). A number's values are kept with exactly `decimals` decimals."""

    name: Code
    title: Title
    type: Literal["text", "integer", "decimal", "date", "unit", "code"]
    required: bool = False
    aliases: Annotated[tuple[Title, ...], Field(max_length=50)] = ()
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    range: Bounds = _OPEN
    codes: Annotated[tuple[CodeItem, ...], Field(max_length=5000)] = ()
    pattern: Annotated[str, Field(max_length=200)] = ""
    max_length: Annotated[int, Field(ge=1, le=4000)] = 500
    element: Code | Literal[""] = ""
    unit: Annotated[str, Field(max_length=20)] = ""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if (self.type == "code") != bool(self.codes):
            raise ValueError("type: code 要有代码表 codes，其他类型不能有")
        if self.type != "decimal" and self.decimals:
            raise ValueError("只有 type: decimal 有 decimals")
        if not self.is_number and (self.range != _OPEN or self.unit):
            raise ValueError("只有数字有 range 和 unit")
        if self.pattern and self.type != "text":
            raise ValueError("只有 type: text 有 pattern")
        _refuse_odd_pattern(self.pattern)
        repeated(item.code for item in self.codes)
        self.scaled_range()
        return self

    @property
    def is_number(self) -> bool:
        return self.type in ("integer", "decimal")

    def scaled_range(self) -> tuple[int | None, int | None]:
        return scaled_bounds(self.range, self.decimals)


Operand = Annotated[str, Field(max_length=200)]


class Filter(Definition):
    """`{column: kind, is: A}`; exactly one comparison. Text compares as text, numbers and dates as what they are."""

    column: Code
    is_: Annotated[Operand | None, Field(alias="is")] = None
    in_: Annotated[tuple[Operand, ...] | None, Field(alias="in", min_length=1, max_length=500)] = None
    not_: Annotated[Operand | None, Field(alias="not")] = None
    at_least: Operand | None = None
    at_most: Operand | None = None

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        if sum(v is not None for v in (self.is_, self.in_, self.not_, self.at_least, self.at_most)) != 1:
            raise ValueError("每个条件只写一种比较：is、in、not、at_least 或 at_most")
        return self


class Measure(Definition):
    """How rows become facts of one element."""

    element: Code
    function: Literal["sum", "count", "count_distinct", "mean", "last"]
    column: Code | Literal[""] = ""
    where: Annotated[tuple[Filter, ...], Field(max_length=20)] = ()
    empty: Literal["zero", "unknown"] = "unknown"

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if (self.function == "count") == bool(self.column):
            raise ValueError("count 数行，不写 column；其他函数要写 column")
        if self.empty == "zero" and self.function not in ("sum", "count", "count_distinct"):
            raise ValueError("empty: zero 只用于 sum、count、count_distinct")
        return self


class Category(Definition):
    """Place in the catalogue (GB/T 21063.4): 类、项、目、细目."""

    class_: Annotated[Title, Field(alias="class")]
    item: Title
    category: Annotated[str, Field(max_length=120)] = ""
    detail: Annotated[str, Field(max_length=120)] = ""


class DatasetDefinition(Definition):
    """A government information resource (政务信息资源) with GB/T 21063 core metadata, columns and measures."""

    code: Code
    title: Title
    provider: DepartmentCode
    summary: Annotated[str, Field(max_length=2000)] = ""
    catalogue_code: Annotated[str, Field(max_length=60)] = ""
    category: Category | None = None
    format: Literal["csv", "xlsx", "xls", "parquet"] = "csv"
    share_type: Literal[1, 2, 3] = 2
    share_condition: Annotated[str, Field(max_length=500)] = ""
    share_method: Annotated[str, Field(max_length=500)] = ""
    open_type: Literal[1, 2, 3] = 3
    update_cycle: Annotated[int, Field(ge=1, le=9)] = 8
    published_on: date | None = None
    period: PeriodType
    accept_days: Annotated[int, Field(ge=0, le=4000)] = 400
    columns: Annotated[tuple[ColumnDefinition, ...], Field(min_length=1, max_length=300)]
    key: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    unit_column: Code | Literal[""] = ""
    date_column: Code | Literal[""] = ""
    period_column: Code | Literal[""] = ""
    measures: Annotated[tuple[Measure, ...], Field(max_length=300)] = ()
    synthetic: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        repeated((c.name for c in self.columns), "列")
        self._column_is("unit_column", "unit")
        self._column_is("date_column", "date")
        self._column_is("period_column", "text")
        if self.date_column and self.period_column:
            raise ValueError("date_column 与 period_column 只写一个")
        for name in self.key:
            self.column(name)
        for measure in self.measures:
            self._check_measure(measure)
        repeated([m.element for m in self.measures] + [c.element for c in self.columns if c.element], "数据元")
        return self

    def _column_is(self, field: str, kind: str) -> None:
        if (name := getattr(self, field)) and self.column(name).type != kind:
            raise ValueError(f"{field} “{name}”的类型应为 {kind}")

    def _check_measure(self, measure: Measure) -> None:
        if measure.column and measure.function in ("sum", "mean") and not self.column(measure.column).is_number:
            raise ValueError(f"{measure.element}：“{measure.column}”不是数字，不能 {measure.function}")
        for condition in measure.where:
            self.column(condition.column)

    def column(self, name: str) -> ColumnDefinition:
        for column in self.columns:
            if column.name == name:
                return column
        raise ValueError(f"没有名为“{name}”的列")


def repeated(names: Any, what: str = "代码") -> None:
    """Raise ValueError naming the first name that comes twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what}“{name}”写了两次")
        seen.add(name)


def scaled_bounds(bounds: Bounds, decimals: int) -> tuple[int | None, int | None]:
    """Bounds as scaled integers. Raises ValueError where they have more decimals than are kept."""
    try:
        low, high = (None if bound is None else scaled_from_decimal(bound, decimals) for bound in bounds)
    except NotANumber as error:
        raise ValueError(f"range：{error}") from None
    return low, high
