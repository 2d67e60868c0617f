"""Scores per card and scored: the total, between what it lies, and how much of the card it rests on."""

from dataclasses import dataclass

from dukao.scores.models import Score, Scorecard

# Column, title, what it says.
SCORES: tuple[tuple[str, str, str], ...] = (
    ("total", "总分", "满分 100，两位小数；没有一项有依据的为空"),
    ("low", "总分下限", "满意度等数只来自一部分人：换一批人，总分可能低到多少；没有一项说得出的为空"),
    ("high", "总分上限", "同上，可能高到多少"),
    ("absent", "不计的项", "没有依据、不计分的项数；它们的权重按比例分给了其他项"),
    ("version", "版本", "第几版；申诉成立后加一版"),
    ("digest", "文件指纹", "得分文件的 SHA-256"),
)


@dataclass(frozen=True, slots=True)
class PublishedScore:
    """One row; `department` is empty where the unit itself is scored."""

    card: str
    unit: str
    department: str
    total: str | None
    low: str | None
    high: str | None
    absent: int
    version: int
    digest: str


def scores_of(year: int) -> tuple[PublishedScore, ...]:
    """The published cards of the year that are for everybody, by card and by code of the scored."""
    chosen = Score.objects.filter(card__year=year, card__state=Scorecard.State.PUBLISHED, card__is_public=True)
    rows = chosen.select_related("card", "unit", "department").order_by(
        "card__code", "unit__code", "department__code", "version"
    )
    newest = {(row.card_id, row.unit_id, row.department_id): row for row in rows}
    return tuple(_told(row) for row in newest.values())


def _told(row: Score) -> PublishedScore:
    result = row.document["result"]
    return PublishedScore(
        card=row.card.code, unit=row.unit.code, department=row.department.code if row.department else "",
        total=result["total"], low=result["low"], high=result["high"],
        absent=sum(bool(line["absent"]) for line in result["lines"]), version=row.version, digest=row.digest,
    )  # fmt: skip
