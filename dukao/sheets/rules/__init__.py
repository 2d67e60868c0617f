"""Pure rules of the sheets: no database, no clock, no files."""

from dukao.sheets.rules.answers import Answerable as Answerable
from dukao.sheets.rules.answers import BadAnswer as BadAnswer
from dukao.sheets.rules.answers import read_answer as read_answer
from dukao.sheets.rules.answers import shown_answer as shown_answer
from dukao.sheets.rules.cells import CellState as CellState
from dukao.sheets.rules.checks import BadCheck as BadCheck
from dukao.sheets.rules.checks import parse as parse
from dukao.sheets.rules.definitions import SheetDefinition as SheetDefinition
from dukao.sheets.rules.rights import may_review as may_review
from dukao.sheets.rules.rights import may_see_filing as may_see_filing
