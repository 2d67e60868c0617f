"""Pure rules of the indicators: what a definition must say, and how figures become readings."""

from dukao.indicators.rules.definitions import IndicatorDefinition as IndicatorDefinition
from dukao.indicators.rules.definitions import Term as Term
from dukao.indicators.rules.definitions import misfits as misfits
from dukao.indicators.rules.definitions import terms as terms
from dukao.indicators.rules.readings import NOTHING as NOTHING
from dukao.indicators.rules.readings import Counts as Counts
from dukao.indicators.rules.readings import Folded as Folded
from dukao.indicators.rules.readings import Plan as Plan
from dukao.indicators.rules.readings import PlannedTerm as PlannedTerm
from dukao.indicators.rules.readings import Ratio as Ratio
from dukao.indicators.rules.readings import Reading as Reading
from dukao.indicators.rules.readings import State as State
from dukao.indicators.rules.readings import change_percent as change_percent
from dukao.indicators.rules.readings import change_points as change_points
from dukao.indicators.rules.readings import element_periods as element_periods
from dukao.indicators.rules.readings import fold as fold
from dukao.indicators.rules.readings import own_period as own_period
from dukao.indicators.rules.readings import read as read
from dukao.indicators.rules.readings import rounded as rounded
from dukao.indicators.rules.readings import share_percent as share_percent
from dukao.indicators.rules.readings import side as side
