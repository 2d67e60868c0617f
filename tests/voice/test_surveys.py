"""A survey from its design to its published figures, and every way in which it is refused."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from dukao.base.models import Event
from dukao.base.periods import Period
from dukao.base.refusals import Invalid, NotThere
from dukao.voice import actions
from dukao.voice.actions.samples import DrawnTooSoon, FrameUnreadable, PromiseBroken
from dukao.voice.actions.surveys import (
    NotApproved,
    NotThatFar,
    StaffAskedAboutTheirUnit,
    SurveyStands,
    TooFewToPublish,
)
from dukao.voice.models import Contact, Interview, Invitation, Survey, SurveyEstimate
from dukao.voice.published import survey_figures
from dukao.voice.queries.surveys import estimates, published_sample, survey, survey_result
from dukao.voice.rules import drawing
from tests.conftest import AT
from tests.voice.surveying import CODE, NEXT_DAY, all_called, definition, drawn_survey, frame


@pytest.fixture
def sam(city, settings, tmp_path):
    settings.VAR = tmp_path
    return city.actor["sam"]


def test_a_survey_becomes_figures_with_all_that_belongs_beside_them(sam):
    drawn_survey(sam)
    all_called(sam)
    actions.close_field(survey_code=CODE, by=sam, at=NEXT_DAY)
    actions.publish_results(survey_code=CODE, by=sam, at=NEXT_DAY)
    found = survey_result(code=CODE)
    (satisfied, effect, forms) = found.questions
    head = satisfied.headline
    assert head.answer_title == "满意"
    assert 0 < head.low < head.value < head.high < 1
    assert head.n == found.n == Interview.objects.count()
    assert head.n_eff <= head.n
    assert head.deff > 0
    # Good answers together are what they are singly.
    assert head.value == pytest.approx(next(s.value for s in satisfied.shares if s.answer == "yes"), abs=2e-6)
    assert sum(s.value for s in effect.shares) == pytest.approx(1, abs=2e-6)
    assert forms.headline.kind == "mean"
    assert forms.headline.low < forms.headline.value < forms.headline.high
    assert {one.level for one in satisfied.by_domain} == {"东县", "西区"}
    assert found.field.response_rate == pytest.approx(found.n / found.field.drawn)
    assert found.weighting_variables == ("受访者性别", "county")
    assert found.approval_number == "富统审〔2026〕3号"
    # Others read the same figures in a table; a year before there are none.
    row = next(one for one in survey_figures(Period.parse("2026Q4")) if one.question == satisfied.text)
    assert (row.question, row.unit, row.sampling) == ("您对基层减负满意吗？", "990100000000", "probability")
    assert (row.value, row.low, row.high, row.n) == (head.value, head.low, head.high, head.n)
    assert row.response_rate == found.field.response_rate
    assert survey_figures(Period.parse("2025Q4")) == ()
    # The weights make the sample what the population is known to be.
    weights = {"m": 0.0, "f": 0.0}
    for answers, weight in Interview.objects.values_list("answers", "weight"):
        weights[answers["sex"]] += weight
    assert weights == pytest.approx({"m": 510, "f": 490}, rel=1e-6)
    verbs = list(Event.objects.filter(subject=f"survey:{CODE}").order_by("id").values_list("verb", flat=True))
    assert verbs == ["voice.survey.defined", "voice.sample.promised", "voice.sample.drawn", "voice.survey.opened",
                     "voice.survey.calls_brought_in", "voice.survey.closed", "voice.survey.published"]  # fmt: skip


def test_no_number_is_kept_when_the_field_work_ends(sam):
    drawn_survey(sam)
    numbers = [one.masked_phone for one in Contact.objects.all()]
    assert all(number.startswith("120") and "*" in number for number in numbers)
    frame_text = frame().decode()
    for sealed in Contact.objects.values_list("sealed_phone", flat=True):
        assert bytes(sealed)
        assert not any(line.split(",")[0].encode() in bytes(sealed) for line in frame_text.splitlines()[1:3])
    all_called(sam)
    actions.close_field(survey_code=CODE, by=sam, at=NEXT_DAY)
    assert not Contact.objects.exclude(sealed_phone=b"").exists()
    assert not Contact.objects.exclude(masked_phone="").exists()
    assert not Interview.objects.exclude(completed_by="").exists()
    assert survey(code=CODE, viewer=sam).phones_left == 0


def test_the_budget_knows_numbers_and_not_surveys(sam):
    """Whoever was drawn is not drawn again within 90 days, and the frame that is left is told."""
    drawn_survey(sam)
    assert Invitation.objects.count() == Contact.objects.count()
    assert {field.name for field in Invitation._meta.fields} == {"id", "key", "on"}
    drawn_survey(sam, code="second_2026")
    lines = set(Contact.objects.filter(survey__code=CODE).values_list("line", flat=True))
    again = set(Contact.objects.filter(survey__code="second_2026").values_list("line", flat=True))
    assert again
    assert not lines & again
    assert survey(code="second_2026", viewer=sam).sample.left_out == len(lines)
    later = NEXT_DAY + timedelta(days=90)
    long_marks = {"issuing_body": "局", "approval_number": "1号", "valid_until": "2027-12-31"}
    actions.define_survey(definition=definition(code="third_2027", marks=long_marks), by=sam, at=AT)
    actions.promise_sample(survey_code="third_2027", frame=frame(), public_source="福彩", by=sam, at=AT)
    actions.draw_sample(survey_code="third_2027", public_part="1", by=sam, at=later)
    assert survey(code="third_2027", viewer=sam).sample.left_out == 0


def test_anybody_replays_the_draw_and_notices_a_change(sam, tmp_path):
    drawn_survey(sam)
    published = published_sample(code=CODE)
    assert "1200000" not in json.dumps(published)  # no number of anybody
    file = tmp_path / "sample.json"
    file.write_text(json.dumps(published, ensure_ascii=False), encoding="utf-8")
    script = Path(drawing.__file__)
    done = subprocess.run([sys.executable, "-I", str(script)], stdin=file.open(), capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "重放一致")
    weights = drawing.weights_of(published["result"])
    assert dict(Contact.objects.values_list("line", "weight")) == pytest.approx(weights)
    changed = json.loads(file.read_text(encoding="utf-8"))
    first = next(iter(changed["result"].values()))["lines"][""][1]
    first[0] = 999_999
    assert drawing.faults_of(changed) == ["按种子和公开数重算，样本与公布的不一致"]
    assert drawing.faults_of(published | {"frame_sha256": "0" * 64})
    assert drawing.faults_of({"format": drawing.FORMAT})


def test_clusters_are_drawn_before_the_lines_in_them(sam):
    changes = {"frame": definition().frame.model_dump() | {"cluster": "region"},
               "sample": {"margin_points": 10, "clusters_each": 1}}  # fmt: skip
    drawn_survey(sam, **changes)
    view = survey(code=CODE, viewer=sam)
    assert {one.clusters for one in view.sample.strata} == {(1, 1)}


@pytest.mark.parametrize(
    ("marks", "said"),
    [({}, "制定机关、批准文号、有效期限"),
     ({"issuing_body": "局", "approval_number": "1号", "valid_until": "2026-09-30"}, "有效期限")],
)  # fmt: skip
def test_the_public_is_not_asked_without_approval(sam, marks, said):
    actions.define_survey(definition=definition(marks=marks), by=sam, at=AT)
    with pytest.raises(NotApproved) as refused:
        actions.promise_sample(survey_code=CODE, frame=frame(), public_source="福彩", by=sam, at=AT)
    assert said in refused.value.why
    assert refused.value.rule == "SVY-3"
    assert "统计法实施条例" in refused.value.source


def test_a_unit_does_not_ask_its_own_staff_about_itself(sam):
    own = definition(population="staff", about_unit="990100000000")
    with pytest.raises(StaffAskedAboutTheirUnit):
        actions.define_survey(definition=own, by=sam, at=AT)
    actions.define_survey(definition=definition(population="staff", about_unit="990101000000"), by=sam, at=AT)


def test_steps_come_in_their_order_and_once(sam):
    actions.define_survey(definition=definition(), by=sam, at=AT)
    for step in (actions.open_field, actions.close_field, actions.publish_results):
        with pytest.raises(NotThatFar):
            step(survey_code=CODE, by=sam, at=AT)
    with pytest.raises(NotThatFar):
        actions.draw_sample(survey_code=CODE, public_part="1", by=sam, at=NEXT_DAY)
    actions.define_survey(definition=definition(title="改过的题目"), by=sam, at=AT)
    actions.promise_sample(survey_code=CODE, frame=frame(), public_source="福彩", by=sam, at=AT)
    with pytest.raises(SurveyStands):
        actions.define_survey(definition=definition(), by=sam, at=AT)
    with pytest.raises(SurveyStands):
        actions.promise_sample(survey_code=CODE, frame=frame(), public_source="福彩", by=sam, at=AT)
    with pytest.raises(DrawnTooSoon):
        actions.draw_sample(survey_code=CODE, public_part="1", by=sam, at=AT)
    assert Survey.objects.get().state == "promised"


def test_what_was_promised_is_what_is_drawn_from(sam, settings):
    actions.define_survey(definition=definition(), by=sam, at=AT)
    actions.promise_sample(survey_code=CODE, frame=frame(), public_source="福彩", by=sam, at=AT)
    (kept,) = (settings.VAR / "frames").iterdir()
    assert b"12000000000" not in kept.read_bytes()
    settings.SECRET_KEY = "another"
    with pytest.raises(PromiseBroken):
        actions.draw_sample(survey_code=CODE, public_part="1", by=sam, at=NEXT_DAY)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"phone,county\n12000000000,x", "region"), (b"phone,county,region\nabc,x,", "第 1 行的电话"),
     (b"phone,county,region\n12000000000,x,\n12000000000,x,", "同一个电话"), (b"phone,county,region\n", "空的"),
     (b"phone,county,region\n12000000000,,", "层")],
)  # fmt: skip
def test_a_frame_that_cannot_be_drawn_from_is_named(sam, content, said):
    actions.define_survey(definition=definition(), by=sam, at=AT)
    with pytest.raises(FrameUnreadable) as refused:
        actions.promise_sample(survey_code=CODE, frame=content, public_source="福彩", by=sam, at=AT)
    assert said in refused.value.errors["frame"]


def test_strangers_find_no_survey(city, sam):
    actions.define_survey(definition=definition(), by=sam, at=AT)
    for name in ("alice", "ivy", "dora", "otto", "charlie"):
        with pytest.raises(NotThere):
            survey(code=CODE, viewer=city.actor[name])
        with pytest.raises(NotThere):
            actions.define_survey(definition=definition(code="x_1"), by=city.actor[name], at=AT)
    with pytest.raises(NotThere):
        survey_result(code=CODE)
    with pytest.raises(NotThere):
        published_sample(code=CODE)


def test_too_few_answers_are_not_published(sam):
    drawn_survey(sam)
    all_called(sam, silent_every=1)
    actions.close_field(survey_code=CODE, by=sam, at=NEXT_DAY)
    with pytest.raises(TooFewToPublish):
        actions.publish_results(survey_code=CODE, by=sam, at=NEXT_DAY)
    assert not SurveyEstimate.objects.exists()


def test_a_level_nobody_answered_for_is_named(sam):
    margins = [{"variable": "sex", "counts": {"m": 500, "f": 490, "x": 10}}]
    drawn_survey(sam, margins=margins)
    all_called(sam)
    actions.close_field(survey_code=CODE, by=sam, at=NEXT_DAY)
    with pytest.raises(TooFewToPublish) as refused:
        actions.publish_results(survey_code=CODE, by=sam, at=NEXT_DAY)
    assert "x" in refused.value.why


def test_quota_samples_have_no_margin(sam):
    quotas = [{"where": {"sex": "m"}, "wanted": 900}, {"where": {"sex": "f"}, "wanted": 900}]
    drawn_survey(sam, sampling="quota", quotas=quotas)
    all_called(sam)
    actions.close_field(survey_code=CODE, by=sam, at=NEXT_DAY)
    actions.publish_results(survey_code=CODE, by=sam, at=NEXT_DAY)
    found = estimates(survey=CODE, viewer=sam)
    assert found
    assert all(one.low is None and one.error is None and one.deff is None for one in found)


def test_calls_brought_in_are_all_right_or_none_is_taken(sam):
    drawn_survey(sam)
    line = Contact.objects.order_by("line").values_list("line", flat=True)[0]
    for outcome, answers, said in (("completed", {"sex": "m"}, "没有问完"), ("vanished", {}, "没有这种结果"),
                                   ("completed", {"sex": "q"}, "回答读不懂")):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            actions.bring_in_calls(
                survey_code=CODE, calls=[actions.CallResult(line, outcome, answers, AT)], by=sam, at=AT
            )
        assert said in refused.value.errors["file"]
    with pytest.raises(Invalid):
        actions.bring_in_calls(survey_code=CODE, calls=[actions.CallResult(10**6, "refused", {}, AT)], by=sam, at=AT)
    assert not Interview.objects.exists()


def test_waves_are_compared_within_their_error(sam):
    drawn_survey(sam)
    all_called(sam)
    actions.close_field(survey_code=CODE, by=sam, at=NEXT_DAY)
    actions.publish_results(survey_code=CODE, by=sam, at=NEXT_DAY)
    drawn_survey(sam, code="second_2026", follows=CODE)
    all_called(sam, code="second_2026")
    actions.close_field(survey_code="second_2026", by=sam, at=NEXT_DAY)
    actions.publish_results(survey_code="second_2026", by=sam, at=NEXT_DAY)
    change = survey_result(code="second_2026").questions[0].change
    assert change.low < change.difference < change.high
    assert change.verdict == ("same" if change.low <= 0 <= change.high else "up" if change.difference > 0 else "down")
