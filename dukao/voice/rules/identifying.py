"""What in a text gives its writer away: told before it is sent, and taken out if the writer wishes."""

import re

from dukao.base.words import _noop
from dukao.voice.rules import masking

KINDS: dict[str, str] = masking.KINDS | {"self": _noop("您自己的岗位")}
_MARK = "〔岗位〕"
_SELF = re.compile(
    r"(?P<lead>(?:我|本人)(?:就?是|在|担任|任))"
    r"(?P<post>[^，。；！？\n]{0,20}?(?:书记|主任|会计|网格员|文书|干部|委员|站长|所长|科员|办事员|局长|科长|镇长|乡长|老师|医生))"
)


def gives_away(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without what gives its writer away, and which kinds of it there are, in the order of `KINDS`."""
    plain = _SELF.sub(lambda match: match["lead"] + _MARK, text)
    plain, kinds = masking.masked(plain)
    return plain, (*kinds, "self") if _SELF.search(text) else kinds
