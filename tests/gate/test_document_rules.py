"""What the rules say of documents: each rule on both sides of its boundary, with its source.

Numbers and sources: 《整治形式主义为基层减负若干规定》(documents), the notice of 2019 (ten pages), GB/T 9704-2012.
"""

from datetime import date

import pytest

from dukao.gate.rules import documents as rules
from dukao.gate.rules.documents import AlikeDocument, Draft, Standing
from dukao.gate.rules.likeness import Likeness
from dukao.law.queries import rule

ON = date(2026, 10, 8)
RULES = {id: rule(id, ON) for id in rules.RULE_IDS}
NO_STANDING = Standing(year=2026, issued=0, last_year=None, baseline=None)
ASSESSED = {"minutes": 0, "forms": 0, "meetings": 0, "reports": 0}


def _draft(text="请知悉。", **more) -> Draft:
    given = {"title": "关于春耕备耕的通知", "channel": "red_head", "kind": "general", "standing": NO_STANDING,
             "assessment": ASSESSED}  # fmt: skip
    return Draft(text=text, **given | more)


def _said(draft: Draft) -> dict[str, str]:
    """Rule → what it does, of those that speak."""
    return {finding.rule: finding.action for finding in rules.findings_of(draft, RULES)}


@pytest.mark.parametrize(("kind", "characters", "said"), [
    ("general", 5_000, None), ("general", 5_001, "refuse"),
    ("forward", 5_000, None), ("forward", 5_001, "refuse"),
    ("special", 4_000, None), ("special", 4_001, "refuse"),
    ("task", 4_000, None), ("task", 4_001, "refuse"),
    ("comprehensive", 9_000, None),
])  # fmt: skip
def test_doc_1_how_long_the_body_may_be(kind, characters, said):
    draft = _draft("字" * characters, kind=kind)
    assert _said(draft).get("DOC-1") == said
    for finding in rules.findings_of(draft, RULES):
        assert "《整治形式主义为基层减负若干规定》" in finding.source or finding.rule == "DOC-2"
        assert finding.lifted_by == ("excuse" if finding.rule == "DOC-1" else "")


@pytest.mark.parametrize(("characters", "pages", "said"), [
    (0, 0, None), (1, 1, None), (616, 1, None), (617, 2, None), (10 * 616, 10, None), (10 * 616 + 1, 11, "warn"),
])  # fmt: skip
def test_doc_2_ten_pages_of_616(characters, pages, said):
    assert rules.pages_of(characters, RULES["DOC-2"].parameters["characters_per_page"]) == pages
    assert _said(_draft("字" * characters, kind="comprehensive")).get("DOC-2") == said
    assert "《解决形式主义突出问题为基层减负的通知》" in RULES["DOC-2"].source_text


@pytest.mark.parametrize(("issued", "last_year", "said"), [
    (9, 10, None), (10, 10, "refuse"), (11, 10, "refuse"), (0, 0, "refuse"), (500, None, None),
])  # fmt: skip
def test_doc_3_not_more_than_last_year(issued, last_year, said):
    draft = _draft(standing=Standing(year=2026, issued=issued, last_year=last_year, baseline=100))
    assert _said(draft).get("DOC-3") == said
    assert all(finding.lifted_by == "approval" for finding in rules.findings_of(draft, RULES))


def test_the_baseline_is_for_comparison_and_stops_nobody():
    standing = Standing(year=2026, issued=60, last_year=70, baseline=101)
    assert rules.baseline_cap_of(standing, RULES["DOC-3"]) == 50
    assert "DOC-3" not in _said(_draft(standing=standing))
    assert rules.baseline_cap_of(NO_STANDING, RULES["DOC-3"]) is None


@pytest.mark.parametrize(("channel", "text", "is_told"), [
    ("white_head", "请务必做好防汛准备。", True), ("note", "请于周五前报送名单。", True),
    ("letter", "各单位必须派人参加。", True), ("notice", "限期整改。", True),
    ("red_head", "请务必做好防汛准备。", False), ("letter", "现将会议地点函告如下：市民中心。", False),
    ("note", "按照上级要求，办公地点已搬迁。", False),
])  # fmt: skip
def test_doc_4_orders_outside_of_formal_documents(channel, text, is_told):
    found = [finding.sign for finding in rules.findings_of(_draft(text, channel=channel), RULES)]
    assert ("directive" in found) == is_told


@pytest.mark.parametrize(("part", "whole", "is_told"), [(80, 100, True), (799, 1000, False), (0, 0, False)])
def test_doc_4_four_fifths_alike(part, whole, is_told):
    other = AlikeDocument("WJ2026-0001", "关于春耕备耕的通知", "red_head", "农业农村局", Likeness(part, whole))
    assert ("DOC-4" in _said(_draft(alike=[other]))) == is_told


@pytest.mark.parametrize(("title", "channel", "sign"), [
    ("关于春耕备耕的通知", "red_head", "alike"),
    ("关于2026年春耕备耕的意见", "red_head", "alike"),  # the year and the kind make no other title
    ("关于加强农业生产的通知", "red_head", "renamed"),
    ("关于春耕备耕的通知", "note", "moved"),
])  # fmt: skip
def test_doc_4_in_which_guise_it_comes_again(title, channel, sign):
    other = AlikeDocument("WJ2026-0001", "关于春耕备耕的通知", "red_head", "农业农村局", Likeness(9, 10))
    (found,) = rules.findings_of(_draft(title=title, channel=channel, alike=[other]), RULES)
    assert (found.sign, found.action, found.others) == (sign, "warn", ("WJ2026-0001",))
    assert "90%" in str(found.what)


@pytest.mark.parametrize(("title", "body", "matters"), [
    ("关于做好防汛抗旱和安全生产工作的通知", "", 0),
    ("关于做好防汛抗旱工作和开展垃圾分类检查的通知", "", 2),
    ("关于做好春耕备耕、森林防火、安全生产三项工作的通知", "", 3),
    ("关于报送名单、召开座谈会的通知", "", 2),
    ("关于印发《防汛预案》和《抗旱预案》的通知", "", 0),
    ("关于近期工作的通知", "一、关于春耕备耕\n抓紧备种。\n二、关于森林防火\n加强巡护。", 2),
    ("关于近期工作的通知", "一、关于春耕备耕\n抓紧备种。\n二、工作安排\n加强巡护。", 1),
    ("关于近期工作的通知", "关于做好春耕备耕的通知\n抓紧备种。\n关于森林防火的通知\n加强巡护。", 2),
    ("关于防汛的通知", "关于防汛的通知\n抓紧巡查。", 0),
    ("关于印发防汛方案的通知", "现将《关于防汛的方案》印发。", 0),
])  # fmt: skip
def test_doc_4_several_papers_in_one(title, body, matters):
    assert len(rules.matters_in(title, body)) == matters
    signs = [finding.sign for finding in rules.findings_of(_draft(body or "正文。", title=title), RULES)]
    assert ("merged" in signs) == (matters > 1)


@pytest.mark.parametrize(("new", "kind", "said"), [
    (30, "general", None), (29, "general", "warn"), (29, "forward", None), (0, "special", "warn"),
])  # fmt: skip
def test_doc_5_new_content(new, kind, said):
    """A hundred and three different characters are a hundred shingles; the superior's document lacks the first few."""
    text = "".join(chr(0x4E00 + n) for n in range(103))
    draft = _draft(text, kind=kind, superior_text=text[new:])
    assert _said(draft).get("DOC-5") == said
    assert "DOC-5" not in _said(_draft(text))


@pytest.mark.parametrize(("assessment", "said"), [
    ({}, "refuse"), ({"minutes": 0, "forms": 0, "meetings": 0}, "refuse"),
    ({"minutes": None, "forms": 0, "meetings": 0, "reports": 0}, "refuse"),
    (ASSESSED, None), (ASSESSED | {"reports": 1}, "warn"), (ASSESSED | {"minutes": 90, "forms": 2}, None),
])  # fmt: skip
def test_doc_6_assessed_before_it_is_issued(assessment, said):
    draft = _draft(assessment=assessment)
    assert _said(draft).get("DOC-6") == said
    assert all(not finding.lifted_by for finding in rules.findings_of(draft, RULES))


@pytest.mark.parametrize(("text", "is_told"), [
    ("每周五前报送进展。", True), ("实行日报制度。", True), ("每天下午报一次。", True),
    ("请在人民日报上刊登。", False), ("不再要求每周报送。", False), ("每月5日前报送进展。", False),
])  # fmt: skip
def test_frm_4_reports_wanted_too_often(text, is_told):
    assert ("FRM-4" in _said(_draft(text))) == is_told


def test_what_refuses_comes_first():
    found = rules.findings_of(_draft("字" * 6_200, assessment={}), RULES)
    assert [finding.action for finding in found] == ["refuse", "refuse", "warn"]


WHOLE = """富水市农业农村局文件

富农发〔2026〕模拟8号

关于做好2026年
春耕备耕工作的通知

各县（区）农业农村局，市直有关单位：
现就春耕备耕有关事项通知如下：
一、抓紧备种。
二、请于4月10日前报送进度。

附件：1. 任务表
2. 联系人名单

富水市农业农村局
2026年3月1日

（此件公开发布）
附件1
任务表
"""


def test_the_body_is_what_stands_between_addressees_and_attachments():
    """GB/T 9704-2012#7.3"""
    parts = rules.parts_of(WHOLE)
    assert parts.body == "现就春耕备耕有关事项通知如下：\n一、抓紧备种。\n二、请于4月10日前报送进度。"
    assert parts.head.endswith("市直有关单位：")
    assert parts.tail.startswith("附件：1. 任务表")


@pytest.mark.parametrize(("head", "names"), [
    (rules.parts_of(WHOLE).head, ("关于做好2026年春耕备耕工作的通知", "富农发〔2026〕模拟8号")),
    ("防汛预案\n关于备种的函（试行）", ("关于备种的函（试行）", "")), ("防汛工作方案", ("防汛工作方案", "")),
    ("富水市农业农村局文件", ("", "")), ("", ("", "")),
])  # fmt: skip
def test_title_and_number_stand_in_the_head(head, names):
    assert rules.names_in(head) == names


@pytest.mark.parametrize(("text", "body"), [
    ("现就有关事项通知如下：\n一、备种。", "现就有关事项通知如下：\n一、备种。"),  # only the body was pasted
    ("一、总体要求\n抓紧。", "一、总体要求\n抓紧。"),
    ("关于备种的通知\n\n抓紧备种。\n\n富水市农业农村局\n2026年3月1日", "抓紧备种。"),
    ("抓紧备种。\n富水市农业农村局 富水市财政局\n二〇二六年三月一日\n抄送：市委办。", "抓紧备种。"),
    ("抓紧备种。\n附件所列事项一并办理。", "抓紧备种。\n附件所列事项一并办理。"),
    ("抓紧备种。\n附件2", "抓紧备种。"),
    ("\ufeff各村：\n抓紧\u200b备种。", "抓紧备种。"),
    ("", ""), ("附件：\n名单", ""),
])  # fmt: skip
def test_the_body_in_other_shapes(text, body):
    assert rules.parts_of(text).body == body


@pytest.mark.parametrize(("body", "characters"), [
    ("抓紧备种。", 5), ("抓 紧\n备\u3000种", 4), ("2026年", 3), ("2026", 2), ("202", 2), ("GB/T 9704", 4),
    ("“好”", 3), ("\u200b", 0), ("", 0),
])  # fmt: skip
def test_characters_fill_squares(body, characters):
    assert rules.characters_of(body) == characters


def test_what_a_text_asks_for():
    asked = rules.asked_in(
        "请各村召开村民会议，宣传政策。请填写任务表，于10月20日前报送市农业农村局。不再要求报送总结。"
        "组织社会力量参与。工作进展情况报我局。每月5日前报进度。"
    )
    assert asked.meetings == ("请各村召开村民会议，宣传政策。",)
    assert asked.forms == ("请填写任务表，于10月20日前报送市农业农村局。",)
    assert asked.reports == ("请填写任务表，于10月20日前报送市农业农村局。", "工作进展情况报我局。")
    assert asked.deadlines == ("10月20日前", "每月5日前")


@pytest.mark.parametrize(("body", "day"), [
    ("10月20日前", date(2026, 10, 20)), ("10月7日前", None), ("10月8日前", ON), ("2026年12月底前", date(2026, 12, 31)),
    ("1月10日前", date(2027, 1, 10)), ("2月底前报，11月5日前办", date(2027, 2, 28)), ("13月1日前", None), ("", None),
    ("2月30日前", None),
])  # fmt: skip
def test_the_last_day_a_text_names(body, day):
    assert rules.last_day_in(body, ON) == day
