"""The routes of the working desks: worker, reviewer, department, supervision office."""

from datetime import UTC, date, datetime

from routes import EVERYBODY, Route, Takes

WORKERS, REVIEWERS = frozenset({"alice", "wang"}), frozenset({"rita", "dora", "tara"})
DEPARTMENTS, OFFICE = frozenset({"dora", "tara"}), frozenset({"sam"})
# Of one sheet of the statistics bureau, and of the filing of 一村 in it.
FILLER, REVIEWER = frozenset({"alice"}), frozenset({"rita", "dora"})
ISSUER = frozenset({"dora"})
READERS = ISSUER | OFFICE
PARTIES = READERS | {"alice", "rita"}
_FILING, _NO_FILING = "/filings/BB2026-0001/{一村}/", "/filings/BB2026-9999/{一村}/"
_CELL, _NO_CELL = _FILING + "answers/projects/2026Q3/", _NO_FILING + "answers/projects/2026Q3/"
_REVIEW, _NO_REVIEW = "/review/BB2026-0001/{一村}/", "/review/BB2026-9999/{一村}/"
_SENT, _NOT_SENT = "/dispatches/BB2026-0001/", "/dispatches/BB2026-9999/"
# They see the filing and are told that its review is not theirs.
_READ_ONLY = dict.fromkeys(PARTIES - REVIEWER, 403)
_TYPED = {"answer:projects:2026Q3": "5"}

ROUTES = [
    Route("desk", "/desk/", WORKERS),
    Route("filings", "/filings/", WORKERS),
    Route("desk.filing", _FILING, PARTIES, others=404, missing=_NO_FILING, takes=Takes(FILLER, _TYPED)),
    Route("desk.submit", _FILING + "submission/", others=303, missing=_NO_FILING + "submission/",
          takes=Takes(FILLER, _TYPED)),
    Route("desk.refuse", _FILING + "refusal/", form_on=_FILING, missing=_NO_FILING + "refusal/",
          takes=Takes(FILLER, done=409)),
    Route("desk.answer", _CELL, form_on=_FILING, missing=_NO_CELL, takes=Takes(FILLER, _TYPED)),
    Route("desk.confirm", _CELL + "confirmation/", form_on=_FILING, missing=_NO_CELL + "confirmation/",
          takes=Takes(FILLER, done=409)),
    Route("desk.dispute", _CELL + "dispute/", FILLER, others=404, missing=_NO_CELL + "dispute/",
          takes=Takes(FILLER, {"reason:projects:2026Q3": "数不对"}, done=409)),
    Route("desk.clear", _CELL + "clearing/", form_on=_FILING, missing=_NO_CELL + "clearing/", takes=Takes(FILLER)),
    Route("review", "/review/", REVIEWERS),
    Route("review.page", _REVIEW, PARTIES, others=404, missing=_NO_REVIEW),
    Route("review.accept", _REVIEW + "acceptance/", form_on=_REVIEW, missing=_NO_REVIEW + "acceptance/",
          knows=PARTIES, takes=Takes(REVIEWER, done=409, but=_READ_ONLY)),
    Route("review.return", _REVIEW + "return/", form_on=_REVIEW, missing=_NO_REVIEW + "return/",
          knows=PARTIES, takes=Takes(REVIEWER, {"reason": "请核对"}, done=409, but=_READ_ONLY)),
    Route("elements", "/elements/", EVERYBODY),
    Route("elements.new", "/elements/new/", DEPARTMENTS, takes=Takes(DEPARTMENTS, {"text": "code: x"}, 422, 403)),
    Route("elements.page", "/elements/projects/", EVERYBODY, missing="/elements/nothing/"),
    Route("sheets", "/sheets/", DEPARTMENTS | OFFICE),
    Route("sheets.new", "/sheets/new/", DEPARTMENTS, takes=Takes(DEPARTMENTS, {"do": "draft"}, 422, 403)),
    Route("sheets.yaml", "/sheets/from-yaml/", DEPARTMENTS, takes=Takes(DEPARTMENTS, {"text": "code: x"}, 422, 403)),
    Route("sheets.page", "/sheets/econ/", READERS, others=404, missing="/sheets/nothing/"),
    Route("sheets.retire", "/sheets/econ/retirement/", form_on="/sheets/econ/", missing="/sheets/nothing/retirement/",
          takes=Takes(ISSUER, done=409)),
    Route("sheets.design", "/sheets/econ/design/", ISSUER, others=404, missing="/sheets/nothing/design/",
          takes=Takes(ISSUER, {"do": "draft"}, done=422)),
    Route("sheets.compile", "/sheets/econ/compilation/", READERS, others=404, missing="/sheets/nothing/compilation/"),
    Route("sheets.dispatch", "/sheets/econ/dispatches/", form_on="/sheets/econ/compilation/",
          missing="/sheets/nothing/dispatches/", knows=READERS,
          takes=Takes(ISSUER, {"do": "whole", "period": "2026Q2", "due_on": "2026-10-20", "basis": "统调〔2026〕1号"})),
    Route("dispatches", "/dispatches/", DEPARTMENTS | OFFICE),
    Route("dispatches.page", _SENT, READERS, others=404, missing=_NOT_SENT),
    Route("dispatches.withdraw", _SENT + "withdrawal/", form_on=_SENT, missing=_NOT_SENT + "withdrawal/",
          takes=Takes(ISSUER, {"reason": "发错了"})),
    Route("dispatches.close", _SENT + "closing/", form_on=_SENT, missing=_NOT_SENT + "closing/", takes=Takes(ISSUER)),
    Route("dispatches.filing", _SENT + "filings/{一村}/", PARTIES, others=404, missing=_NOT_SENT + "filings/{一村}/"),
    Route("department", "/department/", DEPARTMENTS),
    Route("datasets", "/datasets/", EVERYBODY - {"charlie"}),
    Route("datasets.new", "/datasets/new/", DEPARTMENTS, takes=Takes(DEPARTMENTS, {"text": "code: x"}, 422, 403)),
    Route("datasets.page", "/datasets/project_quarters/", EVERYBODY - {"charlie"}, others=404,
          missing="/datasets/nothing/"),
    Route("deliveries", "/deliveries/", DEPARTMENTS | OFFICE),
    Route("deliveries.new", "/deliveries/new/", DEPARTMENTS, takes=Takes(ISSUER, {
        "dataset": "project_quarters", "period": "2026Q3", "scope": "{富水市}",
        "file": ("项目.csv", "区划代码,项目\n{一村},3\n"),
    }, done=200, others=403, but={"tara": 404})),
    Route("deliveries.deliver", "/deliveries/receipt/", form_on="/deliveries/new/", takes=Takes(ISSUER, {
        "dataset": "project_quarters", "period": "2026Q3", "scope": "{富水市}", "ticket": "nobody's",
    }, done=409, others=403, but={"tara": 404})),
    Route("deliveries.page", "/deliveries/project_quarters-1/", READERS, others=404, missing="/deliveries/nothing-1/"),
    Route("deliveries.rejects", "/deliveries/project_quarters-1/rejects.csv", ISSUER, others=404,
          missing="/deliveries/nothing-1/rejects.csv"),
    Route("supervision", "/supervision/", OFFICE),
    Route("demands", "/demands/", DEPARTMENTS | OFFICE),
    Route("demands.page", "/demands/XQ2026-0001/", READERS, others=404, missing="/demands/XQ2026-9999/"),
]  # fmt: skip


def furnish(city) -> None:
    """An element, a sheet over it that the statistics bureau has sent to all villages, and a delivery with a fault."""
    from dukao.base.definitions import checked
    from dukao.base.periods import Period
    from dukao.org.rules import SYSTEM
    from dukao.registers.actions import define_element
    from dukao.registers.rules import ElementDefinition
    from dukao.sheets.actions import define_sheet, dispatch_sheet
    from dukao.sheets.rules.definitions import SheetDefinition

    at = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
    element = {"code": "projects", "title": "新开工项目", "unit": "个", "period": "quarter", "level": "village",
               "owner": "statistics", "adds_up": {"units": "sum", "periods": "sum"}}  # fmt: skip
    legal = {"type": "statistical", "form_number": "富统1表（模拟）", "issuing_body": "富水市统计局",
             "approval_number": "富统审〔2026〕模拟8号", "valid_until": "2999-12-31"}  # fmt: skip
    sheet = {"code": "econ", "title": "三季度经济运行表", "issuer": "statistics", "legal": legal, "period": "quarter",
             "frequency": "quarterly", "level": "village",
             "sections": [{"questions": [{"element": "projects"}]}]}  # fmt: skip
    define_element(definition=checked(ElementDefinition, element, place="test"), by=SYSTEM, at=at)
    define_sheet(definition=checked(SheetDefinition, sheet, place="test"), by=SYSTEM, at=at)
    dispatch_sheet(
        sheet="econ", scope_unit=city.code["富水市"], period=Period.parse("2026Q3"), due_on=date(2026, 10, 20),
        basis="富政办〔2026〕模拟12号", by=SYSTEM, at=at,
    )  # fmt: skip
    _deliver(city, at)


def _deliver(city, at: datetime) -> None:
    """A delivery as it stands after landing; the file of its rejects rests where it would."""
    from dukao.base.definitions import checked
    from dukao.org.rules import SYSTEM
    from dukao.registers.actions import define_dataset
    from dukao.registers.models import Dataset, Delivery
    from dukao.registers.records import path_of
    from dukao.registers.rules import DatasetDefinition

    dataset = {"code": "project_quarters", "title": "项目季度数据", "provider": "statistics", "period": "quarter",
               "columns": [{"name": "unit_code", "title": "区划代码", "type": "unit", "required": True},
                           {"name": "projects", "title": "项目", "type": "integer", "unit": "个",
                            "element": "projects"}],
               "key": ["unit_code"], "unit_column": "unit_code"}  # fmt: skip
    define_dataset(definition=checked(DatasetDefinition, dataset, place="test"), by=SYSTEM, at=at)
    digest = "ab" + "0" * 62
    rejects = path_of("rejects", digest)
    rejects.parent.mkdir(parents=True, exist_ok=True)
    rejects.write_text(
        "\ufeffline,column,value,reason\r\n3,projects,二,“二”不是数字，只填数，不带单位和汉字\r\n", "utf-8"
    )
    Delivery.objects.create(
        number="project_quarters-1", dataset=Dataset.objects.get(), dataset_version=1,
        scope_unit_id=city.unit["富水市"], period=2026103, file_name="项目.csv", file_digest=digest, size_bytes=90,
        state="landed", rows_read=2, rows_accepted=1, rows_rejected=1, facts_landed=1, rejects_digest=digest,
        by_name="dora", received_at=at, landed_at=at, found={"format": "csv", "encoding": "gb18030"},
    )  # fmt: skip
