"""A poll of the little city's counties and a department, on real boxes; every poll has a code of its own."""

from datetime import UTC, datetime, timedelta
from secrets import token_hex

from dukao.voice import actions
from dukao.voice.models import Paper
from dukao.voice.rules.polls import PollDefinition

# The boxes go by their own clock, so the polls do too.
NOW = datetime.now(UTC)
TODAY = (NOW + timedelta(hours=8)).date()


def definition(city, **more) -> PollDefinition:
    return PollDefinition.model_validate({
        "code": f"p{token_hex(5)}", "title": "政务服务大家评", "scope": city.code["富水市"], "level": "county",
        "departments": ["tax"], "counter": "政务服务窗口",
        "questions": [{"code": "overall", "title": "这次办事，您满意吗？"}, {"code": "speed", "title": "办得快不快？"}],
    } | more)  # fmt: skip


def opened(city, *, at=NOW, **more) -> str:
    """A round that is open, by its code."""
    poll = actions.define_poll(definition=definition(city, **more), by=city.actor["sam"], at=at)
    return actions.open_round(poll=poll, closes_on=TODAY + timedelta(days=10), by=city.actor["sam"], at=at)


def paper_of(round_code: str, subject: str) -> Paper:
    return Paper.objects.get(round__code=round_code, subject__name=subject)


def rated(boxes, city, paper: Paper, levels, *, at=NOW, **more) -> list:
    """Cards printed and rated, one for each entry of `levels`; the slips."""
    cards = actions.print_cards(paper=paper.short, count=len(levels), by=city.actor["sam"], at=at)
    name = f"{paper.round.code}/{paper.short}"
    return [
        boxes.rate(name, card.code.partition("-")[2], {"overall": level}, **more)
        for card, level in zip(cards, levels, strict=True)
    ]
