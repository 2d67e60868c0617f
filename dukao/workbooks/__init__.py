"""Any spreadsheet: read, understood, compared, filled. Knows nothing of the platform and needs no database.

1. `reading` opens a file of any kind, within limits and in a process of its own, into `grid` nouns: cells as they are.
2. `understanding` finds the tables of a grid with their headers, units, rules, and the slots to be filled (`tables`).
3. `matching` tells which known term a header means, how sure it is, and why; what it is unsure of, a person confirms.
4. `overlap` compares many forms and says what is asked more than once.
5. `shelf` holds what is known, from a folder of files; `filling` writes it into the very same workbook.
6. `drawing` and `contract` show the outcome, to people and to programs.
"""
