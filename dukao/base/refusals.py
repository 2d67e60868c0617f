"""Refusals: what the house will not do, in words a person can act on."""

from typing import Any


class Refused(Exception):
    """The house will not do this. `what` happened, `why` (with its source), what `todo` next.

    Doors answer 409. Subclasses are named for the state that forbids (`AlreadyKnown`, `OutOfPlan`).
    """

    status = 409

    def __init__(self, what: Any, *, why: Any = "", todo: Any = "", source: str = "", rule: str = "") -> None:
        self.what, self.why, self.todo, self.source, self.rule = what, why, todo, source, rule
        super().__init__(str(what))

    def as_dict(self) -> dict[str, str]:
        """What machines are told: `refused` (class name), what, why, todo, source, rule."""
        texts = {k: str(getattr(self, k)) for k in ("what", "why", "todo", "source", "rule")}
        return {"refused": type(self).__name__, **texts}


class Invalid(Refused):
    """The input does not say what it must say; doors answer 422. `errors` maps a place in the input to a reason."""

    status = 422

    def __init__(self, what: Any, *, errors: dict[str, str] | None = None, **more: Any) -> None:
        self.errors = errors or {}
        super().__init__(what, **more)


class NotThere(Refused):
    """The thing does not exist, or the asker may not know that it does: one answer for both, 404."""

    status = 404

    def __init__(self, what: Any = "没有找到", **more: Any) -> None:
        super().__init__(what, **more)


class NotAllowed(Refused):
    """The asker sees the thing but may not do this to it; doors answer 403."""

    status = 403
