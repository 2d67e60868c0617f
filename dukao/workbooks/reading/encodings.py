"""Which encoding a text is in, from its bytes alone."""

import codecs
import re

from dukao.workbooks.problems import Unreadable

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SAMPLE_BYTES = 200_000
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_TITLES = {"gb18030": "GB18030（简体）", "big5hkscs": "Big5（繁体）"}
# Fewer characters, or a smaller distance in plausibility, than this and the choice is told as an assumption.
_SURE_CHARACTERS = 6
_SURE_DISTANCE = 0.15


def decoded(data: bytes, *, whole: bool = False) -> tuple[str, str, list[str]]:
    """Text, encoding, doubts. Raises Unreadable where it is no text, or where the `whole` of it is not."""
    if found := next(((mark, name) for mark, name in BOMS if data.startswith(mark)), None):
        mark, name = found
        return _read_as(data[len(mark) :], name, whole)
    encoding, doubts = encoding_of(data, is_utf8=_is_utf8(data), has_zeros=b"\0" in data)
    text, encoding, more = _read_as(data, encoding, whole)
    return text, encoding, doubts + more


def encoding_of(start: bytes, *, is_utf8: bool, has_zeros: bool) -> tuple[str, list[str]]:
    """Encoding and doubts of a text without a mark, by its beginning and by two things known of the whole of it.

    Raises Unreadable where it is no text. UTF-8 is answered for one with damaged bytes in it too.
    """
    start = start[:_SAMPLE_BYTES]
    if has_zeros:
        return _wide(start), []
    if not _looks_like_gb(start) if is_utf8 else _is_mostly_utf8(start):
        return "utf-8", []
    return _chinese(start)


def read_as_stated(data: bytes, stated: re.Match[bytes] | None, *, whole: bool = False) -> tuple[str, str, list[str]]:
    """As `decoded`, where the text may state its encoding (`stated[1]`); a mark in front knows better."""
    if stated is None or any(data.startswith(mark) for mark, _ in BOMS) or b"\0" in data[:400]:
        return decoded(data, whole=whole)
    encoding = stated[1].decode().lower()
    # What calls itself GB2312 mostly holds characters beyond it.
    encoding = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}.get(encoding, encoding)
    try:
        codecs.lookup(encoding)
    except LookupError:
        return decoded(data, whole=whole)
    return _read_as(data, encoding, whole)


def _read_as(data: bytes, encoding: str, whole: bool) -> tuple[str, str, list[str]]:
    """The text, with marks in the place of what is damaged. Raises Unreadable where that is more than a little."""
    doubts = []
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, errors="replace")
        line, broken = data.count(b"\n", 0, error.start) + 1, text.count("\ufffd")
        doubts.append(f"第 {line} 行起有 {broken} 处损坏的字节，显示为“\ufffd”")
        if whole or broken * 50 > len(text):
            why = "不是 UTF-8、GB18030、Big5 或 UTF-16 的文字"
            raise Unreadable("认不出文件的编码", why=why, todo="请另存为 UTF-8 编码的 CSV，或 XLSX") from None
    if len(_CONTROLS.findall(text[:_SAMPLE_BYTES])) * 200 > min(len(text), _SAMPLE_BYTES):
        raise Unreadable("这不是表格文件", why="内容不是文字", todo="请上传 XLSX、XLS、ODS 或 CSV")
    return text, encoding, doubts


def _wide(start: bytes) -> str:
    """UTF-16 without a mark shows by the zeros of its ASCII letters, which all stand on one side."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > 10 * even:
        return "utf-16-le"
    if even > 10 * odd:
        return "utf-16-be"
    raise Unreadable(
        "这不是表格文件", why="文件里有不是文字的内容，也不是认识的表格格式", todo="请上传 XLSX、XLS、ODS 或 CSV"
    )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", errors="replace")
    strange = sum(character > "\x7f" for character in text)
    return text.count("\ufffd") * 10 < strange


def _looks_like_gb(sample: bytes) -> bool:
    """Whether a text that could be UTF-8 is GB18030 all the same: "联通" is valid in both.

    In UTF-8 such a text would have no character of Chinese; two of them in a row are four bytes in GB18030.
    """
    if sample.isascii() or any(character >= "\u0800" for character in sample.decode("utf-8", errors="ignore")):
        return False
    runs = _BEYOND_ASCII.findall(sample)
    return any(len(run) >= 4 for run in runs) and _plausibility(sample, "gb18030")[0] > 0.95


def _chinese(sample: bytes) -> tuple[str, list[str]]:
    """GB18030 or Big5: the one in whose order of characters these are the common ones."""
    scores = {name: _plausibility(sample, name) for name in _TITLES}
    best = max(scores, key=lambda name: scores[name][0])
    (score, count), (other, _) = scores[best], min(scores.values())
    if count >= _SURE_CHARACTERS and score - other >= _SURE_DISTANCE:
        return best, []
    return best, [f"文件没有写明编码，按 {_TITLES[best]}读；如果文字不通，请另存为 UTF-8"]


def _plausibility(sample: bytes, encoding: str) -> tuple[float, int]:
    """Share of common characters among those beyond ASCII, and their number.

    Both standards put the common characters first: rows B0 to D7 of GB 2312, rows A4 to C6 of Big5. Text read in the
    wrong one falls half outside.
    """
    common = total = 0
    for character in sample.decode(encoding, errors="replace"):
        if character < "\x80":
            continue
        total += 1
        code = character.encode(encoding, errors="replace")
        if len(code) != 2:
            continue
        lead, trail = code
        if encoding == "gb18030":
            common += trail >= 0xA1 and (0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3))
        else:
            common += 0xA4 <= lead <= 0xC6 or lead == 0xA1
    return common / total if total else 0.0, total
