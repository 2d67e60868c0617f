"""Several at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

from dukao.base.refusals import Refused


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all works at the same moment, each on a connection of its own; a refusal is an answer too."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return work()
        except Refused as refusal:
            return refusal
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
