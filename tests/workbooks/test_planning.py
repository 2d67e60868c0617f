"""Which slot gets which value: decided before anything is written, with the reason where nothing is. All 模拟."""

from decimal import Decimal

import pytest

from dukao.base.periods import Period
from dukao.workbooks.crosschecks import broken_rules
from dukao.workbooks.grid import Workbook
from dukao.workbooks.matching import Matcher, Term
from dukao.workbooks.planning import plan_filling
from dukao.workbooks.shelf import FolderShelf, Known, matcher_of, who
from dukao.workbooks.tables import Kind
from dukao.workbooks.understanding import understand
from tests.workbooks.drawn import drawn

Q3 = Period.parse("2026Q3")
TERMS = (
    Term("population", ("户籍人口",), "人", Kind.NUMBER),
    Term("elders", ("60岁以上人口",), "人", Kind.NUMBER),
    Term("land", ("耕地面积",), "亩", Kind.NUMBER),
    Term("vat", ("增值税",), "元", Kind.NUMBER),
    Term("share", ("自来水普及率",), "%", Kind.NUMBER),
    Term("party", ("政治面貌",), "", Kind.TEXT),
)


class Remembered:
    """A shelf of a few values: (key, whose, period) → values."""

    terms = TERMS

    def __init__(self, **values):
        self.held = values

    def knows(self, whose):
        return who(whose) in ("龙东村", "龙西村")

    def values(self, key, *, whose, period):
        found = self.held.get(key, ())
        return tuple(
            k for w, code, k in found if who(w) == who(whose) and (code is None or period == Period.parse(code))
        )


def value(what, unit="", *, whose="龙东村", of="2026Q3", source="模拟.csv"):
    return whose, of, Known(what, unit, source, of or "2026-01-01")


def planned(text, shelf, *, unit="龙东村", period=Q3, confirmed=None):
    workbook = Workbook("表.xlsx", "xlsx", (drawn(text, framed=True),))
    form = understand(workbook)
    plan = plan_filling(workbook, form, shelf, Matcher(TERMS, confirmed), unit=unit, period=period)
    return workbook, form, plan


def filled(plan):
    return {f.cell: f.value for f in plan.fillings}


def why(plan):
    return {g.slot.cell: g.why for g in plan.gaps}


FORM = """
| 模拟镇2026年三季度情况表 | < | < | < |
| 指标名称 | 计量单位 | 本期 | 上年同期 |
| 户籍人口 | 人 | | |
| 其中：60岁以上人口 | 人 | | |
| 增值税 | 万元 | | |
| 人才引进数 | 人 | | |
"""


def test_what_is_known_is_filled_in_the_units_of_the_form():
    shelf = Remembered(
        population=(value(1004, "人"), value(1010, "人", of="2025Q3")), vat=(value(Decimal("123456.5"), "元"),)
    )
    _, _, plan = planned(FORM, shelf)
    assert filled(plan) == {"C3": 1004, "D3": 1010, "C5": Decimal("12.34565")}
    assert why(plan)["D5"] == "“增值税”没有龙东村的数据（2025年三季度）"
    assert why(plan)["C6"] == "没有找到确定对应的数据"
    assert plan.n_slots == 8


def test_what_is_not_dated_is_never_last_years():
    undated = ("龙东村", None, Known(1004, "人", "模拟.csv", "2026-11-23", is_dated=False))
    assert filled(planned(FORM, Remembered(population=(undated,)))[2]) == {"C3": 1004}


def test_the_whole_town_is_not_its_village():
    form = FORM.replace("| 户籍人口 |", "| 全镇户籍人口 |").replace("| 增值税 | 万元 |", "| 全村户籍人口 | 人 |")
    shelf = Remembered(population=(value(1004, "人"),))
    _, _, plan = planned(form, shelf)
    assert filled(plan) == {"C5": 1004}
    assert why(plan)["C3"] == "问的是全镇的数，不是龙东村的"


def test_sources_that_contradict_fill_nothing():
    shelf = Remembered(vat=(value(120000, "元", source="甲.csv"), value(13, "万元", source="乙.csv")))
    _, _, plan = planned(FORM, shelf)
    assert filled(plan) == {}
    assert "互相矛盾：120000元（甲.csv）；13万元（乙.csv）" in why(plan)["C5"]


def test_a_figure_without_its_unit_is_not_filled_where_units_lie_apart_by_thousands():
    shelf = Remembered(population=(value(1004),), vat=(value(12),))
    _, _, plan = planned(FORM, shelf)
    assert filled(plan) == {"C3": 1004}, "people are counted one by one"
    assert why(plan)["C5"] == "“12”没有写单位（模拟.csv），表上是万元，请核对后填写"


def test_sources_that_agree_in_other_units_do_not_contradict():
    shelf = Remembered(vat=(value(120000, "元"), value(12, "万元")))
    assert filled(planned(FORM, shelf)[2]) == {"C5": 12}


def test_what_has_no_end_in_the_other_unit_is_told_and_not_rounded():
    shelf = Remembered(land=(value(Decimal("4500.5"), "亩"),))
    _, _, plan = planned("| 指标 | 计量单位 | 数量 |\n| 耕地面积 | 公顷 | |\n| 户籍人口 | 人 | |", shelf)
    assert why(plan)["C2"] == "4500.5 亩换算成公顷除不尽（约 300.0333），请按表的要求取舍"


def test_villages_may_stand_in_rows_or_above_columns():
    shelf = Remembered(population=(value(1004, "人"), value(702, "人", whose="龙西村")))
    down = "| 村名 | 户籍人口（人） |\n| 龙东村 | |\n| 龙西村 | |\n| 龙北村 | |"
    across = "| 指标 | 计量单位 | 龙东村 | 龙西村 |\n| 户籍人口 | 人 | | |\n| 耕地面积 | 亩 | | |"
    assert filled(planned(down, shelf)[2]) == {"B2": 1004, "B3": 702}
    assert filled(planned(across, shelf)[2]) == {"C2": 1004, "D2": 702}
    assert why(planned(down, shelf)[2])["B4"] == "“户籍人口”没有龙北村的数据（2026年三季度）"


def test_a_column_of_another_year_gets_that_years_value():
    shelf = Remembered(population=(value(990, "人", of="2024"), value(1004, "人", of="2025")))
    form = "| 指标 | 计量单位 | 2024年 | 2025年 |\n| 户籍人口 | 人 | | |\n| 耕地面积 | 亩 | | |"
    assert filled(planned(form, shelf)[2]) == {"C2": 990, "D2": 1004}


@pytest.mark.parametrize(("said", "taken"), [("党员", "2"), ("2", "2"), ("群众", "1"), ("不详", None)])
def test_a_code_list_gets_its_code(said, taken):
    shelf = Remembered(party=(value(said, of=None, whose="赵一"),))
    form = "| 登记表（模拟） | < |\n| 姓名 | |\n| 政治面貌（1.群众 2.党员） | |\n| 民族 | |"
    _, _, plan = planned(form, shelf, unit="赵一")
    assert filled(plan).get("B3") == taken


def test_a_confirmation_counts_from_then_on():
    shelf = Remembered(population=(value(1004, "人"),))
    form = "| 指标 | 计量单位 | 数量 |\n| 在籍总人数 | 人 | |\n| 耕地面积 | 亩 | |"
    _, _, plan = planned(form, shelf)
    gap = next(g for g in plan.gaps if g.slot.cell == "C2")
    _, _, again = planned(form, shelf, confirmed={gap.asked.signature: "population"})
    assert filled(again) == {"C2": 1004}


def test_rules_of_the_form_are_tested_on_what_is_filled_in():
    shelf = Remembered(population=(value(100, "人"),), elders=(value(230, "人"),))
    workbook, form, plan = planned(FORM, shelf)
    assert broken_rules(workbook, form) == ()
    (broken,) = broken_rules(workbook, form, plan)
    assert (broken.row, broken.violation.left, broken.violation.right) == (4, 230, 100)


TOWN = """
| 平安镇2026年三季度情况表（模拟） | < | < | < |
| 村名 | 户籍人口（人） | 耕地面积（亩） | 人均收入（元） |
| 龙东村 | | 4500 | 9000 |
| 龙西村 | | — | 8000 |
| 合计 | | | |
"""


def test_a_total_row_without_formula_is_added_up_once_its_parts_are_known():
    shelf = Remembered(population=(value(1004, "人"), value(702, "人", whose="龙西村")))
    _, _, plan = planned(TOWN, shelf, unit="平安镇")
    assert filled(plan) == {"B3": 1004, "B4": 702, "B5": 1706, "C5": 4500}
    total = next(f for f in plan.fillings if f.cell == "B5")
    assert (total.source, total.term) == ("按本表 B3＋B4 合计计算", "")
    assert why(plan) == {"D5": "“人均收入（元）”不能直接相加，请另外计算"}


def test_a_total_row_waits_for_its_parts():
    shelf = Remembered(population=(value(1004, "人"),))
    _, _, plan = planned(TOWN, shelf, unit="平安镇")
    assert "B5" not in filled(plan)
    assert why(plan)["B5"] == "由本表别的格算出，B4还没有数"
    assert next(g for g in plan.gaps if g.slot.cell == "B5").offered == ()


def test_totals_of_totals_come_last():
    form = """
    | 分片情况（模拟） | < | < |
    | 片区 | 村 | 户籍人口（人） |
    | 东片 | 龙东村 | 10 |
    | ^ | 龙西村 | 20 |
    | ^ | 小计 | |
    | 西片 | 龙南村 | 3 |
    | ^ | 龙北村 | 4 |
    | ^ | 小计 | |
    | 总计 | < | |
    """
    _, _, plan = planned(form, Remembered())
    assert filled(plan) == {"C5": 30, "C8": 7, "C9": 37}


def test_columns_that_the_form_computes_are_computed():
    form = """
    | 人口表（模拟） | < | < | < | < |
    | 村名 | 人数（人） | < | < | 女占合计比重（%） |
    | ^ | 男 | 女 | 合计 | ^ |
    | 龙东村 | 60 | 40 | | |
    | 龙西村 | 10 | 20 | | |
    | 龙南村 | | 20 | | |
    """
    _, _, plan = planned(form, Remembered())
    assert filled(plan) == {"D4": 100, "E4": 40, "D5": 30}
    assert why(plan)["D6"] == "由本表别的格算出，B6还没有数"
    assert why(plan)["E5"] == "按本表 C5÷D5×100 计算约为 66.6667，请按表的要求取舍"
    _, _, rounded = planned(form + "| 注：百分比保留一位小数。 | < | < | < | < |", Remembered())
    assert filled(rounded)["E5"] == Decimal("66.7")
    share = next(f for f in rounded.fillings if f.cell == "E5")
    assert share.source == "按本表 C5÷D5×100 计算，按表的要求保留 1 位小数"


@pytest.mark.parametrize(
    ("boxes", "said", "ticked"),
    [
        ("是 | □ | 否 | □", "群众", None),
        ("党员 | □ | 群众 | □", "群众", {"E2": "☑"}),
        ("□党员 | □ 群众 | | |", "党员、群众", {"B2": "☑党员", "C2": "☑ 群众"}),
    ],
)
def test_boxes_in_cells_of_their_own_are_ticked(boxes, said, ticked):
    form = f"| 联系电话 | | | | |\n| 政治面貌 | {boxes} |\n| 户籍人口（人） | | | | |"
    _, _, plan = planned(form, Remembered(party=(value(said),)))
    assert filled(plan) == (ticked or {})
    if ticked is None:
        assert why(plan)["C2"] == f"“{said}”填不进这一格"


def test_what_a_questionnaire_relates_in_words_is_computed():
    form = """
    | 村级组织运转情况调查表（模拟） | < | < | < |
    | 村集体经济年收入 | ____万元 | 其中：经营性收入 | ____万元 |
    | 占比 | ____% | 户籍人口（人） | |
    | 人均 | ____元 | 合计 | ____元 |
    | 说明：占比=经营性收入÷村集体经济年收入×100%，保留两位小数；合计=户籍人口+人均。 | < | < | < |
    """
    known = {"B2": 30, "D2": 20}
    _, _, open_ = planned(form, Remembered(population=(value(1004, "人"),)))
    assert filled(open_) == {"D3": 1004}
    assert why(open_)["B3"] == "由本表别的格算出，D2、B2还没有数"
    given = form.replace("入 | ____万元 | 其", f"入 | {known['B2']} | 其").replace(
        "入 | ____万元 |\n", f"入 | {known['D2']} |\n"
    )
    _, _, plan = planned(given, Remembered(population=(value(1004, "人"),)))
    assert filled(plan) == {"D3": 1004, "B3": Decimal("66.67")}
    share = next(f for f in plan.fillings if f.cell == "B3")
    assert share.source == "按本表 D2÷B2×100 计算，按表的要求保留 2 位小数"
    assert "D4" in why(plan), "persons and money are not added up"


def test_a_total_of_something_known_is_taken_from_what_is_known():
    form = "| 表（模拟） | < | < | < |\n| 村名 | 户籍人口（人） | < | < |\n| ^ | 男 | 女 | 合计 |\n| 龙东村 | | | |"
    assert filled(planned(form, Remembered(population=(value(1004, "人"),)))[2]) == {"D4": 1004}


def test_what_a_person_typed_into_a_total_stays():
    form = TOWN.replace("| 合计 | | | |", "| 合计 | 1 | | |")
    workbook, read, plan = planned(form, Remembered(population=(value(5, "人"), value(7, "人", whose="龙西村"))))
    assert "B5" not in filled(plan)
    assert [one.violation.cell for one in broken_rules(workbook, read, plan)] == ["B5"]


def test_one_datum_with_and_without_its_unit_is_taken_where_both_agree(tmp_path):
    (tmp_path / "甲.csv").write_text("村名,户籍户数\n龙东村,312\n龙西村,50\n龙南村,7", encoding="utf-8")
    (tmp_path / "乙.csv").write_text("村名,户籍户数（户）\n龙东村,312\n龙西村,51", encoding="utf-8")
    shelf = FolderShelf(tmp_path)
    form = "| 村名 | 户籍户数（户） |\n| 龙东村 | |\n| 龙西村 | |\n| 龙南村 | |"
    workbook = Workbook("表.xlsx", "xlsx", (drawn(form, framed=True),))
    plan = plan_filling(workbook, understand(workbook), shelf, matcher_of(shelf), unit="平安镇", period=Q3)
    assert {f.cell: str(f.value) for f in plan.fillings} == {"B2": "312", "B4": "7"}
    (gap,) = plan.gaps
    assert gap.why == "有 2 处同名数据，数不一样：50（甲.csv 甲!B3）；51户（乙.csv 乙!B3）；请选一处"
    assert [(c.term.unit, k.value, k.source) for c, k in zip(gap.offered, gap.known, strict=True)] == [
        ("", "50", "甲.csv 甲!B3"), ("户", "51", "乙.csv 乙!B3"),
    ]  # fmt: skip


def test_persons_are_not_asked_of_the_unit():
    roster = "| 人员名册（模拟） | < | < |\n| 姓名 | 身份证号 | 联系电话 |\n| 赵一 | | |\n| | | |\n| | | |"
    _, _, plan = planned(roster, Remembered())
    assert why(plan)["B3"] == "资料里没有赵一的“身份证号”，这是个人信息，请向本人核实后填写"
    assert why(plan)["A4"] == "请先填“姓名”，再填一次表，这一行能查到的就会带出来"
    assert why(plan)["C4"] == "这一行的“姓名”还空着，不知道填谁的；先填上，再填一次表"


def test_blank_rows_are_not_all_filled_with_the_one_unit():
    shelf = Remembered(population=(value(1004, "人"),))
    _, _, plan = planned("| 村名 | 户籍人口（人） |\n| | |\n| | |\n| | |", shelf)
    assert filled(plan) == {"A2": "龙东村", "B2": 1004}
    _, _, town = planned("| 村名 | 户籍人口（人） |\n| | |\n| | |\n| | |", shelf, unit="平安镇")
    assert filled(town) == {}


def test_a_form_about_one_person_or_unit_says_whom():
    shelf = Remembered(population=(value(702, "人", whose="龙西村"), value(1004, "人")))
    form = "| 调查表（模拟） | < |\n| 村名 | 龙西村 |\n| 户籍人口（人） | |\n| 耕地面积（亩） | |"
    assert filled(planned(form, shelf)[2]) == {"B3": 702}


TICKS = """
| 设施调查表（模拟） | < | < |
| 序号 | 调查内容 | 答案 |
| 1 | 是否通自来水 | □是 □否 |
| 2 | 政治面貌 | 群众□ 党员□ |
| 3 | 户籍人口（人） | |
"""


def test_boxes_are_ticked_for_what_is_known_and_listed_for_what_is_not():
    shelf = Remembered(party=(value("党员", of=None),), population=(value(1004, "人"),))
    _, _, plan = planned(TICKS, shelf)
    assert filled(plan) == {"C4": "群众□ 党员☑", "C5": 1004}
    assert [(g.slot.cell, [title for _, title in g.slot.codes]) for g in plan.gaps] == [("C3", ["是", "否"])]
    _, _, other = planned(TICKS, Remembered(party=(value("团员", of=None),)))
    assert why(other)["C4"] == "“团员”填不进这一格"


def test_boxes_behind_the_question_itself_are_ticked():
    form = "| 走访表（模拟） |\n| 政治面貌：□群众 □党员 |\n| 是否参保：□是 □否 |"
    _, _, plan = planned(form, Remembered(party=(value("群众", of=None),)))
    assert filled(plan) == {"A2": "政治面貌：☑群众 □党员"}
    assert list(why(plan)) == ["A3"]


def test_villages_of_one_name_are_told_apart_by_their_town(tmp_path):
    lines = ["乡镇,村名,户籍户数（户）", "平安镇,和平村,50", "青山乡,和平村,70", "平安镇,龙东村,312"]
    (tmp_path / "户数.csv").write_text("\n".join(lines), encoding="utf-8")
    shelf = FolderShelf(tmp_path)
    form = "| 乡镇 | 村名 | 户籍户数（户） |\n| 平安镇 | 和平村 | |\n| 青山乡 | 和平村 | |\n| 兴隆镇 | 和平村 | |"
    workbook = Workbook("表.xlsx", "xlsx", (drawn(form, framed=True),))
    plan = plan_filling(workbook, understand(workbook), shelf, matcher_of(shelf), unit="模拟县", period=Q3)
    assert {f.cell: str(f.value) for f in plan.fillings} == {"C2": "50", "C3": "70"}
    assert why(plan) == {"C4": "“户籍户数（户）”没有兴隆镇和平村的数据（2026年三季度）"}
