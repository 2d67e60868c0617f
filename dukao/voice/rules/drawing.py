"""Drawing a sample that anyone can replay: the frame is promised first, drawn later, and its numbers stay unknown.

1. Promise: the digest of a seed nobody has seen, the digest of the frame's file, and how many lines each stratum (and
   cluster) has. A line is named by its place in the file, never by the telephone number on it.
2. Draw: the seed is revealed and a public part mixed in that came into being since. Lines of people who were asked a
   short while ago are left out first, and told.
3. In each stratum the clusters, if any, and then the lines with the lowest tickets are drawn. A ticket is SHA-256 of
   the mixed key and the line's place.

Only the standard library is used, and `python dukao/voice/rules/drawing.py < sample.json` replays a published sample
without this platform.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

FORMAT = "dukao-sample/1"


def commitment_of(seed: str, drawn_from: Mapping[str, Any]) -> str:
    """The digest that is promised. `drawn_from`: the frame's digest, its strata, what is wanted, the public source."""
    return _digest(seed, _canonical(drawn_from))


def drawn_from(
    *, frame_sha256: str, strata: Mapping[str, Mapping[str, Sequence[int]]], wanted: Mapping[str, int],
    clusters_each: int, public_source: str,
) -> dict[str, Any]:  # fmt: skip
    """What a sample is drawn from. `strata`: stratum → cluster (one, named "", where there are none) → its lines."""
    return {
        "frame_sha256": frame_sha256,
        "strata": {
            stratum: {cluster: _ranges(lines) for cluster, lines in sorted(clusters.items())}
            for stratum, clusters in sorted(strata.items())
        },
        "wanted": dict(sorted(wanted.items())),
        "clusters_each": clusters_each,
        "public_source": public_source,
    }


def drawn(seed: str, public_part: str, given: Mapping[str, Any], left_out: Sequence[int]) -> dict[str, Any]:
    """`{stratum: {"clusters": [drawn, of], "lines": {cluster: [of how many, [line, …]]}}}`, lines in order of drawing.

    With clusters the lines wanted are shared out evenly among those drawn; a small cluster gives all it has.
    """
    key = _digest(seed, public_part)
    without = set(left_out)
    found = {}
    for stratum, clusters in given["strata"].items():
        open_lines = {
            name: [line for line in _lines(ranges) if line not in without] for name, ranges in clusters.items()
        }
        open_lines = {name: lines for name, lines in open_lines.items() if lines}
        names = sorted(open_lines, key=lambda name: _digest(key, "cluster", stratum, name))
        if given["clusters_each"]:
            names = names[: given["clusters_each"]]
        wanted = given["wanted"].get(stratum, 0)
        each = -(-wanted // len(names)) if names else 0
        found[stratum] = {
            "clusters": [len(names), len(open_lines)],
            "lines": {name: [len(open_lines[name]), _lowest(key, open_lines[name], each)] for name in names},
        }
    return found


def weights_of(result: Mapping[str, Any]) -> dict[int, float]:
    """Line → 1/π: how many lines of the frame the drawn one stands for."""
    return {
        line: one["clusters"][1] / one["clusters"][0] * size / len(lines)
        for one in result.values()
        for size, lines in one["lines"].values()
        for line in lines
    }


def order_of(seed: str, public_part: str, lines: Sequence[int]) -> list[int]:
    """The drawn lines of all strata in the order in which they are called: by chance, so that no place is first."""
    key = _digest(seed, public_part)
    return sorted(lines, key=lambda line: _digest(key, "call", str(line)))


def is_rechecked(seed: str, public_part: str, line: int, percent: int) -> bool:
    """Whether this line's interview is asked again for quality, if there is one: by chance, known to nobody before."""
    return int(_digest(seed, public_part, "recheck", str(line))[:8], 16) % 100 < percent


def faults_of(published: Mapping[str, Any]) -> list[str]:
    """Replay a published sample; what does not come out as published, in words. Empty where all does."""
    try:
        given = {name: published[name] for name in (
            "frame_sha256", "strata", "wanted", "clusters_each", "public_source")}  # fmt: skip
        seed, public_part = published["seed"], published["public_part"]
        faults = []
        if published.get("format") != FORMAT:
            faults.append(f"不是 {FORMAT} 格式的抽样记录")
        if commitment_of(seed, given) != published["commitment"]:
            faults.append("种子和抽样框与事先公布的承诺不一致")
        if drawn(seed, public_part, given, published["left_out"]) != published["result"]:
            faults.append("按种子和公开数重算，样本与公布的不一致")
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        return [f"抽样记录不完整：{type(problem).__name__} {problem}"]
    return faults


def stem(code: str) -> str:
    """The digits of a division code that all units below share: province 2, city 4, county 6, town 9, village 12."""
    return next((code[:length] for length in (2, 4, 6, 9) if not code[length:].strip("0")), code)


def _lowest(key: str, lines: Sequence[int], count: int) -> list[int]:
    return sorted(lines, key=lambda line: _digest(key, "line", str(line)))[:count]


def _ranges(lines: Sequence[int]) -> list[list[int]]:
    """Places as runs of first and last: a frame is sorted by place more often than not."""
    runs: list[list[int]] = []
    for line in sorted(lines):
        if runs and runs[-1][1] == line - 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return runs


def _lines(ranges: Sequence[Sequence[int]]) -> list[int]:
    return [line for first, last in ranges for line in range(first, last + 1)]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


if __name__ == "__main__":
    import sys

    found = faults_of(json.load(sys.stdin))
    sys.stdout.write("\n".join(found or ["重放一致"]) + "\n")
    sys.exit(1 if found else 0)
