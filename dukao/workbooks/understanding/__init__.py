"""From a grid to what it means: tables with headers, rows, rules, and the slots that wait to be filled.

1. `canvas` shows a grid as one looks at it; `words` tells what the text of a single cell looks like, `codes` the
   answers it offers.
2. `blocks` cuts a sheet into tables with the lines around them, `gutters` those side by side; `joining` puts together
   what a page break cut.
3. `headers` decides how many rows are the header; `layouts` how the block is read; `headings` and `body` name columns
   and rows; `pairs` reads questionnaires.
4. `arithmetic` and `rules` turn printed and implied relations into expressions; `checking` tests them on data.
5. `slots` lists the open cells; `assembling` puts it all together with a confidence and doubts in words.
6. `long` lets rosters of a million cells through: only the rows that differ are looked at one by one.
"""

from dukao.workbooks.understanding.checking import Violation, violations
from dukao.workbooks.understanding.sheets import understand

__all__ = ["Violation", "understand", "violations"]
