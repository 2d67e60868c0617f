"""Names as they are typed without Chinese letters: keys for sorting and search."""

import re
from collections.abc import Iterable


def pinyin_of(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """For each name the whole pinyin and the first letters: 江坡村 → (`jiangpocun`, `jpc`)."""
    from pypinyin import lazy_pinyin  # a large dictionary, read only where somebody needs it

    keys = {}
    for name in set(names):
        parts = [re.sub(r"[^a-z0-9]", "", part.lower()) for part in lazy_pinyin(name)]
        keys[name] = ("".join(parts)[:240], "".join(p if p.isdigit() else p[:1] for p in parts)[:80])
    return keys
