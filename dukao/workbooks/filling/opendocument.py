"""An ODS filled in place: cells, notes, the look of open cells and the summary all stand in its `content.xml`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from dukao.workbooks.filling.archive import Archive
from dukao.workbooks.filling.markup import Edit, Xml, escaped, with_attributes
from dukao.workbooks.filling.notes import AUTHOR, note_on
from dukao.workbooks.filling.outcome import Filled, Skipped
from dukao.workbooks.filling.summary import WIDTHS, Said, free_sheet_name
from dukao.workbooks.filling.tables import Cell, New, OdsTable, Place, without_count
from dukao.workbooks.filling.values import Unfit, content_of
from dukao.workbooks.grid import Value, cell_name
from dukao.workbooks.planning import Filling, Gap, Plan
from dukao.workbooks.problems import USUAL, Limits
from dukao.workbooks.reading.kinds import damaged, protected

_PART = "content.xml"
_OPEN, _HEAD, _LINE, _LINK = "#fff2cc", "#e8eef7", "#bfc5ce", "#1f5fbf"
_CM_BY_LETTER = 0.2
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES = {"office": "office", "table": "table", "text": "text", "style": "style"}
_FO_NAME = f"{_OFFICE}:xsl-fo-compatible:1.0"
_FO = f'xmlns:fo="{_FO_NAME}"'
_XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:type="simple"'
_STALE = "ODS 里公式的结果是上次保存的，打开后请按 Ctrl+Shift+F9 重新计算"
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
_BLANKS = re.compile("(?<= ) +|^ +|\t")
_ANNOTATION = re.compile(r"(<office:annotation[\s>].*?)(</office:annotation>)", re.DOTALL)


class OdsPress:
    """An ODS, in memory; nothing in it is run, followed or fetched."""

    def __init__(self, source: Path, *, limits: Limits = USUAL) -> None:
        """Raises Unreadable."""
        self._archive = Archive(source, limits)
        if b"encryption-data" in self._archive.read("META-INF/manifest.xml"):
            raise protected()
        self._xml = Xml(self._archive.read(_PART), _PART)
        names = self._xml.root_attributes
        if any(names.get(f"xmlns:{p}") != f"{_OFFICE}:{name}:1.0" for p, name in _NAMES.items()):
            raise damaged("content.xml 的写法不认识")
        self._xml.prefix = ""  # from here on, names come with theirs
        self._elements = list(self._xml.all("table:table"))
        self._tables = {e.attributes.get("table:name", ""): OdsTable(self._xml, e) for e in reversed(self._elements)}
        self._styles = _OdsStyles(self._xml)
        signed = any("signatures" in name for name in self._archive.names)
        self._doubts = ["工作簿有数字签名，填入内容后签名不再有效"] * signed
        self._doubts += [_STALE] * (b"table:formula" in self._xml.data)

    def close(self) -> None:
        self._archive.close()

    def copy(self, target: Path, plan: Plan, *, title: str = "") -> Filled:
        """The form with this plan's values. Raises Unreadable."""
        job = _Job()
        for filling in plan.fillings:
            if why := self._fill(job, filling):
                job.skipped.append(Skipped(filling, why))
        for gap in plan.gaps:
            self._mark(job, gap)
        doubts = (*self._doubts, *plan.doubts)
        said = Said(title, plan, job.filled, job.skipped, plan.gaps, doubts)
        edits = [edit for name, cells in job.cells.items() for edit in self._tables[name].edits(cells)]
        edits += [*self._summary(said), self._styles.edit()]
        self._archive.write(target, {_PART: self._xml.edited(edits)})
        return Filled(target, tuple(job.filled), tuple(job.skipped), plan.gaps, doubts)

    def _fill(self, job: "_Job", filling: Filling) -> str:
        """Plan the cell's writing; else why it cannot be."""
        table = self._tables.get(filling.sheet)
        if table is None:
            return "找不到这张工作表"
        try:
            content = content_of(filling.value)
        except Unfit as problem:
            return str(problem)
        place = table.first_of((filling.row, filling.column))
        cells = job.cells.setdefault(filling.sheet, {})
        if place in cells:
            return f"{cell_name(*place)} 已经填了另一项"
        if why := table.why_not(place, content.text):
            return why
        note = note_on(filling.source, filling.as_of, filling.reason)
        cells[place] = _filled(filling.value, note)
        job.filled.append(filling)
        return ""

    def _mark(self, job: "_Job", gap: Gap) -> None:
        table = self._tables.get(gap.sheet)
        if table is None:
            return
        cells = job.cells.setdefault(gap.sheet, {})
        for place in map(table.first_of, gap.slot.places):
            if place not in cells and (not table.why_not(place) or table.offers_boxes(place)):
                cells[place] = _marked(self._styles.open_one(table.style(place)))

    def _summary(self, said: Said) -> Iterable[Edit]:
        """A table more, behind the last one."""
        rows = [_row([("title", said.told)])] + [_row([("", line)]) for line in said.lines]
        for title, heads, look, listed in said.lists:
            rows += [_row([]), _row([("title", title)]), _row([("head", head) for head in heads])]
            for sheet, row, column, rest in listed:
                goal = (look, (sheet, cell_name(row, column)))
                rows.append(_row([("text", sheet), goal, *(("text", text) for text in rest)]))
        name = free_sheet_name(list(self._tables))
        columns = "".join(f'<table:table-column table:style-name="dukao-column{n}"/>' for n in range(len(WIDTHS)))
        table = f'<table:table table:name="{name}">{columns}{"".join(rows)}</table:table>'
        if self._elements:
            return [(self._elements[-1].end, self._elements[-1].end, table.encode())]
        book = self._xml.find("office:spreadsheet")
        if book is None:
            raise damaged("content.xml 里没有表格")
        return [self._xml.appended(book, "office:spreadsheet", table)]


@dataclass
class _Job:
    """One copy in the making."""

    cells: dict[str, dict[Place, New]] = field(default_factory=dict)
    filled: list[Filling] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


class _OdsStyles:
    """The styles that stand in `content.xml`, to which lightly filled ones are added."""

    def __init__(self, xml: Xml) -> None:
        self._xml = xml
        self._group = xml.find("office:automatic-styles")
        inside = (self._group.inner, self._group.close) if self._group else (0, 0)
        self._known = {e.attributes.get("style:name", ""): e for e in xml.all("style:style", *inside)}
        self._open: dict[str, tuple[str, str]] = {}  # style → its filled variant's name and XML

    def open_one(self, like: str) -> str:
        """The name of a style like this one, filled lightly."""
        if like not in self._open:
            name = f"dukao-open{len(self._open) + 1}"
            self._open[like] = name, self._variant(like, name)
        return self._open[like][0]

    def _variant(self, like: str, name: str) -> str:
        filled = (
            f'<style:table-cell-properties xmlns:fo="{_OFFICE}:xsl-fo-compatible:1.0" fo:background-color="{_OPEN}"'
        )
        element = self._known.get(like)
        if element is None:
            parent = f' style:parent-style-name="{escaped(like or "Default")}"'
            return f'<style:style style:name="{name}" style:family="table-cell"{parent}>{filled}/></style:style>'
        data = self._xml.data
        opening = with_attributes(data[element.start : element.inner], **{"style:name": name}).decode()
        own = self._xml.find("style:table-cell-properties", element.inner, element.close)
        if own is None:
            inside = data[element.inner : element.close].decode()
            return f"{opening.rstrip('/>').rstrip()}>{filled}/>{inside}</style:style>"
        look = with_attributes(data[own.start : own.inner], **{"xmlns:fo": _FO_NAME, "fo:background-color": _OPEN})
        return opening + (data[element.inner : own.start] + look + data[own.inner : element.end]).decode()

    def edit(self) -> Edit:
        added = _SUMMARY_STYLES + "".join(style for _, style in self._open.values())
        if self._group is not None:
            return self._xml.appended(self._group, "office:automatic-styles", added)
        body = self._xml.find("office:body")
        at = body.start if body else self._xml.root.inner
        return at, at, f"<office:automatic-styles>{added}</office:automatic-styles>".encode()


def _look(name: str, cell: str, text: str) -> str:
    frame = f'{_FO} fo:border="0.05pt solid {_LINE}" fo:wrap-option="wrap" style:vertical-align="top" '
    cell = "" if name == "title" else f"<style:table-cell-properties {frame}{cell}/>"
    text = f"<style:text-properties {_FO} {text}/>" if text else ""
    return f'<style:style style:name="dukao-{name}" style:family="table-cell">{cell}{text}</style:style>'


def _letters(*, is_bold: bool = False, points: int = 0, colour: str = "") -> str:
    """Of Latin and of Chinese letters: an ODS says it of each."""
    said = f'fo:color="{colour}" ' if colour else ""
    for name in ("fo:font-weight", "style:font-weight-asian") if is_bold else ():
        said += f'{name}="bold" '
    for name in ("fo:font-size", "style:font-size-asian") if points else ():
        said += f'{name}="{points}pt" '
    return said


_SUMMARY_STYLES = (
    "".join(
        f'<style:style style:name="dukao-column{n}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * _CM_BY_LETTER:.2f}cm"/></style:style>'
        for n, width in enumerate(WIDTHS)
    )
    + _look("text", "", "")
    + _look("link", "", _letters(colour=_LINK))
    + _look("title", "", _letters(is_bold=True, points=14))
    + _look("head", f'fo:background-color="{_HEAD}"', _letters(is_bold=True))
    + _look("open", f'fo:background-color="{_OPEN}"', _letters(colour=_LINK))
)


def _row(cells: list[tuple[str, Any]]) -> str:
    """A row of the summary; a cell is a text, or a sheet and the name of the cell to go to."""
    inside = ""
    for look, said in cells:
        style = f' table:style-name="dukao-{look}"' if look else ""
        if isinstance(said, tuple):
            sheet, name = said
            goal = escaped("#'" + sheet.replace("'", "''") + "'." + name)
            text = f'<text:p><text:a {_XLINK} xlink:href="{goal}">{name}</text:a></text:p>'
        else:
            text = _paragraphs(said)
        inside += f'<table:table-cell{style} office:value-type="string">{text}</table:table-cell>'
    return f"<table:table-row>{inside or '<table:table-cell/>'}</table:table-row>"


def _filled(value: Value, note: str) -> New:
    def new(cell: Cell | None) -> str:
        raw = re.sub(r"\s(?:office|calcext):[\w-]+=(?:\"[^\"]*\"|'[^']*')", "", without_count(cell.raw)) if cell else ""
        said = _paragraphs(note)
        if kept := _ANNOTATION.search(cell.inside.decode()) if cell else None:
            remark = kept[0] if said in kept[0] else kept[1] + said + kept[2]
        else:
            creator = f'<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">{AUTHOR}</dc:creator>'
            remark = f"<office:annotation>{creator}{said}</office:annotation>"
        kind, text = _said(value)
        return f"<table:table-cell{raw} {kind}>{remark}{_paragraphs(text)}</table:table-cell>"

    return new


def _marked(style: str) -> New:
    def new(cell: Cell | None) -> str:
        raw = cell.raw if cell else b""
        head = with_attributes(b"<c" + without_count(raw).encode() + b">", **{"table:style-name": style})
        inside = cell.inside.decode() if cell else ""
        return f"<table:table-cell{head[2:-1].decode()}>{inside}</table:table-cell>"

    return new


def _said(value: Value) -> tuple[str, str]:
    """The attributes that hold the value, and its text."""
    content = content_of(value)
    if isinstance(value, bool):
        return f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"', "是" if value else "否"
    if isinstance(value, date) and content.is_date:
        stated = value.isoformat()
        return f'office:value-type="date" office:date-value="{stated}"', stated.replace("T", " ")
    if content.number and isinstance(value, int | float | Decimal):
        return f'office:value-type="float" office:value="{content.number}"', content.number
    text = content.text or (value.isoformat() if isinstance(value, datetime) else str(value))
    return 'office:value-type="string"', text


def _paragraphs(text: str) -> str:
    """A paragraph for each line, blanks kept."""
    lines = _UNSPEAKABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return "".join(f"<text:p>{_BLANKS.sub(_blank, escaped(line))}</text:p>" for line in lines)


def _blank(match: re.Match[str]) -> str:
    return "<text:tab/>" if match[0] == "\t" else f'<text:s text:c="{len(match[0])}"/>'
