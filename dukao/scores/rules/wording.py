"""The words of scores, for pages, papers and commands; msgids, translated where they are said."""

from dukao.base.words import _noop

STATES = {
    "draft": _noop("草稿"), "set": _noop("已定下"), "shown": _noop("征求异议"), "published": _noop("已公布"),
}  # fmt: skip
APPEAL_STATES = {"open": _noop("待决定"), "upheld": _noop("成立"), "rejected": _noop("不成立")}
RULES = {
    "linear": _noop("按比例"), "threshold": _noop("达标"), "distance": _noop("与自己比"), "share": _noop("按占比"),
}  # fmt: skip
MEASURES = {"value": _noop("当年的值"), "last_year": _noop("比自己去年"), "baseline": _noop("比自己基期")}
ABSENT = {
    "no_data": _noop("没有数据"), "thin": _noop("数据不全，掌握的不到规定比例"), "too_few": _noop("评价份数太少"),
    "not_yet": _noop("还没有到期"), "not_applicable": _noop("不适用"), "no_reference": _noop("没有去年或基期的数可比"),
    "withdrawn": _noop("申诉成立，这一项不计"),
}  # fmt: skip
