"""What a command is: a name, its arguments, and a function from arguments to a result that prints as text or JSON."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Result:
    """`data` goes out with --json, `lines` otherwise; `exit_code` 0 only where everything asked for was done."""

    data: Any
    lines: list[str] = field(default_factory=list)
    exit_code: int = 0


@dataclass(frozen=True)
class Command:
    """One `dukao NAME`. A Refused raised by `run` is printed with its reason and exits with 3.

    `help` is a lazy translation; `arguments` runs when the reader's language is known; `example` can be typed as it is.
    """

    name: str
    help: Any
    run: Callable[[Namespace], Result]
    arguments: Callable[[ArgumentParser], None] = lambda parser: None
    example: str = ""
