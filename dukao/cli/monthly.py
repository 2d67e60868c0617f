"""The command of the monthly review: its figures, or the official document of them."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.base.papers import as_docx, as_pdf
from dukao.base.periods import Period
from dukao.base.refusals import Invalid
from dukao.cli.command import Command, Result
from dukao.gate import queries
from dukao.gate.queries import papers
from dukao.sheets import queries as sheets

_MAKERS = {".docx": as_docx, ".pdf": as_pdf}


def _monthly(args: Namespace) -> Result:
    on = timezone.localdate(args.at)
    try:
        month = Period.parse(args.month) if args.month else papers.month_before(on)
    except ValueError:
        month = Period.of(on, "year")
    if month.type != "month":
        raise Invalid(_("“{text}”不是月份，应像 2026-09").format(text=args.month[:20]))
    review = queries.monthly_review(unit=args.unit, month=month, viewer=args.by)
    spared = sheets.spared_cells(viewer=args.by, unit_path=review.unit.path, since=month.starts_on, until=month.ends_on)
    paper = papers.review_paper(
        review, office=args.office or review.unit.name, on=on, spared_hundredths=spared.minutes_hundredths
    )
    lines = [paper.title, *(text for part in paper.parts for text in part.paragraphs)]
    if args.out:
        make = _MAKERS.get(args.out.suffix.lower())
        if make is None:
            raise Invalid(_("只能写成 .docx 或 .pdf"), errors={"out": str(args.out)})
        args.out.write_bytes(make(paper))
        lines.append(_("已写入 {file}").format(file=args.out))
    return Result(asdict(review) | {"month": month.code, "spared": asdict(spared)}, lines)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--unit", required=True, help=_("哪里：12 位单位代码"))
    parser.add_argument("--month", default="", help=_("哪个月，如 2026-09；默认上个月"))
    parser.add_argument("--office", default="", help=_("公文的发文机关"))
    parser.add_argument("--out", type=Path, help=_("写成公文：.docx 或 .pdf"))


COMMANDS = [
    Command("monthly", _l("月度调度：检查、扎堆、花的时间、挡下的要求；可写成公文"), _monthly, _arguments,
            "dukao monthly --unit 230200000000 --month 2026-09 --out review.docx"),
]  # fmt: skip
