"""What pure rules say in Chinese is said in English too."""

import re

import pytest
from django.utils.translation import override

from dukao.base.quantities import NotANumber, scaled_from_text
from dukao.base.spoken import PHRASES, spoken
from dukao.sheets.rules.checks import BadCheck, parse
from tests.house.reading import ROOT

# Filled where the rule chooses among several words.
_MADE = {
    "第 {line} 行读不通：引号没有成对", "第 {line} 行读不通：有一格太长",
    # A sum of the form itself: how it is made, and what its digits leave open.
    "按本表 {how} 计算", "按本表 {how} 合计计算", "按本表 {how}计算，按表的要求保留 {n} 位小数",
    "按本表 {how}计算约为 {about}，请按表的要求取舍",
    "资料里没有“{item}”，这是个人信息，请向本人核实后填写",
    # Which formulas a sheet holds that nobody runs.
    "工作表“{name}”有 {n} 处（如 {cell}）公式要调用别的程序，没有运行，请删去或向发表单位核实",
    "工作表“{name}”有 {n} 处（如 {cell}）公式引用了别的文件，没有去取，用的是上次保存的值",
    "工作表“{name}”有 {n} 处（如 {cell}）公式的引用已经失效（#REF!），算不出数",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("与第 18881 行重复", "Same key as row 18881"),
        ("“09”不在代码表里（01、02）", "“09” is not in the code list (01、02)"),
        ("名称相同，单位一致；试读 98% 的值符合", "Same title, same unit of measure; 98% of the sample values fit"),
        ("“10-10”不在本次交付的时期（2026年三季度）内", "“10-10” is outside the period of this delivery (Q3 2026)"),
        ("“x”不在本次交付的时期（2026年7月）内", "“x” is outside the period of this delivery (July 2026)"),
        (
            "“税额”2026年7月在富水市的合计太大，不能精确保存",
            "The total of “税额” in 富水市, July 2026, is too large to be kept exactly",
        ),
        ("sheets.yaml：缺少这一项", "sheets.yaml: missing"),
        ("sheets.yaml · 第 2 项 gdp · name", "sheets.yaml · Entry 2 gdp · name"),
        ("缺少表号；有效期限已于 2026年9月30日 届满", "Missing: Form number; Expired on 30 September 2026"),
        ("没有人教过的话", "没有人教过的话"),
    ],
)
def test_phrases_are_known_by_their_shape(text, said):
    assert spoken(text) == text
    with override("en"):
        assert spoken(text) == said


def test_the_rules_own_words_are_known():
    with pytest.raises(NotANumber) as number:
        scaled_from_text("12,34", 0)
    with pytest.raises(BadCheck) as check:
        parse("tax + 1")
    with override("en"):
        for raised in (number, check):
            assert not re.search(r"[\u4e00-\u9fff]", spoken(raised.value))


def test_every_phrase_is_still_said_somewhere():
    """A phrase whose rule was reworded would silently stay Chinese."""
    source = "\n".join(
        path.read_text() for ending in ("py", "yaml") for path in sorted((ROOT / "dukao").rglob(f"*.{ending}"))
        if path.name != "spoken.py"
    )
    lost = []
    for phrase in PHRASES:
        parts = [part for part in re.split(r"\{\w+\}", phrase) if re.search(r"[\u4e00-\u9fff]", part)]
        if phrase not in _MADE and not all(part in source for part in parts):
            lost.append(phrase)
    assert lost == []
