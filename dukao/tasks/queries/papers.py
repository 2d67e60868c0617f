"""A task as an official document (督办通知)."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from dukao.base.papers import Paper, Part, sheet_of
from dukao.base.wording import joined
from dukao.tasks.queries.tasks import TaskView


def notice_paper(task: TaskView, *, office: str) -> Paper:
    """The notice to those who do it. Its 发文字号 is left to be filled in; the task's own stands in the text."""
    on = timezone.localdate(task.line.set_at)
    doing = [party for party in task.parties if not party.is_released]
    lead = joined(party.name for party in doing if party.is_lead)
    helping = joined(party.name for party in doing if not party.is_lead)
    milestones = sheet_of(
        (_("节点"), _("时限")), [(one.title, _day(one.due_on)) for one in task.milestones]
    )  # fmt: skip
    who = [_("牵头：{names}。").format(names=lead)] + ([_("配合：{names}。").format(names=helping)] if helping else [])
    return Paper(
        office=office, number=_("〔{year}〕　　号").format(year=on.year),
        title=_("关于办理“{title}”的督办通知").format(title=task.line.title),
        to=f"{joined(party.name for party in doing)}：",
        opening=_("根据{basis}，现将督办事项（{number}）交你们办理。").format(
            basis=task.basis, number=task.line.number
        ),
        parts=(
            Part(_("办什么"), (task.content,)),
            Part(_("谁来办、什么时候办好"), (*who, _("{day}前办好，按以下节点报进展，此外不用报。").format(
                day=_day(task.line.due_on))), (milestones,)),
            Part(_("怎么算办好"), (
                _("用已有的数据或印发的文件说明；不要照片、笔记、台账，不用专门写材料。"),
                _("办结以后，由{who}确认解决了没有；说没有解决的，重新办理。").format(who=task.raiser_label),
            )),
            Part(_("有不同意见怎么办"), (
                _("认为不是本单位职责的，可以提出异议；确需延期的，可以申请。决定以前不亮灯。"),
            )),
        ),
        signed=office, on=on, note=_("模拟数据，仅供演示") if task.line.is_synthetic else "",
    )  # fmt: skip


def _day(on: date) -> str:
    return _("{year}年{month}月{day}日").format(year=on.year, month=on.month, day=on.day)
