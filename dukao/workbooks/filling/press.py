"""One form, filled once or a thousand times: what does not change is prepared once."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dukao.workbooks.filling.archive import Archive, Part
from dukao.workbooks.filling.book import DECLARATION, Book, Links
from dukao.workbooks.filling.markup import Xml
from dukao.workbooks.filling.notes import Notes, note_on, told_apart, with_notes, with_shapes
from dukao.workbooks.filling.outcome import Filled, Skipped
from dukao.workbooks.filling.sheetpart import Place, SheetPart, Written, text_in
from dukao.workbooks.filling.styles import Styles
from dukao.workbooks.filling.summary import Said, free_sheet_name, summary_xml
from dukao.workbooks.filling.values import Unfit, content_of
from dukao.workbooks.grid import cell_name
from dukao.workbooks.planning import Filling, Gap, Plan
from dukao.workbooks.problems import USUAL, Limits

_BEFORE_NOTES = frozenset(
    ("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
     "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
     "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins",
     "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors",
     "smartTags", "drawing")
)  # fmt: skip


class OfficePress:
    """An XLSX or XLSM, in memory; nothing in it is run, followed or fetched."""

    def __init__(self, source: Path, *, doubts: Iterable[str] = (), limits: Limits = USUAL) -> None:
        """Raises Unreadable."""
        self._archive = Archive(source, limits)
        self._book = Book(self._archive)
        self._sheets: dict[str, _Sheet | None] = {}
        styles = self._book.links.first("styles")
        self._has_styles = styles is not None and self._archive.has(styles.part)
        self._styles_part = styles.part if styles and self._has_styles else self._free_styles_part()
        data = self._archive.read(self._styles_part) if self._has_styles else self._no_styles()
        self._styles = Styles(Xml(data, self._styles_part))
        self._looks = self._styles.summary()
        self._doubts = (*doubts, *self._left_alone())

    def close(self) -> None:
        self._archive.close()

    def copy(self, target: Path, plan: Plan, *, title: str = "") -> Filled:
        """The form with this plan's values. Raises Unreadable."""
        with _no_collecting():
            return self._copy(target, plan, title)

    def _copy(self, target: Path, plan: Plan, title: str) -> Filled:
        job = _Job()
        for filling in plan.fillings:
            if why := self._fill(job, filling):
                job.skipped.append(Skipped(filling, why))
        for gap in plan.gaps:
            self._mark(job, gap)
        parts, types, doubts = dict[str, Part](), dict[str, str](), [*self._doubts, *plan.doubts]
        for name, cells in job.cells.items():
            if (sheet := self._sheet(name)) is not None and cells:
                changed, added, doubt = sheet.written(cells, job.notes.get(name, {}))
                parts |= changed
                types |= added
                doubts += [f"工作表“{name}”{doubt}"] * bool(doubt)
        said = Said(title, plan, job.filled, job.skipped, plan.gaps, doubts)
        parts |= self._with_summary(said, types)
        self._archive.write(target, parts)
        return Filled(target, tuple(job.filled), tuple(job.skipped), plan.gaps, tuple(doubts))

    def _fill(self, job: "_Job", filling: Filling) -> str:
        """Plan the cell's writing; else why it cannot be."""
        sheet = self._sheet(filling.sheet)
        if sheet is None:
            return "找不到这张工作表"
        try:
            content = content_of(filling.value, from_1904=self._book.is_from_1904)
        except Unfit as problem:
            return str(problem)
        place = sheet.cells.first_of((filling.row, filling.column))
        cells = job.cells.setdefault(filling.sheet, {})
        if place in cells:
            return f"{cell_name(*place)} 已经填了另一项"
        like, why = sheet.cells.look(place, content.text)
        if why:
            return why
        style = self._styles.variant(like, date=content.is_date, time=content.is_time, quoted=content.is_quoted)
        cells[place] = Written(style, content)
        if note := note_on(filling.source, filling.as_of, filling.reason):
            job.notes.setdefault(filling.sheet, {})[place] = note
        job.filled.append(filling)
        return ""

    def _mark(self, job: "_Job", gap: Gap) -> None:
        sheet = self._sheet(gap.sheet)
        if sheet is None:
            return
        cells = job.cells.setdefault(gap.sheet, {})
        for place in map(sheet.cells.first_of, gap.slot.places):
            like, why = sheet.cells.look(place)
            keeps = bool(why) and sheet.cells.offers_boxes(place)
            if place not in cells and (keeps or not why):
                cells[place] = Written(self._styles.variant(like, is_open=True), keeps=keeps)

    def _with_summary(self, said: Said, types: dict[str, str]) -> dict[str, Part]:
        """The parts that hold the summary and make the workbook know of it and of the parts that are new."""
        book = self._book
        part = book.free_name("xl/worksheets/dukao", ".xml")
        sheet_id, styles_id = book.links.free_ids(2)
        links = [(sheet_id, book.link_type("worksheet"), part)]
        types = {part: "worksheet", **types}
        if not self._has_styles:
            links.append((styles_id, book.link_type("styles"), self._styles_part))
            types[self._styles_part] = "styles"
        return {
            part: summary_xml(said, self._looks, book.namespace),
            self._styles_part: self._styles.written(),
            book.part: book.with_sheet(free_sheet_name([s.name for s in book.sheets]), sheet_id),
            book.links.part: book.links.with_added(links),
            "[Content_Types].xml": book.with_types(types, with_vml="comments" in types.values()),
        }

    def _sheet(self, name: str) -> "_Sheet | None":
        if name not in self._sheets:
            part = next((s.part for s in self._book.sheets if s.name == name), "")
            self._sheets[name] = _Sheet(self._book, part, self._texts) if self._archive.has(part) else None
        return self._sheets[name]

    @cached_property
    def _texts(self) -> "_Texts":
        link = self._book.links.first("sharedStrings")
        return _Texts(self._archive.read(link.part) if link else b"")

    def _free_styles_part(self) -> str:
        return "xl/styles.xml" if not self._archive.has("xl/styles.xml") else "xl/dukaoStyles.xml"

    def _no_styles(self) -> bytes:
        return f'{DECLARATION}<styleSheet xmlns="{self._book.namespace}"><cellXfs><xf/></cellXfs></styleSheet>'.encode()

    def _left_alone(self) -> Iterable[str]:
        names = self._archive.names
        if any("externallinks/externallink" in name for name in names):
            yield "工作簿引用了别的文件或程序，没有去取，也没有改动"
        if any("_xmlsignatures" in name for name in names):
            yield "工作簿有数字签名，填入内容后签名不再有效"
        if any(name.endswith("vbaproject.bin") for name in names):
            yield "工作簿里有宏，没有运行，原样保留"


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Thousands of new cells, none of them garbage: looking for some would take a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass
class _Job:
    """One copy in the making."""

    cells: dict[str, dict[Place, Written]] = field(default_factory=dict)
    notes: dict[str, dict[Place, str]] = field(default_factory=dict)
    filled: list[Filling] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


class _Texts:
    """The texts that cells share; looked at only where a cell that is to be filled has one."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _all(self) -> list[str]:
        if not self._data:
            return []
        xml = Xml(self._data, "sharedStrings")
        return [text_in(xml, si.inner, si.close) for si in xml.all("si")]

    def __call__(self, number: int) -> str:
        return self._all[number] if number < len(self._all) else ""


class _Sheet:
    """A sheet with its notes."""

    def __init__(self, book: Book, part: str, texts: _Texts) -> None:
        self._book, self._part = book, part
        self._xml = Xml(book.archive.read(part), part)
        self.cells = SheetPart(self._xml, texts)
        self._links = Links(book.archive, part)
        comments = self._links.first("comments")
        self._drawing = self._links.by_id(self._legacy_drawing())
        self._comments = comments.part if comments else ""
        data = book.archive.read(self._comments) if self._comments else b""
        self._notes = Xml(data, self._comments) if data else None
        threads = self._links.first("threadedComment")
        self._conversations = book.archive.read(threads.part) if threads else b""

    def _legacy_drawing(self) -> str:
        """The identity of the drawing that shows notes, or empty."""
        element = self._xml.find("legacyDrawing")
        attributes = element.attributes if element else {}
        return next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")

    def written(self, cells: dict[Place, Written], notes: Notes) -> tuple[dict[str, Part], dict[str, str], str]:
        """The parts that change, the kinds of those that are new, and a doubt or nothing."""
        edits = self.cells.edits(cells)
        fresh, behind = told_apart(self._notes, notes, self._conversations)
        vml = self._book.archive.read(self._drawing) if self._drawing else b""
        shapes = with_shapes(vml, fresh, behind) if fresh or behind else None
        if shapes is None:
            doubt = "的批注图层读不懂，没有加批注；来源见填报摘要" if fresh or behind else ""
            return {self._part: self._xml.edited(edits)}, {}, doubt
        parts, types, links = dict[str, Part](), dict[str, str](), []
        comments_id, drawing_id = self._links.free_ids(2)
        folder = self._part.rpartition("/")[0].rpartition("/")[0] or "xl"
        comments, drawing = self._comments, self._drawing
        if not comments:
            comments = self._free(f"{folder}/comments", ".xml")
            types[comments] = "comments"
            links.append((comments_id, self._book.link_type("comments"), comments))
        if fresh and not drawing:
            drawing = self._free(f"{folder}/drawings/vmlDrawing", ".vml")
            links.append((drawing_id, self._book.link_type("vmlDrawing"), drawing))
            place = self._xml.place_after(_BEFORE_NOTES, without=self._xml.find("sheetData"))
            element = f'<{self._xml.tag("legacyDrawing")} xmlns:r="{self._book.links_namespace}" r:id="{drawing_id}"/>'
            edits.append((place, place, element.encode()))
        if links:
            parts[self._links.part] = self._links.with_added(links)
        parts[self._part] = self._xml.edited(edits)
        parts[comments] = with_notes(self._notes, fresh, behind, self._xml.namespace)
        if drawing:
            parts[drawing] = shapes
        return parts, types, ""

    @cached_property
    def _stem(self) -> str:
        return self._part.rpartition("/")[2].rpartition(".")[0]

    def _free(self, stem: str, suffix: str) -> str:
        """A name of its own for a new part: no two sheets may choose the same."""
        return self._book.free_name(f"{stem}_{self._stem}_", suffix)
