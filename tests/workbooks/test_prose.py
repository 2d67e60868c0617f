"""The text of documents, and what of hostile ones is refused."""

import zipfile
from pathlib import Path

import pytest

from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading.prose import read_prose, read_prose_here

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _docx(path: Path, body: str, *, head: str = "", part: str = "word/document.xml", **more: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(part, f'<?xml version="1.0"?>{head}<w:document {_W}><w:body>{body}</w:body></w:document>')
        for name, content in more.items():
            package.writestr(name.replace("__", "/"), content)
    return path


def _p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_paragraphs_are_lines(tmp_path):
    file = _docx(tmp_path / "a.docx", _p("关于防汛的通知") + _p("各村：") + _p("请检查&amp;加固。"))
    assert read_prose(file) == "关于防汛的通知\n各村：\n请检查&加固。"


@pytest.mark.parametrize(("body", "text"), [
    ("<w:p><w:r><w:t>分</w:t></w:r><w:r><w:t>段</w:t></w:r></w:p>", "分段"),
    ("<w:p><w:r><w:t>一</w:t><w:tab/><w:t>二</w:t><w:br/><w:t>三</w:t></w:r></w:p>", "一 二\n三"),
    ("<w:p><w:del><w:r><w:delText>旧</w:delText><w:t>旧</w:t></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins></w:p>",
     "新"),
    ("<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>正文</w:t></w:r></w:p>", "正文"),
    ("<w:tbl><w:tr><w:tc>" + _p("甲") + "</w:tc><w:tc>" + _p("乙") + "</w:tc></w:tr></w:tbl>", "甲\n乙"),
    ('<mc:AlternateContent xmlns:mc="x"><mc:Choice>' + _p("红头") + "</mc:Choice><mc:Fallback>" + _p("红头")
     + "</mc:Fallback></mc:AlternateContent>", "红头"),
    ("", ""),
])  # fmt: skip
def test_what_counts_as_text(tmp_path, body, text):
    assert read_prose_here(_docx(tmp_path / "a.docx", body)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_in_any_encoding(tmp_path, encoding):
    file = tmp_path / "a.txt"
    file.write_bytes("各村：\n请检查水渠，清除淤泥，备好沙袋。".encode(encoding))
    assert read_prose_here(file) == "各村：\n请检查水渠，清除淤泥，备好沙袋。"


def test_macros_and_pictures_are_left_alone(tmp_path):
    file = _docx(tmp_path / "a.docm", _p("正文"), word__vbaProject_bin=b"\0", word__media__a_png=b"\x89PNG")
    assert read_prose_here(file) == "正文"


_BOMB = '<!DOCTYPE w:document [<!ENTITY a "哈哈哈哈哈哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
_OUTSIDE = '<!DOCTYPE w:document [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("make", [
    lambda path: _docx(path, _p("&b;"), head=_BOMB),
    lambda path: _docx(path, _p("&a;"), head=_OUTSIDE),
    lambda path: _docx(path, _p("正文") + "<w:p>"),  # not closed
    lambda path: _docx(path, _p("正文"), part="xl/workbook.xml"),
    lambda path: _docx(path, _p("字" * 500_001)),
    lambda path: path.write_bytes(_docx(path, _p("正文")).read_bytes()[:-30]),
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(b"%PDF-1.7"),
    lambda path: path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)),
    lambda path: path.write_bytes(b"<html><body>hello</body></html>"),
    lambda path: path.write_bytes(bytes(range(256)) * 20),
])  # fmt: skip
def test_what_is_refused(tmp_path, make):
    path = tmp_path / "a.docx"
    make(path)
    with pytest.raises(Unreadable) as refused:
        read_prose_here(path)
    assert "粘贴正文" in refused.value.todo
    assert "表格" not in refused.value.todo


def test_a_package_that_unpacks_to_too_much(tmp_path):
    path = _docx(tmp_path / "a.docx", _p("字"), word__media__a_png=bytes(2_000_000))
    with pytest.raises(Unreadable):
        read_prose_here(path, Limits(unpacked_bytes=1_000_000))
    assert path.stat().st_size < 20_000


def test_a_process_of_its_own_ends_what_takes_too_much(tmp_path):
    path = _docx(tmp_path / "a.docx", _p("字" * 300_000))
    with pytest.raises(Unreadable) as refused:
        read_prose(path, limits=Limits(memory_bytes=1_000_000))
    assert "内存" in refused.value.why
