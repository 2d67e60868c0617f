"""The routes of supervision tasks: two of the statistics bureau, led by the tax bureau with 一村; one is closed."""

from routes import EVERYBODY, Route, Takes

DOING = frozenset({"alice", "wang", "rita", "dora", "tara"})
OFFICE, LEAD = frozenset({"sam"}), frozenset({"tara"})
PARTIES = OFFICE | frozenset({"alice", "dora", "tara"})
NUMBER = "DB2026-0001"
_TASK, _NO_TASK = f"/tasks/{NUMBER}/", "/tasks/DB2026-0404/"
_SET = {
    "title": "窗口周末有人", "content": "窗口周末要有人，群众来了办得成事。", "template": "repair",
    "origin": "decision", "basis": "纪要〔2026〕7号", "asker": "statistics", "place": "{甲镇}",
    "lead": "department:tax", "due_on": "2026-10-30", "raiser": "none",
}  # fmt: skip


ROUTES = [
    Route("tasks", "/tasks/", DOING | OFFICE),
    Route("tasks.new", "/tasks/new/", OFFICE, takes=Takes(OFFICE, _SET, others=403)),
    Route("tasks.months", "/tasks/months/", EVERYBODY, public=True),
    Route("tasks.confirm", "/tasks/confirm/", EVERYBODY, public=True,
          takes=Takes(EVERYBODY, {"code": "7K3M", "answer": "fixed"}, done=404)),
    Route("tasks.page", _TASK, PARTIES, others=404, missing=_NO_TASK),
    Route("tasks.docx", _TASK + "notice.docx", PARTIES, others=404, missing=_NO_TASK + "notice.docx"),
    Route("tasks.pdf", _TASK + "notice.pdf", PARTIES, others=404, missing=_NO_TASK + "notice.pdf"),
    # 二村 was drawn: nobody else is left who could be asked.
    Route("tasks.draw", "/tasks/DB2026-0002/draw-1.json", PARTIES | {"wang"}, others=404,
          missing="/tasks/DB2026-0404/draw-1.json"),
    Route("tasks.act", _TASK + "milestone/", form_on=_TASK, missing=_NO_TASK + "milestone/", knows=PARTIES,
          takes=Takes(LEAD | {"alice"}, {"position": "1", "kind": "words", "text": "排了班"})),
]  # fmt: skip


def furnish(city) -> None:
    from tests.tasks.carried import carried, set_task

    first = set_task(city, partners=[{"unit": city.code["一村"]}], minutes=10)
    carried(city, first.number, by="tara", until="signed")
    second = set_task(city, place=city.code["一村"], partners=[{"unit": city.code["一村"]}])
    carried(city, second.number, by="tara")
