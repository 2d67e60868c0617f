"""What can be wrong with a file, and how much of it is taken."""

from dataclasses import dataclass

from dukao.base.refusals import Refused


class Unreadable(Refused):
    """A file that is not taken. `what` happened, `why` as far as it is known, and what to do."""

    status = 422


@dataclass(frozen=True)
class Limits:
    """How much of a file is read at most, whoever made it."""

    file_bytes: int = 200_000_000
    unpacked_bytes: int = 1_000_000_000
    cells: int = 5_000_000  # that hold something
    places: int = 10_000_000  # rows × columns of a sheet, empty cells in between included
    sheets: int = 200
    cell_characters: int = 32_767  # the limit of the format itself
    memory_bytes: int = 1_000_000_000
    seconds: int = 25  # what is around it takes time too, and after 30 there is an answer
    whole: bool = False  # what cannot be read to its last cell is refused, and not read in part


USUAL = Limits()
