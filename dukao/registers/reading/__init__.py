"""Files as they come, read into rows of plain text. Nothing is judged here and nothing is lost.

1. `marks` counts what a file's bytes show while they are copied: encoding, line ends, quotes.
2. `headers` finds the header row and which column of the file is which column of the dataset.
3. `delimited` reads CSV. `apart` opens XLSX, XLS and Parquet in a process of its own with limits, where `workbooks` and
   `columnar` turn them into plain tables; `sheets` takes it from there.
4. The outcome is a `Source`: cells as text, in the order of the file, with their line numbers.
"""
