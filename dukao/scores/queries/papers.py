"""The scores of a card as an official document: figures, how they came about, and no ranking."""

from datetime import date

from django.utils.translation import gettext as _

from dukao.base.papers import Paper, Part, sheet_of
from dukao.scores.queries.scores import Overview

_LINES_MOST = 30


def card_paper(found: Overview, *, office: str, on: date) -> Paper:
    """The card with everybody's total and every line; `office` issues it, its number is left to be filled in."""
    card = found.card
    return Paper(
        office=office, number=_("〔{year}〕　　号").format(year=on.year),
        title=_("{title}结果").format(title=card.title), to=_("各考核对象："),
        opening=_(
            "现将《{title}》的得分告知如下。所有得分由平台用已经掌握的数算出，没有要求任何单位填报；"
            "每一分都可以用得分文件离线重算。各单位按代码排列，不排名。"
        ).format(title=card.title),
        parts=(_totals(found), _lines(found), _absent(found)),
        signed=office, on=on, note=_("模拟数据，仅供演示") if card.is_synthetic else "",
    )  # fmt: skip


def _totals(found: Overview) -> Part:
    rows = [(row.scored.name, row.total or "–", f"{row.version}", f"{len(row.absent)}") for row in found.rows]
    told = _("权重合计 100 分。没有依据的项不计分，它的权重按比例分给其他项。")
    head = (_("考核对象"), _("总分"), _("版本"), _("不计的项"))
    return Part(_("总分"), (told,), (sheet_of(head, rows, (1, 2, 3)),))


def _lines(found: Overview) -> Part:
    rows = [(line["title"], line["weight"], *_between(found, line["code"])) for line in found.lines[:_LINES_MOST]]
    head = (_("指标"), _("权重"), _("最低得分"), _("最高得分"))
    return Part(_("各项指标"), (), (sheet_of(head, rows, (1, 2, 3)),))


def _between(found: Overview, code: str) -> tuple[str, str]:
    points = sorted(
        (line.points for row in found.rows for line in row.lines if line.code == code and line.points is not None),
        key=float,
    )
    return (points[0], points[-1]) if points else ("–", "–")


def _absent(found: Overview) -> Part:
    titles = dict.fromkeys(line.title for row in found.rows for line in row.absent)
    told = (
        _("下列指标因没有数据、数据不全或评价份数太少，部分或全部对象没有计分：{titles}。").format(titles="、".join(titles))
        if titles else _("所有指标都有依据。")
    )  # fmt: skip
    return Part(_("没有计分的指标"), (told,))
