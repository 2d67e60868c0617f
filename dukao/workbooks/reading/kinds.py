"""What a file is, by its content."""

import zipfile
from itertools import pairwise
from pathlib import Path

from dukao.workbooks.problems import Limits, Unreadable
from dukao.workbooks.reading.compound import is_compound, stream_names

# Workbooks of before 1997 may begin with a record instead of a compound file: BIFF2 to BIFF5.
_OLD_WORKBOOKS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00")
NO_TABLES = (
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"{\\rtf", "RTF 文档"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "GZIP 压缩包"),
    (b"SQLite format 3", "数据库文件"),
    (b"PAR1", "Parquet 数据文件"),
    (b"\x7fELF", "程序"),
    (b"MZ\x90", "程序"),
)
SAVE_AS_XLSX = "请用表格软件打开后另存为 XLSX，再重新上传"
ENTRIES_LIMIT = 10_000


def kind_of(path: Path, limits: Limits) -> str:
    """xlsx, xlsm, xlsb, xls, ods, html, xml or text. Raises Unreadable for what is none of these."""
    size = path.stat().st_size
    if not size:
        raise Unreadable("文件是空的", why="长度为 0", todo="请检查导出或下载是否成功")
    if size > limits.file_bytes:
        why = f"文件有 {size / 1e6:,.0f} MB，最多 {limits.file_bytes / 1e6:,.0f} MB"
        raise Unreadable("文件太大", why=why, todo="请拆成几个文件，或只保留需要的工作表")
    kind = kind_of_start(path)
    if kind == "package":
        return _kind_of_package(path, limits)
    return _kind_of_compound(path) if kind == "compound" else kind


def kind_of_start(path: Path) -> str:
    """package, compound, xls, html, xml or text: all that the first bytes say, without a look into the file.

    Raises Unreadable for what is known to be no table.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if start[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "package"
    if is_compound(start):
        return "compound"
    if start[:4] in _OLD_WORKBOOKS:
        return "xls"
    if found := next((name for magic, name in NO_TABLES if start.startswith(magic)), None):
        raise Unreadable(
            f"这是{found}，不是表格", why="文件内容与扩展名无关，以内容为准", todo="请上传 XLSX、XLS、ODS 或 CSV"
        )
    return _kind_of_text(start)


def _kind_of_text(start: bytes) -> str:
    """html and xml where the text begins like one."""
    # Zeros drop out, so that UTF-16 looks like ASCII here.
    plain = start.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    plain = plain.lstrip().lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in plain and plain.startswith((b"<?xml", b"<workbook", b"<ss:")):
        return "xml"
    if plain.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body", b"<style", b"<div")):
        return "html"
    if plain.startswith((b"<?xml", b"<!--")) and (b"<html" in plain or b"<table" in plain):
        return "html"
    if plain.startswith(b"<?xml"):
        raise Unreadable("这是 XML 文件，不是表格", why="没有表格软件写出的工作表", todo=SAVE_AS_XLSX)
    return "text"


def _kind_of_package(path: Path, limits: Limits) -> str:
    entries = checked_entries(path, limits)
    names = {entry.filename.lstrip("/").lower() for entry in entries}
    if "mimetype" in names and "content.xml" in names:
        return "ods"
    if any(entry.flag_bits & 1 for entry in entries):
        raise protected()
    if any(name.endswith("workbook.bin") for name in names):
        return "xlsb"
    if any(name.endswith("workbook.xml") for name in names):
        return "xlsm" if any(name.endswith("vbaproject.bin") for name in names) else "xlsx"
    other = next((title for part, title in _OTHER_PACKAGES if any(part in name for name in names)), "压缩包")
    todo = "请先解压，再逐个上传里面的表格" if other == "压缩包" else "请上传 XLSX、XLS、ODS 或 CSV"
    raise Unreadable(f"这是{other}，不是表格", why="里面没有工作簿", todo=todo)


_OTHER_PACKAGES = (
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "演示文稿"),
    ("ofd.xml", "OFD 版式文件"),
)


def checked_entries(path: Path, limits: Limits) -> list[zipfile.ZipInfo]:
    """The entries of a ZIP that is no bomb. Raises Unreadable."""
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise damaged(str(error)) from None
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES_LIMIT or unpacked > limits.unpacked_bytes:
        why = f"解开后有 {len(entries):,} 个部件，共 {unpacked / 1e6:,.0f} MB"
        raise Unreadable("工作簿解开后太大", why=why, todo="请删除空白的行列和图片后另存，再重新上传")
    taken = sorted((entry.header_offset, entry.compress_size) for entry in entries if not entry.is_dir())
    # A local header has 30 bytes at least; entries that share their bytes unpack to more than the file can hold.
    if any(at + 30 + size > following for (at, size), (following, _) in pairwise(taken)):
        raise Unreadable("文件已损坏，打不开", why="压缩包里的部件互相重叠", todo=SAVE_AS_XLSX)
    return entries


def _kind_of_compound(path: Path) -> str:
    names = stream_names(path)
    if "encryptedpackage" in names:
        raise protected()
    if "workbook" in names or "book" in names:
        return "xls"
    if "worddocument" in names:
        raise Unreadable("这是 Word 文档，不是表格", why="里面没有工作簿", todo="请上传 XLSX、XLS、ODS 或 CSV")
    if "powerpoint document" in names:
        raise Unreadable("这是演示文稿，不是表格", why="里面没有工作簿", todo="请上传 XLSX、XLS、ODS 或 CSV")
    raise damaged("复合文档里没有工作簿")


def protected() -> Unreadable:
    return Unreadable("文件有密码，打不开", why="内容已加密", todo="请在表格软件里去掉密码后另存，再重新上传")


def damaged(why: str) -> Unreadable:
    # What libraries say is English: a detail only.
    told = f"内容不完整，或格式有误（{why[:200]}）" if why.isascii() else f"读取时发现：{why[:200]}"
    return Unreadable("文件已损坏，打不开", why=told, todo=SAVE_AS_XLSX)


def declared(where: str) -> Unreadable:
    return damaged(f"{where} 里有 DOCTYPE 声明，正常的表格文件没有；其中的实体不展开")
