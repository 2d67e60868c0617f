"""Formulas that reach out of the workbook, or lost what they reached for. None is run; the reader is told of them."""

import re

from dukao.workbooks.grid import Grid, cell_name

# =cmd|'/c calc'!A0 starts a program (DDE). Text in quotes is no formula.
_PROGRAM = re.compile(r"[\w.]+\|\s*(?:'[^']*'|[\w.]+)!|\bDDE\s*\(", re.IGNORECASE)
# '[外部.xlsx]表'!A1, [1]表!A1 and, in ODS, 'file:///…'#$表.A1; neither Table[column] nor [.A1].
_OTHER_FILE = re.compile(r"(?<![\w\]])\[[^\[\].@#$][^\[\]]*\][^\[\]!]*!|'file:///", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_TOLD = (
    (_PROGRAM, "公式要调用别的程序，没有运行，请删去或向发表单位核实"),
    (_OTHER_FILE, "公式引用了别的文件，没有去取，用的是上次保存的值"),
    (re.compile("#REF!"), "公式的引用已经失效（#REF!），算不出数"),
)


def formula_doubts(grid: Grid) -> list[str]:
    """A sentence for each kind of such formulas, with how many there are and the first of them."""
    found: list[list[tuple[int, int]]] = [[] for _ in _TOLD]
    for place, formula in grid.formulas.items():
        if "[" in formula or "|" in formula or "#REF!" in formula or "DDE" in formula.upper() or "file:" in formula:
            bare = _QUOTED.sub("", formula)
            for places, (shape, _said) in zip(found, _TOLD, strict=True):
                if shape.search(bare):
                    places.append(place)
    return [
        f"工作表“{grid.name}”有 {len(places)} 处（如 {cell_name(*min(places))}）{said}"
        for places, (_shape, said) in zip(found, _TOLD, strict=True)
        if places
    ]
