"""Writing into the registers."""

from dukao.registers.actions.datasets import DoesNotFit as DoesNotFit
from dukao.registers.actions.datasets import define_dataset as define_dataset
from dukao.registers.actions.deliveries import NotThisPeriod as NotThisPeriod
from dukao.registers.actions.deliveries import NotThisScope as NotThisScope
from dukao.registers.actions.deliveries import TooLarge as TooLarge
from dukao.registers.actions.deliveries import receive_delivery as receive_delivery
from dukao.registers.actions.elements import MeaningInUse as MeaningInUse
from dukao.registers.actions.elements import define_element as define_element
from dukao.registers.actions.facts import Accepted as Accepted
from dukao.registers.actions.facts import AnsweredCell as AnsweredCell
from dukao.registers.actions.facts import accept_facts as accept_facts
from dukao.registers.actions.facts import retract_facts as retract_facts
from dukao.registers.actions.facts import type_fact as type_fact
from dukao.registers.actions.facts import untype_fact as untype_fact
from dukao.registers.actions.intake import NothingAccepted as NothingAccepted
from dukao.registers.actions.intake import land_delivery as land_delivery
from dukao.registers.actions.intake import land_waiting as land_waiting
from dukao.registers.actions.intake import sweep_leftovers as sweep_leftovers
from dukao.registers.actions.landing import Landed as Landed
from dukao.registers.actions.landing import land_facts as land_facts
from dukao.registers.actions.landing import rebuild_totals as rebuild_totals
from dukao.registers.sums import SumTooLarge as SumTooLarge
