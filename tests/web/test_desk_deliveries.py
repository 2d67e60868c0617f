"""Delivering on a page: the file comes up, its columns are matched with reasons, it lands, and every fault is told."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from desk_helpers import text_of
from django.core.files.uploadedfile import SimpleUploadedFile

from dukao.base.definitions import checked
from dukao.org.rules import SYSTEM
from dukao.registers.actions import define_dataset, land_waiting
from dukao.registers.rules import DatasetDefinition
from dukao.web import uploads
from tests.conftest import AT

pytestmark = pytest.mark.usefixtures("on_the_day")

GOOD = "行政区划代码,新开工的项目\r\n{一村},3\r\n{二村},4\r\n{三村},二十\r\n"


@pytest.fixture
def dataset(house, settings, tmp_path):
    settings.VAR = tmp_path
    (tmp_path / "uploads").mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    definition = {
        "code": "project_quarters", "title": "项目季度数据", "provider": "statistics", "period": "quarter",
        "summary": "各村项目", "share_type": 1,
        "columns": [
            {"name": "unit_code", "title": "区划代码", "type": "unit", "required": True, "aliases": ["行政区划代码"]},
            {"name": "projects", "title": "新开工项目", "type": "integer", "unit": "个", "element": "new_projects"},
        ],
        "key": ["unit_code"], "unit_column": "unit_code",
    }  # fmt: skip
    define_dataset(definition=checked(DatasetDefinition, definition, place="test"), by=SYSTEM, at=AT)
    return house.city


def _upload(client, city, text: str = GOOD, name: str = "项目.csv", encoding: str = "gb18030", **more):
    file = SimpleUploadedFile(name, text.format(**city.code).encode(encoding))
    form = {"dataset": "project_quarters", "period": "2026Q3", "scope": city.code["富水市"], "file": file}
    return client.post("/deliveries/new/", form | more)


def _ticket(response) -> str:
    return response.content.decode().split('name="ticket" value="')[1].split('"')[0]


def _deliver(client, city, ticket: str, **more):
    form = {"dataset": "project_quarters", "period": "2026Q3", "scope": city.code["富水市"], "ticket": ticket,
            "column:unit_code": "#1", "column:projects": "#2"}  # fmt: skip
    return client.post("/deliveries/receipt/", form | more)


def test_first_the_dataset_then_period_and_file(dataset, as_):
    dora = as_("dora")
    assert "项目季度数据" in text_of(dora.get("/deliveries/new/"))
    page = dora.get("/deliveries/new/?dataset=project_quarters").content.decode()
    assert '<option value="2026Q3" selected>' in page
    assert "本部门还没有登记数据资源" in text_of(as_("tara").get("/deliveries/new/"))


def test_columns_are_proposed_with_reasons(dataset, as_):
    response = _upload(as_("dora"), dataset)
    page = text_of(response)
    assert response.status_code == 200
    assert "核对列" in page
    assert "是“区划代码”的别名" in page
    assert "名称相近" in page
    assert "项目.csv" in page
    assert '<option value="#2" selected>2. 新开工的项目' in response.content.decode()


def _said(response, column: str) -> str:
    """What the page says of the match of one column."""
    row = response.content.decode().split(f'for="column-{column}"')[1].split("</tr>")[0]
    return re.sub(r"<[^>]+>", " ", row.rsplit("<td>", 1)[1])


@pytest.mark.parametrize(
    ("header", "values", "said"),
    [("新开工项目", "345", "确定"), ("新开工项目", "34十", "很可能"), ("新开工的项目", "345", "很可能"),
     ("新开工项目", "一二3", "请核对")],
)  # fmt: skip
def test_what_is_sure_is_told_from_what_is_likely_and_from_a_guess(dataset, as_, header, values, said):
    rows = "".join(f"{{{place}}},{value}\r\n" for place, value in zip(("一村", "二村", "三村"), values, strict=True))
    page = _upload(as_("dora"), dataset, f"行政区划代码,{header}\r\n{rows}")
    assert said in _said(page, "projects")
    assert "确定" in _said(page, "unit_code")
    assert ("看过样例" in text_of(page)) == (said == "请核对")


def test_a_guess_is_not_taken_before_somebody_has_looked(dataset, as_):
    dora = as_("dora")
    ticket = _ticket(_upload(dora, dataset, "行政区划代码,新开工项目\r\n{一村},一\r\n{二村},二\r\n{三村},3\r\n"))
    refused = _deliver(dora, dataset, ticket)
    assert refused.status_code == 422
    assert "请看过样例后打勾" in text_of(refused)
    again = _deliver(dora, dataset, ticket, **{"column:unit_code": ""})
    assert "必须有，请选文件里的一列" in text_of(again)
    assert _deliver(dora, dataset, ticket, **{"looked-at:projects": "yes"}).status_code == 303


@pytest.mark.parametrize(("chosen", "total"), [("#2", 12), ("#3", 5), ("", None)])
def test_a_sure_column_can_be_changed_or_left_out_all_the_same(dataset, house, as_, chosen, total):
    dora = as_("dora")
    text = "行政区划代码,新开工项目,其中竣工\r\n{一村},3,1\r\n{二村},4,2\r\n{三村},5,2\r\n"
    sent = _deliver(dora, dataset, _ticket(_upload(dora, dataset, text)), **{"column:projects": chosen})
    assert sent.status_code == 303
    land_waiting(at=AT)
    assert "已入库" in text_of(dora.get(sent.headers["Location"]))
    found = house.total("new_projects", "富水市")
    assert (found.sum if found else None) == total


@pytest.mark.parametrize(("chosen", "total"), [("#2", 12), ("#3", 5), ("", None)])
@pytest.mark.parametrize("header", ["新开工项目,新开工项目", "新开工项目,projects"])
def test_where_two_columns_are_sure_a_person_chooses_one_or_none(dataset, house, as_, header, chosen, total):
    dora = as_("dora")
    text = f"行政区划代码,{header}\r\n{{一村}},3,1\r\n{{二村}},4,2\r\n{{三村}},5,2\r\n"
    sent = _deliver(dora, dataset, _ticket(_upload(dora, dataset, text)), **{"column:projects": chosen})
    land_waiting(at=AT)
    assert "已入库" in text_of(dora.get(sent.headers["Location"]))
    found = house.total("new_projects", "富水市")
    assert (found.sum if found else None) == total


def test_from_the_file_to_the_faults(dataset, house, as_):
    dora = as_("dora")
    sent = _deliver(dora, dataset, _ticket(_upload(dora, dataset)))
    assert sent.status_code == 303
    waiting = dora.get(sent.headers["Location"])
    assert "排队等候" in text_of(waiting)
    assert "every 1s" in waiting.content.decode()
    land_waiting(at=AT)
    page = text_of(dora.get(sent.headers["Location"]))
    assert "已入库" in page
    assert "读到 3 行" in page
    assert "“二十”不是数字" in page
    assert "GB18030" in page
    assert "新开工的项目 → 新开工项目" in page
    assert house.total("new_projects", "富水市").sum == 7
    rejects = dora.get(sent.headers["Location"] + "rejects.csv")
    assert "“二十”不是数字" in b"".join(rejects.streaming_content).decode("utf-8-sig")
    assert "数据交付（1 次）" in text_of(dora.get("/deliveries/"))
    assert "有 1 行没有入库" in text_of(dora.get("/department/"))
    assert "没有登记" not in text_of(as_("sam").get(sent.headers["Location"]))
    assert "有问题的行只有提供部门看得到" in text_of(as_("sam").get(sent.headers["Location"]))


def test_what_the_reader_was_unsure_of_is_told_before_and_after(dataset, as_):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "项目"
    for line in (["行政区划代码", "新开工的项目"], [dataset.code["一村"], 3], [dataset.code["二村"], 4]):
        sheet.append(line)
    sheet.row_dimensions[3].hidden = True
    book.create_sheet("说明").append(["模拟"])
    content = io.BytesIO()
    book.save(content)
    dora = as_("dora")
    file = SimpleUploadedFile("项目.xlsx", content.getvalue())
    form = {"dataset": "project_quarters", "period": "2026Q3", "scope": dataset.code["富水市"], "file": file}
    match = dora.post("/deliveries/new/", form)
    assert "读文件时拿不准的 1 处" in text_of(match)
    assert "工作表“项目”里有 1 行是隐藏的，也读入了" in text_of(match)
    sent = _deliver(dora, dataset, _ticket(match))["Location"]
    land_waiting(at=AT)
    told = text_of(dora.get(sent))
    assert "读文件时拿不准的 2 处" in told
    assert "有 1 行是隐藏的" in told
    assert "只读了工作表“项目”，没有读：说明" in told
    assert "读文件时拿不准的" not in text_of(dora.get(_deliver_plain(dora, dataset)))


def _deliver_plain(client, city) -> str:
    sent = _deliver(client, city, _ticket(_upload(client, city, period="2026Q2")), period="2026Q2")["Location"]
    land_waiting(at=AT)
    return sent


def test_the_same_file_again_is_the_same_delivery(dataset, as_):
    dora = as_("dora")
    first, again = (_deliver(dora, dataset, _ticket(_upload(dora, dataset))) for _time in range(2))
    assert first.headers["Location"] == again.headers["Location"]


def test_a_second_click_leads_to_the_same_delivery(dataset, as_):
    dora = as_("dora")
    ticket = _ticket(_upload(dora, dataset))
    first, again = (_deliver(dora, dataset, ticket) for _time in range(2))
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]


def test_a_correction_supersedes(dataset, as_):
    dora = as_("dora")
    first = _deliver(dora, dataset, _ticket(_upload(dora, dataset))).headers["Location"]
    land_waiting(at=AT)
    second = _deliver(dora, dataset, _ticket(_upload(dora, dataset, GOOD.replace("二十", "20")))).headers["Location"]
    land_waiting(at=AT + timedelta(minutes=1))
    assert "更正后的交付" in text_of(dora.get(first))
    assert "它更正的那一次" in text_of(dora.get(second))


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"period": "2031Q1"}, 409, "还没有开始"),
        ({"period": "2026-07"}, 409, "按季交付"),
        ({"period": "去年"}, 422, "不是时期"),
    ],
)
def test_a_wrong_period_is_said_on_the_page_and_the_file_stays(dataset, as_, more, status, said):
    dora = as_("dora")
    ticket = _ticket(_upload(dora, dataset))
    response = _deliver(dora, dataset, ticket, **more)
    assert response.status_code == status
    assert said in text_of(response)
    assert _deliver(dora, dataset, ticket).status_code == 303


def test_no_file_or_no_table_is_said(dataset, as_):
    dora = as_("dora")
    form = {"dataset": "project_quarters", "period": "2026Q3", "scope": dataset.code["富水市"]}
    assert "请选择要交付的文件" in text_of(dora.post("/deliveries/new/", form))
    empty = _upload(dora, dataset, "", name="空.csv")
    assert empty.status_code == 422
    assert "重新导出后再选文件" in text_of(empty)
    broken = dora.post("/deliveries/new/", form | {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04 no workbook")})
    assert broken.status_code == 422
    assert "文件已损坏" in text_of(broken)
    assert "内容不完整，或格式有误" in text_of(broken)
    tiny = dora.post("/deliveries/new/", form | {"file": SimpleUploadedFile("x.csv", b"%PDF-1.4\n1 0 obj\n")})
    assert (tiny.status_code, "这是PDF 文档，不是表格" in text_of(tiny)) == (422, True)


def test_a_file_of_something_else_is_called_so_first(dataset, as_):
    page = text_of(_upload(as_("dora"), dataset, "税种,税额\n增值税,3\n"))
    assert page.index("这个文件看起来不是《项目季度数据》") < page.index("换一个文件") < page.index("缺少")
    assert "看起来不是" not in text_of(_upload(as_("dora"), dataset))


def test_a_refused_delivery_says_why(dataset, as_):
    dora = as_("dora")
    bad = "行政区划代码,新开工的项目\n999999999999,3\n"
    sent = _deliver(dora, dataset, _ticket(_upload(dora, dataset, bad)))
    land_waiting(at=AT)
    page = text_of(dora.get(sent.headers["Location"]))
    assert "一行也没有入库" in page
    assert "重新交付" in page


def test_a_file_waits_only_for_its_owner_and_not_for_ever(dataset, as_, settings):
    ticket = _ticket(_upload(as_("dora"), dataset))
    other = _deliver(as_("tara"), dataset, ticket)
    assert other.status_code == 404, "the dataset is not hers"
    forged = _deliver(as_("dora"), dataset, ticket + "x")
    assert forged.status_code == 409
    assert "请重新上传" in text_of(forged)
    assert uploads.sweep(at=AT - timedelta(days=400)) == 0
    assert uploads.sweep(at=AT + timedelta(days=9000)) == 1
    assert _deliver(as_("dora"), dataset, ticket).status_code == 409


def test_the_catalogue_tells_what_a_dataset_is(dataset, as_):
    page = text_of(as_("alice").get("/datasets/project_quarters/"))
    assert "各村项目" in page
    assert "无条件共享" in page
    assert "交付数据" not in page
    assert "交付数据" in text_of(as_("dora").get("/datasets/project_quarters/"))
    assert "数据资源（1 个）" in text_of(as_("sam").get("/datasets/?q=项目"))
    assert as_("charlie").get("/datasets/").status_code == 403


def test_a_dataset_is_registered_from_yaml(dataset, as_):
    text = """
code: shop_quarters
title: 店铺
provider: statistics
period: quarter
columns: [{name: unit_code, title: 区划代码, type: unit, required: true},
          {name: n, title: 店铺, type: integer, unit: 个, element: new_projects}]
unit_column: unit_code
"""
    dora = as_("dora")
    assert dora.post("/datasets/new/", {"text": text}).headers["Location"] == "/datasets/shop_quarters/"
    wrong = dora.post("/datasets/new/", {"text": text.replace("type: unit", "type: town")})
    assert wrong.status_code == 422
    assert "columns › 1 › type" in text_of(wrong)
    unknown = dora.post("/datasets/new/", {"text": text.replace("new_projects", "nothing")})
    assert unknown.status_code == 422
