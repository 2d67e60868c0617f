"""What a task is as the office writes it down, and the templates of milestones."""

from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from dukao.base.definitions import CODE_PATTERN, Definition
from dukao.base.words import _noop

Origin = Literal["decision", "document", "meeting", "order", "clue", "finding"]
Raiser = Literal["none", "code", "unit", "clue"]
ORIGINS: dict[Origin, str] = {
    "decision": _noop("决定、批示"), "document": _noop("文件"), "meeting": _noop("会议"), "order": _noop("差评工单"),
    "clue": _noop("群众反映"), "finding": _noop("检查发现"),
}  # fmt: skip
RAISERS: dict[Raiser, str] = {
    "none": _noop("随机抽一个相邻单位"), "code": _noop("提出人凭一次性确认码"), "unit": _noop("提出的单位"),
    "clue": _noop("反映人凭回执"),
}  # fmt: skip
# Below this level the asked are the grass roots: what is asked of them is a demand.
GRASS_ROOTS_FROM = 4
_UNIT = r"^\d{12}$|^$"


class MilestoneEntry(Definition):
    """`element` names the datum that tells it, where one is held."""

    title: str = Field(min_length=1, max_length=60)
    percent: int = Field(default=100, ge=0, le=100)
    element: str = Field(default="", pattern=rf"{CODE_PATTERN}|^$")


class Template(Definition):
    """One entry of templates.yaml."""

    code: str = Field(pattern=CODE_PATTERN, max_length=40)
    title: str = Field(min_length=2)
    title_en: str = Field(min_length=2)
    milestones: tuple[MilestoneEntry, ...] = Field(min_length=1, max_length=40)


class PartyEntry(Definition):
    """Who does it: a department (its code) or a unit (its code)."""

    department: str = Field(default="", pattern=rf"{CODE_PATTERN}|^$")
    unit: str = Field(default="", pattern=_UNIT)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if bool(self.department) == bool(self.unit):
            raise ValueError("写一个部门或一个单位")
        return self


class TaskDefinition(Definition):
    """A task. `asker` is the department whose matter it is; `place` the unit that it is about. `minutes`: what the work
    itself costs each unit of the grass roots, beside signing and telling.
    """

    title: str = Field(min_length=2, max_length=120)
    content: str = Field(min_length=5, max_length=2000)
    template: str = Field(pattern=CODE_PATTERN, max_length=40)
    milestones: tuple[MilestoneEntry, ...] = Field(default=(), max_length=40)
    origin: Origin = "decision"
    origin_number: str = Field(default="", max_length=40)
    basis: str = Field(min_length=1, max_length=300)
    asker: str = Field(pattern=CODE_PATTERN, max_length=40)
    place: str = Field(pattern=r"^\d{12}$")
    lead: PartyEntry
    partners: tuple[PartyEntry, ...] = Field(default=(), max_length=20)
    due_on: date
    minutes: Decimal = Field(default=Decimal(0), ge=0, le=10_000, decimal_places=2)
    raiser: Raiser = "none"
    raiser_unit: str = Field(default="", pattern=_UNIT)
    emergency: bool = False
    synthetic: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        parties: list[PartyEntry] = [self.lead, *self.partners]
        if len(set(parties)) != len(parties):
            raise ValueError("同一个单位写了两次")
        if (self.raiser == "unit") != bool(self.raiser_unit):
            raise ValueError("由单位提出的，写明哪个单位")
        if self.raiser == "unit" and self.raiser_unit in {party.unit for party in parties}:
            raise ValueError("办的单位不能自己确认")
        if self.raiser == "clue" and self.origin != "clue":
            raise ValueError("只有线索来的，才由反映人确认")
        if self.origin == "clue" and not self.origin_number:
            raise ValueError("写明线索编号")
        return self
