"""A work process of a test: says that it is ready, lands what waits, ends."""

import django

django.setup()

from datetime import UTC, datetime  # noqa: E402

from dukao.registers import actions  # noqa: E402

print("ready", flush=True)
actions.land_waiting(at=datetime(2026, 10, 8, 2, 0, tzinfo=UTC))
