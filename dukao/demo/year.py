"""A year at the gate: the plan of forty departments, the visits it led to, documents, meetings, appeals. 模拟数据.

1. In January departments propose, the office approves, freezes and publishes, and the year is merged into joint visits.
2. Until the day of the story the joint calendar is carried out; of the weeks to come, what is near is booked.
3. Beside it goes what such a year also has: two villages crowded in the flood season, three documents that dodge a
   rule, visits without a code, demands appealed against, meetings longer than planned.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from dukao.base.definitions import checked, read_entries
from dukao.base.refusals import Refused
from dukao.demo.cast import town_villages
from dukao.demo.chance import uniform
from dukao.demo.figures import DEFINITIONS
from dukao.demo.stage import CITY, Stage
from dukao.gate import actions, queries
from dukao.gate.actions import Paper
from dukao.gate.rules.items import REMOTE_METHOD, ItemDefinition
from dukao.gate.rules.meetings import MeetingDefinition
from dukao.law.workdays import is_workday, workday_after
from dukao.org import queries as org
from dukao.org.queries import UnitView
from dukao.org.rules import SYSTEM
from dukao.registers import queries as registers

_BOOKED_AHEAD, _BOOKED_BEFORE = timedelta(days=21), timedelta(days=10)
_CAME_BEFORE, _COMES_IN = timedelta(days=25), timedelta(days=8)
_QUARTER_TOLD = timedelta(days=16)  # by then departments have delivered the quarter before
_DOCUMENTS_EACH, _MEETINGS_EACH = 8, 2
_BASELINES = {"document": 41_000, "meeting": 9_800, "visit": 31_000}  # received in the city in 2018, invented
_SOURCE = "2018年基层负担台账（模拟）"


@dataclass(frozen=True)
class Year:
    """The year of a stage: what is invented for it, and how to bring it about."""

    stage: Stage

    @cached_property
    def told(self) -> dict[str, Any]:
        text = (Path(__file__).parent / "year.yaml").read_text("utf-8")
        found: dict[str, Any] = yaml.safe_load(text)
        return found

    @cached_property
    def number(self) -> int:
        return self.stage.quarter.year

    @cached_property
    def departments(self) -> dict[str, str]:
        return {str(e.data["code"]): str(e.data["name"]) for e in read_entries(DEFINITIONS / "departments.yaml")}

    @cached_property
    def places(self) -> dict[str, tuple[UnitView, ...]]:
        path = self.stage.unit.path
        return {
            "village": org.units_below(path=path, level=5), "town": org.units_below(path=path, level=4),
            "county": org.units_below(path=path, level=3) or (self.stage.unit,),
        }  # fmt: skip

    @property
    def is_there(self) -> bool:
        return bool(queries.plan_items(year=self.number, unit=CITY, viewer=SYSTEM, on=self.stage.on))


def live_through(stage: Stage, note: Callable[[str], None]) -> None:
    """Bring the year about, up to the morning of the story; nothing where it is there already."""
    year = Year(stage)
    if year.is_there:
        return
    with transaction.atomic():
        _compare_with_2018(year)
        _make_the_plan(year)
    visits = _carry_out(year)
    with transaction.atomic():
        visits += _crowd_two_villages(year) + _come_unannounced(year)
        _look_remotely(year)
        _grant_exceptions(year)
        _be_turned_away(year)
    with transaction.atomic():
        documents = _issue_documents(year) + _dodge(year)
        meetings = _hold_meetings(year)
    with transaction.atomic():
        _appeal(year)
    note(f"{visits} 次检查 · {documents} 件文件 · {meetings} 次会议")


def _compare_with_2018(year: Year) -> None:
    at = year.stage.at(date(year.number, 1, 4))
    for kind, count in _BASELINES.items():
        actions.set_baseline(unit=CITY, kind=kind, year=2018, count=count, source=_SOURCE, is_synthetic=True, by=SYSTEM,
                             at=at)  # fmt: skip
    for kind in ("document", "meeting"):
        for n, code in enumerate(sorted(year.departments)):
            last = 12 + int(6 * uniform(f"last/{kind}", n)) if kind == "document" else 3
            actions.set_baseline(
                unit=CITY, department=code, kind=kind, year=year.number - 1, count=last, is_synthetic=True, by=SYSTEM,
                source=f"{year.number - 1}年台账（模拟）", at=at,
            )  # fmt: skip


def _make_the_plan(year: Year) -> None:
    at = year.stage.at(date(year.number, 1, 6))
    numbers = []
    for n, (department, title, topic, kind, purpose, question, criterion, first, last, level, share) in enumerate(
        year.told["items"]
    ):
        every = year.places[level]
        wanted = max(1, len(every) * share // 100)
        drawn = _drawn(every, n)[:wanted]
        definition = _item(
            year, title=title, topic=topic, kind=kind, purpose=purpose, questions=[question], criteria=[criterion],
            level=level, targets=[unit.code for unit in drawn], starts_on=date(year.number, first, 1),
            ends_on=_month_end(year.number, last), minutes_per_visit=60 + 30 * (n % 3),
            basis=f"{year.departments[department]}{year.number}年工作要点（模拟）",
        )  # fmt: skip
        kept = actions.propose_item(year=year.number, department=department, definition=definition, by=SYSTEM, at=at)
        numbers.append(kept.number)
    numbers += [
        actions.propose_item(year=year.number, department=department, definition=definition, by=SYSTEM, at=at).number
        for department, definition in (*_remote_items(year), *_unannounced_items(year))
    ]
    at = year.stage.at(date(year.number, 1, 16))
    for number in numbers:
        actions.approve_item(number=number, reason="确有必要，控制在申报次数以内", by=SYSTEM, at=at)
    place = {"year": year.number, "unit": CITY, "by": SYSTEM}
    actions.freeze_plan(**place, at=year.stage.at(date(year.number, 1, 20)))
    actions.publish_plan(**place, at=year.stage.at(date(year.number, 1, 23)))
    proposal = actions.propose_joint(**place, at=year.stage.at(date(year.number, 1, 26)))
    actions.adopt_joint(proposal=proposal, by=SYSTEM, at=year.stage.at(date(year.number, 1, 27)))


def _carry_out(year: Year) -> int:
    """The joint calendar, day by day: what was is concluded, what is near is booked; a few did not come."""
    plan = queries.joint_plan(year=year.number, unit=CITY, viewer=SYSTEM)
    assert plan is not None, "the plan was merged"
    done = 0
    for month in range(1, 13):
        with transaction.atomic():
            for n, one in enumerate(queries.joint_visits(plan=plan, viewer=SYSTEM, month=month, most=100_000)):
                if one.on > year.stage.on + _BOOKED_AHEAD:
                    break
                booked_on = min(one.on - _BOOKED_BEFORE, year.stage.on - timedelta(days=1))
                held = actions.hold_visit(
                    items=[item.number for item in one.items], unit=one.unit_code, on=one.on, mode="announced",
                    purpose="；".join(item.title for item in one.items)[:400],
                    people=[{"name": "", "office": item.department_name} for item in one.items],
                    team_size=len(one.items) + 1, request_key=f"demo-{one.unit_code}-{one.on}", by=SYSTEM,
                    at=year.stage.at(booked_on),
                )  # fmt: skip
                if one.on < year.stage.on:
                    done += _come(year, held, one.unit_code, one.on, may_fail=n % 29 == 7)
    return done


def _come(year: Year, held: Any, unit: str, on: date, *, may_fail: bool = False) -> int:
    if may_fail:
        before = year.stage.at(on - timedelta(days=1))
        actions.give_back(visit=held.number, reason="与防汛值守冲突，改期", by=SYSTEM, at=before)
        return 0
    actions.arrive(code=held.code, unit=unit, by=SYSTEM, at=year.stage.at(on, 9, 20))
    if on + timedelta(days=12) < year.stage.on:
        actions.conclude_visit(
            visit=held.number, conclusion="情况属实，需要帮助的事项已记下，由牵头部门答复。", by=SYSTEM,
            at=year.stage.at(workday_after(on, 3)),
        )  # fmt: skip
    return 1


def _remote_items(year: Year) -> Iterator[tuple[str, ItemDefinition]]:
    """Items for which nobody comes: what they ask stands in the registers. With the department of each."""
    for n, (department, title, topic, purpose, codes, criterion, first, last, villages) in enumerate(
        year.told["remote"]
    ):
        elements = registers.elements_by_code(codes)
        yield department, _item(
            year, title=title, topic=topic, method="internet", purpose=purpose, level="village", criteria=[criterion],
            questions=[{"text": elements[code].title, "element": code} for code in codes],
            targets=[unit.code for unit in _drawn(year.places["village"], 1_000 + n)[:villages]],
            starts_on=date(year.number, first, 1), ends_on=_month_end(year.number, last),
            basis=f"{year.departments[department]}{year.number}年工作要点（模拟）",
        )  # fmt: skip


def _look_remotely(year: Year) -> None:
    """Two thirds of the villages of such items are looked at, one a week, as far as their data have come."""
    for item in queries.plan_items(year=year.number, unit=CITY, viewer=SYSTEM, on=year.stage.on):
        if item.method != REMOTE_METHOD:
            continue
        targets = queries.plan_item(number=item.number, viewer=SYSTEM, on=year.stage.on).targets
        for n, target in enumerate(targets[: 2 * len(targets) // 3]):
            on = _workday(item.starts_on + _QUARTER_TOLD + timedelta(days=7 * n))
            if on >= year.stage.on:
                break
            with suppress(Refused):
                seen = actions.look_remotely(
                    item=item.number, unit=target.unit_code, request_key=f"demo-remote-{item.number}-{n}", by=SYSTEM,
                    at=year.stage.at(on),
                )  # fmt: skip
                actions.conclude_visit(
                    visit=seen.number, conclusion="数据与上报一致，没有派人去。", by=SYSTEM, at=year.stage.at(on, 16),
                )  # fmt: skip


def _unannounced_items(year: Year) -> Iterator[tuple[str, ItemDefinition]]:
    """Items that say what is looked at, and not where: the villages that have a log-in. With the department of each."""
    for department, title, topic, purpose, question, criterion, first, last in year.told["unannounced"]:
        yield department, _item(
            year, title=title, topic=topic, method="unannounced", purpose=purpose, questions=[question],
            criteria=[criterion], level="village", targets=[unit.code for unit in town_villages(year.stage)],
            starts_on=date(year.number, first, 1), ends_on=_month_end(year.number, last), minutes_per_visit=60,
            basis=f"{year.departments[department]}{year.number}年工作要点（模拟）",
        )  # fmt: skip


def _come_unannounced(year: Year) -> int:
    """Of each such item one visit that came, and one under seal still to come, to the village that is followed."""
    done, on = 0, year.stage.on
    for item in queries.plan_items(year=year.number, unit=CITY, viewer=SYSTEM, on=on):
        if not item.is_unannounced:
            continue
        came = next(v for v in reversed(town_villages(year.stage)) if v != year.stage.village)
        for unit, wanted in ((came, on - _CAME_BEFORE), (year.stage.village, on + _COMES_IN)):
            booked_on = min(wanted, on) - timedelta(days=3)
            free = queries.booking_what_if(
                items=[item.number], unit=unit.code, on=wanted, mode="unannounced", viewer=SYSTEM, today=booked_on
            ).free_on  # fmt: skip
            if not free:
                continue
            day = free[0]
            held = actions.hold_visit(
                items=[item.number], unit=unit.code, on=day, mode="unannounced", purpose=item.purpose,
                people=[{"name": "", "office": item.department_name}], team_size=2,
                request_key=f"demo-unannounced-{unit.code}", by=SYSTEM, at=year.stage.at(booked_on),
            )  # fmt: skip
            if day < on:
                actions.arrive(code=held.code, unit=unit.code, by=SYSTEM, at=year.stage.at(day, 9, 40))
                told = "有人值守，来办事的群众当场办完。"
                actions.conclude_visit(visit=held.number, conclusion=told, by=SYSTEM, at=year.stage.at(day, 16))
                done += 1
    return done


def _crowd_two_villages(year: Year) -> int:
    """Emergencies pass the caps of a unit, and the review shows whom they fell upon."""
    done = 0
    chosen = [v for v in year.places["village"] if int(v.code) % 1000 >= 200][3:5]
    for n, (department, title, topic, kind, purpose, question, criterion, month, visits) in enumerate(
        year.told["emergencies"]
    ):
        at = year.stage.at(date(year.number, month, 3))
        village = chosen[n % len(chosen)]
        kept = actions.declare_emergency(
            department=department, approver="市防汛抗旱指挥部", reason="强降雨红色预警", by=SYSTEM, at=at,
            definition=_item(
                year, title=title, topic=topic, kind=kind, purpose=purpose, questions=[question],
                criteria=[criterion], level="village", targets=[{"unit": village.code, "visits": visits}],
                starts_on=date(year.number, month, 3), ends_on=date(year.number, month, 9),
                basis="防汛应急预案（模拟）", minutes_per_visit=90,
            ),
        )  # fmt: skip
        for day in range(visits):
            on = date(year.number, month, 4 + day)
            held = actions.hold_visit(
                items=[kept.number], unit=village.code, on=on, mode="announced", purpose=purpose,
                people=[{"name": "", "office": year.departments[department]}], team_size=3,
                request_key=f"demo-emergency-{n}-{day}", by=SYSTEM, at=year.stage.at(on, 7),
            )  # fmt: skip
            done += _come(year, held, village.code, on)
    return done


def _grant_exceptions(year: Year) -> None:
    for n, (department, title, topic, kind, purpose, question, criterion, month, visits) in enumerate(
        year.told["exceptions"]
    ):
        at = year.stage.at(date(year.number, month, 2))
        villages = [v for v in year.places["village"] if int(v.code) % 1000 >= 200][40 + 10 * n :][:visits]
        with suppress(Refused):
            kept = actions.request_exception(
                department=department, reason="群众投诉，须尽快核实", by=SYSTEM, at=at,
                definition=_item(
                    year, title=title, topic=topic, kind=kind, purpose=purpose, questions=[question],
                    criteria=[criterion], level="village", targets=[village.code for village in villages],
                    starts_on=date(year.number, month, 3), ends_on=date(year.number, month, 20),
                    basis="群众投诉（模拟）", minutes_per_visit=60,
                ),
            )  # fmt: skip
            actions.grant_exception(number=kept.number, reason="同意，仅限这一件事", by=SYSTEM, at=at)


def _be_turned_away(year: Year) -> None:
    """Some came without a code, and some wanted to book what the plan does not know."""
    villages = [v for v in year.places["village"] if int(v.code) % 1000 >= 200]
    for n, village in enumerate(villages[:60:9]):
        on = _workday(date(year.number, 3 + n, 11))
        if on < year.stage.on:
            actions.refuse_visit(unit=village.code, who="自称某部门工作组", what="没有检查码", by=SYSTEM,
                                 at=year.stage.at(on))  # fmt: skip
    items = queries.plan_items(year=year.number, unit=CITY, viewer=SYSTEM, on=year.stage.on)
    for n, item in enumerate(items[:24]):
        on = item.ends_on + timedelta(days=10)
        if on + timedelta(days=10) < year.stage.on:
            with suppress(Refused):  # outside its window: refused, and on record
                actions.hold_visit(
                    items=[item.number], unit=villages[n].code, on=_workday(on), mode="announced", purpose=item.title,
                    people=[{"name": "", "office": item.department_name}], team_size=3,
                    request_key=f"demo-vain-{n}", by=SYSTEM, at=year.stage.at(on - timedelta(days=2)),
                )  # fmt: skip


def _issue_documents(year: Year) -> int:
    done = 0
    for n, code in enumerate(sorted(year.departments)):
        for part in range(_DOCUMENTS_EACH):
            on = _workday(date(year.number, 1 + (part * 11 + n) % 12, 3 + (n * 7 + part * 3) % 24))
            if on >= year.stage.on:
                continue
            title = f"关于做好{year.departments[code].removeprefix('市')}{on.month}月有关工作的通知"
            level = 4 if part == 3 and n % 5 == 0 else 3
            done += _issue(year, code, _paper(year, title, level, n * 100 + part), on)
    return done


def _dodge(year: Year) -> int:
    """Three for the radar to find: the same once more as a note, a directive white-head paper, three matters in one."""
    on = year.stage.on - timedelta(days=20)
    earlier = _paper(year, "关于做好秋收安全生产工作的通知", 3, 9_001)
    again = replace(earlier, title="秋季农机作业提示", channel="note")
    directive = replace(
        _paper(year, "关于报送秋冬季工作情况的函", 3, 9_002, opening="请各县务必于月底前报送工作情况，限期上报台账。"),
        channel="white_head",
    )
    merged = _paper(
        year, "关于做好秸秆离田、农机安全、冬季供暖三项工作的通知", 3, 9_003,
        opening="一、关于秸秆离田\n请抓紧打捆。\n二、关于农机安全\n请检查制动。\n三、关于冬季供暖\n请备足燃料。",
    )  # fmt: skip
    sent = (("emergency", earlier), ("emergency", again), ("ecology", directive), ("agriculture", merged))
    return sum(_issue(year, code, paper, _workday(on + timedelta(days=n))) for n, (code, paper) in enumerate(sent))


def _issue(year: Year, department: str, paper: Paper, on: date) -> int:
    at = year.stage.at(on)
    number = actions.draft_document(department=department, paper=paper, by=SYSTEM, at=at)
    actions.assess_document(number=number, minutes=30, forms=0, meetings=0, reports=0,
                            due_on=workday_after(on, 10), by=SYSTEM, at=at)  # fmt: skip
    with suppress(Refused):  # more than last year: it waits for the office
        actions.issue_document(number=number, by=SYSTEM, at=at)
        return 1
    return 0


def _paper(year: Year, title: str, level: int, key: int, opening: str = "") -> Paper:
    sentences = year.told["sentences"]
    order = sorted(range(len(sentences)), key=lambda at: float(uniform("sentence", key, at)))
    body = "\n".join(sentences[at] for at in order[: 6 + key % 5])
    return Paper(
        title=title, channel="red_head", kind="general", scope_unit=year.stage.unit.code, target_level=level,
        basis=f"{year.number}年发文计划（模拟）第{key}项", text=f"{opening}\n{body}".strip(), is_synthetic=True,
    )  # fmt: skip


def _hold_meetings(year: Year) -> int:
    done = 0
    for n, code in enumerate(sorted(year.departments)):
        for part in range(_MEETINGS_EACH):
            on = _workday(date(year.number, 2 + (n + part * 5) % 10, 6 + n % 20))
            is_past = on < year.stage.on
            if on > year.stage.on + timedelta(days=40):
                continue
            minutes = 60 + 30 * ((n + part) % 3)
            called = actions.call_meeting(
                by=SYSTEM, at=year.stage.at(min(on - timedelta(days=8), year.stage.on - timedelta(days=1))),
                meeting=_meeting(year, code, n, part, on, minutes),
            )  # fmt: skip
            if is_past:
                longer = int(minutes * (0.8 + 0.5 * float(uniform("meeting", n, part))))
                began = year.stage.at(on, 9)
                speech = min(60 * longer - 600, 60 * (35 + (n % 4) * 9))
                actions.record_times(
                    meeting=called.number, began_at=began, ended_at=began + timedelta(minutes=longer),
                    seconds={1: 300, 2: speech}, by=SYSTEM, at=began + timedelta(hours=5),
                )  # fmt: skip
            done += 1
    return done


def _meeting(year: Year, code: str, n: int, part: int, on: date, minutes: int) -> MeetingDefinition:
    name = year.departments[code]
    return checked(MeetingDefinition, {
        "title": f"{name.removeprefix('市')}{on.month}月业务会", "department": code,
        "kind": "comprehensive" if part == 0 and n % 4 == 0 else "business",
        "basis": f"{year.number}年会议计划（模拟）", "scope": year.stage.unit.code, "level": "county",
        "starts_at": year.stage.at(on, 9), "minutes": minutes, "attendees_per_unit": 2, "own_attendees": 6,
        "travel_minutes": 0 if (n + part) % 3 == 0 else 120, "video": (n + part) % 3 == 0 and minutes <= 90,
        "agenda": [{"speaker": f"{name}主持人", "kind": "chair", "minutes": 5},
                   {"speaker": f"{name}负责同志", "kind": "principal", "minutes": min(50, minutes - 15)}],
        "synthetic": True,
    }, place="demo")  # fmt: skip


def _appeal(year: Year) -> None:
    """Villages say that a demand should not have come; the office has decided most of it."""
    since = date(year.number, year.stage.on.month - 1, 1)
    grounds = ("duplicate", "too_short", "not_ours", "out_of_plan")
    made = 0
    for unit in (*year.places["village"][:400:23], *year.places["county"]):
        asked = queries.demands_on_unit(unit=unit.code, viewer=SYSTEM, since=since, until=year.stage.on, most=1)
        if not asked or made == 12:
            continue
        with suppress(Refused):
            number = actions.make_appeal(
                demand=asked[0].number, unit=unit.code, ground=grounds[made % 4], note="请核对（模拟）",
                is_synthetic=True, by=SYSTEM, at=year.stage.at(year.stage.on - timedelta(days=6)),
            )  # fmt: skip
            made += 1
            if made % 4:
                actions.decide_appeal(
                    appeal=number, is_upheld=made % 3 == 0, by=SYSTEM,
                    decision="与已有数据重复，撤回这一项。" if made % 3 == 0 else "与已有数据口径不同，请按时办理。",
                    at=year.stage.at(year.stage.on - timedelta(days=3)),
                )  # fmt: skip


def _item(year: Year, **given: Any) -> ItemDefinition:
    return checked(ItemDefinition, {"scope": year.stage.unit.code, "synthetic": True} | given, place="year.yaml")


def _drawn(units: tuple[UnitView, ...], key: int) -> list[UnitView]:
    """In an order of chance."""
    return sorted(units, key=lambda unit: float(uniform("target", key, int(unit.code))))


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _workday(on: date) -> date:
    while not is_workday(on):
        on += timedelta(days=1)
    return on
