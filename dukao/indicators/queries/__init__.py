"""Reading indicators: their definitions, a unit's page, a figure's passport, and what open pages are told."""

from dukao.indicators.queries.catalogue import IndicatorView as IndicatorView
from dukao.indicators.queries.catalogue import indicator as indicator
from dukao.indicators.queries.catalogue import indicators as indicators
from dukao.indicators.queries.pages import Card as Card
from dukao.indicators.queries.pages import ChildCell as ChildCell
from dukao.indicators.queries.pages import ChildRow as ChildRow
from dukao.indicators.queries.pages import FilledIn as FilledIn
from dukao.indicators.queries.pages import LiveFigure as LiveFigure
from dukao.indicators.queries.pages import TrendPoint as TrendPoint
from dukao.indicators.queries.pages import UnitPage as UnitPage
from dukao.indicators.queries.pages import live_figures as live_figures
from dukao.indicators.queries.pages import newest_period as newest_period
from dukao.indicators.queries.pages import unit_page as unit_page
from dukao.indicators.queries.passports import ChildPart as ChildPart
from dukao.indicators.queries.passports import FactPassport as FactPassport
from dukao.indicators.queries.passports import PartPassport as PartPassport
from dukao.indicators.queries.passports import Passport as Passport
from dukao.indicators.queries.passports import TermPassport as TermPassport
from dukao.indicators.queries.passports import passport as passport
from dukao.indicators.queries.years import QUARTERS as QUARTERS
from dukao.indicators.queries.years import YearReading as YearReading
from dukao.indicators.queries.years import Years as Years
from dukao.indicators.queries.years import year_readings as year_readings
