"""The routes of documents: a department's draft and issued paper, the unit's reading of it, the office's radar."""

from datetime import UTC, date, datetime

from routes import Route, Takes

DEPARTMENTS, OFFICE = frozenset({"dora", "tara"}), frozenset({"sam"})
WRITER, RECEIVERS = frozenset({"dora"}), frozenset({"alice", "wang"})
# One page for all: a register for those who write and oversee, what came for those who receive.
HOLDERS = DEPARTMENTS | OFFICE | RECEIVERS | {"rita"}
# WJ2026-0001 and WJ2026-0002 are issued to all villages, WJ2026-0003 is a draft; all are the statistics bureau's.
_ISSUED, _DRAFT, _NONE = "/documents/WJ2026-0001/", "/documents/WJ2026-0003/", "/documents/WJ2026-9999/"
_PAPER = {"title": "关于核对水渠的通知", "channel": "red_head", "kind": "general", "scope": "statistics,{富水市}",
          "level": "5", "basis": "2026年发文计划（模拟）第9项", "text": "请核对水渠。"}  # fmt: skip
_ANSWERS = {"minutes": "10", "forms": "0", "meetings": "0", "reports": "0", "due_on": "2026-10-20"}

ROUTES = [
    Route("documents", "/documents/", HOLDERS),
    Route("documents.new", "/documents/new/", DEPARTMENTS,
          takes=Takes(WRITER, _PAPER, others=403, but={"tara": 422})),
    Route("documents.counts", "/documents/counts/", DEPARTMENTS | OFFICE),
    Route("documents.page", _ISSUED, WRITER | OFFICE | RECEIVERS, others=404, missing=_NONE),
    Route("documents.change", _DRAFT + "text/", WRITER, others=404, missing=_NONE + "text/",
          takes=Takes(WRITER, _PAPER)),
    Route("documents.assess", _DRAFT + "assessment/", form_on=_DRAFT, missing=_NONE + "assessment/",
          takes=Takes(WRITER, _ANSWERS)),
    Route("documents.explain", _DRAFT + "reason/", form_on=_DRAFT, missing=_NONE + "reason/",
          takes=Takes(WRITER, {"excuse": "上级新增任务"})),
    Route("documents.allow", _DRAFT + "permission/", form_on=_DRAFT, missing=_NONE + "permission/",
          takes=Takes(OFFICE, done=409)),
    Route("documents.issue", _DRAFT + "issue/", form_on=_DRAFT, missing=_NONE + "issue/",
          takes=Takes(WRITER, done=409)),
    Route("documents.drop", _DRAFT + "end/", form_on=_DRAFT, missing=_NONE + "end/", takes=Takes(WRITER)),
    Route("radar", "/radar/", OFFICE),
    Route("radar.pair", "/radar/WJ2026-0002/WJ2026-0001/", OFFICE, others=404,
          missing="/radar/WJ2026-0002/WJ2026-9999/"),
]  # fmt: skip


def furnish(city) -> None:
    """A paper, the same once more under another title and as a note, and a draft of something else with its reason."""
    from dukao.gate.actions import Paper, assess_document, draft_document, explain_document, issue_document
    from dukao.org.rules import SYSTEM

    at = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
    text = "请各村检查水渠，清除淤泥，备好沙袋和水泵，安排专人值守，遇到险情先转移群众。"
    papers = (("关于做好防汛准备的通知", "red_head", text), ("汛期值守提示", "note", text),
              ("关于秋收的通知", "red_head", "请各村填写进度表，10月20日前报送。"))  # fmt: skip
    for title, channel, words in papers:
        paper = Paper(title=title, channel=channel, kind="general", scope_unit=city.code["富水市"], target_level=5,
                      basis="2026年发文计划（模拟）第3项", text=words, is_synthetic=True)  # fmt: skip
        number = draft_document(department="statistics", paper=paper, by=SYSTEM, at=at)
        if number != "WJ2026-0003":
            assess_document(number=number, minutes=10, forms=0, meetings=0, reports=0, due_on=date(2026, 10, 20),
                            by=SYSTEM, at=at)  # fmt: skip
            issue_document(number=number, by=SYSTEM, at=at)
    explain_document(number="WJ2026-0003", excuse="上级新增任务", by=SYSTEM, at=at)
