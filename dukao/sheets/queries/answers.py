"""What a value would be as the answer to a question, before anybody gives it."""

from dukao.base.quantities import scaled_from_text
from dukao.base.refusals import Invalid
from dukao.base.wording import say
from dukao.sheets.queries.filings import QuestionView
from dukao.sheets.rules.answers import Answerable, BadAnswer, ReadAnswer, read_answer


def value_as_answer(*, question: QuestionView, raw: str) -> ReadAnswer:
    """Public: the value as it would be kept. Raises Invalid, in the words that typing it would be answered with."""
    least, most = (scaled_from_text(b, question.decimals) if b else None for b in (question.minimum, question.maximum))
    try:
        return read_answer(
            raw,
            Answerable(question.kind, question.decimals, question.measure_unit, least, most, dict(question.codes)),
        )
    except BadAnswer as problem:
        raise Invalid(say(problem.words)) from None
