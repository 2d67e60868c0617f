"""What raters and windows see: one paper and its questions, nothing about who rates."""

from dukao.base.refusals import NotThere
from dukao.law import queries as law
from dukao.org.rules import Actor
from dukao.voice.models import Batch, Paper, Round
from dukao.voice.queries.polls.seeing import papers, rated_as, rounds, stands_for
from dukao.voice.queries.polls.views import BatchView, QuestionView, RatingView


def rating(*, short: str) -> RatingView:
    """Public: what one paper asks. Raises NotThere."""
    found = papers().exclude(round__state=Round.State.PREPARING).filter(short=short).first()
    if found is None:
        raise NotThere()
    return _rating(found)


def paper_to_invite(*, short: str, viewer: Actor) -> RatingView:
    """A paper for which the viewer may invite people who were served. Raises NotThere."""
    found = papers().filter(short=short).first()
    if found is None or not (
        stands_for(viewer, "RATINGS_INVITE", found.subject)
        or viewer.may("VOICE_HOLD", found.round.poll.scope_unit.path)
    ):
        raise NotThere()
    return _rating(found)


def papers_to_invite(*, viewer: Actor) -> tuple[RatingView, ...]:
    """The open papers of the viewer's own office, for its windows."""
    mine = papers().filter(rated_as(viewer, "subject__", ("RATINGS_INVITE",)), round__state=Round.State.OPEN)
    return tuple(_rating(one) for one in mine.order_by("round__opens_on", "id"))


def batches(*, round: str, viewer: Actor) -> tuple[BatchView, ...]:
    """What was handed out for a round, the newest day first. Raises NotThere."""
    row = rounds().filter(code=round).first()
    if row is None or not viewer.may("VOICE_HOLD", row.poll.scope_unit.path):
        raise NotThere()
    chosen = Batch.objects.filter(paper__round=row).exclude(count=0).select_related("paper__subject")
    return tuple(
        BatchView(one.on, one.way, one.get_way_display(), one.paper.subject.name, one.count)
        for one in chosen.order_by("-on", "paper__subject__position", "id")
    )


def _rating(paper: Paper) -> RatingView:
    poll = paper.round.poll
    return RatingView(
        short=paper.short, round=paper.round.code, subject=paper.subject.name, title=poll.title,
        state=paper.round.state, closes_on=paper.round.closes_on, scale=tuple(poll.scale),
        questions=tuple(QuestionView(one["code"], one["title"]) for one in poll.questions),
        takes_residents=paper.batches.filter(way=Batch.Way.RESIDENTS).exists(),
        comment_most=int(law.rule("RTG-3", paper.round.opens_on).parameters["comment_characters_most"]),
        floor=int(law.rule("RTG-2", paper.round.opens_on).parameters["shown_at_least"]),
        is_synthetic=paper.round.is_synthetic,
    )  # fmt: skip
