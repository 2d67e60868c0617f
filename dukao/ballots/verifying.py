"""Anyone recomputes a round from its public bundle: needs the standard library and `cryptography`, and trusts nobody.

Leaves → root → signed head; every signature under its paper's key; no token twice; no more ratings than signatures
issued; opened ballots match their commitments; the tally. What cannot be told from a bundle is said, not passed over.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from dukao.ballots.log import head_text
from dukao.ballots.manifest import Manifest, read_manifest
from dukao.ballots.receipts import is_receipt
from dukao.ballots.signing import is_by
from dukao.ballots.wire import Unreadable, canonical, from_base64, parse
from dukao.base.merkle import Tree, leaf_hash
from dukao.base.words import Words, _noop, words

_FEW = 5  # places that a finding names
_LEAF_DIGITS = 12


@dataclass
class Report:
    """What was checked and held, what was found, and what a bundle cannot show."""

    round: str = ""
    key: str = ""
    leaves: int = 0
    root: str = ""
    held: list[Words] = field(default_factory=list)
    found: list[Words] = field(default_factory=list)
    open: list[Words] = field(default_factory=list)
    results: dict[str, Any] = field(default_factory=dict)

    def say(self, is_right: bool, held: Words, found: Words) -> bool:
        (self.held if is_right else self.found).append(held if is_right else found)
        return is_right


@dataclass(frozen=True)
class _Leaf:
    text: str
    paper: str
    token: str
    message: bytes
    commitment: bytes
    signature: bytes


def verify(
    bundle: bytes, *, key: str = "", heads: Sequence[dict[str, str]] = (), receipts: Sequence[dict[str, str]] = ()
) -> Report:
    """Recompute everything in this bundle. `key` is the board's key as announced elsewhere; `heads` are older heads,
    `receipts` what raters hold in hand."""
    report = Report()
    try:
        told = json.loads(bundle)
        manifest = read_manifest(told["manifest"]["document"])
        leaves = [_leaf(text) for text in told["leaves"]]
        _check(report, told, manifest, leaves, key, heads)
        _check_receipts(report, told, leaves, receipts)
    except (Unreadable, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        report.found.append(words(_noop("这份公开数据读不完整，缺少内容或格式不对")))
    return report


def _check(
    report: Report, told: dict[str, Any], manifest: Manifest, leaves: list[_Leaf], key: str,
    heads: Sequence[dict[str, str]],
) -> None:  # fmt: skip
    report.round, report.key, report.leaves = manifest.round, told["key"], len(leaves)
    _check_board(report, told, key)
    _check_log(report, told, manifest, leaves, heads)
    _check_tokens(report, manifest, leaves)
    _check_issued(report, told, manifest, Counter(leaf.paper for leaf in leaves))
    _check_opened(report, told, manifest, leaves)


def _check_board(report: Report, told: dict[str, Any], key: str) -> None:
    manifest = told["manifest"]
    report.say(
        is_by(told["key"], "manifest", manifest["document"], manifest["signature"]),
        words(_noop("题目、对象和公钥由计票箱签名")), words(_noop("评议说明书的签名不对")),
    )  # fmt: skip
    if key:
        report.say(key == told["key"], words(_noop("公钥与您给出的一致")), words(_noop("公钥与您给出的不一致")))
    else:
        report.open.append(words(_noop("计票箱公钥是否就是公布的那一个：请与别处公布的公钥核对，或用 --key 给出")))


def _check_log(
    report: Report, told: dict[str, Any], manifest: Manifest, leaves: list[_Leaf], heads: Sequence[dict[str, str]]
) -> None:
    tree = Tree(leaf_hash(leaf.text.encode()) for leaf in leaves)
    report.root = tree.root().hex()
    head = told["head"]
    is_signed = is_by(told["key"], "head", head["document"], head["signature"])
    report.say(is_signed, words(_noop("日志首部的签名正确")), words(_noop("日志首部的签名不对")))
    report.say(
        head["document"] == head_text(manifest.round, len(leaves), tree.root()),
        words(_noop("{n} 份选票逐条算出的根与签名的首部一致"), n=len(leaves)),
        words(_noop("逐条算出的根与首部不一致：日志被改过、少了或多了内容")),
    )
    for older in heads:
        said = parse(older["document"])
        size = said["size"]
        is_same = (
            is_by(told["key"], "head", older["document"], older["signature"])
            and said["log"] == manifest.round
            and type(size) is int and 0 <= size <= len(leaves)
            and tree.root(size).hex() == said["root"]
        )  # fmt: skip
        report.say(
            is_same, words(_noop("现在的日志以早先 {n} 条的日志开头，没有改写"), n=size),
            words(_noop("现在的日志不是从早先 {n} 条的日志接下来的：历史被改写过"), n=size),
        )  # fmt: skip
    if not heads:
        report.open.append(words(_noop("日志有没有在两次查看之间被改写：请保存首部，下次用 --head 给出")))


def _check_receipts(
    report: Report, told: dict[str, Any], leaves: list[_Leaf], receipts: Sequence[dict[str, str]]
) -> None:
    logged = {leaf_hash(leaf.text.encode()).hex() for leaf in leaves} if receipts else set()
    for receipt in receipts:
        leaf = receipt["leaf"]
        if not is_receipt(told["key"], receipt):
            report.found.append(words(_noop("回执 {leaf} 不是这个计票箱签的"), leaf=leaf[:_LEAF_DIGITS]))
        elif leaf in logged or told["results"] is not None:
            report.say(
                leaf in logged,
                words(_noop("回执 {leaf} 由计票箱签名，选票在日志里"), leaf=leaf[:_LEAF_DIGITS]),
                words(_noop("回执 {leaf} 由计票箱签名，日志里却没有这份选票"), leaf=leaf[:_LEAF_DIGITS]),
            )
        else:
            waits = _noop("回执 {leaf} 由计票箱签名，选票还没有进入日志：结束后再核对一次")
            report.open.append(words(waits, leaf=leaf[:_LEAF_DIGITS]))


def _check_tokens(report: Report, manifest: Manifest, leaves: list[_Leaf]) -> None:
    forged = [
        place for place, leaf in enumerate(leaves)
        if leaf.paper not in manifest.papers or not manifest.keys[leaf.paper].is_signed(leaf.message, leaf.signature)
    ]  # fmt: skip
    report.say(
        not forged, words(_noop("每份选票的凭证都由签发处为该对象签过")),
        words(_noop("{n} 份选票的凭证签名不对，例如第 {places} 条"), n=len(forged), places=_places(forged)),
    )  # fmt: skip
    seen: set[str] = set()
    doubled = [place for place, leaf in enumerate(leaves) if leaf.token in seen or seen.add(leaf.token)]  # type: ignore[func-returns-value]
    report.say(
        not doubled, words(_noop("没有一个凭证用了两次")),
        words(_noop("{n} 个凭证用了两次，例如第 {places} 条"), n=len(doubled), places=_places(doubled)),
    )  # fmt: skip


def _check_issued(report: Report, told: dict[str, Any], manifest: Manifest, counts: Counter[str]) -> None:
    issued = told["issued"]
    if issued is None:
        report.open.append(words(_noop("选票数是否不超过签发数：评议还没有结束，签发总数还没有公布")))
        return
    is_signed = is_by(manifest.issuer_key, "totals", issued["document"], issued["signature"])
    totals = parse(issued["document"])
    is_signed = is_signed and totals["round"] == manifest.round
    report.say(is_signed, words(_noop("签发总数由签发处签名")), words(_noop("签发总数的签名不对")))
    over = sorted(paper for paper, n in counts.items() if n > totals["issued"].get(paper, 0))
    over += sorted(p for p, n in totals["issued"].items() if p not in over and n > totals["entitled"].get(p, 0))
    report.say(
        not over, words(_noop("签发 {issued} 份，收到 {n} 份，没有一个对象收到的多于签发的"),
                        issued=sum(totals["issued"].values()), n=sum(counts.values())),
        words(_noop("收到的选票多于签发的：{papers}"), papers=tuple(over[:_FEW])),
    )  # fmt: skip
    report.open.append(words(_noop("签发处是否只发给了有资格的人：名单不公开，公开的只有资格数和签发数")))


def _check_opened(report: Report, told: dict[str, Any], manifest: Manifest, leaves: list[_Leaf]) -> None:
    opened, results = told["opened"], told["results"]
    if len(opened) != len(leaves):
        raise Unreadable("opened ballots stand beside leaves")
    if results is None:
        report.open.append(words(_noop("计票结果：评议结束后才公开选票内容")))
        report.say(
            not any(opened),
            words(_noop("评议结束前没有公开选票内容")),
            words(_noop("评议还没结束就公开了选票内容")),
        )
        return
    counts = Counter(leaf.paper for leaf in leaves)
    shown = {paper for paper, n in counts.items() if n >= manifest.floor}
    wrong, early, tally = [], [], _empty(manifest, shown)
    for place, (leaf, ballot) in enumerate(zip(leaves, opened, strict=True)):
        if leaf.paper not in shown:
            early += [place] if ballot is not None else []
        elif (levels := _levels(manifest, leaf, ballot)) is None:
            wrong.append(place)
        else:
            for question, level in levels.items():
                tally[leaf.paper][question][level - 1] += 1
    report.say(
        not wrong, words(_noop("公开的每份选票都与当初的承诺一致")),
        words(_noop("{n} 份选票没有公开或与承诺不一致，例如第 {places} 条"), n=len(wrong), places=_places(wrong)),
    )  # fmt: skip
    report.say(
        not early, words(_noop("不足 {n} 份的对象没有公开内容"), n=manifest.floor),
        words(_noop("不足 {n} 份的对象也公开了内容"), n=manifest.floor),
    )  # fmt: skip
    report.results = {paper: tally.get(paper) for paper in manifest.papers}
    report.say(
        report.results == results,
        words(_noop("重新计票，与公布的一致")),
        words(_noop("重新计票，与公布的不一致")),
    )


def _empty(manifest: Manifest, shown: set[str]) -> dict[str, dict[str, list[int]]]:
    return {paper: {question: [0] * manifest.levels for question in manifest.questions} for paper in shown}


def _levels(manifest: Manifest, leaf: _Leaf, opened: dict[str, str] | None) -> dict[str, int] | None:
    """The levels of an opened ballot that is what its rater committed to; else None."""
    try:
        if opened is None:
            return None
        ballot, salt = opened["ballot"], from_base64(opened["salt"], size=32)
        if sha256(salt + ballot.encode()).digest() != leaf.commitment:
            return None
        return manifest.levels_of(ballot)[0]
    except (Unreadable, KeyError, TypeError, AttributeError, ValueError):
        return None


def _leaf(text: str) -> _Leaf:
    said = parse(text)
    if canonical(said) != text or said.keys() != {"commitment", "paper", "signature", "token"}:
        raise Unreadable("a leaf is canonical JSON of its four parts")
    token, commitment = from_base64(said["token"], size=32), from_base64(said["commitment"], size=32)
    return _Leaf(text, said["paper"], said["token"], token + commitment, commitment, from_base64(said["signature"]))


def _places(places: list[int]) -> tuple[int, ...]:
    return tuple(place + 1 for place in places[:_FEW])
