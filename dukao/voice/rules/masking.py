"""What gives people away in what they write: taken out before the rated read a comment, told to who writes a clue.

Masking too much costs a word, masking too little costs whoever complained: in doubt it is taken out. No list of names
is complete, so a person reads the comment once more before it is handed on.
"""

import re
from collections.abc import Callable

from dukao.base.codes import is_citizen_number
from dukao.base.words import _noop

KINDS: dict[str, str] = {
    "citizen_number": _noop("身份证号"), "bank": _noop("银行卡号"), "phone": _noop("电话"), "number": _noop("号码"),
    "account": _noop("微信、QQ 或邮箱"), "address": _noop("门牌"), "plate": _noop("车牌"), "name": _noop("姓名"),
    "self": _noop("您自己的岗位"),
}  # fmt: skip
_MARKS: dict[str, str] = {
    "citizen_number": "〔身份证号〕", "bank": "〔银行卡号〕", "phone": "〔电话〕", "number": "〔号码〕",
    "account": "〔账号〕", "address": "〔门牌〕", "plate": "〔车牌〕", "name": "〔姓名〕",
    "self": "〔岗位〕",
}  # fmt: skip
_DIGITS = "0-9０-９零〇一二三四五六七八九幺"
_TO_ASCII = str.maketrans("０１２３４５６７８９零〇一二三四五六七八九幺Ｘｘx", "0123456789001234567891XXX")
# A run of digits as people write them, however they are parted: at least seven, or nobody could be found by it.
_RUN = re.compile(rf"[{_DIGITS}](?:[\s\-－—·.()（）]{{0,2}}[{_DIGITS}]){{6,}}[XxＸｘ]?")
_ACCOUNT = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:微信|薇信|ＱＱ|QQ|qq)(?:号|号码)?\s*(?:是|为|[:：])?\s*[A-Za-z0-9_-]{5,20}",
    re.ASCII,
)
_ADDRESS = re.compile(
    rf"(?:[A-Za-z{_DIGITS}十百]{{1,5}}(?:号楼|栋|幢|单元|楼|层))*[{_DIGITS}十百]{{1,5}}(?:号楼|栋|幢|单元|室)"
    rf"(?:[{_DIGITS}十百]{{1,4}})?"
)
_PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\s]?[A-Z0-9]{5,6}")
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪解应宗丁宣邓郁单杭"
    "洪包诸左石崔吉龚程邢裴陆荣翁荀羊惠甄曲家封芮储靳松井段富巫乌焦巴弓牧山谷车侯宓蓬全班仰秋仲伊宫宁仇栾甘厉祖武符刘景詹"
    "束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂牛寿通边扈燕冀浦"
    "尚农温别庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧利蔚越隆师巩厍聂晁勾敖融冷辛阚那简"
    "饶空曾沙养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖代闫付佟佘"
)
_DOUBLE = ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "端木", "呼延")
_GIVEN = r"[\u4e00-\u9fff]"
# Who follows “我是” is often no name: 我是来办证的, 我是国企职工. So it takes a surname, and none of these behind it.
# A place may stand between, and it stays: 我是龙东村的李四.
_NAME = re.compile(
    r"(?P<lead>姓名|名字|名叫|我叫|叫做|叫|我是|本人是?|联系人|经办人|办事员|工作人员)"
    r"(?P<gap>\s*(?:是|为|叫|[:：])?\s*(?:[\u4e00-\u9fff]{1,10}?(?:区|县|镇|乡|街道|社区|村|屯)的)?)"
    rf"(?P<name>(?:{'|'.join(_DOUBLE)}){_GIVEN}{{1,2}}|[{_SURNAMES}]{_GIVEN}{{1,2}})"
)
_TITLED = re.compile(
    rf"(?P<name>(?:{'|'.join(_DOUBLE)})|[{_SURNAMES}]){_GIVEN}{{0,2}}?"
    r"(?P<title>先生|女士|同志|大爷|大妈|师傅|老师|主任|科长|局长|书记|所长|队长|镇长|村长|县长|会计)"
)
# The writer's own post, in a small place as good as a name; not whom somebody went to see: 我是来找主任的.
_SELF = re.compile(
    r"(?P<lead>(?:我|本人)(?:就?是|在|担任|任))(?![来去找听跟问被给向])"
    r"(?P<post>[^，。；！？\n]{0,20}?(?:书记|主任|会计|网格员|文书|干部|委员|站长|所长|科员|办事员|局长|科长|镇长|乡长|老师|医生))"
)
_NO_NAMES = (
    "来办", "来咨", "来交", "来取", "来查", "国企", "农民", "农村", "居民", "村民", "老人", "和家", "高中", "全家",
    "东北", "文化", "应届", "党员", "都是", "古稀", "单位", "公司", "公务", "安置", "养殖", "游客", "常住", "成年",
    "家里", "家人",
)  # fmt: skip


def masked(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without personal data, and which kinds of it were taken out, in the order of `KINDS`."""
    found: set[str] = set()

    def by(kind: str) -> Callable[[re.Match[str]], str]:
        def replace(match: re.Match[str]) -> str:
            found.add(kind)
            return _MARKS[kind]

        return replace

    def number(match: re.Match[str]) -> str:
        return by(_kind_of_number(match.group()))(match)

    def name(match: re.Match[str]) -> str:
        if match["name"].startswith(_NO_NAMES) or "某" in match["name"]:
            return match.group()
        found.add("name")
        return match["lead"] + match["gap"] + _MARKS["name"]

    def post(match: re.Match[str]) -> str:
        found.add("self")
        return match["lead"] + _MARKS["self"]

    def titled(match: re.Match[str]) -> str:
        found.add("name")
        return "某" + match["title"]

    text = _SELF.sub(post, text)
    text = _ACCOUNT.sub(by("account"), text)
    text = _PLATE.sub(by("plate"), text)
    text = _RUN.sub(number, text)
    text = _ADDRESS.sub(by("address"), text)
    text = _NAME.sub(name, text)
    text = _TITLED.sub(titled, text)
    return text, tuple(kind for kind in KINDS if kind in found)


def _kind_of_number(run: str) -> str:
    digits = re.sub(r"[^0-9X]", "", run.translate(_TO_ASCII))
    if is_citizen_number(digits) or (len(digits) == 15 and digits[0] in "123456"):
        return "citizen_number"
    if len(digits) >= 16:
        return "bank"
    if re.fullmatch(r"(?:86)?1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7}", digits):
        return "phone"
    return "number"
