"""The radar over 100,000 documents: how long a new one takes, how many of its likes are found, and what building costs.

Documents are made of paragraphs as departments write them (模拟): their own sentences between phrases that all use, a
third of them rewritten from an earlier one by changed words, moved or added paragraphs. What is alike is what brute
force says: exact Jaccard of a sample with every document. Beside it, over the same shingles: datasketch, the maintained
MinHash library, with 128 permutations and its own choice of bands for the same threshold.
"""

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import numpy as np

from bench._facts import AT, build_city, house, told

_DOCUMENTS, _QUICK_DOCUMENTS = 100_000, 5_000
_SAMPLE, _QUICK_SAMPLE = 120, 60
_PERCENT = 80
_RECALL_GOAL, _MS_GOAL = 0.95, 100
_OPENING = ("为深入贯彻落实上级部署要求", "根据年度工作安排", "经研究", "现就有关事项通知如下", "各级要高度重视",
            "切实加强组织领导", "压实工作责任", "确保任务落到实处", "严格按照时限完成", "做好宣传引导")  # fmt: skip
_THINGS = ("水渠", "粮田", "林地", "校舍", "道路", "桥梁", "水库", "电网", "冷库", "集市", "卫生室", "敬老院", "仓库")
_DOINGS = ("检查", "登记", "维修", "清理", "加固", "巡护", "改造", "养护", "核对", "盘点", "排查", "整修")
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    count, sampled = (_QUICK_DOCUMENTS, _QUICK_SAMPLE) if quick else (_DOCUMENTS, _SAMPLE)
    with house("sqlite"):
        build_city(elements=1)
        texts = list(_texts(count))
        built = _build(texts)
        fresh = list(_texts(sampled, beside=texts))
        seconds, found = _ask(fresh)
        peer = _Peer(texts)
        peer_seconds, peer_found = peer.ask(fresh)
        truth = _brute_force(texts, fresh)
    pairs = sum(map(len, truth))
    middle, slow = 1000 * statistics.median(seconds), 1000 * sorted(seconds)[int(len(seconds) * 0.99)]
    ours, theirs = _recall(found, truth), _recall(peer_found, truth)
    limit = f"{count:,} documents, {sampled} new ones, {pairs} like pairs by brute force"
    peers = {"datasketch": 1000 * statistics.median(peer_seconds)}
    return [
        {"job": "gate-radar-new", "ours": slow, "unit": "ms (p99)", "peers": peers | {"ours p50": middle},
         "limit": limit, "ratio": slow, "goal": f"<= {_MS_GOAL} ms", "met": slow <= _MS_GOAL},
        {"job": "gate-radar-recall", "ours": ours, "unit": "of brute force", "peers": {"datasketch": theirs},
         "limit": limit, "ratio": ours, "goal": f">= {_RECALL_GOAL}", "met": bool(pairs) and ours >= _RECALL_GOAL},
        {"job": "gate-radar-precision", "ours": _precision(found, truth), "unit": "of what is told",
         "peers": {"datasketch candidates": _precision(peer_found, truth)}, "limit": limit,
         "ratio": _precision(found, truth), "goal": ">= 1", "met": _precision(found, truth) == 1},
        {"job": "gate-radar-build", "ours": count / built, "unit": "documents/s",
         "peers": {"datasketch (in memory)": count / peer.built_seconds}, "limit": limit,
         "ratio": built / peer.built_seconds, "goal": "<= 1 × datasketch", "met": built <= peer.built_seconds},
    ]  # fmt: skip


def _texts(count: int, *, beside: Sequence[str] = ()) -> Iterator[str]:
    """Documents of 600 to 2,500 characters; every third is an earlier one rewritten, hardly or beyond recognition."""
    chance = Random(41 + len(beside))
    made: list[str] = []
    for number in range(count):
        earlier = beside or made
        if number % 3 == 2 and earlier:
            text = _rewritten(chance.choice(earlier), chance)
        else:
            text = "\n".join(_paragraph(chance) for _ in range(chance.randrange(8, 30)))
        made.append(text)
        yield text


def _paragraph(chance: Random) -> str:
    place = "".join(chr(chance.randrange(0x4E00, 0x5000)) for _ in range(3))
    asked = "，".join(
        f"{place}{chance.choice(_DOINGS)}{chance.choice(_THINGS)}{chance.randrange(2, 900)}处"
        f"{''.join(chr(chance.randrange(0x4E00, 0x6000)) for _ in range(chance.randrange(8, 20)))}"
        for _ in range(chance.randrange(2, 4))
    )
    return f"{chance.choice(_OPENING)}，{asked}，{chance.choice(_OPENING)}。"


def _rewritten(text: str, chance: Random) -> str:
    paragraphs = text.split("\n")
    for _ in range(chance.randrange(0, 6)):
        place = chance.randrange(len(paragraphs))
        match chance.randrange(4):
            case 0:
                paragraphs.insert(place, _paragraph(chance))
            case 1 if len(paragraphs) > 3:
                del paragraphs[place]
            case 2:
                paragraphs.append(paragraphs.pop(place))
            case _:
                signs = list(paragraphs[place])
                for _ in range(3):
                    signs[chance.randrange(len(signs))] = chr(chance.randrange(0x4E00, 0x6000))
                paragraphs[place] = "".join(signs)
    return "\n".join(paragraphs)


def _build(texts: Sequence[str]) -> float:
    """Put them into the register as issuing does, and answer how long the likeness of them took, in seconds."""
    from django.db import transaction

    from dukao.gate.models import Band, Demand, Document
    from dukao.gate.rules.likeness import bands_of, shingles_of
    from dukao.org.models import Department, Unit

    department, unit = Department.objects.order_by("id").first(), Unit.objects.order_by("level").first()
    assert department is not None
    assert unit is not None
    seconds = 0.0
    for begin in range(0, len(texts), 5000):
        numbers = range(begin, min(begin + 5000, len(texts)))
        with transaction.atomic():
            Demand.objects.bulk_create(
                Demand(id=n + 1, number=f"XQ2026-{n + 1:04d}", kind="document", title=f"模拟文件{n}", asker=department,
                       scope_unit=unit, target_level=5, basis="模拟", unit_count=1, minutes_hundredths=0,
                       minutes_hundredths_per_unit=0, issued_at=AT, due_on=AT.date(), by_name="bench")
                for n in numbers
            )  # fmt: skip
            Document.objects.bulk_create(
                Document(id=n + 1, number=f"WJ2026-{n + 1:04d}", department=department, title=f"模拟文件{n}",
                         channel="red_head", kind="general", state="issued", basis="模拟", scope_unit=unit,
                         target_level=5, text=texts[n], characters=len(texts[n]), pages=1, issued_at=AT, made_at=AT,
                         by_name="bench", demand_id=n + 1, is_synthetic=True)
                for n in numbers
            )  # fmt: skip
            began = time.perf_counter()
            Band.objects.bulk_create(
                (Band(band=band, document_id=n + 1) for n in numbers for band in bands_of(shingles_of(texts[n]))),
                batch_size=10_000,
            )
            seconds += time.perf_counter() - began
        told(f"{numbers[-1] + 1:,} documents")
    return seconds


def _ask(fresh: Sequence[str]) -> tuple[list[float], list[set[int]]]:
    """Seconds for each new document, and which documents it is told to be like."""
    from dukao.gate.queries.documents import alike_documents

    seconds, found = [], []
    for text in fresh:
        began = time.perf_counter()
        alike = alike_documents(text=text, percent=_PERCENT, most=1000)
        seconds.append(time.perf_counter() - began)
        found.append({int(other.number.partition("-")[2]) - 1 for other in alike})
    return seconds, found


class _Peer:
    """datasketch over the same shingles: an index in memory, whose answers are candidates."""

    def __init__(self, texts: Sequence[str]) -> None:
        from datasketch import MinHashLSH

        self._index = MinHashLSH(threshold=_PERCENT / 100, num_perm=128)
        began = time.perf_counter()
        for number, text in enumerate(texts):
            self._index.insert(number, self._signature(text), check_duplication=False)
        self.built_seconds = time.perf_counter() - began

    def ask(self, fresh: Sequence[str]) -> tuple[list[float], list[set[int]]]:
        seconds, found = [], []
        for text in fresh:
            began = time.perf_counter()
            found.append(set(self._index.query(self._signature(text))))
            seconds.append(time.perf_counter() - began)
        return seconds, found

    @staticmethod
    def _signature(text: str) -> Any:
        from datasketch import MinHash

        from dukao.gate.rules.likeness import shingles_of

        signature = MinHash(num_perm=128, hashfunc=int)  # the shingles are numbers already; it wants 32 bits
        signature.update_batch((shingles_of(text) >> np.uint64(32)).tolist())
        return signature


def _brute_force(texts: Sequence[str], fresh: Sequence[str]) -> list[set[int]]:
    """For each new document every one that it is like, by comparing it with all."""
    from dukao.gate.rules.likeness import likeness, shingles_of

    wanted = [shingles_of(text) for text in fresh]
    found: list[set[int]] = [set() for _ in fresh]
    for number, text in enumerate(texts):
        shingles = shingles_of(text)
        for place, ours in enumerate(wanted):
            # Where one is much shorter, no more than that can be shared.
            may_be = min(len(ours), len(shingles)) * 100 >= _PERCENT * max(len(ours), len(shingles))
            if may_be and likeness(ours, shingles).at_least(_PERCENT):
                found[place].add(number)
    return found


def _recall(found: Sequence[set[int]], truth: Sequence[set[int]]) -> float:
    hits = sum(len(ours & true) for ours, true in zip(found, truth, strict=True))
    return hits / max(1, sum(map(len, truth)))


def _precision(found: Sequence[set[int]], truth: Sequence[set[int]]) -> float:
    hits = sum(len(ours & true) for ours, true in zip(found, truth, strict=True))
    return hits / max(1, sum(map(len, found)))


if __name__ == "__main__":
    for job in run("--quick" in sys.argv):
        print(job)
