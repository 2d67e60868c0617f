"""Reading the registers."""

from dukao.registers.queries.elements import CodeView as CodeView
from dukao.registers.queries.elements import ElementView as ElementView
from dukao.registers.queries.elements import element as element
from dukao.registers.queries.elements import elements as elements
from dukao.registers.queries.elements import elements_by_code as elements_by_code
from dukao.registers.queries.elements import elements_by_id as elements_by_id
