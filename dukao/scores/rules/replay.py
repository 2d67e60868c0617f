"""Recompute a score from its file alone: no database, no network, no part of the platform.

    python3 -m dukao.scores.rules.replay score.json

What stands in the file is checked in two ways: the digests (was it changed since it was made) and the arithmetic (do
these inputs under these rules give these points). Whoever changes a figure and all digests with it makes another file
with another digest; the one to compare with stands on the score's page.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dukao.scores.rules.scoring import FORMAT, FORMER, brief, computed

_PARTS = {"card": "考核表", "inputs": "依据的数", "result": "得分"}
_READ_PLACES = 6


@dataclass(frozen=True, slots=True)
class ReplayedLine:
    """One line: what the file says and what comes out. `differs` names the parts that are not alike."""

    line: str
    title: str
    told: str | None
    found: str | None
    differs: tuple[str, ...]
    how: str


@dataclass(frozen=True, slots=True)
class Replay:
    """`faults` in words; nothing there and no line that differs means: recomputed, equal."""

    title: str
    digest: str
    lines: tuple[ReplayedLine, ...]
    total_told: str | None
    total_found: str | None
    faults: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        return not self.faults and not any(one.differs for one in self.lines) and self.total_told == self.total_found


def replayed(document: Mapping[str, Any]) -> Replay:
    """Recompute everything in the file and tell what is equal and what is not. Never raises for a broken file."""
    try:
        if document.get("format") not in (FORMAT, FORMER):
            return _broken(f"不是 {FORMAT} 格式的得分文件")
        return _compared(document, computed(document))
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError, AssertionError) as problem:
        return _broken(f"文件不完整或被改坏：{type(problem).__name__} {problem}")


def digest_of(value: Any) -> str:
    """SHA-256 over canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digests_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The digests of a document's parts, and of all of it (`whole`), whatever digests it brings along."""
    parts = {name: digest_of(document[name]) for name in _PARTS}
    bare = {name: value for name, value in document.items() if name != "digests"}
    return {**parts, "whole": digest_of(bare)}


def _compared(document: Mapping[str, Any], found: Mapping[str, Any]) -> Replay:
    told = document["result"]
    faults = []
    digests = digests_of(document)
    for name, title in _PARTS.items():
        if document["digests"].get(name) != digests[name]:
            faults.append(f"{title}与生成时的指纹不一致：这一部分被改动过")
    if not faults and document["digests"].get("whole") != digests["whole"]:
        faults.append("文件的其他内容与生成时的指纹不一致：被改动过")
    titles = {line["code"]: line["title"] for line in document["card"]["lines"]}
    said = {one["line"]: one for one in told["lines"]}
    lines = tuple(_line(titles[one["line"]], said.pop(one["line"], {}), one) for one in found["lines"])
    faults += [f"得分里多出一行 {code}" for code in said]
    for name, title in (("low", "总分的下限"), ("high", "总分的上限"), ("exact", "精确总分")):
        if told.get(name) != found[name]:
            faults.append(f"{title}不一致：文件里是 {_read(told.get(name))}，重算是 {_read(found[name])}")
    scored, card = document["scored"], document["card"]
    return Replay(
        title=f"{scored['name']} · {card['title']} · 第 {document['version']} 版", digest=digests["whole"], lines=lines,
        total_told=told.get("total"), total_found=found["total"], faults=tuple(faults),
    )  # fmt: skip


def _line(title: str, told: Mapping[str, Any], found: Mapping[str, Any]) -> ReplayedLine:
    differs = tuple(name for name in found if told.get(name) != found[name])
    return ReplayedLine(found["line"], title, told.get("points"), found["points"], differs, found["how"])


def _read(exact: str | None) -> str:
    """The figure for reading: the exact one of a score of thirty lines is a fraction of some eighty digits."""
    return "没有" if exact is None else brief(Fraction(exact), _READ_PLACES)


def _broken(fault: str) -> Replay:
    return Replay(title="", digest="", lines=(), total_told=None, total_found=None, faults=(fault,))


def told(replay: Replay) -> list[str]:
    """What came out, line by line, for people."""
    lines = [replay.title] if replay.title else []
    for one in replay.lines:
        verdict = "一致" if not one.differs else "不一致"
        points = "不计" if one.found is None else one.found
        said = "" if not one.differs else f"（文件里是 {one.told or '不计'}；不同处：{'、'.join(one.differs)}）"
        lines.append(f"{verdict}\t{one.title}\t{points}{said}\t{one.how}")
    if replay.title:
        same = "一致" if replay.total_told == replay.total_found else f"不一致（文件里是 {replay.total_told}）"
        lines.append(f"总分\t{replay.total_found}\t{same}")
        lines.append(f"文件指纹\t{replay.digest}")
    lines += replay.faults
    lines.append("重算一致" if replay.is_equal else "重算不一致：请以平台公布的文件和指纹核对")
    return lines


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        outcome = replayed(json.load(file))
    sys.stdout.write("\n".join(told(outcome)) + "\n")
    sys.exit(0 if outcome.is_equal else 4)
