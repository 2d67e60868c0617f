"""A work process of a test: says that it is ready, lands what waits, says how much memory it had at most, ends."""

import re
from pathlib import Path

import django

django.setup()

from datetime import UTC, datetime  # noqa: E402

from dukao.registers import actions  # noqa: E402

print("ready", flush=True)
actions.land_waiting(at=datetime(2026, 10, 8, 2, 0, tzinfo=UTC))
# Not `ru_maxrss`: that counts the process that started this one too.
(peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
print(int(peak) // 1024, flush=True)
