"""The routes of the yearly plan, over an item of the tax bureau that waits and one that was let through."""

from routes import EVERYBODY, Route, Takes

OFFICE, OWNER, DEPARTMENTS = frozenset({"sam"}), frozenset({"tara"}), frozenset({"dora", "tara"})
POSTED = EVERYBODY - {"charlie"}
RECEIVERS = frozenset({"alice", "wang", "rita"})
# The item waits in a plan that is still being collected: only its department and the office know of it.
_ITEM, _NO_ITEM = "/plan/items/JH2027-0001/", "/plan/items/JH2027-9999/"
_LET, _NOT_LET = "/plan/items/YS2027-0001/", "/plan/items/YS2027-9999/"
INSIDERS = OWNER | OFFICE
_PLAN = {"year": "2027", "unit": "{富水市}"}
_WRITTEN = {
    "do": "save", "year": "2027", "department": "tax", "title": "发票管理检查", "topic": "taxation",
    "kind": "special", "method": "check", "basis": "富税发〔2026〕模拟1号", "purpose": "看发票管理",
    "scope": "{富水市}", "level": "village", "targets": "{一村}", "starts_on": "2027-10-12", "ends_on": "2027-10-16",
    "minutes_per_visit": "60", "reason": "确有必要", "approver": "分管副市长",
}  # fmt: skip
_PAIR = {"into": "JH2027-0001", "number": "JH2027-0002", "reason": "同一件事"}
_STRAW = _WRITTEN | {
    "title": "秸秆禁烧专项督查", "topic": "straw_burning", "purpose": "看露天焚烧", "scope": "{东县}",
}  # fmt: skip
_WIDER = _STRAW | {"title": "欠薪线索核查", "topic": "wages", "targets": "{一村}\n{二村}", "ends_on": "2027-10-18"}

ROUTES = [
    Route("plan", "/plan/", POSTED),
    Route("plan.all", "/plan/all/", POSTED),
    Route("plan.coming", "/plan/coming/{一村}/", POSTED - {"wang"}, others=404, missing="/plan/coming/990199999999/",
          but={"charlie": 404}),
    Route("plan.exceptions", "/plan/exceptions/", POSTED),
    Route("plan.propose", "/plan/new/", DEPARTMENTS,
          takes=Takes(OWNER, _WRITTEN, others=403, but={"dora": 303})),
    Route("plan.exception", "/plan/exceptions/new/", DEPARTMENTS,
          takes=Takes(OWNER, _WRITTEN, others=403, but={"dora": 303})),
    Route("plan.emergency", "/plan/emergencies/new/", DEPARTMENTS,
          takes=Takes(OWNER, _WRITTEN, others=403, but={"dora": 303})),
    Route("plan.desk", "/plan/desk/", OFFICE),
    Route("plan.merge", "/plan/desk/merging/", form_on="/plan/desk/",
          takes=Takes(OFFICE, _PLAN | _PAIR, others=403)),
    Route("plan.freeze", "/plan/desk/freezing/", form_on="/plan/desk/", takes=Takes(OFFICE, _PLAN, 409, 403)),
    Route("plan.publish", "/plan/desk/publication/", form_on="/plan/desk/", takes=Takes(OFFICE, _PLAN, 409, 403)),
    Route("plan.item", _ITEM, INSIDERS, others=404, missing=_NO_ITEM, but={"charlie": 403}),
    Route("plan.revise", _ITEM + "revision/", OWNER, others=404, missing=_NO_ITEM + "revision/", knows=OFFICE,
          but={"charlie": 403}, takes=Takes(OWNER, _STRAW, but={"charlie": 403})),
    Route("plan.trim", _ITEM + "trimming/", OFFICE, others=404, missing=_NO_ITEM + "trimming/", knows=OWNER,
          but={"charlie": 403}, takes=Takes(OFFICE, _STRAW, but={"charlie": 403})),
    Route("plan.amend", _LET + "amendment/", INSIDERS, others=404, missing=_NOT_LET + "amendment/", knows=POSTED,
          but={"charlie": 403}, takes=Takes(OWNER, _WIDER, done=409, but={"sam": 303, "charlie": 403})),
    Route("plan.approve", _ITEM + "approval/", form_on=_ITEM, missing=_NO_ITEM + "approval/", knows=OWNER,
          takes=Takes(OFFICE, {"reason": "同意"}, but={"charlie": 403})),
    Route("plan.refuse", _ITEM + "refusal/", form_on=_ITEM, missing=_NO_ITEM + "refusal/", knows=OWNER,
          takes=Takes(OFFICE, {"reason": "刚查过"})),
    Route("plan.withdraw", _ITEM + "withdrawal/", form_on=_ITEM, missing=_NO_ITEM + "withdrawal/", knows=OFFICE,
          takes=Takes(OWNER, {"reason": "不再需要"}, but={"sam": 303})),
]  # fmt: skip


def furnish(city) -> None:
    """Two items that wait, of two departments; and one matter beyond the plan that was let through."""
    from dukao.gate import actions
    from tests.conftest import AT
    from tests.gate.plan_items import definition, propose

    year = {"starts_on": "2027-10-12", "ends_on": "2027-12-17"}
    propose(city, year=2027, **year)
    propose(
        city, "statistics", year=2027, topic="statistics", title="统计数据质量检查", purpose="看数据",
        method="documents", **year,
    )  # fmt: skip
    number = actions.request_exception(
        department="tax", reason="群众来信", by=city.actor["tara"], at=AT,
        definition=definition(
            city, title="欠薪线索核查", topic="wages", purpose="核实来信", kind="clue", targets=[city.code["一村"]],
            starts_on="2027-10-12", ends_on="2027-10-18",
        ),
    ).number  # fmt: skip
    actions.grant_exception(number=number, reason="同意", by=city.actor["sam"], at=AT)
