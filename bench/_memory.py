"""How much memory a process has had."""

import re
from pathlib import Path


def resident_at_most_mb() -> float:
    """What this process has had resident at most. (`ru_maxrss` would count what started it as well.)"""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024 / 1e6
