"""The monthly review as an official document: the same figures as on the page, in words that an office would send."""

from datetime import date

from django.utils.translation import gettext as _

from dukao.base.papers import Paper, Part, Sheet, sheet_of
from dukao.base.periods import Period
from dukao.base.wording import period_text
from dukao.gate.queries import KIND_NAMES
from dukao.gate.queries.review import MonthlyReview

_KINDS = ("sheet", "visit", "meeting", "document", "task", "platform")


def review_paper(review: MonthlyReview, *, office: str, on: date, spared_hundredths: int = 0) -> Paper:
    """The review of a unit's month. `office` issues it; its number is left to be filled in. `spared_hundredths`: the
    minutes × 100 of what sheets did not ask anew.
    """
    month = period_text(review.month)
    return Paper(
        office=office, number=_("〔{year}〕　　号").format(year=on.year),
        title=_("{month}{place}基层负担调度情况").format(month=month, place=review.unit.name),
        to=_("各县（区），市直各部门："),
        opening=_(
            "现将{month}基层接受检查、填表、开会、收文等情况通报如下。各项数据由平台自动汇总，没有要求任何单位填报。"
        ).format(month=month),
        parts=(
            _inspections(review), _crowding(review), _minutes(review, spared_hundredths), _heaviest(review),
            _refusals(review),
        ),
        signed=office, on=on, note=_("模拟数据，仅供演示") if review.is_synthetic else "",
    )  # fmt: skip


def _inspections(review: MonthlyReview) -> Part:
    now, before = review.inspections, review.inspections_before
    told = _(
        "全月接受检查 {n} 次，上月 {before} 次。其中计划内 {planned} 次，一事一报 {exceptions} 次，"
        "应急 {emergencies} 次。联合检查 {joint} 次，少接待 {saved} 次。"
    ).format(
        n=now.n, before=before.n, planned=now.planned, exceptions=now.exceptions, emergencies=now.emergencies,
        joint=now.joint, saved=now.saved,
    )  # fmt: skip
    head = (_("单位"), _("检查（次）"), _("计划内"), _("计划外"), _("被查单位（个）"), _("扎堆（个）"))
    rows = [
        (u.name, f"{u.inspections.n}", f"{u.inspections.planned}", f"{u.inspections.n - u.inspections.planned}",
         f"{u.n_visited}", f"{u.n_crowded}")
        for u in review.units
    ]  # fmt: skip
    return Part(_("检查"), (told,), (sheet_of(head, rows, range(1, 6)),) if rows else ())


def _crowding(review: MonthlyReview) -> Part:
    if not review.crowded:
        return Part(_("扎堆检查"), (_("没有单位被扎堆检查。"),))
    told = _("有 {n} 个单位一个月接受检查超过 {most} 次，或一周内不止一次。").format(
        n=len(review.crowded), most=review.limit_per_month
    )
    head = (_("单位"), _("所属"), _("次数"), _("日期"))
    rows = [
        (u.name, u.above, f"{len(u.days)}", "、".join(f"{d.month}.{d.day}" for d in u.days)) for u in review.crowded
    ]
    return Part(_("扎堆检查"), (told,), (sheet_of(head, rows, (2,)),))


def _minutes(review: MonthlyReview, spared_hundredths: int) -> Part:
    told = _("各部门要求基层花的时间合计 {now} 小时，上月 {before} 小时；{n} 笔有实测，其余按估算。").format(
        now=_hours(review.burden.minutes_hundredths), before=_hours(review.burden_before.minutes_hundredths),
        n=review.burden.n_measured,
    )  # fmt: skip
    joint, back = review.inspections.saved_hundredths, review.burden.given_back_hundredths
    saved = _(
        "按估算为基层省下 {whole} 小时：联合检查少花 {joint} 小时，已经掌握、没有再问的 {spared} 小时，"
        "撤回、取消和申诉成立退回 {back} 小时。"
    ).format(
        whole=_hours(joint + spared_hundredths + back), joint=_hours(joint), spared=_hours(spared_hundredths),
        back=_hours(back),
    )  # fmt: skip
    head = (_("部门"), _("要求（项）"), *(str(KIND_NAMES[kind]) for kind in _KINDS), _("合计（小时）"))
    rows = [
        (a.name, f"{a.n_demands}", *(_hours(a.minutes_by_kind.get(kind, 0)) for kind in _KINDS),
         _hours(a.minutes_hundredths))
        for a in review.askers
    ]  # fmt: skip
    return Part(_("基层花的时间"), (told, saved), (sheet_of(head, rows, range(1, 9)),) if rows else ())


def _heaviest(review: MonthlyReview) -> Part:
    head = (_("事项"), _("谁要的"), _("单位（个）"), _("合计（小时）"))
    rows = [(d.title, d.asker_name, f"{d.n_units}", _hours(d.minutes_hundredths)) for d in review.heaviest]
    sheets: tuple[Sheet, ...] = (sheet_of(head, rows, (2, 3)),) if rows else ()
    return Part(_("最费时间的十件事"), () if rows else (_("本月没有向基层提出要求。"),), sheets)


def _refusals(review: MonthlyReview) -> Part:
    appeals = review.appeals
    told = _(
        "被规则挡下 {n} 次，基层在门口拒绝无码检查 {away} 次；"
        "基层申诉 {appeals} 件，成立 {upheld} 件，不成立 {rejected} 件。"
    ).format(
        n=sum(one.n for one in review.refused), away=review.n_turned_away, appeals=sum(appeals.values()),
        upheld=appeals.get("upheld", 0), rejected=appeals.get("rejected", 0),
    )  # fmt: skip
    rows = [(one.rule, one.title, f"{one.n}") for one in review.refused]
    return Part(
        _("挡下的要求和申诉"), (told,), (sheet_of((_("规则"), _("内容"), _("次数")), rows, (2,)),) if rows else ()
    )


def month_before(on: date) -> Period:
    """The month that a review on this day is about: the last whole one."""
    return Period.of(on, "month").previous()


def _hours(hundredths: int) -> str:
    tenths = (hundredths + 300) // 600
    return f"{tenths // 10:,}" + (f".{tenths % 10}" if tenths % 10 else "")
