"""The styles of a workbook, to which variants are added: the same look with a light fill, with a date's format."""

import re

from dukao.workbooks.filling.markup import Element, Xml, with_attributes

_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_DATE_SIGNS = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
_NO_SIGNS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_OPEN_FILL = "FFFFF2CC"
_HEAD_FILL = "FFE8EEF7"
_LINE = "FFBFC5CE"
_USUAL_COUNTS = {"fonts": 1, "fills": 2, "borders": 1}
_BEFORE_CELLS = frozenset(("numFmts", "fonts", "fills", "borders", "cellStyleXfs"))
_DAY_FORMAT, _TIME_FORMAT = 14, 46

Variant = tuple[int, bool, int, bool]  # the style it is like, open, number format or 0, quoted


class Styles:
    """`xl/styles.xml`. Numbers of styles are those that cells carry."""

    def __init__(self, xml: Xml) -> None:
        self._xml = xml
        self._cells = xml.find("cellXfs")
        cells = self._cells
        self._xfs = [] if cells is None else [_bytes(xml, e) for e in xml.all("xf", cells.inner, cells.close)]
        self._added: list[bytes] = []
        self._variants: dict[Variant, int] = {}
        self._formats = {
            int(e.attributes.get("numFmtId", 0)): e.attributes.get("formatCode", "") for e in xml.all("numFmt")
        }
        self._first_fill = self._count("fills", "fill")
        self._first_font = self._count("fonts", "font")
        self._first_border = self._count("borders", "border")

    def variant(self, like: int, *, is_open: bool = False, date: bool = False, time: bool = False,
                quoted: bool = False) -> int:  # fmt: skip
        """The number of a style like this one: filled lightly, showing dates, or marked as text."""
        if not (is_open or date or time or quoted):
            return like
        shows = (date or time) and not self._shows_dates(like)
        number_format = (_DAY_FORMAT if date else _TIME_FORMAT) if shows else 0
        if not (is_open or number_format or quoted):
            return like
        wanted = (like, is_open, number_format, quoted)
        if wanted not in self._variants:
            changes = {"fillId": str(self._first_fill), "applyFill": "1"} if is_open else {}
            if number_format:
                changes |= {"numFmtId": str(number_format), "applyNumberFormat": "1"}
            if quoted:
                changes["quotePrefix"] = "1"
            self._variants[wanted] = self._add(self._changed(like, changes))
        return self._variants[wanted]

    def summary(self) -> dict[str, int]:
        """The styles of the summary sheet, by name."""
        font, border = self._first_font, self._first_border
        lead = f'numFmtId="0" fillId="{{fill}}" borderId="{{border}}" fontId="{{font}}"{self._parent()}'
        wrap = f'<{self._xml.tag("alignment")} vertical="top" wrapText="1"/>'
        looks = {
            "text": (font, 0, border, wrap),
            "title": (font + 1, 0, 0, ""),
            "head": (font + 2, self._first_fill + 1, border, wrap),
            "link": (font + 3, 0, border, wrap),
            "open": (font + 3, self._first_fill, border, wrap),
            "plain": (font, 0, 0, ""),
        }
        tag = self._xml.tag("xf")
        return {
            name: self._add(
                f'<{tag} {lead.format(font=f, fill=fill, border=b)} applyFont="1" applyFill="1" applyBorder="1" '
                f'applyAlignment="1">{inside}</{tag}>'.encode()
            )
            for name, (f, fill, b, inside) in looks.items()
        }

    def written(self) -> bytes:
        xml, tag = self._xml, self._xml.tag
        fills = "".join(
            f'<{tag("fill")}><{tag("patternFill")} patternType="solid"><{tag("fgColor")} rgb="{colour}"/>'
            f'<{tag("bgColor")} indexed="64"/></{tag("patternFill")}></{tag("fill")}>'
            for colour in (_OPEN_FILL, _HEAD_FILL)
        )
        sides = "".join(
            f'<{tag(side)} style="thin"><{tag("color")} rgb="{_LINE}"/></{tag(side)}>'
            for side in ("left", "right", "top", "bottom")
        )
        border = f"<{tag('border')}>{sides}<{tag('diagonal')}/></{tag('border')}>"
        fonts = "".join(self._font(*look) for look in (("", 11), ("b", 14), ("b", 11), ("u", 11)))
        added = b"".join(self._added).decode()
        groups = (("fonts", "font", fonts, 4), ("fills", "fill", fills, 2), ("borders", "border", border, 1))
        edits, missing = [], ""
        for group, one, content, count in groups:
            element = xml.find(group)
            if element is None:
                missing += f"<{tag(group)}>{self._usual(group)}{content}</{tag(group)}>"
            else:
                edits += self._grown(element, group, content, self._count(group, one) + count)
        if missing:
            place = xml.place_after(frozenset(("numFmts",)))
            edits.append((place, place, missing.encode()))
        if self._cells is not None:
            edits += self._grown(self._cells, "cellXfs", added, len(self._xfs) + len(self._added))
        else:
            place = xml.place_after(_BEFORE_CELLS)
            edits.append((place, place, f"<{tag('cellXfs')}>{added}</{tag('cellXfs')}>".encode()))
        return xml.edited(edits)

    def _grown(self, element: Element, group: str, content: str, count: int) -> list[tuple[int, int, bytes]]:
        """The edits that put more at the end of a group and count it."""
        xml = self._xml
        opening = with_attributes(xml.data[element.start : element.inner], count=str(count))
        if not element.is_open:
            tag = f"</{xml.tag(group)}>".encode()
            return [(element.start, element.end, opening.rstrip(b"/>").rstrip() + b">" + content.encode() + tag)]
        return [(element.start, element.inner, opening), (element.close, element.close, content.encode())]

    def _font(self, mark: str, size: int) -> str:
        tag = self._xml.tag
        marks = f"<{tag(mark)}/>" if mark else ""
        colour = "FF1F5FBF" if mark == "u" else "FF1F2329"
        return (
            f'<{tag("font")}>{marks}<{tag("sz")} val="{size}"/><{tag("color")} rgb="{colour}"/>'
            f'<{tag("name")} val="宋体"/><{tag("charset")} val="134"/></{tag("font")}>'
        )

    def _usual(self, group: str) -> str:
        """What stands first in a group where it is missing: cells without a style mean these."""
        tag = self._xml.tag
        if group == "fonts":
            return self._font("", 11)
        if group == "borders":
            return f"<{tag('border')}/>"
        fill, pattern = tag("fill"), tag("patternFill")
        return "".join(f'<{fill}><{pattern} patternType="{kind}"/></{fill}>' for kind in ("none", "gray125"))

    def _count(self, group: str, one: str) -> int:
        element = self._xml.find(group)
        if element is None:
            return _USUAL_COUNTS[group]
        return sum(1 for _ in self._xml.all(one, element.inner, element.close))

    def _parent(self) -> str:
        return ' xfId="0"' if self._xml.find("cellStyleXfs") is not None else ""

    def _add(self, xf: bytes) -> int:
        self._added.append(xf)
        return len(self._xfs) + len(self._added) - 1

    def _changed(self, like: int, changes: dict[str, str]) -> bytes:
        xfs = self._xfs + self._added
        xf = xfs[like] if like < len(xfs) else f"<{self._xml.tag('xf')}/>".encode()
        end = xf.index(b">") + 1
        return with_attributes(xf[:end], **changes) + xf[end:]

    def _shows_dates(self, style: int) -> bool:
        if style >= len(self._xfs):
            return False
        found = re.search(rb'numFmtId\s*=\s*["\'](\d+)', self._xfs[style])
        number = int(found[1]) if found else 0
        code = _NO_SIGNS.sub("", self._formats.get(number, ""))
        return number in _DATE_FORMATS or _DATE_SIGNS.search(code) is not None


def _bytes(xml: Xml, element: Element) -> bytes:
    return xml.data[element.start : element.end]
