"""Text for comparing."""

import unicodedata
from functools import lru_cache

from opencc import OpenCC

# The sheet that `fill` adds; it is no form and holds no data.
SUMMARY = "填报摘要"
_to_simplified = OpenCC("t2s").convert


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Half width, Simplified, no case, no blanks: `％` is `%`, `（戶 數）` is `(户数)`."""
    return "".join(_to_simplified(unicodedata.normalize("NFKC", text)).casefold().split())
