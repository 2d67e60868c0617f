"""Documents in pages: from a pasted text to an issued paper, the office's consent, the radar, a village's list."""

import io
import zipfile

import pytest
from desk_helpers import text_of
from django.core.files.uploadedfile import SimpleUploadedFile

pytestmark = pytest.mark.usefixtures("on_the_day")

_TEXT = (
    "关于做好秋收的通知\n各村：\n请填写进度表，于10月20日前报送市统计局。\n请召开村民会议。\n"
    "富水市统计局\n2026年10月8日"
)


@pytest.fixture
def dora(city, as_, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return as_("dora")


def _paper(city, **changes) -> dict[str, str]:
    given = {"channel": "red_head", "kind": "general", "scope": f"statistics,{city.code['富水市']}", "level": "5",
             "basis": "2026年发文计划（模拟）第3项", "text": _TEXT}  # fmt: skip
    return given | changes


def _drafted(client, city, **changes) -> str:
    answer = client.post("/documents/new/", _paper(city, **changes))
    assert answer.status_code == 303, text_of(answer)
    return answer.headers["Location"]


def _assessed(client, page: str, **changes) -> None:
    given = {"minutes": "20", "forms": "1", "meetings": "1", "reports": "1", "due_on": "2026-10-20"} | changes
    assert client.post(f"{page}assessment/", given).status_code == 303


def test_pasted_text_is_read_and_prefills_the_assessment(city, dora):
    page = _drafted(dora, city)
    shown = text_of(dora.get(page))
    assert "关于做好秋收的通知" in shown  # the title stands in the text
    assert "一致性评估还没有填" in shown
    assert "请填写进度表，于10月20日前报送市统计局。" in shown
    assert "请召开村民会议。" in shown
    html = dora.get(page).content.decode()
    assert 'name="reports" value="1"' in html
    assert 'name="due_on" value="2026-10-20"' in html


def test_from_draft_to_the_village(city, dora, as_):
    page = _drafted(dora, city)
    refused = dora.post(f"{page}issue/")
    assert refused.status_code == 409
    assert "一致性评估还没有填" in text_of(refused)
    _assessed(dora, page)
    assert "印发给 6 个村（社区）" in text_of(dora.get(page)).replace("\xa0", " ")
    assert dora.post(f"{page}issue/").status_code == 303
    shown = text_of(dora.get(page))
    assert "已印发" in shown
    assert "要下级报 1 次材料" in shown
    alice = as_("alice")
    assert "关于做好秋收的通知" in text_of(alice.get("/documents/"))
    read = text_of(alice.get(page))
    assert "请召开村民会议" in read
    assert "规则怎么说" not in read
    assert f"/burden/demands/XQ2026-0001/{city.code['一村']}/" in alice.get(page).content.decode()
    assert "关于做好秋收的通知" not in text_of(as_("rita").get("/documents/"))


def test_a_docx_is_read(city, dora):
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in _TEXT.splitlines())
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("word/document.xml", f'<w:document xmlns:w="x"><w:body>{body}</w:body></w:document>')
    upload = SimpleUploadedFile("通知.docx", file.getvalue())
    page = _drafted(dora, city, text="", text_file=upload)
    assert "请召开村民会议" in text_of(dora.get(page))


@pytest.mark.parametrize(("changes", "said"), [
    ({"text": ""}, "没有读到正文"), ({"basis": ""}, "请写明发文依据"), ({"scope": "tax,990100000000"}, "请选择发给谁"),
    ({"level": "9"}, "应在发文范围之内"), ({"superior_number": "WJ2026-0404"}, "没有这份上级文件"),
])  # fmt: skip
def test_what_is_lacking_is_told_beside_what_was_typed(city, dora, changes, said):
    answer = dora.post("/documents/new/", _paper(city, **changes))
    assert answer.status_code == 422
    assert said in text_of(answer)
    if "text" not in changes:
        assert "请召开村民会议" in text_of(answer)


def test_a_file_that_is_no_document(city, dora):
    upload = SimpleUploadedFile("通知.docx", b"%PDF-1.7 ...")
    answer = dora.post("/documents/new/", _paper(city, text="", text_file=upload))
    assert answer.status_code == 422
    assert "粘贴正文" in text_of(answer)


def test_numbers_that_are_none(city, dora):
    page = _drafted(dora, city)
    answer = dora.post(f"{page}assessment/", {"minutes": "很多", "forms": "1", "meetings": "1", "reports": "1"})
    assert answer.status_code == 422
    assert "请填整数" in text_of(answer)
    assert 'value="很多"' in answer.content.decode()


def test_one_too_many_waits_for_the_office(city, dora, as_):
    from dukao.gate.models import Baseline

    Baseline.objects.create(
        unit_id=city.unit["富水市"], department_id=city.department["statistics"], kind="document", year=2025, count=0,
        source="发文登记簿（模拟）", is_synthetic=True,
    )  # fmt: skip
    page, sam = _drafted(dora, city), as_("sam")
    _assessed(dora, page)
    assert "再发就多于去年" in text_of(dora.post(f"{page}issue/"))
    assert sam.get(page).status_code == 404
    assert dora.post(f"{page}reason/", {"excuse": "上级新增任务"}).status_code == 303
    assert "等待批准" in text_of(dora.get(page))
    assert "部门写了理由的草稿（1 件）" in text_of(sam.get("/documents/"))
    assert "同意印发这一件" in text_of(sam.get(page))
    assert sam.post(f"{page}permission/").status_code == 303
    assert dora.post(f"{page}issue/").status_code == 303
    row = text_of(sam.get("/documents/counts/"))
    assert "统计局" in row
    assert "今年最多 = 去年全年 × 100%" in row


def test_the_radar_shows_both_papers_with_what_they_share(city, dora, as_):
    first = _drafted(dora, city)
    second = _drafted(dora, city, title="秋收进度提示", channel="note")
    for page in (first, second):
        _assessed(dora, page)
        assert dora.post(f"{page}issue/").status_code == 303
    sam = as_("sam")
    shown = text_of(sam.get("/radar/"))
    assert "换标题重发" in shown
    assert "白头、便笺里布置工作" in shown
    beside = sam.get("/radar/WJ2026-0002/WJ2026-0001/")
    assert "两份文件有 100% 相同" in text_of(beside)
    assert beside.content.decode().count("<mark>") == 2
    assert "没有看到" in text_of(sam.get("/radar/?year=2025"))


def test_changing_and_giving_up(city, dora):
    page = _drafted(dora, city)
    assert "请召开村民会议" in dora.get(f"{page}text/").content.decode()
    assert dora.post(f"{page}text/", _paper(city, title="关于秋收的函", channel="letter")).status_code == 303
    assert "函里有要下级办事的话" in text_of(dora.get(page))
    assert dora.post(f"{page}end/").status_code == 303
    assert "已放弃" in text_of(dora.get(page))
    assert dora.get(f"{page}text/").status_code == 404
