"""A survey of the little city for tests: two strata (东县, 西区), four questions, invented numbers that nobody has."""

from datetime import timedelta
from typing import Any

from dukao.voice import actions
from dukao.voice.actions import CallResult
from dukao.voice.rules.surveys import SurveyDefinition
from tests.conftest import AT

CODE = "grassroots_2026"
NEXT_DAY = AT + timedelta(days=1)
EAST, WEST = "990101000000", "990102000000"
# No number begins with 120 followed by zeros: these belong to nobody.
_FIRST = 12_000_000_000


def definition(**changes: Any) -> SurveyDefinition:
    """`marks=None` and so on replace whole parts."""
    given: dict[str, Any] = {
        "code": CODE, "title": "基层减负电话调查", "purpose": "了解群众对基层减负的感受", "unit": "990100000000",
        "marks": {"issuing_body": "富水市统计局", "approval_number": "富统审〔2026〕3号", "valid_until": "2026-12-31"},
        "frame": {"title": "模拟号码", "covers": "有手机的成年居民", "lacks": "没有手机的人", "stratum": "county",
                  "region": "region"},
        "sample": {"margin_points": 10, "response_percent": 50, "stratum_least": 20},
        "consent": "您好，这里是富水市统计局。这次调查约三分钟，您可以随时停止，回答不记名。",
        "questions": [
            {"code": "sex", "text": "受访者性别", "weights": True,
             "options": [{"code": "m", "title": "男"}, {"code": "f", "title": "女"}]},
            {"code": "satisfied", "text": "您对基层减负满意吗？", "good_title": "满意",
             "options": [{"code": "yes", "title": "满意", "good": True}, {"code": "so", "title": "一般"},
                         {"code": "no", "title": "不满意"}]},
            {"code": "effect", "text": "您觉得减负有成效吗？", "good_title": "认为有成效",
             "options": [{"code": "yes", "title": "有", "good": True}, {"code": "no", "title": "没有"}]},
            {"code": "forms", "text": "去年您填过几张表？", "kind": "number", "range": [0, 50]},
        ],
        "weighting": "raking",
        "margins": [{"variable": "sex", "counts": {"m": 510, "f": 490}},
                    {"variable": "county", "counts": {"东县": 600, "西区": 400}}],
        "domains": ["county"], "begins_on": "2026-10-09", "ends_on": "2026-10-31", "synthetic": True,
    }  # fmt: skip
    return SurveyDefinition.model_validate(given | changes)


def frame(*, lines: int = 1000, first: int = 0) -> bytes:
    """So many lines, three of five in 东县."""
    rows = ["phone,county,region"]
    for number in range(lines):
        is_east = number % 5 < 3
        rows.append(f"{_FIRST + first + number},{'东县' if is_east else '西区'},{EAST if is_east else WEST}")
    return "\n".join(rows).encode()


def drawn_survey(by, **changes: Any):
    """Designed, promised, drawn the day after, and in the field."""
    actions.define_survey(definition=definition(**changes), by=by, at=AT)
    code = changes.get("code", CODE)
    actions.promise_sample(survey_code=code, frame=frame(), public_source="福彩第123期开奖号码", by=by, at=AT)
    actions.draw_sample(survey_code=code, public_part="03 07 19", by=by, at=NEXT_DAY)
    return actions.open_field(survey_code=code, by=by, at=NEXT_DAY)


def answered(line: int) -> dict[str, str]:
    """What the person of this line says: different people different things."""
    return {"sex": "mf"[line % 2], "satisfied": ("yes", "yes", "yes", "so", "no")[line % 5],
            "effect": ("yes", "no", "yes")[line % 3], "forms": str(line % 7)}  # fmt: skip


def all_called(by, *, code: str = CODE, silent_every: int = 3) -> None:
    """Everybody drawn and not done yet was called by a call centre; every third did not want to answer."""
    from dukao.voice.models import Contact

    lines = Contact.objects.filter(survey__code=code, is_done=False).order_by("line").values_list("line", flat=True)
    calls = [
        CallResult(line, "refused" if place % silent_every == 0 else "completed", answered(line), NEXT_DAY)
        for place, line in enumerate(lines)
    ]
    actions.bring_in_calls(survey_code=code, calls=calls, by=by, at=NEXT_DAY)
