"""The routes of 表格助手, and of a filing that goes out and comes back as a file."""

from routes import EVERYBODY, Route, Takes
from routes_desks import FILLER

# Everybody who may look at figures: not who administers or audits, nor who has no post.
LOOKERS = EVERYBODY - {"adam", "otto", "charlie"}
DESIGNERS = frozenset({"dora", "tara"})
_BOOK, _NO_BOOK = "/filings/BB2026-0001/{一村}/workbook", "/filings/BB2026-9999/{一村}/workbook"
_NOBODYS = {"ticket": "nobody's"}

ROUTES = [
    Route("workbooks", "/workbooks/", LOOKERS,
          takes=Takes(LOOKERS, {"file": ("表.csv", "村名,新开工项目（个）\n一村,\n")}, done=200, others=403)),
    Route("workbooks.reading", "/workbooks/reading/", form_on="/workbooks/",
          takes=Takes(LOOKERS, _NOBODYS, done=404, others=403)),
    Route("workbooks.form", "/workbooks/form/", form_on="/workbooks/",
          takes=Takes(LOOKERS, _NOBODYS, done=404, others=403)),
    Route("workbooks.filled", "/workbooks/form/filled/", form_on="/workbooks/",
          takes=Takes(LOOKERS, _NOBODYS, done=404, others=403)),
    Route("workbooks.overlap", "/workbooks/overlap/", form_on="/workbooks/",
          takes=Takes(LOOKERS, _NOBODYS, done=404, others=403)),
    Route("workbooks.report", "/workbooks/overlap/report/", form_on="/workbooks/",
          takes=Takes(LOOKERS, _NOBODYS, done=404, others=403)),
    Route("workbooks.sheet", "/workbooks/sheet/", form_on="/workbooks/",
          takes=Takes(DESIGNERS, _NOBODYS, done=404, others=403)),
    Route("desk.workbook", _BOOK + "/", FILLER, others=404, missing=_NO_BOOK + "/",
          takes=Takes(FILLER, {"file": ("表.csv", "甲,乙\n1,2\n")}, done=422)),
    Route("desk.take", _BOOK + "/taking/", form_on=_BOOK + "/", missing=_NO_BOOK + "/taking/",
          takes=Takes(FILLER, {"take:projects:2026Q3": "yes", "value:projects:2026Q3": "5"})),
    Route("desk.template", _BOOK + ".xlsx", FILLER, others=404, missing=_NO_BOOK + ".xlsx"),
]  # fmt: skip
