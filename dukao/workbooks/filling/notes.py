"""Notes on cells: where a value comes from. Notes that are there keep their text; what is new is said behind it."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from dukao.workbooks.filling.archive import Part
from dukao.workbooks.filling.book import DECLARATION
from dukao.workbooks.filling.markup import Edit, Element, Xml, escaped, spliced, spoken
from dukao.workbooks.grid import cell_name

AUTHOR = "数智督考"
_SHAPE_ID = re.compile(rb"_x0000_s(\d{1,9})")
_NAMES = (
    b'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_NAME_SIGNS = (b"xmlns:v=", b"xmlns:o=", b"xmlns:x=")
_SHAPE_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_LAYOUT = b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
# A box beside the cell, as high as its text, shown when the pointer is over the cell.
_SHAPE = (
    b'<v:shape%b id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;visibility:hidden" '
    b'fillcolor="#ffffe1" o:insetmode="auto"><v:shadow on="t" obscured="t"/><v:textbox><div/></v:textbox>'
    b'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    b"<x:Anchor>%d,15,%d,8,%d,15,%d,8</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column>"
    b"</x:ClientData></v:shape>"
)
_BOX = re.compile(rb"<x:ClientData\b.*?</x:ClientData>", re.DOTALL)
_ANCHOR = re.compile(rb"(<x:Anchor>(?:[^<,]*,){6}\s*)(\d{1,7})(?=[^<]*</x:Anchor>)")
_BOX_PLACE = re.compile(rb"<x:(Row|Column)>\s*(\d{1,7})\s*<")
_FIRST_SHAPE = 1025
_CHARACTERS_PER_LINE = 26

Place = tuple[int, int]
Notes = Mapping[Place, str]  # place → text


def told_apart(xml: Xml | None, notes: Notes, conversations: bytes) -> tuple[Notes, Notes]:
    """Those for cells without a note, and those that are to be said behind one.

    Left out: what a note says already, and cells with a conversation, whose note is but its copy.
    """
    standing = {} if xml is None else {e.attributes.get("ref", ""): e for e in xml.all("comment")}
    if xml is None or not standing:
        return notes, {}
    fresh, behind = dict[Place, str](), dict[Place, str]()
    for place, text in notes.items():
        if (note := standing.get(cell_name(*place))) is None:
            fresh[place] = text
        elif not (_says(xml, note, text) or f' ref="{cell_name(*place)}"'.encode() in conversations):
            behind[place] = text
    return fresh, behind


def _says(xml: Xml, note: Element, text: str) -> bool:
    return escaped(text).encode() in xml.data[note.inner : note.close]


def note_on(source: str, as_of: str, reason: str) -> str:
    """`来源：…` and so on, a line each, without those that are empty."""
    said = f"来源：{source}\n" if source else ""
    said += f"截至：{as_of}\n" if as_of else ""
    return f"{said}依据：{reason}" if reason else said[:-1]


def with_notes(xml: Xml | None, fresh: Notes, behind: Notes, namespace: str) -> Part:
    """The part of notes with the fresh ones too, and with what is to be said behind others; or a new part."""
    if xml is None:
        head = f'{DECLARATION}<comments xmlns="{namespace}"><authors><author>{AUTHOR}</author></authors><commentList>'
        return chain([head.encode()], _comments(fresh, 0, ""), [b"</commentList></comments>"])
    edits = _added(xml, fresh) if fresh else []
    said = {cell_name(*place): text for place, text in behind.items()}
    for note in xml.all("comment") if said else ():
        if text := said.pop(note.attributes.get("ref", ""), ""):
            edits += _said_behind(xml, note, text)
    return xml.edited(edits)


def _said_behind(xml: Xml, note: Element, text: str) -> list[Edit]:
    """The edits that put the text behind a note's own, as a part of it with a look of its own."""
    p = xml.prefix
    whole = xml.find("text", note.inner, note.close)
    if whole is None:
        return [(note.inner, note.inner, f"<{p}text>{_run(p, text)}</{p}text>".encode())]
    behind = _run(p, f"\n{text}")
    if runs := list(xml.all("r", whole.inner, whole.close)):
        return [(runs[-1].end, runs[-1].end, behind.encode())]
    if (plain := xml.find("t", whole.inner, whole.close)) is None:
        return [xml.appended(whole, "text", _run(p, text))]
    return [
        (plain.start, plain.start, f"<{p}r>".encode()),
        (plain.end, plain.end, f"</{p}r>{behind}".encode()),
    ]


def _added(xml: Xml, notes: Notes) -> list[Edit]:
    """The edits that put these notes behind the others, by an author of their own."""
    edits = []
    authors, listed = xml.find("authors"), xml.find("commentList")
    number = sum(1 for _ in xml.all("author", authors.inner, authors.close)) if authors else 0
    author = f"<{xml.tag('author')}>{AUTHOR}</{xml.tag('author')}>"
    comments = b"".join(_comments(notes, number, xml.prefix)).decode()
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
    return edits


def _comments(notes: Notes, author: int, prefix: str) -> Iterator[bytes]:
    p = prefix
    for (row, column), text in sorted(notes.items()):
        opening = f'<{p}comment ref="{cell_name(row, column)}" authorId="{author}">'
        yield f"{opening}<{p}text>{_run(p, text)}</{p}text></{p}comment>".encode()


def _run(prefix: str, text: str) -> str:
    p = prefix
    return f'<{p}r><{p}rPr><{p}sz val="9"/><{p}rFont val="宋体"/></{p}rPr>{spoken(p + "t", text)}</{p}r>'


def with_shapes(vml: bytes, fresh: Notes, behind: Notes) -> Part | None:
    """The drawing of notes with boxes for the fresh ones too, or a new one; the others grow by what they say more.

    None where it cannot be told how it ends.
    """
    numbers = [int(n) for n in _SHAPE_ID.findall(vml)]
    first = max([_FIRST_SHAPE - 1, *numbers]) + 1
    # Others may have given these namespaces names of their own.
    head = vml[: vml.find(b">", vml.find(b"<xml"))]
    names = b"" if not vml or all(sign in head for sign in _NAME_SIGNS) else b" " + _NAMES
    shapes = (
        _SHAPE % (names, number, column + 1, max(row - 1, 0), column + 4, max(row - 1, 0) + max(_lines(text), 2) + 1,
                  row, column)
        for number, ((row, column), text) in enumerate(sorted(fresh.items()), first)
    )  # fmt: skip
    if not vml:
        return chain([b"<xml ", _NAMES, b">", _LAYOUT, _SHAPE_TYPE], shapes, [b"</xml>"])
    end = vml.rfind(b"</xml>")
    if end < 0:
        return None
    kind = b"" if b"_x0000_t202" in vml or not fresh else _SHAPE_TYPE.replace(b" id=", names + b" id=", 1)
    return spliced(vml, [*_grown(vml, behind), (end, end, kind + b"".join(shapes))])


def _grown(vml: bytes, notes: Notes) -> list[Edit]:
    """The edits that make the boxes of these cells higher, by the lines of what is said more in them."""
    edits = []
    for box in _BOX.finditer(vml) if notes else ():
        place = {name: int(number) for name, number in _BOX_PLACE.findall(box[0])}
        text = notes.get((place.get(b"Row", -1), place.get(b"Column", -1)), "")
        if text and (anchor := _ANCHOR.search(vml, *box.span())):
            edits.append((*anchor.span(2), b"%d" % (int(anchor[2]) + _lines(text))))
    return edits


def _lines(text: str) -> int:
    """That the text takes in a box."""
    if len(text) <= _CHARACTERS_PER_LINE:
        return text.count("\n") + 1
    return sum([-(-len(line) // _CHARACTERS_PER_LINE) or 1 for line in text.split("\n")])
