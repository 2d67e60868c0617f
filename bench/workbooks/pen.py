"""Draws the parts that every form has: title, holder, header tree, body cells, notes, signatures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from opencc import OpenCC

from bench.workbooks.data import Datum, words
from bench.workbooks.drafts import Ask, Page, Style, Truth, Wanted
from dukao.workbooks.grid import Area, column_name
from dukao.workbooks.tables import Kind

_PERIODS = ("2026年三季度", "2026年", "2026年7月", "2025年度", "2026年上半年", "")
_traditional = OpenCC("s2t").convert
_SIGNATURES = ("单位负责人：", "填表人：", "联系电话：", "填报日期：")
_EMPTY_SIGNS = ("—", "——", "/", "×")


@dataclass
class Pen:
    """Draws onto one page in one style."""

    rng: Random
    style: Style
    page: Page

    def say(self, text: str) -> str:
        """The text as this form prints it."""
        if self.style.is_spaced and len(text) == 2 and text.isalpha():
            text = f"{text[0]} {text[1]}" if self.rng.random() < 0.5 else f"{text[0]}　　{text[1]}"
        elif self.style.is_spaced and len(text) > 5 and text.isalpha() and self.rng.random() < 0.5:
            half = len(text) // 2
            text = f"{text[:half]}\n{text[half:]}"
        return _traditional(text) if self.style.is_traditional else text

    def place(self) -> str:
        return str(self.rng.choice((*words()["towns"], *words()["regions"])))

    def head(self, row: int, column: int, width: int, subject: str, unit: str = "") -> tuple[int, str]:
        """Letterhead, title, and the line with holder and unit; the row below and the title."""
        if self.style.has_letterhead:
            row = self._letterhead(row, column + max(width - 2, 0))
        period = self.rng.choice(_PERIODS)
        title = f"{self.place()}{period}{subject}（模拟）"
        if self.style.title != "none":
            over = (1, width) if self.style.title == "merged" and width > 1 else (1, 1)
            self.page.put(row, column, self.say(title), over=over)
            row += 1
        unit_line = f"单位：{unit}" if unit else ""
        holder = f"填报单位：{self.place()}" if self.rng.random() < 0.5 else "填报单位（盖章）：________"
        if self.style.holder == "line" and (unit_line or self.rng.random() < 0.7):
            self.page.put(row, column, f"{holder}      {unit_line}".strip(), over=(1, width) if width > 1 else (1, 1))
            row += 1
        elif self.style.holder == "cells" or unit_line:
            if self.style.holder == "cells":
                self.page.put(row, column, holder)
            if unit_line:
                self.page.put(row, column + width - 1, unit_line)
            row += 1
        return row, title if self.style.title != "none" else ""

    def _letterhead(self, row: int, column: int) -> int:
        """Number, issuer, approval and validity of a statistical form, at the right."""
        for line in (f"表    号：模拟统{self.rng.randint(1, 99)}表", "制定机关：模拟统计局",
                     f"批准文号：模拟〔2026〕{self.rng.randint(1, 99)}号", "有效期至：2027年12月"):  # fmt: skip
            self.page.put(row, column, line)
            row += 1
        return row

    def header(self, row: int, column: int, wanted: Sequence[Wanted], truth: Truth, *, numbers_from: int = 0) -> int:
        """A header tree over the columns; the row below it."""
        depth = max(len(w.path) for w in wanted)
        for number, one in enumerate(wanted):
            for level, text in enumerate(one.path):
                self._header_cell(row, column, wanted, number, level, text, depth)
            truth.columns[column + number] = one.path
            truth.asks[column + number] = one.ask
            if one.unit and self.style.unit_place in ("header", "title", "row"):
                truth.column_units[column + number] = one.unit
        row += depth
        if self.style.unit_place == "row" and any(w.unit for w in wanted):
            for number, one in enumerate(wanted):
                self.page.put(row, column + number, one.unit or ("计量单位" if number == 0 else None))
            row += 1
        if self.style.has_numbers:
            for number in range(len(wanted)):
                mark = "甲乙丙丁戊"[number] if number < numbers_from else number - numbers_from + 1
                self.page.put(row, column + number, mark)
            row += 1
        return row

    def _header_cell(
        self, top: int, left: int, wanted: Sequence[Wanted], number: int, level: int, text: str, depth: int
    ) -> None:
        path = wanted[number].path
        is_leaf = level == len(path) - 1
        begins = not number or wanted[number - 1].path[: level + 1] != path[: level + 1] or is_leaf
        if is_leaf and wanted[number].unit and self.style.unit_place == "header":
            text = self.say(text) + self.rng.choice(("（{}）", "({})", "\n（{}）", "/{}")).format(wanted[number].unit)
        else:
            text = self.say(text)
        if not begins and self.style.merged != "repeated":
            return
        n_below = depth - level if is_leaf else 1
        n_right = 1
        while (
            not is_leaf
            and number + n_right < len(wanted)
            and wanted[number + n_right].path[: level + 1] == path[: level + 1]
        ):
            n_right += 1
        merges = self.style.merged == "merged" and (n_below, n_right) != (1, 1)
        self.page.put(top + level, left + number, text, over=(n_below, n_right) if merges else (1, 1))

    def body(self, truth: Truth, row: int, column: int, wanted: Wanted, unit: str = "") -> None:
        """A cell of the body: empty and asked, or with a value."""
        place = (row, column)
        lot = self.rng.random()
        is_empty = self.style.fill == "blank" or (self.style.fill == "half" and lot < 0.4)
        if self.style.fill == "full" and lot < 0.03:
            self.page.put(row, column, self.rng.choice(_EMPTY_SIGNS))
        elif not is_empty:
            self.page.put(row, column, self.value(wanted))
        else:
            truth.slots[place] = wanted.ask
            if unit:
                truth.units[place] = unit

    def boxes(self, codes: Sequence[str], ticked: str = "") -> str:
        """The answers with boxes to tick, in one of the ways that forms print them."""
        is_yes_or_no = set(codes) in ({"是", "否"}, {"有", "无"}, {"男", "女"})
        signs = ["□{}", "□{}", "{}□", "☐{}", "○{}", *["{}（ ）"] * is_yes_or_no]
        sign = self.rng.choice(signs)
        gap = self.rng.choice((" ", "　", "  "))
        tick = "（√）" if "（" in sign else "☑"
        return gap.join(re.sub("□|☐|○|（ ）", tick, sign.format(c)) if c == ticked else sign.format(c) for c in codes)

    def boxed(self, truth: Truth, row: int, column: int, ask: Ask, datum: Datum, label: str = "") -> None:
        """A cell with boxes: open and asked, or ticked; with `label`, what is asked stands before them."""
        is_open = self.style.fill == "blank" or (self.style.fill == "half" and self.rng.random() < 0.4)
        told = self.boxes(datum.codes, "" if is_open else self.rng.choice(datum.codes))
        self.page.put(row, column, f"{label}{self.rng.choice(('：', '：', ' ', '？'))}{told}" if label else told)
        if is_open:
            truth.slots[row, column] = ask

    def total(self, truth: Truth, row: int, column: int, first: int, last: int) -> None:
        """A cell of a total row: a formula, a sum, or open for whoever adds up."""
        name = column_name(column)
        if self.style.total == "formula":
            self.page.formulas[row, column] = f"SUM({name}{first + 1}:{name}{last + 1})"
        elif self.style.fill == "full":
            values = [self.page.cells.get((r, column)) for r in range(first, last + 1)]
            self.page.put(row, column, round(sum(v for v in values if isinstance(v, int | float)), 2))
        else:
            truth.slots[row, column] = Ask()

    def value(self, wanted: Wanted) -> str | int | float:
        datum, rng = wanted.datum, self.rng
        if datum is None or datum.kind is Kind.NUMBER:
            if wanted.unit in ("%",):
                return round(rng.uniform(1, 100), 1)
            number = rng.choice((rng.randint(0, 300), rng.randint(300, 90_000), round(rng.uniform(0, 900), 2)))
            return f"{number:,}" if rng.random() < 0.03 else number
        if datum.codes:
            return rng.choice(datum.codes)
        if datum.kind is Kind.DATE:
            return f"{rng.randint(1950, 2025)}年{rng.randint(1, 12)}月"
        if "姓名" in datum.title or "负责人" in datum.title:
            return str(rng.choice(words()["people"]))
        if "号" in datum.title or "电话" in datum.title:
            return f"模拟{rng.randint(10**7, 10**8)}"
        return str(rng.choice(words()["answers"]))

    def frame(self, area: Area) -> None:
        if self.style.is_framed:
            self.page.framed.update((r, c) for r in range(area.top, area.bottom + 1)
                                    for c in range(area.left, area.right + 1))  # fmt: skip

    def foot(self, row: int, column: int, width: int, notes: Sequence[str]) -> int:
        """Notes and signatures; the row below."""
        if self.style.has_notes:
            for number, note in enumerate(notes, 1):
                text = f"注：{number}.{note}" if number == 1 else f"{number}.{note}"
                self.page.put(row, column, text, over=(1, width) if self.rng.random() < 0.5 and width > 1 else (1, 1))
                row += 1
        if self.style.has_footer:
            if self.rng.random() < 0.5:
                self.page.put(row, column, "        ".join(_SIGNATURES))
            else:
                for number, text in enumerate(_SIGNATURES[: max(1, width // 2)]):
                    self.page.put(row, column + 2 * number, text)
            row += 1
        return row


def nobody(words: str) -> Ask:
    """Something asked that no one holds."""
    return Ask("", "now", words)
