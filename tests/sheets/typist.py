"""A process that fills in, hands in, returns and accepts filings until it is killed: `python typist.py NUMBER CODE…`.

It says what was acknowledged, one line per action, and goes on where an earlier one was killed.
"""

import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

QUESTIONS = ("tax_revenue", "new_projects", "sales:2026-07", "sales:2026-08", "sales:2026-09")


def main(number: str, units: list[str]) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dukao.settings")
    import django

    django.setup()
    from dukao.base.models import Event
    from dukao.base.periods import Period
    from dukao.org.rules import SYSTEM
    from dukao.sheets import actions, queries

    def told(*said: str) -> None:
        print(*said, flush=True)

    told("ready")
    do = {"by": SYSTEM, "dispatch": number}
    while True:
        for unit in units:
            at = datetime.now(UTC)
            state = queries.filing(dispatch=number, unit=unit, viewer=SYSTEM, today=at.date()).state
            if state in ("open", "returned"):
                # The trail grows with each value, so none comes twice: typing what stands there leaves no event.
                for question in QUESTIONS:
                    element, _colon, period = question.partition(":")
                    saved = actions.type_answer(
                        unit=unit, element=element, period=Period.parse(period) if period else None,
                        raw=str(Event.objects.count() % 1000), at=datetime.now(UTC), **do,
                    )  # fmt: skip
                    told("typed", unit, question, saved.shown)
                actions.submit_filing(unit=unit, at=datetime.now(UTC), **do)
                told("submitted", unit)
            elif state == "submitted":
                if random.random() < 0.7:
                    actions.return_filing(dispatch=number, unit=unit, reason="再核", by=SYSTEM, at=datetime.now(UTC))
                    told("returned", unit)
                else:
                    actions.accept_filing(dispatch=number, unit=unit, by=SYSTEM, at=datetime.now(UTC))
                    told("accepted", unit)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
