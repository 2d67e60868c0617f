"""The routes of the working desks: worker, reviewer, department, supervision office."""

from datetime import UTC, date, datetime

from routes import EVERYBODY, Route

WORKERS, REVIEWERS = frozenset({"alice", "wang"}), frozenset({"rita", "dora", "tara"})
DEPARTMENTS, OFFICE = frozenset({"dora", "tara"}), frozenset({"sam"})
# Of one sheet of the statistics bureau, and of the filing of 一村 in it.
ISSUER = frozenset({"dora"})
READERS = ISSUER | OFFICE
PARTIES = READERS | {"alice", "rita"}
_FILING = "/filings/BB2026-0001/{一村}/"
_CELL = _FILING + "answers/projects/2026Q3/"

ROUTES = [
    Route("desk", "/desk/", WORKERS),
    Route("filings", "/filings/", WORKERS),
    Route("desk.filing", _FILING, PARTIES, others=404),
    Route("desk.submit", _FILING + "submission/", others=303),
    Route("desk.refuse", _FILING + "refusal/", post=True),
    Route("desk.answer", _CELL, post=True),
    Route("desk.confirm", _CELL + "confirmation/", post=True),
    Route("desk.dispute", _CELL + "dispute/", frozenset({"alice"}), others=404),
    Route("desk.clear", _CELL + "clearing/", post=True),
    Route("review", "/review/", REVIEWERS),
    Route("review.page", "/review/BB2026-0001/{一村}/", PARTIES, others=404),
    Route("review.accept", "/review/BB2026-0001/{一村}/acceptance/", post=True),
    Route("review.return", "/review/BB2026-0001/{一村}/return/", post=True),
    Route("elements", "/elements/", EVERYBODY),
    Route("elements.new", "/elements/new/", DEPARTMENTS),
    Route("elements.page", "/elements/projects/", EVERYBODY),
    Route("sheets", "/sheets/", DEPARTMENTS | OFFICE),
    Route("sheets.new", "/sheets/new/", DEPARTMENTS),
    Route("sheets.yaml", "/sheets/from-yaml/", DEPARTMENTS),
    Route("sheets.page", "/sheets/econ/", READERS, others=404),
    Route("sheets.retire", "/sheets/econ/retirement/", post=True),
    Route("sheets.design", "/sheets/econ/design/", ISSUER, others=404),
    Route("sheets.compile", "/sheets/econ/compilation/", READERS, others=404),
    Route("sheets.dispatch", "/sheets/econ/dispatches/", post=True),
    Route("dispatches", "/dispatches/", DEPARTMENTS | OFFICE),
    Route("dispatches.page", "/dispatches/BB2026-0001/", READERS, others=404),
    Route("dispatches.withdraw", "/dispatches/BB2026-0001/withdrawal/", post=True),
    Route("dispatches.close", "/dispatches/BB2026-0001/closing/", post=True),
    Route("dispatches.filing", "/dispatches/BB2026-0001/filings/{一村}/", PARTIES, others=404),
    Route("department", "/department/", DEPARTMENTS),
    Route("datasets", "/datasets/", EVERYBODY - {"charlie"}),
    Route("datasets.new", "/datasets/new/", DEPARTMENTS),
    Route("datasets.page", "/datasets/project_quarters/", EVERYBODY - {"charlie"}, others=404),
    Route("deliveries", "/deliveries/", DEPARTMENTS | OFFICE),
    Route("deliveries.new", "/deliveries/new/", DEPARTMENTS),
    Route("deliveries.deliver", "/deliveries/receipt/", post=True),
    Route("deliveries.page", "/deliveries/project_quarters-1/", READERS, others=404),
    Route("deliveries.rejects", "/deliveries/project_quarters-1/rejects.csv", ISSUER, others=404),
    Route("supervision", "/supervision/", OFFICE),
    Route("demands", "/demands/", DEPARTMENTS | OFFICE),
    Route("demands.page", "/demands/XQ2026-0001/", READERS, others=404),
]


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
    rejects.write_text("\ufeffline,column,value,reason\r\n3,projects,二,“二”不是数字\r\n", "utf-8")
    Delivery.objects.create(
        number="project_quarters-1", dataset=Dataset.objects.get(), dataset_version=1,
        scope_unit_id=city.unit["富水市"], period=2026103, file_name="项目.csv", file_digest=digest, size_bytes=90,
        state="landed", rows_read=2, rows_accepted=1, rows_rejected=1, facts_landed=1, rejects_digest=digest,
        by_name="dora", received_at=at, landed_at=at, found={"format": "csv", "encoding": "gb18030"},
    )  # fmt: skip
