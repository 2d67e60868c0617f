"""Taking over what a filled workbook says: the same typing and confirming that a worker does cell by cell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from dukao.base.periods import Period
from dukao.base.refusals import NotThere, Refused
from dukao.org.rules import Actor
from dukao.sheets.actions.answering import confirm_answer, type_answer


@dataclass(frozen=True, slots=True)
class Taken:
    """How many cells were taken over, and why others were not, by their keys."""

    n_taken: int
    errors: Mapping[str, str]


def take_over(
    *, dispatch: str, unit: str, typed: Mapping[str, str], confirmed: Iterable[str], by: Actor, at: datetime
) -> Taken:
    """Type values and confirm old ones, by the cells' keys (`element:period`); each by itself, what is refused is told.

    Raises: NotThere. Records: sheets.answer.typed, sheets.answer.confirmed.
    """
    where = {"dispatch": dispatch, "unit": unit, "by": by, "at": at}
    n_taken, errors = 0, dict[str, str]()
    for key, raw in [*typed.items(), *((key, None) for key in confirmed)]:
        cell = _cell(key)
        try:
            if raw is None:
                confirm_answer(**where, **cell)  # type: ignore[arg-type]
            else:
                type_answer(**where, **cell, raw=raw)  # type: ignore[arg-type]
            n_taken += 1
        except NotThere:
            raise
        except Refused as refused:
            errors[key] = str(refused)
    return Taken(n_taken, errors)


def _cell(key: str) -> dict[str, object]:
    element, _colon, code = key.partition(":")
    try:
        return {"element": element, "period": Period.parse(code)}
    except ValueError:
        raise NotThere() from None
