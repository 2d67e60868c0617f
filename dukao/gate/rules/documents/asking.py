"""What a text asks of those who get it: reports, forms, meetings, and by when. A proposal for a person to confirm."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]?")
_EXCERPT = 60
_BEFORE = 20  # characters in front of a word that may take it back
_NOT_ASKED = re.compile(r"(?:不再|不得|不需|无需|不用|不要|不必|无须|免于|严禁|禁止|停止|取消|减少)[^，。；]{0,12}$")
_REPORTS = re.compile(
    r"报送|上报|呈报|书面报告|报告(?:工作|落实|进展|整改|完成)?(?:情况|结果)|反馈(?:至|给|我|市|县|区|到)"
    r"|(?:情况|总结|结果|进展|方案|名单|材料|台账|清单|计划)[^，。；]{0,12}?报(?:市|县|区|州|省|我|本|至|到|送)"
)
_FORMS = re.compile(r"填报|填写|填制|(?:统计|明细|一览|登记|汇总|调查|进度|情况|任务|排查)表|报表|台账")
_MEETINGS = re.compile(
    r"(?:召开|组织|举行|举办|参加|开好)[^，。；]{0,16}?"
    r"(?:会议|例会|座谈会|推进会|动员会|部署会|调度会|培训会|现场会|专题会|村民会|大会|党员会|群众会|院坝会|汇报会)"
)
_DEADLINE = re.compile(
    r"(?:(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|末|上旬|中旬|下旬)|[本次]?(?:月|年|周)底)(?:之?前|以前|为止)"
    r"|\d{1,2}个?(?:工作)?日(?:之)?内|每(?:日|天|周|旬|月|季度|季|半年|年)(?:\d{1,2}日)?(?:之?前)?(?=[^，。；]{0,40}报)"
)
_DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日|(?=底|末))[底末]?(?:之?前|以前|为止)")
_OFTEN = {
    "daily": re.compile(r"每(?:日|天)[^，。；]{0,20}报|日报"),
    "weekly": re.compile(r"每周[^，。；]{0,20}报|周报"),
}
_PRESS = re.compile(r"(?:人民|日|晨|晚|党|农民|工人|青年)$")


@dataclass(frozen=True, slots=True)
class Asked:
    """Sentences of the body that ask for something, as they stand there, shortened."""

    reports: tuple[str, ...]
    forms: tuple[str, ...]
    meetings: tuple[str, ...]
    deadlines: tuple[str, ...]
    frequencies: tuple[str, ...]  # of {"daily", "weekly"}: how often it wants to be reported to


def asked_in(body: str) -> Asked:
    """What the body asks for. A sentence that forbids or ends something asks for nothing."""
    sentences = [found.group().strip() for found in _SENTENCE.finditer(body)]
    return Asked(
        reports=tuple(_asking(sentences, _REPORTS)),
        forms=tuple(_asking(sentences, _FORMS)),
        meetings=tuple(_asking(sentences, _MEETINGS)),
        deadlines=tuple(dict.fromkeys(found.group() for s in sentences for found in _DEADLINE.finditer(s))),
        frequencies=tuple(name for name, often in _OFTEN.items() if any(_asks(s, often) for s in sentences)),
    )


def last_day_in(body: str, on: date) -> date | None:
    """The last day by which the body wants something, where it names one that is not over on that day."""
    days = [day for found in _DAY.finditer(body) if (day := _day(found, on)) is not None and day >= on]
    return max(days, default=None)


def _asking(sentences: list[str], words: re.Pattern[str]) -> Iterator[str]:
    for sentence in sentences:
        if _asks(sentence, words):
            yield sentence if len(sentence) <= _EXCERPT else sentence[: _EXCERPT - 1] + "…"


def _asks(sentence: str, words: re.Pattern[str]) -> bool:
    for found in words.finditer(sentence):
        before = sentence[max(0, found.start() - _BEFORE) : found.start()]
        is_newspaper = found.group() in ("日报", "周报") and _PRESS.search(before)
        if not is_newspaper and not _NOT_ASKED.search(before):
            return True
    return False


def _day(found: re.Match[str], on: date) -> date | None:
    """The day that is meant: without its year the next of that name, without its day the month's last."""
    year, month, day = found.groups()
    try:
        meant = date(int(year) if year else on.year, int(month), int(day) if day else 1)
        if day is None:
            meant = (meant.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        # In December one writes of January without a year.
        return meant.replace(year=on.year + 1) if year is None and (on - meant).days > 180 else meant
    except ValueError:
        return None
