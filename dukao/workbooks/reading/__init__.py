"""From a file of any kind to a `Workbook`: what it is shows in its bytes, never in its name.

1. `kinds` looks at the first bytes and the parts of a package.
2. `office` reads XLSX, XLSM, XLSB and XLS: values by calamine; what calamine does not tell (hidden rows, formulas,
   errors, percentages, framed cells) by `sheetxml` and `biff`. `opendocument`, `markup` and `text` read the others.
3. `rows` and `flat` give sheets too large for a `Workbook` row by row.
4. `apart` has all of this done by a process of its own, with limits on memory and time (`base.apart`).
"""

from dukao.workbooks.reading.apart import Reader, read_workbook, read_workbooks
from dukao.workbooks.reading.here import read_here
from dukao.workbooks.reading.rows import FlatSheet

__all__ = ["FlatSheet", "Reader", "read_here", "read_workbook", "read_workbooks"]
