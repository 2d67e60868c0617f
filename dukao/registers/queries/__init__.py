"""Reading the registers."""

from dukao.registers.queries.elements import CodeView as CodeView
from dukao.registers.queries.elements import ElementView as ElementView
from dukao.registers.queries.elements import element as element
from dukao.registers.queries.elements import elements as elements
from dukao.registers.queries.elements import elements_by_code as elements_by_code
from dukao.registers.queries.elements import elements_by_id as elements_by_id
from dukao.registers.queries.facts import Coverage as Coverage
from dukao.registers.queries.facts import KnownFact as KnownFact
from dukao.registers.queries.facts import PastFact as PastFact
from dukao.registers.queries.facts import coverage as coverage
from dukao.registers.queries.facts import fact_histories as fact_histories
from dukao.registers.queries.facts import fact_history as fact_history
from dukao.registers.queries.facts import known as known
from dukao.registers.queries.figures import Figure as Figure
from dukao.registers.queries.figures import Figures as Figures
from dukao.registers.queries.figures import TotalDiffers as TotalDiffers
from dukao.registers.queries.figures import figures as figures
from dukao.registers.queries.figures import figures_as_of as figures_as_of
from dukao.registers.queries.figures import totals_that_differ as totals_that_differ
from dukao.registers.queries.findings import findings as findings
from dukao.registers.queries.sources import FreshSource as FreshSource
from dukao.registers.queries.sources import Source as Source
from dukao.registers.queries.sources import datasets_behind as datasets_behind
from dukao.registers.queries.sources import sources_of_cells as sources_of_cells
from dukao.registers.queries.sources import sources_of_deliveries as sources_of_deliveries
