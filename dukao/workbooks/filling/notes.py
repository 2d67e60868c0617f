"""Notes on cells: where a value comes from. Notes that are there already stay as they are."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from dukao.workbooks.filling.book import DECLARATION
from dukao.workbooks.filling.markup import Xml, spoken
from dukao.workbooks.grid import cell_name

AUTHOR = "数智督考"
_SHAPE_ID = re.compile(rb"_x0000_s(\d{1,9})")
_NAMES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_NAME_SIGNS = (b"xmlns:v=", b"xmlns:o=", b"xmlns:x=")
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_FIRST_SHAPE = 1025
_CHARACTERS_PER_LINE = 26

Notes = Mapping[tuple[int, int], str]  # place → text


def noted(xml: Xml | None) -> set[str]:
    """Names of the cells that have notes."""
    return {e.attributes.get("ref", "") for e in xml.all("comment")} if xml else set()


def with_notes(xml: Xml | None, notes: Notes, namespace: str) -> bytes:
    """The part of notes with these too, or a new one."""
    if xml is None:
        head = f'{DECLARATION}<comments xmlns="{namespace}"><authors><author>{AUTHOR}</author></authors><commentList>'
        return (head + _comments(notes, 0, "") + "</commentList></comments>").encode()
    edits = []
    authors, listed = xml.find("authors"), xml.find("commentList")
    number = sum(1 for _ in xml.all("author", authors.inner, authors.close)) if authors else 0
    author = f"<{xml.tag('author')}>{AUTHOR}</{xml.tag('author')}>"
    comments = _comments(notes, number, xml.prefix)
    if authors is None:
        tag = xml.tag("authors")
        edits.append((xml.root.inner, xml.root.inner, f"<{tag}>{author}</{tag}>".encode()))
    else:
        edits.append(xml.appended(authors, "authors", author))
    if listed is None:
        tag = xml.tag("commentList")
        edits.append(xml.appended(xml.root, xml.name, f"<{tag}>{comments}</{tag}>"))
    else:
        edits.append(xml.appended(listed, "commentList", comments))
    return xml.edited(edits)


def _comments(notes: Notes, author: int, prefix: str) -> str:
    p = prefix
    return "".join(
        f'<{p}comment ref="{cell_name(row, column)}" authorId="{author}"><{p}text><{p}r><{p}rPr><{p}sz val="9"/>'
        f'<{p}rFont val="宋体"/></{p}rPr>{spoken(p + "t", text)}</{p}r></{p}text>'
        f"</{p}comment>"
        for (row, column), text in sorted(notes.items())
    )


def with_shapes(vml: bytes, notes: Notes) -> bytes | None:
    """The drawing of notes with these too, or a new one; None where it cannot be told how it ends."""
    numbers = [int(n) for n in _SHAPE_ID.findall(vml)]
    first = max([_FIRST_SHAPE - 1, *numbers]) + 1
    # Others may have given these namespaces names of their own.
    head = vml[: vml.find(b">", vml.find(b"<xml"))]
    names = "" if not vml or all(sign in head for sign in _NAME_SIGNS) else f" {_NAMES}"
    shapes = "".join(
        _shape(number, place, text, names) for number, (place, text) in enumerate(sorted(notes.items()), first)
    )
    if not vml:
        layout = '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
        return f"<xml {_NAMES}>{layout}{_SHAPE_TYPE}{shapes}</xml>".encode()
    end = vml.rfind(b"</xml>")
    if end < 0:
        return None
    kinds = b"" if b"_x0000_t202" in vml else _SHAPE_TYPE.replace(" id=", f"{names} id=", 1).encode()
    return vml[:end] + kinds + shapes.encode() + vml[end:]


def _shape(number: int, place: tuple[int, int], text: str, names: str) -> str:
    """A box beside the cell, as high as its text, shown when the pointer is over the cell."""
    row, column = place
    top = max(row - 1, 0)
    anchor = f"{column + 1},15,{top},8,{column + 4},15,{top + _height(text)},8"
    return (
        f'<v:shape{names} id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:shadow on="t" obscured="t"/><v:textbox><div/></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column>"
        "</x:ClientData></v:shape>"
    )


@lru_cache(maxsize=4_096)
def _height(text: str) -> int:
    """In rows of the sheet."""
    lines = sum(-(-max(len(line), 1) // _CHARACTERS_PER_LINE) for line in text.split("\n"))
    return max(lines, 2) + 1


def note_on(parts: Sequence[tuple[str, str]]) -> str:
    """`来源：…` and so on, a line each, without those that are empty."""
    return "\n".join([f"{name}：{said}" for name, said in parts if said])
