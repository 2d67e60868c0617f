"""Traces of work are known under many names, and results are let through."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from dukao.scores.queries.vocabulary import trace_words
from dukao.scores.rules.traces import records_in, trace_in

YARDSTICK = yaml.safe_load((Path(__file__).parent / "yardstick.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def known():
    return trace_words(date(2026, 10, 8))


def test_the_yardstick(known, record_property):
    """Recall and precision over the written names; what was missed stands in the failure."""
    missed = [name for name in YARDSTICK["traces"] if not trace_in(name, known)]
    wrong = [name for name in YARDSTICK["results"] if trace_in(name, known)]
    found = len(YARDSTICK["traces"]) - len(missed)
    recall, precision = found / len(YARDSTICK["traces"]), found / (found + len(wrong))
    print(
        f"{len(YARDSTICK['traces'])} traces, {len(YARDSTICK['results'])} results: "
        f"recall {recall:.3f}, precision {precision:.3f}"
    )
    assert len(YARDSTICK["traces"]) >= 150
    assert len(YARDSTICK["results"]) >= 150
    assert recall >= 0.99, missed
    assert precision >= 0.99, wrong


@pytest.mark.parametrize("name", [
    "召开会议次数", "印发文件数", "照片数量", "学习笔记篇数", "登录次数", "APP安装率", "发帖数", "点赞数", "打卡天数",
    "媒体报道篇数",    "在线时长", "活跃度", "已读率", "签名收集数", "检查次数",
])  # fmt: skip
def test_every_kind_of_trace_is_known(name, known):
    assert trace_in(name, known)


@pytest.mark.parametrize(
    "name", ["签道率", "登綠次数", "打咔天数", "登·录·次·数", "ＡＰＰ 安装率", "點讚數", "check-in rate"]
)
def test_disguises_do_not_help(name, known):
    assert trace_in(name, known)


@pytest.mark.parametrize("name", [
    "会议精简率", "文件下降率", "报表精简率", "信访办结后满意率", "农村自来水普及率", "检查发现问题整改率",
    "取消打卡的乡镇数",
])  # fmt: skip
def test_less_of_it_and_what_came_of_it_are_results(name, known):
    assert trace_in(name, known) is None


def test_sounds_are_listened_to_in_names_and_not_in_prose(known):
    prose = "税务机关当月组织入库的各项税收，含中央和地方各级分成，不扣除出口退税，按入库日期统计。"
    assert trace_in(prose, known) is None


@pytest.mark.parametrize(("title", "is_trace"), [
    ("活动开展记录", True), ("平台登录日志", True), ("会议台账", True), ("执法检查记录", True),
    ("低保对象名册", False), ("隐患整改记录", False), ("企业登记信息", False), ("惠农补贴发放明细", False),
])  # fmt: skip
def test_records_of_what_was_done_are_traces_where_they_are_counted(title, is_trace, known):
    assert (records_in(title, known) is not None) is is_trace
