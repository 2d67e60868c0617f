"""What indicators may see of the gate: tables by name, with their grain, columns and the SELECT that gives them.

They are delivered to the registers month by month, as any department delivers its data (`actions.publishing`). So an
indicator names their columns like any other element, a figure leads back to its delivery, and no sheet may ask the
grass roots for what the ledger knows.
"""

from dukao.gate.published.burden import BURDEN
from dukao.gate.published.tables import PublishedColumn, PublishedTable, rows_of

TABLES = (BURDEN,)

__all__ = ["BURDEN", "TABLES", "PublishedColumn", "PublishedTable", "rows_of"]
