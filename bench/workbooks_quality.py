"""How much of workbooks is understood rightly: 2,000 composed forms and those drawn by hand, read as real files.

Then forms filled in from folders of files, cell by cell.

A row per measure: `ours` is precision, beside it recall; `ratio` is what the goal speaks of. The numbers of the forms
are others than those that the code was looked at with. The failures go to the standard error output, some of a kind.
"""

import sys
from collections import Counter
from typing import Any

from bench.workbooks.quality import by_hand, composed, filled, measured
from bench.workbooks.scoring import Count, Tally

_FIRST, _FORMS, _FORMS_QUICK = 100_000, 2_000, 300
_FOLDERS, _FOLDERS_QUICK = 40, 6
_SHOWN = 4
# What must hold for composed forms: precision and recall. Matches that are taken without asking: 99 of 100 are right.
_GOALS = {"table": 0.95, "title": 0.95, "header": 0.95, "row name": 0.95, "unit": 0.95, "total row": 0.95, "slot": 0.95,
          "element": 0.99, "duplicate": 0.95, "filled": 0.99, "filled total": 0.99}  # fmt: skip
Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    jobs = []
    forms = _FORMS_QUICK if quick else _FORMS
    for name, drafts in (("composed", composed(_FIRST, _FIRST + forms)), ("by-hand", by_hand())):
        tally = measured(drafts)
        jobs += [_job(f"workbooks-{name}-{measure.replace(' ', '-')}", count, _GOALS[measure], f"{len(drafts)} forms")
                 for measure, count in tally.counts.items() if count.right + count.missed]  # fmt: skip
        jobs.append({
            "job": f"workbooks-{name}-offered", "ours": tally.in_top_3 / tally.n_asks, "unit": "right in the first 3",
            "limit": f"{tally.n_asks:,} questions", "ratio": tally.in_top_3 / tally.n_asks, "goal": ">= 0.95",
            "met": tally.in_top_3 >= 0.95 * tally.n_asks,
        })  # fmt: skip
        _tell_failures(tally)
    folders = _FOLDERS_QUICK if quick else _FOLDERS
    tally = filled(_FIRST, _FIRST + folders)
    jobs += [_job(f"workbooks-{name.replace(' ', '-')}", count, _GOALS[name], f"12 forms for each of {folders} folders")
             for name, count in tally.counts.items()]  # fmt: skip
    _tell_failures(tally)
    return jobs


def _job(name: str, count: Count, goal: float, forms: str) -> Job:
    return {
        "job": name, "ours": count.precision, "unit": "precision", "peers": {"recall": count.recall},
        "limit": f"{forms}; {count.right:,} right, {count.wrong:,} wrong, {count.missed:,} missed",
        "ratio": count.precision, "goal": f">= {goal}", "met": count.precision >= goal,
    }  # fmt: skip


def _tell_failures(tally: Tally) -> None:
    told: Counter[str] = Counter()
    for measure, form, what in tally.failures:
        told[measure] += 1
        if told[measure] <= _SHOWN:
            print(f"{measure} | {form} | {what}", file=sys.stderr)
    print(dict(told), file=sys.stderr)
