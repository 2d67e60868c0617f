"""Reading sheets: how they compile, what is filled in, and what waits on whose desk."""

from dukao.sheets.queries.compiling import Compiled as Compiled
from dukao.sheets.queries.compiling import CompiledQuestion as CompiledQuestion
from dukao.sheets.queries.compiling import RefusalView as RefusalView
from dukao.sheets.queries.compiling import compile_sheet as compile_sheet
from dukao.sheets.queries.desks import Desk as Desk
from dukao.sheets.queries.desks import DeskFiling as DeskFiling
from dukao.sheets.queries.desks import desk as desk
from dukao.sheets.queries.dispatches import DispatchView as DispatchView
from dukao.sheets.queries.dispatches import FilingRow as FilingRow
from dukao.sheets.queries.dispatches import FilingTable as FilingTable
from dukao.sheets.queries.dispatches import Progress as Progress
from dukao.sheets.queries.dispatches import dispatch as dispatch
from dukao.sheets.queries.dispatches import dispatch_progress as dispatch_progress
from dukao.sheets.queries.dispatches import dispatches as dispatches
from dukao.sheets.queries.dispatches import filing_table as filing_table
from dukao.sheets.queries.dispatches import filings_of as filings_of
from dukao.sheets.queries.filings import CellView as CellView
from dukao.sheets.queries.filings import FilingPage as FilingPage
from dukao.sheets.queries.filings import filing as filing
from dukao.sheets.queries.sheets import SheetView as SheetView
from dukao.sheets.queries.sheets import sheet as sheet
from dukao.sheets.queries.sheets import sheets as sheets
from dukao.sheets.queries.sheets import versions as versions
