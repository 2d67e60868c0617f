"""XML as a stream of events, for parts that are small or must be read piece by piece; entities are never expanded."""

from collections.abc import Callable, Iterable
from xml.parsers import expat

from dukao.workbooks.reading.kinds import damaged, declared

Attributes = dict[str, str]


def parse_events(
    blocks: Iterable[bytes],
    on_start: Callable[[str, Attributes], None],
    on_end: Callable[[str], None] | None = None,
    on_text: Callable[[str], None] | None = None,
) -> None:
    """Names come without their prefix, those of attributes as they stand. Raises Unreadable."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, attributes: on_start(name.rpartition(":")[2], attributes)
    if on_end is not None:
        parser.EndElementHandler = lambda name: on_end(name.rpartition(":")[2])
    if on_text is not None:
        parser.CharacterDataHandler = on_text
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # unknown encodings, numbers that are none
        raise damaged(f"XML 读不通：{error}") from None


def _refuse_doctype(name: str, *_more: object) -> None:
    raise declared(name[:40])


def starts(data: bytes) -> list[tuple[str, Attributes]]:
    """All elements of a small part in their order."""
    found: list[tuple[str, Attributes]] = []
    parse_events([data], lambda name, attributes: found.append((name, attributes)))
    return found
