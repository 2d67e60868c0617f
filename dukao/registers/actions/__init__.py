"""Writing into the registers."""

from dukao.registers.actions.datasets import DoesNotFit as DoesNotFit
from dukao.registers.actions.datasets import define_dataset as define_dataset
from dukao.registers.actions.elements import MeaningInUse as MeaningInUse
from dukao.registers.actions.elements import define_element as define_element
