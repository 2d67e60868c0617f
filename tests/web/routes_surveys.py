"""The routes of surveys and interviews: one survey published, one in the field with nobody's number held."""

from routes import EVERYBODY, NOBODY, Route, Takes

from tests.conftest import AT
from tests.voice.surveying import CODE, NEXT_DAY, all_called, drawn_survey

OFFICE = frozenset({"sam"})
_PAGE, _NONE = f"/surveys/{CODE}/", "/surveys/nothing/"
_RESULT = f"/survey-results/{CODE}/"
_CALL = "/interviews/in_the_field/1/"
_FIELD, _NO_FIELD = "/interviews/in_the_field/", "/interviews/nothing/"


def furnish(city) -> None:
    from dukao.voice import actions

    sam = city.actor["sam"]
    drawn_survey(sam)
    all_called(sam)
    actions.close_field(survey_code=CODE, by=sam, at=NEXT_DAY)
    actions.publish_results(survey_code=CODE, by=sam, at=NEXT_DAY)
    drawn_survey(sam, code="in_the_field")
    assert AT < NEXT_DAY


def _step(name: str, path: str, form: dict, *, done: int = 409) -> Route:
    """A step of a survey that has gone further already: refused, and told on the survey's own page."""
    return Route(f"surveys.{name}", f"{_PAGE}{path}/", form_on=_PAGE, missing=f"{_NONE}{path}/", knows=OFFICE,
                 takes=Takes(OFFICE, form, done=done))  # fmt: skip


ROUTES = [
    Route("surveys", "/surveys/", OFFICE),
    Route("surveys.new", "/surveys/new/", OFFICE, takes=Takes(OFFICE, {"questions": "x"}, done=422, others=403)),
    Route("surveys.page", _PAGE, OFFICE, others=404, missing=_NONE),
    Route("surveys.design", _PAGE + "design/", OFFICE, others=404, missing=_NONE + "design/",
          takes=Takes(OFFICE, {"questions": "x"}, done=422)),
    _step("promise", "promise", {"public_source": "福彩"}),
    _step("draw", "drawing", {"public_part": "1"}),
    _step("open", "field", {}),
    _step("calls", "calls", {}, done=422),
    _step("close", "closing", {}),
    _step("publish", "publication", {}, done=303),
    Route("survey_results", "/survey-results/", EVERYBODY, public=True),
    Route("survey_results.page", _RESULT, EVERYBODY, public=True, missing="/survey-results/nothing/"),
    Route("survey_results.sample", _RESULT + "sample.json", EVERYBODY, public=True,
          missing="/survey-results/nothing/sample.json"),
    # Nobody of those who are asked here interviews; tests/web/test_surveys.py has Ivy.
    Route("interviews", "/interviews/"),
    Route("interviews.next", _FIELD + "next/", form_on="/interviews/", missing=_NO_FIELD + "next/",
          takes=Takes(NOBODY)),
    Route("interviews.call", _CALL, others=404, missing="/interviews/nothing/1/"),
    Route("interviews.answers", _CALL + "answers/", form_on=_CALL, missing="/interviews/nothing/1/answers/",
          takes=Takes(NOBODY)),
    Route("interviews.outcome", _CALL + "outcome/", form_on=_CALL, missing="/interviews/nothing/1/outcome/",
          takes=Takes(NOBODY)),
]  # fmt: skip
