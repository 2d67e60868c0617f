"""What an item of the inspection plan is: the definition that departments write, and the words of the law for it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from dukao.base.definitions import CODE_PATTERN, Definition
from dukao.base.words import _noop
from dukao.registers.rules import LEVEL_OF
from dukao.registers.rules.definitions import LevelName

Kind = Literal["comprehensive", "special", "event", "daily", "clue"]
Method = Literal[
    "explain", "report", "check", "unannounced", "hearing", "documents", "clues", "talk", "internet"
]  # fmt: skip

# 政府督查工作条例#14
KINDS: dict[str, str] = {
    "comprehensive": _noop("综合督查"), "special": _noop("专项督查"), "event": _noop("事件调查"),
    "daily": _noop("日常督办"), "clue": _noop("线索核查"),
}  # fmt: skip
# 政府督查工作条例#12: eight ways, of which the third is told apart by whether it is announced.
METHODS: dict[str, str] = {
    "explain": _noop("自查、说明情况"), "report": _noop("听取汇报"), "check": _noop("检查、访谈"),
    "unannounced": _noop("暗访（四不两直）"), "hearing": _noop("座谈、听证、统计、评估"),
    "documents": _noop("调阅、复制资料"), "clues": _noop("信函、电话、媒体收集线索"), "talk": _noop("约谈"),
    "internet": _noop("“互联网+督查”"),
}  # fmt: skip
ORIGINS: dict[str, str] = {
    "planned": _noop("计划内"), "exception": _noop("一事一报"), "emergency": _noop("应急"),
}  # fmt: skip
STATES: dict[str, str] = {
    "proposed": _noop("待审议"), "approved": _noop("已批准"), "merged": _noop("已并入"), "refused": _noop("未通过"),
    "withdrawn": _noop("已撤回"),
}  # fmt: skip
PLAN_STATES: dict[str, str] = {
    "collecting": _noop("征集中"), "frozen": _noop("已定稿"), "published": _noop("已公布"),
}  # fmt: skip
# Nobody comes for these: their questions are answered from data (不到现场).
REMOTE_METHOD = "internet"
# What an item's number begins with.
PREFIXES: dict[str, str] = {"planned": "JH", "exception": "YS", "emergency": "YJ"}
_VISITS_LIMIT = 20_000
_MINUTES_LIMIT = 2_400


class QuestionEntry(Definition):
    """Something that may be asked on the spot. `element` where it is a datum of the registers."""

    text: str = Field(min_length=1, max_length=200)
    element: str = Field(default="", pattern=rf"{CODE_PATTERN}|^$")


class TargetEntry(Definition):
    """A unit that the item names, and how often it may be visited."""

    unit: str = Field(pattern=r"^\d{12}$")
    visits: int = Field(default=1, ge=1, le=52)


class ItemDefinition(Definition):
    """An item as a department proposes it. Without targets it reaches all units of its level below its scope.

    `visits` is the most in its whole life, all targets together; where it is not given, as often as its targets say.
    """

    title: str = Field(min_length=2, max_length=120)
    topic: str = Field(pattern=CODE_PATTERN, max_length=40)
    kind: Kind = "special"
    method: Method = "check"
    basis: str = Field(min_length=1, max_length=300)
    purpose: str = Field(min_length=1, max_length=500)
    questions: tuple[QuestionEntry, ...] = Field(default=(), max_length=60)
    criteria: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(default=(), max_length=200)
    scope: str = Field(pattern=r"^\d{12}$")
    level: LevelName
    targets: tuple[TargetEntry, ...] = Field(default=(), max_length=3000)
    starts_on: date
    ends_on: date
    visits: int | None = Field(default=None, ge=1, le=_VISITS_LIMIT)
    minutes_per_visit: Decimal = Field(default=Decimal(90), ge=0, le=_MINUTES_LIMIT, decimal_places=2)
    synthetic: bool = False

    @field_validator("questions", mode="before")
    @classmethod
    def _plain_questions(cls, given: Any) -> Any:
        return [{"text": one} if isinstance(one, str) else one for one in given] if isinstance(given, list) else given

    @field_validator("targets", mode="before")
    @classmethod
    def _plain_targets(cls, given: Any) -> Any:
        if not isinstance(given, list):
            return given
        return [one if isinstance(one, dict | TargetEntry) else {"unit": str(one)} for one in given]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("结束日期早于开始日期")
        if self.method != REMOTE_METHOD and not self.minutes_per_visit:
            raise ValueError("要到现场的，写明每次多少分钟")
        codes = [target.unit for target in self.targets]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"对象写了两次：{'、'.join(twice[:5])}")
        if not self.targets and self.visits is None:
            raise ValueError("没有列出对象时，要写明总次数")
        if self.targets and self.visits is not None and self.visits > self.visits_of_targets:
            raise ValueError(f"总次数 {self.visits} 多于各对象次数之和 {self.visits_of_targets}")
        return self

    @property
    def visits_of_targets(self) -> int:
        return sum(target.visits for target in self.targets)

    @property
    def visits_most(self) -> int:
        return self.visits if self.visits is not None else self.visits_of_targets

    @property
    def level_number(self) -> int:
        return LEVEL_OF[self.level]

    @property
    def minutes_hundredths_per_visit(self) -> int:
        return 0 if self.method == REMOTE_METHOD else int(self.minutes_per_visit * 100)
