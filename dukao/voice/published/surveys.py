"""Published survey figures: what was asked, what came of it, and all that must stand beside a figure."""

from dataclasses import dataclass

from dukao.base.periods import Period
from dukao.voice.models import Survey, SurveyEstimate
from dukao.voice.rules.surveys import SurveyDefinition

# Column, title, what it says. What is too small to publish has no row (SVY-1).
SURVEYS: tuple[tuple[str, str, str], ...] = (
    ("question", "题目", "问卷上的原话"),
    ("answer", "回答", "选项；好评合起来的，是它合起来的名称；填数题为空"),
    ("domain", "分组", "按哪一题或抽样框的哪一列分组；合计为空"),
    ("level", "组", "组的名称；合计为空"),
    ("kind", "类型", "share 占比，mean 平均"),
    ("value", "结果", "占比从 0 到 1；平均用题目自己的单位"),
    ("low", "下限", "95% 区间；不是概率样本的没有误差范围，为空"),
    ("high", "上限", "同上"),
    ("n", "样本量", "回答的份数"),
    ("n_eff", "有效样本量", "加权以后相当于多少份，一位小数"),
    ("response_rate", "应答率", "AAPOR 第 3 式，整个调查一个"),
    ("sampling", "样本", "probability 概率样本，quota 配额，volunteer 自愿"),
)


@dataclass(frozen=True, slots=True)
class SurveyFigure:
    """One row; `unit` is whose survey it is. `low` and `high` are None where the sample has no margin."""

    survey: str
    unit: str
    question: str
    answer: str
    domain: str
    level: str
    kind: str
    value: float
    low: float | None
    high: float | None
    n: int
    n_eff: float
    response_rate: float | None
    sampling: str


def survey_figures(period: Period) -> tuple[SurveyFigure, ...]:
    """Surveys with published results whose field work ended in the period, by code, in the order of the questions."""
    surveys = Survey.objects.filter(
        state=Survey.State.PUBLISHED, ends_on__gte=period.starts_on, ends_on__lt=period.ends_on
    )
    definitions = {row.pk: SurveyDefinition.model_validate(row.definition) for row in surveys}
    rows = SurveyEstimate.objects.filter(survey__in=definitions).select_related("survey__unit")
    return tuple(_told(row, definitions[row.survey_id]) for row in rows.order_by("survey__code", "id"))


def _told(row: SurveyEstimate, definition: SurveyDefinition) -> SurveyFigure:
    question, domain = definition.question(row.question), definition.question(row.domain)
    assert question is not None, "what is published was asked"
    return SurveyFigure(
        survey=row.survey.code, unit=row.survey.unit.code, question=question.text,
        answer=question.title_of(row.answer) if row.answer else question.good_title, domain=row.domain,
        level=domain.title_of(row.level) if domain else row.level, kind=row.kind,
        value=row.value, low=row.low, high=row.high, n=row.n, n_eff=row.n_eff,
        response_rate=row.survey.report["field"]["response_rate"], sampling=definition.sampling,
    )  # fmt: skip
