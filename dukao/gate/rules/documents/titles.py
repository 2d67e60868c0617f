"""What titles tell: whether two say the same, and how many matters one paper holds."""

import re
import unicodedata

from dukao.gate.rules.documents.body import GENRES

_UNSAID = re.compile(rf"关于|(?:的)?(?:{GENRES})|\d+年度?|\d+月|[上下]半年|第?[一二三四\d]季度|转发|印发|[^\w]|_")
_INNER_TITLE = re.compile(rf"^(?:\d+[.．、]\s*)?关于.{{2,60}}的(?:{GENRES})$", re.M)
_ABOUT = re.compile(r"^[一二三四五六七八九十]+、\s*关于(?P<matter>[^。\n]{2,40})", re.M)
_CORE = re.compile(rf"^.*?关于(?P<core>.+?)(?:的)?(?:{GENRES})(?:（.{{1,12}}）)?$")
_COUNTED = re.compile(r"([二两三四五六七八九十]|\d{1,2})(?:项|件|个)(?:重点)?(?:工作|事项|任务|问题|活动)")
_DIGITS = {sign: number for number, sign in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_QUOTED = re.compile(r"《[^》]*》")
_PARTING = re.compile(r"[、，；]|以及|暨|和|及|与")
_DOING = re.compile(
    r"^(?:做好|开展|加强|组织|推进|报送|上报|召开|落实|规范|举办|进一步|切实|抓好|加快|印发|调整|成立|填报|清理|开好)"
)
_PART_LEAST = 4


def core_of(title: str) -> str:
    """What a title is about, without years, kind of document and signs: two that differ only in those are the same."""
    return _UNSAID.sub("", unicodedata.normalize("NFKC", title))


def matters_in(title: str, text: str) -> tuple[str, ...]:
    """The matters that one paper (its text without attachments) holds, in its own words; one or none where it keeps
    to one.

    Several papers in one show in titles of other documents within the text, in sections that each begin with
    `关于…`, or in a title that joins several things to do. What stands in 《》 is passed on, and one matter.
    """
    own = core_of(title)
    inner = (found.group().strip() for found in _INNER_TITLE.finditer(text))
    ways = (
        tuple(other for other in inner if core_of(other) != own),
        tuple(found["matter"].strip() for found in _ABOUT.finditer(text)),
        _joined_in(title),
    )
    return max(ways, key=len)


def _joined_in(title: str) -> tuple[str, ...]:
    found = _CORE.match(_QUOTED.sub("", unicodedata.normalize("NFKC", title).replace(",", "，")))
    if not found:
        return ()
    core = found["core"]
    parts = tuple(part for part in _PARTING.split(_COUNTED.sub("", core)) if len(part) >= _PART_LEAST)
    if counted := _COUNTED.search(core):
        number = _DIGITS.get(counted[1]) or int(counted[1])
        return parts if len(parts) == number else (core,) * number
    # `做好防汛抗旱和安全生产工作` is one thing to do; where each part has its own verb, they are several.
    return parts if len(parts) > 1 and all(_DOING.match(part) for part in parts) else ()
