"""The same workbook, filled: its parts are edited in place, so that all that is not filled stays as it was.

1. `archive` and `markup` change single parts of a package and single places of a part, byte by byte.
2. `book`, `sheetpart`, `styles`, `notes` and `summary` know what a workbook is made of; `values`, what a cell is.
3. `press` fills one form, or a thousand copies of it.
4. What cannot be edited in place becomes an XLSX first: `older` redraws an XLS, `plainly` writes the values of others.
"""

from dukao.workbooks.filling.forms import FormPress, fill_workbook, suffix_of
from dukao.workbooks.filling.outcome import Filled, Skipped

__all__ = ["Filled", "FormPress", "Skipped", "fill_workbook", "suffix_of"]
