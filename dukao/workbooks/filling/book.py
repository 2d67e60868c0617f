"""How the parts of an XLSX package hang together: types, links, the list of sheets."""

import posixpath
from dataclasses import dataclass
from functools import cached_property

from dukao.workbooks.filling.archive import Archive
from dukao.workbooks.filling.markup import Edit, Xml, escaped, with_attributes
from dukao.workbooks.reading.kinds import damaged

_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "worksheet": f"{_OFFICE}.spreadsheetml.worksheet+xml",
    "comments": f"{_OFFICE}.spreadsheetml.comments+xml",
    "styles": f"{_OFFICE}.spreadsheetml.styles+xml",
}
_VML_TYPE = f"{_OFFICE}.vmlDrawing"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BEFORE_CALCULATION = frozenset(
    ("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
     "externalReferences", "definedNames")
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """From one part to another; `kind` is the last word of its type."""

    id: str
    kind: str
    part: str


class Links:
    """What one part is linked to."""

    def __init__(self, archive: Archive, part: str) -> None:
        folder, name = posixpath.split(part)
        self.part = posixpath.join(folder, "_rels", name + ".rels")
        data = archive.read(self.part)
        self._xml = Xml(data, self.part) if data else None
        self.all: list[Link] = []
        for element in self._xml.all("Relationship") if self._xml else ():
            attributes = element.attributes
            target = attributes.get("Target", "").replace("\\", "/")
            whole = target.lstrip("/") if target[:1] == "/" else posixpath.normpath(posixpath.join(folder, target))
            kind = attributes.get("Type", "").rpartition("/")[2]
            outside = attributes.get("TargetMode") == "External"
            self.all.append(Link(attributes.get("Id", ""), kind, "" if outside else whole))

    def first(self, kind: str) -> Link | None:
        return next((link for link in self.all if link.kind == kind and link.part), None)

    def by_id(self, identity: str) -> str:
        """The part, or empty."""
        return next((link.part for link in self.all if link.id == identity), "")

    def free_ids(self, count: int) -> list[str]:
        taken = {link.id for link in self.all}
        ids = (f"rIdDukao{n}" for n in range(1, len(taken) + count + 1))
        return [identity for identity in ids if identity not in taken][:count]

    def with_added(self, links: list[tuple[str, str, str]]) -> bytes:
        """The part's XML with these links: identity, type, target."""
        tag = self._xml.tag("Relationship") if self._xml else "Relationship"
        added = "".join(
            f'<{tag} Id="{identity}" Type="{kind}" Target="/{escaped(target)}"/>' for identity, kind, target in links
        )
        if self._xml is None:
            return f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{added}</Relationships>'.encode()
        return self._xml.edited([self._xml.appended(self._xml.root, self._xml.name, added)])


@dataclass(frozen=True)
class SheetEntry:
    name: str
    part: str


class Book:
    """The workbook of a package."""

    def __init__(self, archive: Archive) -> None:
        """Raises Unreadable."""
        self.archive = archive
        start = Links(archive, "").first("officeDocument")
        self.part = start.part if start and archive.has(start.part) else _by_name(archive)
        self.xml = Xml(archive.read(self.part), self.part)
        self.links = Links(archive, self.part)
        self._types = Xml(archive.read("[Content_Types].xml"), "[Content_Types].xml")
        self.is_strict = self.xml.namespace == _STRICT

    @property
    def namespace(self) -> str:
        """Of all sheets."""
        return self.xml.namespace

    @property
    def links_namespace(self) -> str:
        return _STRICT_LINKS if self.is_strict else _LINKS

    def link_type(self, kind: str) -> str:
        # The drawings of notes belong to the older way of writing in both.
        return f"{_LINKS if kind == 'vmlDrawing' else self.links_namespace}/{kind}"

    @cached_property
    def sheets(self) -> list[SheetEntry]:
        """All sheets in the order of the workbook, charts among them."""
        found = []
        for element in self.xml.all("sheet"):
            attributes = element.attributes
            identity = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            found.append(SheetEntry(attributes.get("name", ""), self.links.by_id(identity)))
        return found

    @cached_property
    def is_from_1904(self) -> bool:
        properties = self.xml.find("workbookPr")
        return properties is not None and properties.attributes.get("date1904") in ("1", "true")

    def free_name(self, stem: str, suffix: str) -> str:
        """A part's name nobody has: `xl/comments3.xml`."""
        number = 1
        while self.archive.has(f"{stem}{number}{suffix}"):
            number += 1
        return f"{stem}{number}{suffix}"

    def with_sheet(self, name: str, identity: str) -> bytes:
        """The list of sheets with one more at its end; all formulas are computed anew when it is opened."""
        xml = self.xml
        sheets = xml.find("sheets")
        if sheets is None:
            raise damaged("工作簿里没有工作表")
        numbers = [e.attributes.get("sheetId", "") for e in xml.all("sheet")]
        number = max((int(n) for n in numbers if n.isdigit()), default=0) + 1
        # The prefix that the list has for links, because not every program knows that prefixes are free.
        spaces = xml.root_attributes.items()
        prefix = next((k[6:] for k, v in spaces if v == self.links_namespace and k.startswith("xmlns:")), "")
        link = f'{prefix}:id="{identity}"' if prefix else f'xmlns:r="{self.links_namespace}" r:id="{identity}"'
        sheet = f'<{xml.tag("sheet")} name="{escaped(name)}" sheetId="{number}" {link}/>'
        return xml.edited([xml.appended(sheets, "sheets", sheet), self._computing()])

    def _computing(self) -> Edit:
        xml = self.xml
        if (properties := xml.find("calcPr")) is not None:
            opening = xml.data[properties.start : properties.inner]
            return properties.start, properties.inner, with_attributes(opening, fullCalcOnLoad="1")
        place = xml.place_after(_BEFORE_CALCULATION)
        return place, place, f'<{xml.tag("calcPr")} fullCalcOnLoad="1"/>'.encode()

    def with_types(self, parts: dict[str, str], *, with_vml: bool) -> bytes:
        """The list of types with these parts: name → kind."""
        xml = self._types
        known = {e.attributes.get("Extension", "").lower() for e in xml.all("Default")}
        added = "".join(
            f'<{xml.tag("Override")} PartName="/{escaped(part)}" ContentType="{TYPES[kind]}"/>'
            for part, kind in parts.items()
        )
        if with_vml and "vml" not in known:
            added = f'<{xml.tag("Default")} Extension="vml" ContentType="{_VML_TYPE}"/>' + added
        return xml.edited([xml.appended(xml.root, xml.name, added)])


def _by_name(archive: Archive) -> str:
    part = next((name for name in sorted(archive.names) if name.endswith("workbook.xml")), "")
    if not part:
        raise damaged("找不到工作簿的部件")
    return part
