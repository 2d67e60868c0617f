"""What others may see of tasks: by the department whose matter they are, and month. Never by person.

`rows_of` gives the month; scores and open data read this, not the tables.
"""

from dukao.tasks.published.months import TASKS_MONTH, DepartmentMonth, rows_of

__all__ = ["TASKS_MONTH", "DepartmentMonth", "rows_of"]
