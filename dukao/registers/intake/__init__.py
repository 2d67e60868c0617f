"""From a file's rows to facts, in sets.

1. `engine` is DuckDB, held within its memory and its folder.
2. `places` are the units a delivery may speak about.
3. `checking` sorts rows into records and rejects.
4. `distilling` is the Ibis expression from records to facts; `staging` runs it and sets aside what no element can hold.
"""
