"""Rebuilds all totals when it is told to, until somebody kills it."""

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402

from dukao.org.rules import SYSTEM  # noqa: E402
from dukao.registers.actions import rebuild_totals  # noqa: E402

print("ready", flush=True)
for _ in sys.stdin:
    rebuild_totals(by=SYSTEM, at=timezone.now())
    print("rebuilt", flush=True)
