"""What can be wrong with a file that can be read (`Unreadable` is another), apart from its rows."""

from dukao.base.refusals import Refused


class NoHeader(Refused):
    """No row of the file names the columns that are needed."""


class UnclearColumns(Refused):
    """The file's columns cannot be told apart."""


class Irregular(Exception):
    """The short way of reading does not fit this file; the careful one must."""
