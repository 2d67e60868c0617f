"""Answers to tick, as forms print them: recognised, ticked, and read back. All forms are 模拟."""

import pytest

from dukao.workbooks.boxes import boxes_in, is_ticked_copy, with_ticks


@pytest.mark.parametrize(
    ("text", "label", "titles", "ticked"),
    [
        ("□是 □否", "", ("是", "否"), "☑是 □否"),
        ("是□ 否□", "", ("是", "否"), "是☑ 否□"),
        ("是否参保：□是 □否", "是否参保", ("是", "否"), "是否参保：☑是 □否"),
        ("是否参保：是□否□", "是否参保", ("是", "否"), "是否参保：是☑否□"),
        ("性别 男○ 女○", "性别", ("男", "女"), "性别 男☑ 女○"),
        ("是（　）否（　）", "", ("是", "否"), "是（√）否（　）"),
        ("□种植 □养殖 □其他____", "", ("种植", "养殖", "其他"), "☑种植 □养殖 □其他____"),
        ("□高中（中专） □大学", "", ("高中（中专）", "大学"), "☑高中（中专） □大学"),
        ("□是　□否（请打√）", "", ("是", "否"), "☑是　□否（请打√）"),
        ("A.□满意 B.□一般", "", ("满意", "一般"), "A.☑满意 B.□一般"),
        ("\uf0a8是 \uf0a8否", "", ("是", "否"), "☑是 □否"),
    ],
)
def test_boxes_are_found_and_ticked(text, label, titles, ticked):
    boxes = boxes_in(text)
    assert boxes
    assert (boxes.label, boxes.titles, boxes.ticked) == (label, titles, ())
    assert with_ticks(text, titles[:1]) == ticked
    assert is_ticked_copy(ticked, text)
    read = boxes_in(ticked)
    assert read
    assert read.ticked == titles[:1]


@pytest.mark.parametrize(
    "text",
    ["（  ）村（  ）组", "二○二六年○月", "性别：□男 □女 民族：□汉族 □其他", "●重点 ●一般", "请在□内打√", "√", "□",
     "□是 □是"],
)  # fmt: skip
def test_other_signs_are_no_boxes(text):
    assert boxes_in(text) is None


def test_only_offered_answers_are_ticked():
    assert with_ticks("□是 □否", ["不详"]) is None
    assert with_ticks("□种植 □养殖 □加工", ["种植", "加工"]) == "☑种植 □养殖 ☑加工"


@pytest.mark.parametrize(
    ("text", "printed"),
    [("☑是 □否", "☑是 □否"), ("☑是 □否", "□是 □否 □不详"), ("□是 □否", "□是 □否"), ("是", "□是 □否"), ("☑是", "")],
)
def test_no_copy_with_ticks_only(text, printed):
    assert not is_ticked_copy(text, printed)
