"""The catalogue of audit events in the reader's words; a house test holds it complete."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "gate.demand.issued": _("发出要求"),
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
    "org.login.signed_out": _("退出"),
    "org.post.assigned": _("安排岗位"),
    "org.post.defined": _("设置岗位"),
    "org.post.ended": _("结束岗位"),
    "org.units.imported": _("导入单位"),
}


def verb_title(verb: str) -> str:
    """What happened, in words; the code itself where the catalogue does not know it."""
    return str(VERBS.get(verb, verb))
