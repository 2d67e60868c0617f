"""Pure rules of the registers: no database, no clock, no files."""

from dukao.registers.rules.definitions import LEVEL_OF as LEVEL_OF
from dukao.registers.rules.definitions import ColumnDefinition as ColumnDefinition
from dukao.registers.rules.definitions import DatasetDefinition as DatasetDefinition
from dukao.registers.rules.definitions import ElementDefinition as ElementDefinition
from dukao.registers.rules.definitions import Measure as Measure
