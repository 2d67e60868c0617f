"""The marks of an XLSX sheet, from one quick look over its XML.

The cells are never parsed here, only searched for what is worth telling; calamine has parsed them already. What stands
before and behind the cells is small and is parsed.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from html import unescape

from dukao.workbooks.grid import Area, cell_name, cell_place
from dukao.workbooks.problems import Limits
from dukao.workbooks.reading.events import Attributes, parse_events
from dukao.workbooks.reading.kinds import damaged
from dukao.workbooks.reading.laying import refuse_crowd
from dukao.workbooks.reading.marks import COLUMNS, SIGNS_LIMIT, Marks, Place
from dukao.workbooks.reading.package import Package, Styles

_AROUND_LIMIT_BYTES = 50_000_000
_ROW_LIMIT_BYTES = 100_000_000
_SIGNS_WITHIN_BYTES = 4_000_000  # a form is smaller
_LOOKED_AT_BYTES = 20_000
_CELL_BYTES = len("<c><v>1</v></c>")  # no cell that holds something is shorter

_FIRST_TAG = re.compile(rb"<(?:(\w+):)?worksheet\b")
_CELLS = re.compile(rb"<(?:(\w+):)?sheetData\b[^>]*?(/?)>")
_ROW = re.compile(rb'<row r="([1-9]\d{0,6})"')
_HIDDEN_ROW = re.compile(rb'<row [^<>]*?\bhidden="(?:1|true)"[^<>]*>')
_ROW_NUMBER = re.compile(rb'\br="([1-9]\d{0,6})"')
_FORMULA = re.compile(rb"<f(?:[ /][^<>]*)?>(?:([^<]*)</f>)?")
_ERROR = re.compile(
    rb' r="([A-Z]{1,3})([1-9]\d{0,6})"[^<>]*? t="e"[^<>]*>\s*(?:<f[^<>]*/>|<f[^<]*</f>)?\s*(?:<v>([^<]*)</v>)?'
)
_EMPTY = re.compile(rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})" s="(\d{1,6})"(?: t="\w+")? ?(?:/>|>(?:<v ?/>|<v></v>)?</c>)')
_DIMENSION = re.compile(rb'<dimension ref="([A-Z0-9:]{2,30})"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"')
_NUMBER = re.compile(rb"[1-9]\d{0,6}")
_REFERENCE = re.compile(rb"([A-Z]{1,3})[1-9]\d{0,6}")
_TAG_NAME = re.compile(rb"<(?:c|row)(?=[\s/>])")
_TAG = re.compile(rb"<(c|row)(?=[\s/>])([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def refuse_crowded_sheets(package: Package, limits: Limits) -> None:
    """Raises Unreadable where the sheets hold more cells than are read.

    They are counted before anything is laid out, by their closing tags, and only in files that are large enough.
    """
    sheets = package.named_sheets[: limits.sheets]
    if sum(package.size_of(part) for _name, part in sheets) < limits.cells * _CELL_BYTES:
        return
    held = 0
    for sheet, part in sheets:
        prefix: bytes | None = None
        for block in package.blocks(part):
            if prefix is None:
                prefix = match[1] + b":" if (match := _FIRST_TAG.search(block)) and match[1] else b""
            values, texts = (b"</%s%s>" % (prefix, tag) for tag in (b"v", b"is"))
            held += block.count(values) - block.count(values.replace(b"/", b"") + values) + block.count(texts)
            refuse_crowd(held, sheet, limits)


def sheet_marks(package: Package, part: str) -> Marks:
    """What this sheet's XML tells. Raises Unreadable."""
    cells = SheetCells(package.blocks(part))
    marks = Marks()
    look = _Look(marks, package.styles)
    seen = 0
    for chunk in cells:
        look.at(chunk, with_signs=seen < _SIGNS_WITHIN_BYTES)
        seen += len(chunk)
    if cells.before:
        around = _Around(marks)
        parse_events([cells.before, b"<sheetData/>", cells.behind], around.start, around.end, around.text)
    if marks.lists:
        marks.lists = {area: package.names.get(formula, formula) for area, formula in marks.lists.items()}
    return marks


def sheet_faults(package: Package, part: str) -> tuple[dict[Place, str], int]:
    """The errors of this sheet and the number of its hidden rows, for sheets of any size. Raises Unreadable."""
    errors, n_hidden = dict[Place, str](), 0
    for chunk in SheetCells(package.blocks(part)):
        errors.update(_errors(chunk))
        n_hidden += len(_HIDDEN_ROW.findall(chunk)) if b' hidden="' in chunk else 0
    return errors, n_hidden


def stated_size(package: Package, part: str) -> Place:
    """Rows and columns of the sheet, as its file states them, right or wrong; 0 where it does not."""
    cells = SheetCells(package.blocks(part))
    next(iter(cells), b"")
    match = _DIMENSION.search(cells.before)
    area = next(iter(areas_of(match[1].decode())), None) if match else None
    return (area.bottom + 1, area.right + 1) if area else (0, 0)


class SheetCells:
    """Iterates over the XML of the rows in chunks of whole rows, written the usual way; `before` and `behind` are
    the rest of the sheet's XML, once the iteration is over."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self.before = self.behind = b""
        self._blocks = iter(blocks)

    def __iter__(self) -> Iterator[bytes]:
        rest, prefix = self._begin()
        rows = _Rows()
        while True:
            rest = _without(prefix, rest)
            end = rest.find(b"</sheetData>")
            cut = end if end >= 0 else rest.rfind(b"<row")
            if cut > 0:
                yield rows.written(rest[:cut])
                rest = rest[cut:]
            if end >= 0:
                break
            if len(rest) > _ROW_LIMIT_BYTES:
                raise damaged("有一行大得不正常")
            block = next(self._blocks, b"")
            if not block:
                yield rows.written(rest)  # the file is cut off; what is there counts
                return
            rest += block
        self._end(rest.removeprefix(b"</sheetData>"), prefix)

    def _begin(self) -> tuple[bytes, bytes]:
        """The first bytes of the cells, and the prefix of all names."""
        data = b""
        for block in self._blocks:
            data += block
            if match := _CELLS.search(data):
                prefix = match[1] + b":" if match[1] else b""
                self.before = _without(prefix, data[: match.start()])
                return (b"</" + prefix + b"sheetData>" if match[2] else b"") + data[match.end() :], prefix
            if len(data) > _AROUND_LIMIT_BYTES:
                raise damaged("工作表开头的说明大得不正常")
        return b"</sheetData>", b""

    def _end(self, data: bytes, prefix: bytes) -> None:
        for block in self._blocks:
            data += block
            if len(data) > _AROUND_LIMIT_BYTES:
                raise damaged("工作表末尾的说明大得不正常")
        self.behind = _without(prefix, data)


def _without(prefix: bytes, data: bytes) -> bytes:
    return data.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</") if prefix else data


class _Rows:
    """Writes every row and cell with its reference first, in double quotes, as nearly all programs do by themselves."""

    def __init__(self) -> None:
        self._row = self._column = -1

    def written(self, chunk: bytes) -> bytes:
        if all(chunk.startswith(b' r="', m.end()) for m in _TAG_NAME.finditer(chunk, 0, _LOOKED_AT_BYTES)):
            if last := _ROW_NUMBER.search(chunk, max(chunk.rfind(b"<row"), 0)):
                self._row = int(last[1]) - 1
            return chunk
        return _TAG.sub(self._numbered, chunk)

    def _numbered(self, tag: re.Match[bytes]) -> bytes:
        attributes = {m[1]: m[2] if m[2] is not None else m[3] for m in _ATTRIBUTE.finditer(tag[2])}
        reference = attributes.pop(b"r", b"")
        if tag[1] == b"row":
            self._row, self._column = int(reference) - 1 if _NUMBER.fullmatch(reference) else self._row + 1, -1
            reference = b"%d" % (self._row + 1)
        else:
            match = _REFERENCE.fullmatch(reference)
            self._column = column_number(match[1]) if match else self._column + 1
            reference = cell_name(max(self._row, 0), self._column).encode()
        others = sorted(attributes.items())  # the style comes before the type
        return b'<%s r="%s"%s%s>' % (tag[1], reference, b"".join(b' %s="%s"' % pair for pair in others), tag[3])


@cache
def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


class _Look:
    """Searches chunk after chunk; what a chunk surely lacks is not searched for."""

    def __init__(self, marks: Marks, styles: Styles) -> None:
        self._marks, self._framed = marks, {b"%d" % n for n in styles.framed}
        percents = b"|".join(b"%d" % n for n in sorted(styles.percents))
        self._percent = re.compile(rb' r="([A-Z]{1,3})([1-9]\d{0,6})" s="(?:' + percents + rb')"') if percents else None

    def at(self, chunk: bytes, *, with_signs: bool) -> None:
        marks = self._marks
        if b' hidden="' in chunk:
            marks.hidden_rows.update(int(m[1]) - 1 for m in map(_ROW.match, _HIDDEN_ROW.findall(chunk)) if m)
        if b"<f" in chunk:
            marks.formulas.update(_formulas(chunk))
        marks.errors.update(_errors(chunk))
        if with_signs and self._framed and len(marks.framed) < SIGNS_LIMIT:
            marks.framed.update(_place(m) for m in _EMPTY.finditer(chunk) if m[3] in self._framed)
        if with_signs and self._percent is not None and len(marks.percents) < SIGNS_LIMIT:
            marks.percents.update(map(_place, self._percent.finditer(chunk)))


def _errors(chunk: bytes) -> Iterator[tuple[Place, str]]:
    if b' t="e"' in chunk:
        for error in _ERROR.finditer(chunk):
            yield _place(error), _unescaped(error[3]) or "#ERROR!"


def _formulas(chunk: bytes) -> Iterator[tuple[Place, str]]:
    """Formulas are few among the cells: each is found first, and then the cell that it stands in."""
    for formula in _FORMULA.finditer(chunk):
        begins = chunk.rfind(b"<c r=", 0, formula.start())
        if begins >= 0 and (match := _CELL.match(chunk, begins)):
            yield _place(match), _unescaped(formula[1])


def _place(match: re.Match[bytes]) -> Place:
    return int(match[2]) - 1, column_number(match[1])


def _unescaped(text: bytes | None) -> str:
    plain = text.decode("utf-8", errors="replace") if text else ""
    return unescape(plain) if "&" in plain else plain


class _Around:
    """What stands before and behind the cells: hidden columns, lists to choose from."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._text = self._formula = self._ranges = ""
        self._is_list = False

    def start(self, name: str, attributes: Attributes) -> None:
        self._text = ""
        if name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", 1)), int(attributes.get("max", 1))
            self._marks.hidden_columns.update(range(first - 1, min(last, COLUMNS)))
        elif name == "dataValidation":
            self._is_list = attributes.get("type") == "list"
            self._formula, self._ranges = "", attributes.get("sqref", "")

    def text(self, text: str) -> None:
        self._text += text

    def end(self, name: str) -> None:
        if name == "sqref":
            self._ranges = self._text
        elif name == "formula1" and not self._formula:
            self._formula = self._text
        elif name == "f" and self._is_list:  # in the newer way of writing, inside of formula1
            self._formula = self._formula or self._text
        elif name == "dataValidation" and self._is_list and self._formula:
            self._marks.lists.update((area, self._formula) for area in areas_of(self._ranges))
            self._is_list = False


def areas_of(ranges: str) -> list[Area]:
    """`A1:B3 D5` → areas; what is none is left out."""
    found = []
    for text in ranges.replace("$", "").split()[:1000]:
        first, _, last = text.partition(":")
        with suppress(ValueError):
            found.append(Area(*cell_place(first), *cell_place(last or first)))
    return found
