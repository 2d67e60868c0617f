"""The demo city's supervision tasks, in every state: set and carried by those who would, through the room's actions."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from dukao.base.periods import Period
from dukao.base.refusals import NotThere
from dukao.demo.cast import office_of, player, reviewer_of, town_villages, worker_of
from dukao.demo.stage import CITY, Stage
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import Actor
from dukao.tasks import actions, queries
from dukao.tasks.rules.definitions import PartyEntry, TaskDefinition

_FILE = Path(__file__).parent / "tasks.yaml"
_BASIS = "市政府专题会议纪要〔{year}〕{n}号（模拟）"
_SAID = {
    "object": "按部门职责，这项由别的部门管（模拟）", "extend": "设备在路上，晚到两周（模拟）",
    "close": "看过数据，也抽看了现场（模拟）", "words": "已经办成，群众可以来看（模拟）",
    "yes": "确实办好了", "no": "还是老样子", "withdraw": "与别的事合并办（模拟）",
}  # fmt: skip


@dataclass(frozen=True)
class _Matter:
    """One line of the file."""

    title: str
    content: str
    template: str
    asker: str
    lead: str
    about: str
    raiser: str
    ago: int
    days: int
    fate: str
    element: str = ""


def set_tasks(stage: Stage) -> int:
    """Set and carry all; nothing where they are there already. Answers how many."""
    office = player("supervision-office", stage)
    if queries.tasks(viewer=office, today=stage.on, most=1):
        return 0
    lines: list[list[Any]] = yaml.safe_load(_FILE.read_text("utf-8"))
    with transaction.atomic():
        for n, line in enumerate(lines):
            _Telling(stage, office, n, _Matter(*line)).tell()
    return len(lines)


class _Telling:
    """One task's story; day by day, never beyond the day of the stage."""

    def __init__(self, stage: Stage, office: Actor, n: int, matter: _Matter) -> None:
        self.stage, self.office, self.n, self.matter = stage, office, n, matter
        self.set_on = stage.on - timedelta(days=matter.ago)
        self.due_on = self.set_on + timedelta(days=matter.days)
        counties = org.units_below(path=stage.unit.path, level=3) or (stage.unit,)
        self.county, self.other = counties[n % len(counties)], counties[(n + 1) % len(counties)]
        villages = town_villages(stage)
        self.village = villages[n % len(villages)]
        # Where there is but one county, no other one can have raised it.
        self.raiser = "code" if matter.raiser == "unit" and self.other.code == self.county.code else matter.raiser

    def tell(self) -> None:
        made = actions.set_task(task=self._definition(), by=self.office, at=self._at(0))
        self.number, self.code = made.number, made.code
        fate = self.matter.fate
        if fate == "set":
            return
        if fate == "withdrawn":
            actions.withdraw_task(task=self.number, reason=_SAID["withdraw"], by=self.office, at=self._at(3))
        elif fate in ("objected", "handed_over"):
            self._object()
        else:
            actions.sign_task(task=self.number, by=self.lead, at=self._at(1))
            self._carry(fate)

    def _carry(self, fate: str) -> None:
        if fate in ("extension", "extended"):
            until = self.due_on + timedelta(days=28)
            self._do(actions.ask_extension, self.lead, self.matter.days - 12, until=until, reason=_SAID["extend"])
            if fate == "extended":
                self._do(actions.decide_extension, self.office, self.matter.days - 10, is_granted=True,
                         decision="情况属实（模拟）")  # fmt: skip
        if fate in ("doing", "yellow", "red", "extension", "extended"):
            self._reach(upto=1 + self.n % 2)
            return
        self._reach()
        self._do(actions.report_done, self.lead, self.matter.days - 6, text="节点都到了（模拟）")
        if fate == "reported":
            return
        self._do(actions.close_task, self.office, self.matter.days - 4, text=_SAID["close"])
        if fate == "denied" or fate == "denied_fixed":
            self._answer(is_fixed=False, day=self.matter.days - 2)
        if fate == "denied_fixed":
            day = self.matter.days + 4
            self._reach(day=day)
            self._do(actions.report_done, self.lead, day)
            self._do(actions.close_task, self.office, day + 1, text=_SAID["close"])
            self._answer(is_fixed=True, day=day + 3)
        if fate == "fixed":
            self._answer(is_fixed=True, day=self.matter.days - 1)

    def _object(self) -> None:
        actions.object_to_task(task=self.number, reason=_SAID["object"], by=self.lead, at=self._at(2))
        if self.matter.fate == "handed_over":
            (party,) = (one for one in self._seen().parties if one.waits)
            self._do(
                actions.decide_objection, self.office, 5, party=party.id, is_upheld=True,
                decision="职责由信访部门牵头（模拟）", new_lead=PartyEntry(department="petitions"),
            )  # fmt: skip
            actions.sign_task(task=self.number, by=player(office_of("petitions"), self.stage), at=self._at(6))

    def _reach(self, *, upto: int = 99, day: int | None = None) -> None:
        waiting = [one for one in self._seen().milestones if one.reached_at is None][:upto]
        for k, one in enumerate(waiting, start=2):
            on = day if day is not None else min(k * max(self.matter.days // 14, 1), self.matter.days - 7)
            shared = {"task": self.number, "position": one.position, "by": self.lead, "at": self._at(on)}
            if not (one.element and self._shown_by_data(shared)):
                actions.reach_milestone(kind="words", text=_SAID["words"], **shared)

    def _shown_by_data(self, shared: dict[str, Any]) -> bool:
        """By the newest quarter or year that was held on that day."""
        quarter = Period.of(self.stage.on, "quarter")
        year = Period.of(self.stage.on, "year")
        for period in (quarter.previous(), quarter.previous().previous(), year, year.previous()):
            with suppress(actions.NothingHeld):
                actions.reach_milestone(kind="reading", period=period.code, **shared)
                return True
        return False

    def _answer(self, *, is_fixed: bool, day: int) -> None:
        text, at = _SAID["yes" if is_fixed else "no"], self._at(day)
        if self.code:
            actions.answer_with_code(code=self.code, is_fixed=is_fixed, text=text, at=at)
            return
        rounds = self._seen().closings
        drawn = queries.published_draw(number=self.number, round_number=rounds[-1].round, viewer=self.office)
        result: Any = drawn["result"]
        unit = org.unit_by_code(result["units"][0]["unit"])
        actions.answer_as_unit(task=self.number, is_fixed=is_fixed, text=text, by=self._of(unit), at=at)

    def _definition(self) -> TaskDefinition:
        place, lead = self._place(), self._lead()
        return TaskDefinition.model_validate({
            "title": f"{place.short_name}{self.matter.title}", "content": f"{self.matter.content}（模拟）",
            "template": self.matter.template, "basis": _BASIS.format(year=self.set_on.year, n=self.n + 1),
            "asker": self.matter.asker, "place": place.code, "lead": lead, "due_on": self.due_on,
            "raiser": self.raiser, "raiser_unit": self.other.code if self.raiser == "unit" else "",
            "minutes": 60 if self.matter.lead in ("town", "village") else 0, "synthetic": True,
            "milestones": self._milestones(),
        })  # fmt: skip

    def _milestones(self) -> list[dict[str, Any]]:
        """The template's, the first resting on the matter's datum where it has one."""
        if not self.matter.element:
            return []
        told = [one.model_dump() for one in queries.templates()[self.matter.template].milestones]
        return [told[0] | {"element": self.matter.element}, *told[1:]]

    @property
    def lead(self) -> Actor:
        if self.matter.lead == "county":
            return self._of(self.county)
        if self.matter.lead == "town":
            return self._of(self.stage.town)
        if self.matter.lead == "village":
            return self._of(self.village)
        return player(office_of(self.matter.lead), self.stage)

    def _lead(self) -> dict[str, str]:
        unit = {"county": self.county, "town": self.stage.town, "village": self.village}.get(self.matter.lead)
        return {"unit": unit.code} if unit else {"department": self.matter.lead}

    def _place(self) -> UnitView:
        return {"county": self.county, "town": self.stage.town}.get(self.matter.about) or org.unit_by_code(CITY)

    def _of(self, unit: UnitView) -> Actor:
        try:
            return player(worker_of(unit), self.stage)
        except NotThere:
            return player(reviewer_of(unit), self.stage)

    def _seen(self) -> queries.TaskView:
        return queries.task(number=self.number, viewer=self.office, today=self.stage.on)

    def _do(self, act: Any, by: Actor, day: int, **more: Any) -> None:
        act(task=self.number, by=by, at=self._at(day), **more)

    def _at(self, day: int) -> datetime:
        return self.stage.at(min(self.set_on + timedelta(days=max(day, 0)), self.stage.on))
