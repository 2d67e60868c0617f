"""What can be wrong with a file, and how much of it is taken."""

from dataclasses import dataclass


class Unreadable(Exception):
    """A file that is not taken. `what` happened, `why` as far as it is known, and what to do."""

    def __init__(self, what: str, *, why: str = "", todo: str):
        super().__init__(what)
        self.what, self.why, self.todo = what, why, todo


@dataclass(frozen=True)
class Limits:
    """How much of a file is read at most, whoever made it."""

    file_bytes: int = 200_000_000
    unpacked_bytes: int = 1_000_000_000
    cells: int = 5_000_000  # that hold something
    sheets: int = 200
    cell_characters: int = 32_767  # the limit of the format itself
    memory_bytes: int = 1_000_000_000
    seconds: int = 30


USUAL = Limits()
