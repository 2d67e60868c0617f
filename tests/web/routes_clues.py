"""The routes of clues: one of the day before, about the statistics bureau."""

from routes import EVERYBODY, Route, Takes

OFFICE = frozenset({"sam"})
NUMBER = "XS-0000000001"
_CLUE, _NO_CLUE = f"/clues/{NUMBER}/", "/clues/XS-9999999999/"

ROUTES = [
    Route("clues", "/clues/", OFFICE),
    Route("clues.tell", "/clues/tell/", EVERYBODY, public=True,
          takes=Takes(EVERYBODY, {"kind": "forms", "text": "太短"}, done=422)),
    Route("clues.receipt", "/clues/receipt/", EVERYBODY, public=True, takes=Takes(EVERYBODY, {"code": "7K"}, done=404)),
    Route("clues.numbers", "/clues/numbers/", EVERYBODY, public=True),
    Route("clues.page", _CLUE, OFFICE, others=404, missing=_NO_CLUE),
    Route("clues.act", _CLUE + "acceptance/", form_on=_CLUE, missing=_NO_CLUE + "acceptance/", knows=OFFICE,
          takes=Takes(OFFICE, {"text": "已受理"})),
]  # fmt: skip


def furnish(city) -> None:
    from datetime import timedelta

    from dukao.voice.actions import clues as actions
    from dukao.voice.models import Clue
    from tests.conftest import AT

    told = actions.tell_clue(
        kind="forms", text="上午发表，下午就要，几乎天天如此", place=city.code["甲镇"], department="statistics",
        contact="13800000000", at=AT - timedelta(days=1),
    )  # fmt: skip
    # A number stands for ever, but not in the transaction that makes it known to these tests.
    row = Clue.objects.get(number=told.number)
    row.pk, row.number, row.code_digest = 1, NUMBER, "0" * 64
    row.save(force_insert=True)
