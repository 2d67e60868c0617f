"""Words that the pages of orders share."""

from django.utils.translation import gettext as _

from dukao.base.spoken import spoken
from dukao.base.wording import joined, said_of
from dukao.voice.queries.orders import OrderView
from dukao.voice.rules.orders import OUTCOMES, STATES
from dukao.web import doors, words
from dukao.web.pages.polls.screen import word
from dukao.web.tables import Tone

STATE_TONES: dict[str, Tone] = {
    "received": "info", "verified": "info", "appealed": "wait", "answered": "ok", "closed": "plain",
}  # fmt: skip


def state_of(one: OrderView) -> tuple[Tone, str]:
    """State and outcome: `已答复 · 已整改`."""
    outcome = spoken(OUTCOMES[one.outcome]) if one.outcome else ""
    return STATE_TONES[one.state], " · ".join(filter(None, (spoken(STATES[one.state]), outcome)))


def due_of(one: OrderView) -> tuple[str, str]:
    """By when, with the colour of the task: late, soon, or in time."""
    if one.due_on is None or one.state == "closed":
        return "", ""
    tone = {"warn": "stop", "wait": "warn"}.get(one.colour, "plain")
    return tone, words.due(one.due_on, doors.today()).text


def rated_as(one: OrderView) -> str:
    """`非常不满意 · 办得快不快：不满意`, the overall question without its words."""
    (_first, given), *more = one.levels
    return " · ".join([word(given), *(said_of(title.rstrip("？?"), word(said)) for title, said in more)])


def facts_of(one: OrderView) -> tuple[tuple[str, str], ...]:
    lines = (
        (_("评的是"), one.subject),
        (_("评价"), rated_as(one)),
        (_("原话"), one.comment or _("没有写")),
        (_("已遮盖"), joined(spoken(kind) for kind in one.masked)),
        (_("回访"), _("留了联系方式，由督考办回访") if one.has_contact else _("没有留联系方式")),
    )
    return tuple((label, text) for label, text in lines if text)


def course_of(one: OrderView) -> tuple[tuple[str, str], ...]:
    """What happened, by days: nothing finer is known."""
    steps = (
        (one.received_on, _("收到差评")),
        (one.released_on, _("和同一批一起交给被评单位")),
        (one.appealed_on, _("被评单位申诉：{text}").format(text=one.appeal)),
        (
            one.decided_on,
            (_("申诉成立：{text}") if one.appeal_upheld else _("申诉不成立：{text}")).format(text=one.decision),
        ),
        (one.answered_on, _("答复群众：{text}").format(text=one.answer)),
        (one.called_back_on, _("督考办回访：{text}").format(text=one.call_back)),
        (one.second_on, _("群众再次评价：{word}").format(word=word(one.second))),
        (one.closed_on, _("办结")),
    )
    told = [(words.day(on), what) for on, what in steps if on is not None]
    if one.found:
        told.insert(min(2, len(told)), ("", _("核实：{text}").format(text=one.found)))
    return tuple(told)
