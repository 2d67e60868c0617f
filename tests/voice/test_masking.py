"""Personal data in comments: what must go, and what a complaint is made of and must stay."""

import pytest

from dukao.voice.rules.masking import masked


@pytest.mark.parametrize(
    ("text", "left", "kinds"),
    [
        ("我是张三丰，电话１３８-1234-5678", "我是〔姓名〕，电话〔电话〕", {"name", "phone"}),
        ("身份证11010519491231002X", "身份证〔身份证号〕", {"citizen_number"}),
        ("一三八一二三四五六七八打给我", "〔电话〕打给我", {"phone"}),
        ("卡号6222 0212 3456 7890 123", "卡号〔银行卡号〕", {"bank"}),
        ("座机0452-2791234", "座机〔电话〕", {"phone"}),
        ("办件编号20261123001 不给办", "办件编号〔号码〕 不给办", {"number"}),
        ("微信号：abc_12345 联系", "〔账号〕 联系", {"account"}),
        ("发到 somebody@example.org", "发到 〔账号〕", {"account"}),
        ("住3号楼2单元501室", "住〔门牌〕", {"address"}),
        ("黑B·12345停在门口", "〔车牌〕停在门口", {"plate"}),
        ("我叫欧阳小明来办证", "我叫〔姓名〕来办证", {"name"}),
        ("王主任说不行", "某主任说不行", {"name"}),
        ("我是一村的会计，窗口不给盖章", "我是〔岗位〕，窗口不给盖章", {"self"}),
    ],
)
def test_what_gives_somebody_away_goes(text, left, kinds):
    found, taken = masked(text)
    assert (found, set(taken)) == (left, kinds)


@pytest.mark.parametrize(
    "text",
    [
        "窗口3号态度差，等了2小时，10:30才叫到",
        "我是来办证的，我是国企职工",
        "跑了三趟，每次都说材料不全，花了10000元",
        "叫号系统坏了，我叫了三次没人理",
        "2026年10月8日去的，第二天还没办好",
        "我是高中生，家里老人来不了",
        "我是来找主任签字的，等了一上午",
        "",
    ],
)
def test_what_was_wrong_stays(text):
    assert masked(text) == (text, ())


def test_masking_twice_is_masking_once():
    once, _kinds = masked("我叫张三，电话13812345678，住3号楼2单元")
    assert masked(once) == (once, ())
