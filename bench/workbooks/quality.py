"""Draws forms, reads them as files, and counts what of them is got right; piles of them for what is asked twice."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.workbooks.data import terms
from bench.workbooks.drafts import Draft
from bench.workbooks.folders import PERIOD, Folder, compared, folder_of, forms, wanted
from bench.workbooks.forms import form
from bench.workbooks.hard import hard_forms
from bench.workbooks.scoring import Count, Tally
from bench.workbooks.writing import write
from dukao.workbooks.grid import cell_name
from dukao.workbooks.matching import Matcher
from dukao.workbooks.overlap import Question, Relation, overlap_of, questions_of
from dukao.workbooks.planning import plan_filling
from dukao.workbooks.problems import Unreadable
from dukao.workbooks.reading import read_workbooks
from dukao.workbooks.shelf import FolderShelf, matcher_of
from dukao.workbooks.tables import Understood
from dukao.workbooks.understanding import understand

_PILE = 25
Pair = frozenset[tuple[str, str]]


def measured(drafts: Sequence[Draft]) -> Tally:
    """What is got right of these forms, alone and as piles."""
    tally, matcher = Tally(), Matcher(terms())
    tally.counts["duplicate"] = Count()
    understood = list(_understood(drafts, tally))
    for draft, found in understood:
        tally.take(draft, found, matcher)
    for start in range(0, len(understood), _PILE):
        _duplicates(understood[start : start + _PILE], matcher, tally)
    return tally


def filled(first: int, last: int) -> Tally:
    """What forms get from folders of these numbers, a dozen each: cells filled in rightly, wrongly, or left open."""
    tally = Tally(counts={"filled": Count(), "filled total": Count()})
    for seed in range(first, last):
        with TemporaryDirectory(prefix="dukao-folder-") as told, TemporaryDirectory(prefix="dukao-forms-") as drawn:
            folder = folder_of(seed, Path(told))
            shelf = FolderShelf(Path(told))
            for draft, unit in forms(seed, folder):
                _fill(draft, unit, folder, shelf, write(draft, Path(drawn)), tally)
    return tally


def _fill(draft: Draft, unit: str, folder: Folder, shelf: FolderShelf, path: Path, tally: Tally) -> None:
    (workbook,) = read_workbooks([path])
    assert not isinstance(workbook, Unreadable)
    plan = plan_filling(workbook, understand(workbook), shelf, matcher_of(shelf), unit=unit, period=PERIOD)
    (page,) = draft.pages
    for truth in page.truths:
        outcome = compared(page, truth, plan, wanted(truth, folder, unit))
        for name, rows_are in (("filled", False), ("filled total", True)):
            right, wrong, missed = (
                [place for place in places if (place[0] in truth.totals) is rows_are]
                for places in (outcome.right, outcome.wrong, outcome.missed)
            )
            tally.counts[name].add(len(right), len(wrong), len(missed))
            tally.failures += ((f"{name} wrongly", draft.name, outcome.told(place)) for place in wrong)
            tally.failures += ((f"{name} missed", draft.name, outcome.told(place)) for place in missed)


def composed(first: int, last: int) -> list[Draft]:
    """The composed forms of these numbers, the last one not among them."""
    return [form(seed) for seed in range(first, last)]


def by_hand() -> list[Draft]:
    return list(hard_forms())


def _understood(drafts: Sequence[Draft], tally: Tally) -> Iterable[tuple[Draft, Understood]]:
    with TemporaryDirectory(prefix="dukao-forms-") as folder:
        paths = [write(draft, Path(folder)) for draft in drafts]
        for draft, workbook in zip(drafts, read_workbooks(paths), strict=True):
            if isinstance(workbook, Unreadable):
                tally.failures.append(("unreadable", draft.name, workbook.what))
            else:
                yield draft, understand(workbook)


def _duplicates(pile: Sequence[tuple[Draft, Understood]], matcher: Matcher, tally: Tally) -> None:
    """Pairs of forms and data: the same datum in two forms, against what the groups of the overlap say."""
    meant: dict[tuple[str, str, str], str] = {}  # file, sheet, cell → datum
    askers: dict[str, set[str]] = {}
    for draft, found in pile:
        for page, sheet in zip(draft.pages, found.sheets, strict=False):
            if page.is_hidden:
                continue
            for truth in page.truths:
                for place, ask in truth.slots.items():
                    datum = ask.key or (f"“{ask.words}”" if ask.words else "")
                    datum = f"{truth.whose} {datum}" if datum.startswith("person.") else datum
                    meant[draft.name, sheet.name, cell_name(*place)] = datum
                    if datum:
                        askers.setdefault(datum, set()).add(draft.name)
    true = {pair for datum, files in askers.items() for pair in _pairs((file, datum) for file in files)}
    questions = [q for draft, found in pile for q in questions_of(draft.name, found)]
    told: set[Pair] = set()
    for group in overlap_of([d.name for d, _ in pile], questions, matcher).groups:
        if group.relation is not Relation.PART_OF:
            told |= _pairs((q.file, datum) for q in group.members if (datum := _datum(meant, q)))
    right = {pair for pair in told if len({datum for _, datum in pair}) == 1}
    wrong = told - right
    tally.counts["duplicate"].add(len(right & true), len(wrong), len(true - right))
    tally.failures += (("joined wrongly", "", " = ".join(sorted(f"{d} ({f})" for f, d in pair))) for pair in wrong)
    tally.failures += (("not joined", "", " = ".join(sorted(f"{d} ({f})" for f, d in pair))) for pair in true - right)


def _datum(meant: dict[tuple[str, str, str], str], question: Question) -> str:
    return meant.get((question.file, question.sheet, question.cell), "")


def _pairs(members: Iterable[tuple[str, str]]) -> set[Pair]:
    """Every two of different forms."""
    return {frozenset(two) for two in combinations(sorted(set(members)), 2) if two[0][0] != two[1][0]}
