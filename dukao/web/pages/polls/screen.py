"""Words, tables and bars that the pages of polls share, the public ones too."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.wording import joined, said_of, say
from dukao.voice.queries.polls import PaperView, QuestionView, RoundView
from dukao.voice.rules.evidence import SELF_SELECTED, VERDICTS, Interval
from dukao.voice.rules.polls import percent_of
from dukao.web.tables import Cell, Column, Table, Tone, number, row, table

ROUND_TONES: dict[str, Tone] = {"preparing": "wait", "open": "info", "closed": "plain"}
ROUND_STATES = {"preparing": _l("准备中"), "open": _l("进行中"), "closed": _l("已结束")}
WAYS = {
    "cards": _l("印制的邀请卡"), "residents": _l("居民名单"), "matters": _l("办件一事一评"), "tablet": _l("窗口平板"),
    "withdrawn": _l("作废的卡"),
}  # fmt: skip
VERDICT_TONES: dict[str, Tone] = {"ok": "ok", "weak": "stale", "too_few": "plain"}
SCALE = {
    "非常满意": _l("非常满意"), "满意": _l("满意"), "基本满意": _l("基本满意"), "不满意": _l("不满意"),
    "非常不满意": _l("非常不满意"),
}  # fmt: skip
# Said where the words are first met and again under the figures: no margin of error, and yet intervals.
_BY_CHANCE = _l(
    "“偶然出入”：光凭偶然，满意率就可能在这个范围里上下，份数越少越宽；"
    "没有评的人怎么想，它不知道，所以仍然不是全体群众的误差范围。"
)
_BAR_WIDTH = 1_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar of 1,000: where it begins, how wide it is, which place of the scale (1 the best)."""

    x: int
    width: int
    place: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One rated subject as a drawn distribution, and in words for who cannot see it."""

    name: str
    segments: tuple[Segment, ...]
    words: str
    verdict: str
    tone: str


def word(of_scale: str) -> str:
    """A word of the scale in the reader's language."""
    return str(SCALE.get(of_scale, of_scale))


def share(part: int, whole: int) -> str:
    """`93.3%`; nothing of nothing."""
    return f"{percent_of(part, whole):.1f}%" if whole else "–"


def bars(found: RoundView) -> tuple[Bar, ...]:
    """The published subjects, in the order of the list and in no other."""
    return tuple(_bar(one, found) for one in found.papers if one.is_published)


def results_table(found: RoundView) -> Table:
    """Invited, counted, response; once the round is over how often each level was given, but where too few rated."""
    rows = [row(
        Cell(one.name, note=_("{n} 份经复核认定为误评").format(n=one.misjudged) if one.misjudged else ""),
        number(one.invited), number(one.counted),
        _share(one.counted, one.invited), *(_given(one.questions[0], found) if found.state == "closed" else ()),
    ) for one in found.papers]  # fmt: skip
    columns = [
        Column(_("评谁"), is_sticky=True), Column(_("邀请"), "number", _("人")), Column(_("计入"), "number", _("份")),
        Column(_("应答率"), "number"),
    ]  # fmt: skip
    if found.state == "closed":
        columns += _given_columns(found)
    return table("results", _("各单位收到的评价"), columns, rows, source=_source(found), empty=_("还没有人评价。"),
                 is_synthetic=found.is_synthetic)  # fmt: skip


def further_tables(found: RoundView) -> tuple[Table, ...]:
    """What came of each question that may be left open, once the round is over: of how many, and the same figures."""
    if found.state != "closed":
        return ()
    told = _(
        "可以不答的题。不足 {floor} 份作答的，这里不列；选票是整张打开的，从公开的选票里算得出来。其余同上表。"
    ).format(floor=found.floor)
    columns = [Column(_("评谁"), is_sticky=True), Column(_("作答"), "number", _("份")), *_given_columns(found)]
    return tuple(
        table(f"question-{asked.code}", asked.title, columns, [
            row(one.name, number(sum(one.questions[place].counts) or None), *_given(one.questions[place], found))
            for one in found.papers
        ], source=told, empty=_("还没有人评价。"), is_synthetic=found.is_synthetic)
        for place, asked in enumerate(found.questions) if place
    )  # fmt: skip


def _given_columns(found: RoundView) -> list[Column]:
    return [
        *(Column(word(one), "number", _("份")) for one in found.scale), Column(_("满意率"), "number", _("原始")),
        Column(_("满意率"), "number", _("申诉后")), Column(_("偶然出入"), "number", _("区间")),
        Column(_("证据"), "badge"),
    ]  # fmt: skip


def _given(question: QuestionView, found: RoundView) -> tuple[Cell, ...]:
    verdict = question.evidence.verdict if question.evidence else "too_few"
    rates = [(sum(counts[: found.bad_from - 1]), sum(counts)) for counts in (question.counts, question.counts_after)]
    return (
        *(number(n) for n in question.counts or (None,) * len(found.scale)),
        *(Cell("–", raw="") if verdict == "too_few" else _share(good, n) for good, n in rates),
        Cell(between(question.separates) or "–", raw=between(question.separates)),
        Cell(_(VERDICTS[verdict]), tone=VERDICT_TONES[verdict]),
    )


def between(interval: Interval | None) -> str:
    """`82.1–95.9%`; nothing where too few answered."""
    return f"{100 * interval[0]:.1f}–{100 * interval[1]:.1f}%" if interval else ""


def _share(part: int, whole: int) -> Cell:
    return Cell(share(part, whole), raw=Decimal(f"{percent_of(part, whole):.1f}") if whole else "")


def _source(found: RoundView) -> str:
    if found.state != "closed":
        return ""
    return _(
        "满意率 = 基本满意及以上的份数 ÷ 计入的份数。不足 {floor} 份的只公布份数，不足 {least} 份的不算满意率。"
        "“申诉后”不含经单位以外的机构认定为误评的评价。应答率不到 {response}% 的，证据偏弱。{chance}"
    ).format(
        floor=found.floor, least=found.judged_at_least, response=found.response_percent_least, chance=_BY_CHANCE
    )  # fmt: skip


def notes(found: RoundView) -> tuple[str, ...]:
    """What must be said beside any figure of a round."""
    said = [say(SELF_SELECTED)]
    if found.groups:
        said += [str(_BY_CHANCE), order_of(found)]
    if found.below_floor and found.state == "closed":
        told = _("有 {n} 个单位不足 {floor} 份，永久不公布，也不打开选票")
        said.append(told.format(n=found.below_floor, floor=found.floor))
    return tuple(said)


def order_of(found: RoundView) -> str:
    """Which of them differ for sure; where nothing does, that there is no order."""
    names = {one.short: one.name for one in found.papers}
    if len(found.groups) < 2:
        return _("各单位的偶然出入有重叠，分不出先后，不排名次")
    told = [joined(names[short] for short in group) for group in found.groups]
    return _("能分出高低的只有这几组，组内不分先后：{groups}").format(groups=_("；").join(told))


def _bar(one: PaperView, found: RoundView) -> Bar:
    counts = one.questions[0].counts
    whole, x, segments = sum(counts), 0, []
    for place, n in enumerate(counts, start=1):
        end = round(_BAR_WIDTH * sum(counts[:place]) / whole)
        if n:
            segments.append(Segment(x, end - x, place))
        x = end
    said = said_of(one.name, joined(f"{word(of)} {n}" for of, n in zip(found.scale, counts, strict=True)))
    verdict = one.evidence.verdict if one.evidence else "weak"
    return Bar(one.name, tuple(segments), said, _(VERDICTS[verdict]), VERDICT_TONES[verdict])
