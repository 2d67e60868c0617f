"""The pages of surveys as people use them: the office step by step, Ivy at her telephone, anybody reading results."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dukao.voice import actions
from dukao.voice.models import Contact, Interview, Survey, SurveySample
from dukao.web.survey_form import given, typed_of
from tests.conftest import AT
from tests.voice.surveying import CODE, NEXT_DAY, all_called, answered, definition, drawn_survey, frame

PAGE = f"/surveys/{CODE}/"


@pytest.fixture
def sam(city, settings, tmp_path, on_the_day):
    settings.VAR = tmp_path
    return city.actor["sam"]


@pytest.fixture
def next_day(sam, monkeypatch):
    def turn() -> None:
        monkeypatch.setattr("dukao.web.doors.now", lambda: NEXT_DAY)

    return turn


def test_the_office_goes_step_by_step(sam, as_, next_day):
    page = as_("sam")
    typed = typed_of(definition())
    told = page.post("/surveys/new/", typed | {"questions": "只有题目"})
    assert told.status_code == 422
    assert "只有题目" in told.content.decode()
    wrong = {"sample_margin_points": "很小", "ends_on": "", "questions": "age | 多大 | 是"}
    told = page.post("/surveys/new/", typed | wrong).content.decode()
    for place, why in (("sample_margin_points", "应为数字"), ("ends_on", "缺少"), ("questions", "第 1 行：选择题")):
        assert re.search(f'id="{place}-error".*{why}', told), place
    assert not re.search("margin_points |ends_on |questions ", re.sub("<[^>]*>", "", told))
    assert page.post("/surveys/new/", typed).status_code == 303
    made = Survey.objects.get()
    assert made.definition["margins"] == [
        {"variable": "sex", "source": "", "counts": {"o1": 510, "o2": 490}},
        {"variable": "county", "source": "", "counts": {"东县": 600, "西区": 400}},
    ]
    sent = {"frame": SimpleUploadedFile("frame.csv", frame()), "public_source": "福彩第123期"}
    assert page.post(PAGE + "promise/", sent).status_code == 303
    early = page.post(PAGE + "drawing/", {"public_part": "03 07"})
    assert early.status_code == 409
    assert "今天还不能抽取" in early.content.decode()
    next_day()
    assert page.post(PAGE + "drawing/", {"public_part": "03 07"}).status_code == 303
    assert page.post(PAGE + "field/", {}).status_code == 303
    assert page.post(PAGE + "calls/", {"file": _calls()}).status_code == 303
    assert page.post(PAGE + "closing/", {}).status_code == 303
    assert page.post(PAGE + "publication/", {}).status_code == 303
    shown = page.get(PAGE).content.decode()
    assert "加权报告" in shown
    assert SurveySample.objects.get().seed in shown


def _calls() -> SimpleUploadedFile:
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(["line", "outcome", "sex", "satisfied", "effect", "forms"])
    for line in Contact.objects.values_list("line", flat=True):
        told = answered(line)
        code = {"m": "o1", "f": "o2", "yes": "o1", "so": "o2", "no": "o3"}
        effect = {"yes": "o1", "no": "o2"}[told["effect"]]
        out.writerow([line, "completed", code[told["sex"]], code[told["satisfied"]], effect, told["forms"]])
    return SimpleUploadedFile("calls.csv", text.getvalue().encode())


def test_anybody_reads_results_with_all_that_belongs_beside_them(sam, as_):
    drawn_survey(sam)
    all_called(sam)
    actions.close_field(survey_code=CODE, by=sam, at=NEXT_DAY)
    actions.publish_results(survey_code=CODE, by=sam, at=NEXT_DAY)
    answer = as_("").get(f"/survey-results/{CODE}/")
    text = answer.content.decode()
    assert len(answer.content) < 100_000
    for said in (
        "95% 区间",
        "有效样本量",
        "应答率",
        "富统审〔2026〕3号",
        "没有手机的人",
        "您对基层减负满意吗？",
        "% 满意，",
    ):
        assert said in text
    assert "style=" not in text  # the content policy forbids it
    file = as_("").get(f"/survey-results/{CODE}/?export=answers-satisfied.csv")
    assert "满意" in file.content.decode("utf-8-sig")


def test_ivy_calls_and_what_she_typed_stays(sam, as_, next_day):
    drawn_survey(sam)
    next_day()
    ivy = as_("ivy")
    assert ivy.post(f"/interviews/{CODE}/next/").status_code == 303
    line = Contact.objects.get(held_by="ivy").line
    call = f"/interviews/{CODE}/{line}/"
    shown = ivy.get(call).content.decode()
    assert 'href="tel:12000' in shown
    assert "您可以随时停止" in shown
    kept = ivy.post(call + "answers/", {"answer:sex": "m"}, headers={"Accept": "application/json"})
    assert kept.json() == {"is_full": False}
    wrong = ivy.post(call + "answers/", {"answer:sex": "x"}, headers={"Accept": "application/json"})
    assert wrong.status_code == 422
    assert 'value="m" checked' in ivy.get(call).content.decode()
    missing = ivy.post(call + "outcome/", {"outcome": "completed"})
    assert missing.status_code == 422
    assert "您觉得减负有成效吗？" in missing.content.decode()
    told = {f"answer:{code}": value for code, value in answered(line).items()}
    assert ivy.post(call + "outcome/", told | {"outcome": "completed"}).status_code == 303
    assert Interview.objects.get().answers == answered(line)
    assert ivy.get(call).status_code == 404  # done: the number is nobody's any more

    assert ivy.post(f"/interviews/{CODE}/next/").status_code == 303
    line = Contact.objects.get(held_by="ivy").line
    call = f"/interviews/{CODE}/{line}/"
    assert ivy.post(call + "outcome/", {"outcome": "call_back"}).status_code == 422
    arranged = {"outcome": "call_back", "call_on": "2026-10-10", "call_time": "10:30"}
    assert ivy.post(call + "outcome/", arranged).status_code == 303
    assert Contact.objects.get(line=line).outcome == "call_back"
    # Nobody else sees the page of a number that is held.
    assert as_("sam").get(call).status_code == 404


def test_at_night_there_is_no_number(sam, as_, monkeypatch):
    drawn_survey(sam)
    monkeypatch.setattr("dukao.web.doors.now", lambda: AT.replace(hour=14))
    answer = as_("ivy").post(f"/interviews/{CODE}/next/")
    assert answer.status_code == 409
    assert "只在每天 9 点到 21 点打电话" in answer.content.decode()


def test_a_design_as_it_is_typed_is_the_design():
    one = definition(quotas=[{"where": {"county": "东县"}, "wanted": 30}])
    typed = typed_of(one)
    assert typed["questions"].splitlines()[1] == "satisfied | 您对基层减负满意吗？ | 满意* / 一般 / 不满意 | 满意"
    again = type(one).model_validate(given(typed) | {"synthetic": True})
    assert typed_of(again) == typed
