"""A plain folder as what is known: whose figures, of when, in which unit of measure. All data are 模拟."""

import pytest

from dukao.base.periods import Period
from dukao.workbooks.matching import Asked
from dukao.workbooks.shelf import FolderShelf, is_time, matcher_of, period_in, time_told, who

Q3 = Period.parse("2026Q3")


def shelf(folder, **files):
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    return FolderShelf(folder)


def known(found, *path, whose="龙东村", unit="", period=Q3):
    sure = matcher_of(found).sure(Asked(path, unit=unit))
    return [(str(k.value), k.unit) for k in found.values(sure.term.key, whose=whose, period=period)] if sure else None


def test_a_unit_is_known_by_its_name_and_by_its_code(tmp_path):
    found = shelf(tmp_path, 人口=["单位名称,行政区划代码,户籍户数（户）", "龙东村,230201001201,312"])
    assert known(found, "户籍户数", unit="户") == [("312", "户")]
    assert known(found, "户籍户数", unit="户", whose="230201001201") == [("312", "户")]
    assert known(found, "户籍户数", unit="户", whose="龙东村民委员会") == [("312", "户")]
    assert found.knows("龙东村委会")
    assert not found.knows("龙西村")


def test_a_row_may_say_its_period(tmp_path):
    found = shelf(tmp_path, 历年=["村名,年份,党员人数（人）", "龙东村,2025,41", "龙东村,2026,44"])
    assert known(found, "党员人数", unit="人", period=Period.parse("2025")) == [("41", "人")]
    assert known(found, "党员人数", unit="人", period=Period.parse("2024")) == []


def test_years_may_stand_above_the_columns(tmp_path):
    found = shelf(tmp_path, 历年=["填报单位：龙东村,,,", "指标,计量单位,2025年,2026年", "耕地面积,亩,4500,4510"])
    assert known(found, "耕地面积", unit="亩", period=Period.parse("2025")) == [("4500", "亩")]


def test_one_datum_in_two_units_of_measure_is_one_term(tmp_path):
    found = shelf(tmp_path, 甲=["村,契税（元）", "龙东村,120000"], 乙=["村,契税（万元）", "龙东村,13"])
    assert sorted(known(found, "契税", unit="万元")) == [("120000", "元"), ("13", "万元")]


def test_a_share_written_as_text_is_a_number(tmp_path):
    found = shelf(tmp_path, 水=["村,自来水普及率", "龙东村,98.5%"])
    assert known(found, "自来水普及率", unit="%") == [("98.5", "%")]


def test_the_last_part_of_a_name_alone_is_another_datum(tmp_path):
    (tmp_path / "收入.csv").write_text("村名,脱贫户人均纯收入（元）\n龙东村,15000", encoding="utf-8")
    assert known(FolderShelf(tmp_path), "人均纯收入", unit="元") is None


def test_villages_may_stand_above_the_columns(tmp_path):
    found = shelf(tmp_path, 宽表=["指标,计量单位,龙东村,龙西村", "耕地面积,亩,4500,3300"])
    assert known(found, "耕地面积", unit="亩", whose="龙西村") == [("3300", "亩")]


def test_a_list_of_people_is_about_people(tmp_path):
    lines = ["村名,姓名,联系电话", "龙东村,赵一,模拟138", "龙东村,钱二,模拟139", "龙西村,孙三,模拟140"]
    found = shelf(tmp_path, 名册=lines)
    assert known(found, "联系电话", whose="钱二") == [("模拟139", "")]
    assert known(found, "联系电话", whose="龙东村") == []
    assert known(found, "联系电话", whose="龙西村") == [("模拟140", "")], "the only one of the village"


def test_what_is_not_dated_says_so(tmp_path):
    found = shelf(tmp_path, 水=["村,自来水普及率（%）", "龙东村,98"])
    sure = matcher_of(found).sure(Asked(("自来水普及率",), unit="%"))
    assert [k.is_dated for k in found.values(sure.term.key, whose="龙东村", period=Q3)] == [False]


def test_files_that_give_nothing_are_told(tmp_path):
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "空.csv").write_text("", encoding="utf-8")
    (tmp_path / "说明.txt").write_text("不是数据", encoding="utf-8")
    (tmp_path / "~$开着.xlsx").write_bytes(b"lock")
    untold = FolderShelf(tmp_path).untold
    assert [line.split("：")[0] for line in untold] == ["坏.xlsx", "空.csv"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("模拟区2026年三季度报表", "2026Q3"), ("2026年7月", "2026-07"), ("税收_2026Q3", "2026Q3"), ("2026年度", "2026"),
        ("2026年1-9月", None), ("2026年上半年", None), ("没有时期", None), ("数据202607", "2026-07"),
    ],
)  # fmt: skip
def test_the_period_a_title_speaks_of(text, code):
    found = period_in(text)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("parts", "near", "code"),
    [
        (("2025年",), None, "2025"), (("7月",), "2026Q3", "2026-07"), (("三季度",), "2026", "2026Q3"),
        (("7月",), None, None),         (("户籍人口",), "2026", None), (("2025年", "三季度"), None, "2025Q3"),
    ],
)  # fmt: skip
def test_the_period_a_heading_names(parts, near, code):
    found = time_told(parts, Period.parse(near) if near else None)
    assert (found.code if found else None) == code


def test_a_heading_that_is_only_a_period():
    assert [is_time(text) for text in ("2025年", "三季度", "1月", "2025", "12", "", "一季度末")] == [
        True, True, True, True, False, False, False,
    ]  # fmt: skip


def test_names_of_offices():
    assert who("龙东村民委员会") == who("龙东村") == who(" 龙东村委会 ")


CODES = [
    "行政区划代码,乡镇,村名",
    "230201001201,平安镇,龙东村",
    "230201001202,平安镇,和平村",
    "230201002202,青山乡,和平村",
]


def told(found, whose, *, path="户籍户数"):
    sure = matcher_of(found).sure(Asked((path,), unit="户"))
    return {(str(k.value), k.source) for k in found.values(sure.term.key, whose=whose, period=Q3)} if sure else set()


def test_codes_are_tied_to_names_by_a_file_that_has_both(tmp_path):
    data = ["行政区划代码,户籍户数（户）", "230201001201,312", "230201001202,50", "230201002202,70"]
    found = shelf(tmp_path, 户数=data, 对照=CODES)
    assert found.untold == []
    assert told(found, "龙东村") == {("312", "户数.csv 户数!B2（龙东村的代码是 230201001201，见对照.csv 对照!A2）")}
    assert {value for value, _ in told(found, "青山乡和平村")} == {"70"}
    assert {value for value, _ in told(found, "模拟县平安镇和平村民委员会")} == {"50"}
    assert told(found, "和平村") == set(), "two villages are called so"
    assert found.knows("龙东村")
    assert not found.knows("和平村")


def test_names_are_tied_to_codes_that_a_form_asks_by(tmp_path):
    found = shelf(tmp_path, 户数=["村名,户籍户数（户）", "龙东村,312"], 对照=CODES)
    assert told(found, "230201001201") == {("312", "户数.csv 户数!B2（230201001201 是龙东村，见对照.csv 对照!A2）")}


def test_full_names_and_short_ones_are_one_where_only_one_fits(tmp_path):
    found = shelf(tmp_path, 户数=["村名,户籍户数（户）", "平安镇龙东村,312", "平安镇和平村,50", "青山乡和平村,70"])
    assert told(found, "龙东村") == {("312", "户数.csv 户数!B2（龙东村按平安镇龙东村查）")}
    assert told(found, "和平村") == set()


def test_a_row_of_a_village_is_not_its_towns(tmp_path):
    found = shelf(tmp_path, 户数=["乡镇,村名,户籍户数（户）", "平安镇,龙东村,312", "平安镇,,900"])
    assert {value for value, _ in told(found, "平安镇")} == {"900"}
    assert {value for value, _ in told(found, "平安镇龙东村")} == {"312"}


def test_short_codes_are_those_with_zeros(tmp_path):
    found = shelf(tmp_path, 户数=["区划代码,户籍户数（户）", "230201001,900"])
    assert {value for value, _ in told(found, "230201001000")} == {"900"}


def test_what_is_ticked_is_known_and_what_is_not_says_nothing(tmp_path):
    found = shelf(tmp_path, 水=["村名,是否通自来水", "龙东村,☑是 □否", "龙西村,□是 □否", "龙南村,—"])
    assert known(found, "是否通自来水") == [("是", "")]
    assert known(found, "是否通自来水", whose="龙西村") == known(found, "是否通自来水", whose="龙南村") == []


def test_of_persons_the_number_is_known_by_the_name(tmp_path):
    lines = ["姓名,身份证号,联系电话", "赵一,模拟001,138", "钱二,模拟002,139", "赵一,模拟003,140"]
    found = shelf(tmp_path, 名册=lines)
    assert known(found, "身份证号", whose="钱二") == [("模拟002", "")]
    assert known(found, "姓名", whose="模拟003") == [("赵一", "")]
    assert len(known(found, "身份证号", whose="赵一")) == 2, "two persons of one name contradict each other"


@pytest.mark.parametrize(
    ("line", "item", "whose"),
    [
        ("填报单位：龙东村,,,", "联系电话,无", "龙东村"),
        (",,,", "行政村,龙东村", "龙东村"),
        (",,,", "姓名,赵一", "赵一"),
        (",,,", "联系电话,无", "表"),
    ],
)
def test_a_form_of_items_and_answers_filled_earlier_says_each_answer_of_its_item(tmp_path, line, item, whose):
    lines = [f"{item},所属片区,东片", "户籍人口（人）,312,常住人口（人）,290", "耕地面积（亩）,1200,林地面积（亩）,30"]
    found = shelf(tmp_path, 表=["村情调查登记表（模拟）,,,", line, *lines])
    for name, unit, said in (("户籍人口", "人", "312"), ("林地面积", "亩", "30"), ("所属片区", "", "东片")):
        assert known(found, name, unit=unit, whose=whose) == [(said, unit)]


def test_boxes_in_cells_of_their_own_say_the_ticked_answer(tmp_path):
    found = shelf(
        tmp_path, 表=["登记表（模拟）,,,,", "行政村,龙东村,,,", "是否通自来水,是,□,否,☑", "供暖方式,□集中,☑ 自采,□无,"]
    )
    assert known(found, "是否通自来水") == [("否", "")]
    assert known(found, "供暖方式") == [("自采", "")]
