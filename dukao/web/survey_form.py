"""The design of a survey as a person types it, and back: questions, margins and quotas are lines of text.

A question: `代码 | 题目 | 选项 / 选项*`; good answers end in `*`. A fourth part names what the good ones say together
(满意), or is 加权 where the question is asked to weight only. A number has its range: `0-50`.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from dukao.base.refusals import Invalid
from dukao.voice.rules.surveys import SurveyDefinition, SurveyQuestion

_WEIGHTS = "加权"
_RANGE = re.compile(r"(\d{1,8})\s*[-–—~]\s*(\d{1,8})")
TEXTS = ("code", "title", "purpose", "unit", "mode", "sampling", "consent", "weighting", "begins_on", "ends_on")
_FRAME = ("title", "covers", "lacks", "stratum", "cluster", "region", "phone", "lines")
_SAMPLE = (
    "margin_points", "expected_percent", "design_effect", "response_percent", "allocation", "stratum_least",
    "clusters_each",
)  # fmt: skip
_MARKS = ("issuing_body", "form_number", "approval_number", "valid_until")


def given(typed: Mapping[str, str]) -> dict[str, Any]:
    """What SurveyDefinition is made from. Raises Invalid naming the line that cannot be read."""
    questions = [_question(line) for line in _lines(typed, "questions")]
    titles = {q["code"]: {o["title"]: o["code"] for o in q.get("options", ())} for q in questions}
    return {
        **{name: typed.get(name, "").strip() for name in TEXTS if typed.get(name, "").strip()},
        "department": typed.get("department", "").strip() or None, "follows": typed.get("follows", "").strip() or None,
        "cross_region": typed.get("cross_region") == "yes",
        "marks": _part(typed, "marks", _MARKS), "frame": _part(typed, "frame", _FRAME),
        "sample": _part(typed, "sample", _SAMPLE), "questions": questions,
        "margins": [_margin(line, titles) for line in _lines(typed, "margins")],
        "quotas": [_quota(line, titles) for line in _lines(typed, "quotas")],
        "domains": typed.get("domains", "").replace("，", " ").replace("、", " ").split(),
    }  # fmt: skip


def field_of(place: str) -> tuple[str, int | None]:
    """The form's field at which a place of the definition (`frame › title`, `questions › 2 › options`) is typed, and
    the line of it; the field is empty where what is wrong belongs to no one field.
    """
    first, *rest = place.split(" › ")
    if first in ("marks", "frame", "sample") and rest:
        return f"{first}_{rest[0]}", None
    line = next((int(part) for part in rest if part.isdecimal()), None)
    return first, line if first in ("questions", "margins", "quotas") else None


def typed_of(definition: SurveyDefinition) -> dict[str, str]:
    """The form of a design as it stands."""
    found = {name: str(getattr(definition, name)) for name in TEXTS}
    for part, names in (("marks", _MARKS), ("frame", _FRAME), ("sample", _SAMPLE)):
        for name in names:
            value = getattr(getattr(definition, part), name)
            found[f"{part}_{name}"] = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    titles = {q.code: {o.code: o.title for o in q.options} for q in definition.questions}
    return found | {
        "department": definition.department or "", "follows": definition.follows or "",
        "cross_region": "yes" if definition.cross_region else "",
        "questions": "\n".join(map(_question_line, definition.questions)),
        "margins": "\n".join(
            f"{m.variable}: " + ", ".join(
                f"{titles.get(m.variable, {}).get(level, level)}={count}" for level, count in m.counts.items())
            for m in definition.margins),
        "quotas": "\n".join(
            ", ".join(f"{name}={titles.get(name, {}).get(level, level)}" for name, level in q.where.items())
            + f": {q.wanted}" for q in definition.quotas),
        "domains": " ".join(definition.domains),
    }  # fmt: skip


def _part(typed: Mapping[str, str], part: str, names: tuple[str, ...]) -> dict[str, str]:
    return {name: text for name in names if (text := typed.get(f"{part}_{name}", "").strip())}


def _lines(typed: Mapping[str, str], name: str) -> list[str]:
    return [line.strip() for line in typed.get(name, "").splitlines() if line.strip()]


def _question(line: str) -> dict[str, Any]:
    parts = [part.strip() for part in re.split(r"[|｜]", line)]
    if len(parts) not in (3, 4):
        raise _unreadable("questions", line)
    code, text, answers = parts[:3]
    last = parts[3] if len(parts) == 4 else ""
    found: dict[str, Any] = {"code": code, "text": text, "weights": last == _WEIGHTS}
    if bounds := _RANGE.fullmatch(answers):
        return found | {"kind": "number", "range": [int(bounds[1]), int(bounds[2])]}
    options = [option.strip() for option in re.split(r"[/／]", answers) if option.strip()]
    return found | {
        "good_title": "" if last == _WEIGHTS else last,
        "options": [
            {"code": f"o{place}", "title": option.rstrip("*＊").strip(), "good": option.endswith(("*", "＊"))}
            for place, option in enumerate(options, start=1)
        ],
    }  # fmt: skip


def _question_line(question: SurveyQuestion) -> str:
    answers = " / ".join(f"{o.title}{'*' if o.good else ''}" for o in question.options)
    last = _WEIGHTS if question.weights else question.good_title
    parts = [
        question.code,
        question.text,
        answers or f"{question.range[0]}-{question.range[1]}",
        *([last] if last else []),
    ]
    return " | ".join(parts)


def _margin(line: str, titles: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    variable, found, rest = re.sub("：", ":", line).partition(":")
    counts = _pairs(rest)
    if not found or counts is None or not all(count.isdecimal() for count in counts.values()):
        raise _unreadable("margins", line)
    known = titles.get(variable.strip(), {})
    return {"variable": variable.strip(), "counts": {known.get(level, level): count for level, count in counts.items()}}


def _quota(line: str, titles: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    cells, found, wanted = re.sub("：", ":", line).rpartition(":")
    where = _pairs(cells)
    if not found or not where or not wanted.strip().isdecimal():
        raise _unreadable("quotas", line)
    return {
        "where": {name: titles.get(name, {}).get(level, level) for name, level in where.items()},
        "wanted": wanted.strip(),
    }  # fmt: skip


def _pairs(text: str) -> dict[str, str] | None:
    """`男=510, 女=490`; None where a piece is no pair."""
    found = {}
    for piece in re.split(r"[,，;；]", text):
        name, sign, value = piece.partition("=")
        if not (sign and name.strip() and value.strip()):
            return None
        found[name.strip()] = value.strip()
    return found


def _unreadable(field: str, line: str) -> Invalid:
    return Invalid(_("有一行读不懂"), errors={field: _("这一行读不懂：“{line}”").format(line=line[:60])})
