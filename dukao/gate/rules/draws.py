"""Random draws (双随机) that anyone can replay: promise first, draw later, publish everything.

1. Promise: the digest of a seed nobody has seen, together with the units and inspectors to draw from, how many are
   wanted, and where the public part will come from (a lottery's numbers on a day to come). Nothing of it can change
   afterwards without the digest giving it away.
2. Draw: the seed is revealed and the public part mixed in. Who holds the seed cannot choose the public part, and who
   knows the public part did not know the seed.
3. Each candidate gets a ticket, SHA-256 of the mixed key and the candidate; the lowest tickets are drawn. Inspectors
   with ties to a unit are passed over there, with the reason.

Only the standard library is used, and `python dukao/gate/rules/draws.py < draw.json` replays a published draw without
this platform.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

FORMAT = "dukao-draw/1"


def commitment_of(seed: str, drawn_from: Mapping[str, Any]) -> str:
    """The digest that is promised. `drawn_from` has units, inspectors, both numbers wanted and the public source."""
    return _digest(seed, _canonical(drawn_from))


def drawn_from(
    *, units: Sequence[str], inspectors: Sequence[Mapping[str, Any]], units_wanted: int, inspectors_wanted: int,
    public_source: str,
) -> dict[str, Any]:  # fmt: skip
    """What a draw is made from, in the one order that it is written in."""
    return {
        "units": sorted(units),
        "inspectors": sorted((dict(one) for one in inspectors), key=_canonical),
        "units_wanted": units_wanted,
        "inspectors_wanted": inspectors_wanted,
        "public_source": public_source,
    }


def drawn(seed: str, public_part: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """`{"units": [{"unit": code, "inspectors": […], "passed_over": [{"inspector", "reason"}]}]}`, in order of drawing.

    The same for ever, everywhere: it depends on nothing but what is given. An inspector is named by `name`, with
    `office`; `passed_over` are those who would have been drawn and have ties to the unit.
    """
    key = _digest(seed, public_part)
    units = _by_ticket(key, "unit", given["units"])[: given["units_wanted"]]
    return {"units": [_staffed(key, unit, given) for unit in units]}


def tie_of(inspector: Mapping[str, Any], unit: str) -> str:
    """Why the inspector stays away from the unit (回避); empty where nothing stands against it.

    A tie to a town counts for all its villages, one to a village not for its neighbours.
    Basis: supervision-regulation#17, and own convention for drawing.
    """
    for tie in inspector.get("ties", ()):
        if unit.startswith(_stem(tie["unit"])):
            return tie["reason"]
    return ""


def short_of_inspectors(given: Mapping[str, Any]) -> list[str]:
    """The units for which, once ties are left out, fewer inspectors remain than are wanted."""
    return [
        unit for unit in given["units"]
        if sum(not tie_of(one, unit) for one in given["inspectors"]) < given["inspectors_wanted"]
    ]  # fmt: skip


def faults_of(published: Mapping[str, Any]) -> list[str]:
    """Replay a published draw; what does not come out as published, in words. Empty where all does."""
    try:
        given = drawn_from(
            units=published["units"], inspectors=published["inspectors"], units_wanted=published["units_wanted"],
            inspectors_wanted=published["inspectors_wanted"], public_source=published["public_source"],
        )  # fmt: skip
        seed, public_part = published["seed"], published["public_part"]
        faults = []
        if published.get("format") != FORMAT:
            faults.append(f"不是 {FORMAT} 格式的抽取记录")
        if commitment_of(seed, given) != published["commitment"]:
            faults.append("种子和抽取范围与事先公布的承诺不一致")
        if drawn(seed, public_part, given) != published["result"]:
            faults.append("按种子和公开数重算，结果与公布的不一致")
    except (KeyError, TypeError, AttributeError) as problem:
        return [f"抽取记录不完整：{type(problem).__name__} {problem}"]
    return faults


def _staffed(key: str, unit: str, given: Mapping[str, Any]) -> dict[str, Any]:
    chosen: list[dict[str, str]] = []
    passed_over: list[dict[str, str]] = []
    for one in _by_ticket(key, f"inspector {unit}", given["inspectors"]):
        if len(chosen) == given["inspectors_wanted"]:
            break
        named = {"name": one["name"], "office": one["office"]}
        if reason := tie_of(one, unit):
            passed_over.append({**named, "reason": reason})
        else:
            chosen.append(named)
    return {"unit": unit, "inspectors": chosen, "passed_over": passed_over}


def _by_ticket(key: str, kind: str, candidates: Sequence[Any]) -> list[Any]:
    return sorted(candidates, key=lambda one: _digest(key, kind, one if isinstance(one, str) else _canonical(one)))


def _stem(code: str) -> str:
    """The digits of a division code that all units below share: province 2, city 4, county 6, town 9, village 12."""
    return next((code[:length] for length in (2, 4, 6, 9) if not code[length:].strip("0")), code)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


if __name__ == "__main__":
    import sys

    found = faults_of(json.load(sys.stdin))
    sys.stdout.write("\n".join(found or ["重放一致"]) + "\n")
    sys.exit(1 if found else 0)
