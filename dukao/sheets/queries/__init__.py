"""Reading sheets: how they compile, what is filled in, and what waits on whose desk."""

from dukao.sheets.queries.compiling import Compiled as Compiled
from dukao.sheets.queries.compiling import CompiledQuestion as CompiledQuestion
from dukao.sheets.queries.compiling import RefusalView as RefusalView
from dukao.sheets.queries.compiling import compile_sheet as compile_sheet
from dukao.sheets.queries.sheets import SheetView as SheetView
from dukao.sheets.queries.sheets import sheet as sheet
from dukao.sheets.queries.sheets import sheets as sheets
from dukao.sheets.queries.sheets import versions as versions
