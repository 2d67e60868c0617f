"""What pages of clues share: how states look, and what was said."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from dukao.voice.queries.clues import NoteView
from dukao.web import words
from dukao.web.tables import Tone

TONES: dict[str, Tone] = {"received": "wait", "accepted": "info", "asked": "warn", "closed": "known", "fixed": "ok"}
_ACTS = {
    "accept": _l("督考办受理了"), "ask": _l("督考办想问"), "answer": _l("反映人补充"), "extend": _l("督考办延长期限"),
    "refer": _l("督考办交督办"), "close": _l("督考办办结"), "confirm": _l("反映人说解决了"),
    "deny": _l("反映人说没有解决"),
}  # fmt: skip


def note_of(note: NoteView) -> tuple[str, str, str]:
    """What was done, what was said, and on which day."""
    return str(_ACTS[note.act]), note.text, words.day(note.on)


def fixed_of(is_fixed: bool | None) -> str:
    return "" if is_fixed is None else _("解决了") if is_fixed else _("没有解决")
