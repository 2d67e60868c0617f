"""The catalogue of audit events in the reader's words; a test holds it complete."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "gate.demand.issued": _("提出要求"),
    "gate.demand.refused": _("要求被规则挡下"),
    "gate.demand.withdrawn": _("撤回要求"),
    "indicators.indicator.defined": _("定义指标"),
    "org.department.defined": _("设置部门"),
    "org.login.created": _("新建账号"),
    "org.login.disabled": _("停用账号"),
    "org.login.enabled": _("重新启用账号"),
    "org.login.password_changed": _("修改密码"),
    "org.login.password_reset": _("重设密码"),
    "org.login.preferences_set": _("改页面习惯"),
    "org.login.sign_in_refused": _("登录被拒"),
    "org.login.signed_in": _("登录"),
    "org.login.signed_out": _("退出登录"),
    "org.post.assigned": _("安排岗位"),
    "org.post.defined": _("设置岗位"),
    "org.post.ended": _("结束岗位"),
    "org.units.imported": _("导入单位"),
    "registers.dataset.defined": _("定义数据资源"),
    "registers.delivery.landed": _("数据入库"),
    "registers.delivery.received": _("收到交付"),
    "registers.delivery.refused": _("退回交付"),
    "registers.delivery.superseded": _("交付之前已有更正"),
    "registers.element.defined": _("定义数据元"),
    "registers.totals.rebuilt": _("重算汇总"),
    "sheets.answer.cleared": _("清空一格"),
    "sheets.answer.confirmed": _("确认仍对"),
    "sheets.answer.disputed": _("标记不对"),
    "sheets.answer.typed": _("填写一格"),
    "sheets.dispatch.closed": _("结束下发"),
    "sheets.dispatch.withdrawn": _("撤回下发"),
    "sheets.filing.accepted": _("通过报表"),
    "sheets.filing.refused": _("拒填报表"),
    "sheets.filing.returned": _("退回报表"),
    "sheets.filing.submitted": _("上交报表"),
    "sheets.meaning.confirmed": _("确认表中一项的含义"),
    "sheets.meaning.forgotten": _("撤回表中一项的含义"),
    "sheets.sheet.defined": _("定义报表"),
    "sheets.sheet.dispatched": _("下发报表"),
    "sheets.sheet.drafted": _("起草报表"),
    "sheets.sheet.retired": _("停用报表"),
}


def verb_title(verb: str) -> str:
    """What happened, in words; the code itself where the catalogue does not know it."""
    return str(VERBS.get(verb, verb))
