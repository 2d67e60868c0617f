"""Files as they come, read into rows of plain text. Nothing is judged here and nothing is lost.

1. `marks` counts what a file's bytes show while they are copied: encoding, line ends, quotes.
2. `headers` finds the header row and which column of the file is which column of the dataset.
3. `delimited` reads CSV. Workbooks of every kind come row by row from `workbooks.reading`, in a process of its own with
   limits, and `sheets` takes what is needed; Parquet is opened by `columnar`, in such a process too.
4. The outcome is a `Source`: cells as text, in the order of the file, with their line numbers.
"""
