"""What the words in single cells look like: labels, titles, notes, units of measure, numberings, code lists."""

import re
from functools import lru_cache

from dukao.workbooks.matching.measures import is_measure, measure
from dukao.workbooks.texts import plain

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_HALF_WIDTH = {0xFF10 + digit: 0x30 + digit for digit in range(10)}
STEMS = "甲乙丙丁戊己庚辛壬癸"
CHINESE_DIGITS = "一二三四五六七八九十"

_BETWEEN_HAN = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_TOTALS = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.])?(?:合计|总计|小计|共计|总和|累计合计|计|全[市县区镇乡村]合计|本页[小合]计)(?:[:(].*)?$"
)
_TOTAL_FIRST = re.compile(r"^(?:合计|总计|小计|共计)(?=[\[(:数金人户面])|^.{0,20}(?:合计|总计|小计)$")
_OF_WHICH = re.compile(r"^[\s(]*(?:\d+[.、])?其中(?:[:,]|$|[^:]{1,20})|^[#*]")
_NOTE = re.compile(
    r"^(?:(?:注|备注|说明|附注|填表说明|填报说明|填写说明|填报要求|填表要求|指标解释|指标说明|编制说明|审核关系"
    r"|(?:表[内间])?(?:逻辑|逻辑审核|审核|平衡|勾稽|校验)(?:关系|公式)|表内关系|计算关系|计算公式"
    r"|注意事项|温馨提示|特别说明|资料来源|数据来源)"
    r"(?:[:]|\d+[、.:]|[(（]\d|$)|注\d|[*※]+(?:注|说明|本表)|本表(?:由|一式|统计|中|填)|填表说明)"
)
_NOTE_ITEM = re.compile(rf"^(?:\d+[.、)]|[(]\d+[)]|[{CHINESE_DIGITS}]+、|[(][{CHINESE_DIGITS}]+[)]|[*※])")
_META = re.compile(
    r"^(?:填报|填表|制表|报送|上报|编制|填写|审核|复核|统计|经办|单位|部门|分管|主管|村|镇|乡|街道|报出|汇总|表|文|批准|备案"
    r"|有效|制定|联系|会计|出纳|录入|调查|被调查|打印|报告期|所属期|截至|截止|年|月|编|主要|所在)?(?:[(].{0,8}[)])?"
    r"(?:单位|单位名称|单位[(].{0,8}[)]|部门|人|人员|人签[字名]|签[字名]|时间|日期|号|文号|期|期限|期至|有效期至?|期间|机关|负责人|领导|员"
    r"|电话|联系电话|编号|类别|代码|表日期|盖章|审核人|制表人|所属时期|单位负责人|统计负责人|止"
    r"|村|社区|乡镇|镇|街道|区县)"
    r"(?:[(].{0,12}[)])?[:].*$"
)
_OWN_META = re.compile(
    r"^(?:填报|填表|制表|报送|上报|编制|复核|审核|统计负责|报出|表号|文号|批准|备案|有效期|报告期|所属时?期)"
    r"[^:]{0,14}[:]"
)
_SEALS = re.compile(r"^[(](?:公章|盖章|签章|签字|章)[)]$|^.{0,8}[(](?:公章|盖章|签章|签字|章)[)]:?$")
_TITLE = re.compile(
    r"(?:表|名单|台账|清单|花名册|名册|登记册|一览|统计|汇总|明细|问卷|[日周旬月季年快]报|报告单|通知单|登记|申请书|台帐)(?:[(].*[)])?$"
    r"|^(?:附件|附表|附录|续表|表)[\d一二三四五六七八九十]*(?:[-—之.][\d一二三四五六七八九十]+)*(?:[:、.].*)?$"
    r"|^(?:附表|续表|表)[\d一二三四五六七八九十]+(?:[-—.][\d]+)*.{2,}"
)
_STRONG_TITLE = re.compile(
    r"(?:表|问卷|名册|名单|台账|台帐|一览|[日周旬月季年快]报)(?:[(].*[)])?$|^(?:附件|附表|续表|表)[\d一二三四五六七八九十]"
)
_PERIOD = re.compile(
    r"(?:(?:19|20)\d\d\s*年?\s*[-—–~～至]\s*)?(?:20\d\d|[一二]?[〇零○Oo一二三四五六七八九]{4}|[_＿]{2,}|(?<![^\s(（])\s{2,})\s*年(?:度)?"
    r"(?:\s*(?:第?\s*[一二三四1-4_＿]+\s*季度|[上下]半年|全年"
    r"|(?:\d{1,2}|[_＿]{1,}|\s{1,})\s*(?:[-—~至]\s*\d{1,2})?\s*月(?:份|底|末)?(?:\s*(?:\d{1,2}|[_＿]+|\s+)\s*日)?))?"
)
_PERIOD_HEAD = re.compile(
    r"^(?:20\d\d|[_＿]{2,}|本|上|去|今|当)?(?:年|年度|\d{1,2}月份?|[一二三四]季度|期|季|季度|月)(?:末|初|底|累计|同期|实际|计划)?$"
)
_UNIT_LINE = re.compile(r"(?:^|[\s(（，,;；])(?:计量|計量|金额|金額|数量|计算|货币)?[单單]位\s*[:：]\s*([^)）;；]+)")
_UNIT_BRACKET = re.compile(
    r"[(（\[【〔]\s*(?:计量|計量|金额|金額)?(?:[单單]位\s*[:：]\s*)?([^()（）\[\]【】〔〕]{1,10})[)）\]】〕]"
)
_PLACEHOLDER = re.compile(r"^[\s_＿()（）□☐]*$|^[\s_＿]*年[\s_＿]*月([\s_＿]*日)?[\s_＿]*$")
_MEASURED_BLANK = re.compile(r"^(?:\s*(?:大?约|共计?|合计))?([\s_＿]+)([^\s_＿]{1,8})[\s_＿]*$")
# Blanks before a unit of measure are room to write in from this width on; fewer only set it in.
_ROOM = 4
_BLOCK = re.compile(r"^(?:[—\-－–―/／×╳✕Xx\\＼*]{1,4}|[…]{1,2})$")
_SERIALS = re.compile(r"^(?:序号?|题号|行次|行号|项次|编号|顺序号|no\.?|栏次|序列号?)$")
_LABELS = re.compile(
    r"姓名|性别|民族|年龄|年份|年度|月份|季度|出生|身份证|身份号|号码$|证件|证号|电话|手机|联系|住址|地址|住所|学历|学位|政治面貌|职务|职称|户主|户籍|籍贯|健康状况|婚姻状况"
    r"|名称|法人|负责人|类型|类别|性质|日期|时间|年月|金额|面积|数量|人数|户数|人口|备注|序号|编号|代码|账号|账户|开户|关系|称谓"
    r"|职业|专业|毕业|邮箱|邮编|规模|等级|级别|情况|意见|进度$|问题$|建议$|政策|投资|含义|解释|口径|说明|事由|用途|原因|内容|简历|签字|盖章|是否|有无|项目|指标|合计|小计|总计|收入|支出"
    r"|单位$|部门$|地区|乡镇|街道|[村镇乡县区市]$(?<=所属村|在乡镇|属乡镇)|行次|单价|标准|照片|文化程度|宗教|特长|来源|方式|状态|结果|地点|频次"
    r"|[^\d](?:数|率|额|量|值|名|号|期|费|款|价|比重|比例|占比)$|[:]$"
)
_NOT_ADDED = re.compile(
    r"[人户亩村]均|平均|均价|单产|单价|价格$|标准$|年龄|占比|比重|比例|增幅|增速|率$|指数$|系数$|排名|名次|最高|最低|密度"
)
_PROSE = re.compile(r"[。；]|[，,].{8,}[，,]")
_NUMERIC = re.compile(r"^[+\-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?$")
_DATE = re.compile(r"^(?:19|20)\d\d(?:[-/.年]\d{1,2}(?:[-/.月](?:\d{1,2}日?)?)?)$|^(?:19|20)\d\d年(?:\d{1,2}月)?$")


@lru_cache(maxsize=65_536)
def tidy(text: str) -> str:
    """As printed, on one line: `合  计` is `合计`; blanks between Latin words stay one."""
    return _BETWEEN_HAN.sub("", " ".join(text.replace("\u3000", " ").split()))


def indent_of(text: str) -> int:
    """Blanks before the text; a full-width one counts twice."""
    lead = text[: len(text) - len(text.lstrip())]
    return len(lead) + lead.count("\u3000")


@lru_cache(maxsize=65_536)
def is_total(text: str) -> bool:
    return _TOTALS.match(plain(text)) is not None or _TOTAL_FIRST.match(plain(text)) is not None


def is_subtotal(text: str) -> bool:
    """A total of a part: 小计, or one that names what it adds up (流动资产合计)."""
    flat = plain(text)
    return "小计" in flat or (flat.endswith("合计") and bool(total_of(text)) and not flat.startswith("全"))


def total_of(text: str) -> str:
    """What a total adds up, as it names it itself: `流动资产合计` → 流动资产; mostly empty."""
    return bare(re.sub(r"(?:合计|总计|小计|共计).*$", "", plain(text)))


def is_additive(path: tuple[str, ...], unit: str) -> bool:
    """Whether figures of this name and unit of measure may be added up: not shares, averages, prices, ages."""
    if dimension(unit) == "share" or " per " in dimension(unit):
        return False
    return not any(_NOT_ADDED.search(re.sub(r"[(\[].*?[)\]]", "", plain(text))) for text in path)


def bare(text: str) -> str:
    """A name without the numbering before it and the colon behind it."""
    return re.sub(rf"^(?:[{CHINESE_DIGITS}]+[、.]|[(][{CHINESE_DIGITS}\d]+[)]|\d+[.、])|[:]$", "", plain(text))


@lru_cache(maxsize=65_536)
def is_of_which(text: str) -> bool:
    return _OF_WHICH.match(plain(text)) is not None


def is_note(text: str) -> bool:
    return _NOTE.match(plain(text)) is not None


def is_note_item(text: str) -> bool:
    """The further lines of a note: `2.……`."""
    return _NOTE_ITEM.match(plain(text)) is not None or len(text) > 40


def is_meta(text: str) -> bool:
    """A line about the form itself: who fills it in, when, its number."""
    flat = plain(text)
    return (
        _META.match(flat) is not None
        or _SEALS.match(flat) is not None
        or (bool(unit_of_line(text)) and not is_title(text))
        or re.fullmatch(r"表号.*|(?:报告期|所属时?期|.*文号|.*有效期至?):.*|(?:.{1,12}[:]_*){2,}", flat) is not None
    )


def is_own_meta(text: str) -> bool:
    """A line that can only be about the form, never an item of a questionnaire."""
    return (
        (bool(unit_of_line(text)) and not is_title(text))
        or is_meta_label(text)
        or _OWN_META.match(plain(text)) is not None
    )


def is_meta_label(text: str) -> bool:
    """填报单位, 填表日期 …: what a form says of itself, its value in the next cell."""
    return (
        re.fullmatch(
            r"(?:填报|填表|报送|上报|制表|编制|统计|审核|复核)(?:单位|部门|人|人员|日期|时间|机关)"
            r"|填报(?:村|社区|乡镇|镇|街道|区县)(?:[(].{0,8}[)])?",
            plain(text),
        )
        is not None
    )


def is_about_form(text: str) -> bool:
    """A line with the form's legal marks: number, issuing body, validity. A date in it is not the form's period."""
    return re.match(r"(?:表号|文号|制[定表]机关|批准|备案|有效期)", plain(text)) is not None


def is_title(text: str) -> bool:
    flat = plain(text)
    return (4 <= len(flat) <= 60 and ":" not in flat[-1:] and _TITLE.search(flat) is not None) or _is_appendix(flat)


def _is_appendix(flat: str) -> bool:
    return re.match(r"^(?:附件|附表|续表|表)[\d一二三四五六七八九十]*[-—.\d]*[:]?$", flat) is not None


def is_strong_title(text: str) -> bool:
    """A title that can be no name of a row or section."""
    if marker_level(text) or is_prose(text):
        return False
    is_dated = bool(period_in(text)) and len(plain(text)) >= 12
    return is_dated or (is_title(text) and _STRONG_TITLE.search(plain(text)) is not None)


def is_form_title(text: str) -> bool:
    """A form about one person, household or project, with items and answers side by side."""
    return (
        re.search(r"(?:登记|申请|审批|申报|信息|采集|推荐|履历|调查|鉴定|走访)[表卡](?:[(].*[)])?$|问卷", plain(text))
        is not None
    )


def is_explanation(text: str) -> bool:
    """The heading of explanations below a table: `附：指标解释`."""
    return re.match(r"^附[:注]|.{0,8}(?:解释|口径|对照表?|代码表?)(?:说明)?[:]?$", plain(text)) is not None


def is_continued(text: str) -> bool:
    """`续表`: the table before goes on."""
    return plain(text).startswith(("续表", "(续")) or plain(text).endswith(("(续)", "(续表)"))


def period_in(text: str) -> str:
    """The period as printed: `2026年三季度`, `____年度`; empty where there is none."""
    found = _PERIOD.search(text.translate(_HALF_WIDTH))
    return tidy(text[found.start() : found.end()]) if found else ""


def is_period_head(text: str) -> bool:
    """A header that is a span of time: `2025年`, `上年同期`."""
    return _PERIOD_HEAD.match(plain(text)) is not None or period_in(text) == tidy(text) != ""


@lru_cache(maxsize=65_536)
def unit_of_line(text: str) -> str:
    """`单位：万元、人` → `万元、人`; a name of an authority is no unit of measure."""
    found = _UNIT_LINE.search(text)
    if not found:
        return ""
    said = tidy(found.group(1)).rstrip("。.，, ")
    parts = units_in(said)
    return said if parts and all(is_measure(part) for part in parts) else ""


def units_in(said: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[、，,;；\s]+|和|及", said) if part)


@lru_cache(maxsize=65_536)
def unit_of_head(text: str) -> str:
    """The unit of measure a heading states itself: `金额（万元）`, `增长%`."""
    for found in reversed(_UNIT_BRACKET.findall(text)):
        if is_measure(tidy(found)) and not is_count_word(tidy(found)):
            return tidy(found)
    for mark in re.finditer(r"[/,，:：]", text):
        if is_measure(tail := tidy(text[mark.end() :])):
            return tail
    return "%" if plain(text).endswith("%") else ""


def is_count_word(text: str) -> bool:
    """Words that are units of measure but in brackets mostly mean something else: `（年）`, `（村）`."""
    return text in {"级", "类", "种", "村", "镇", "乡", "期", "门", "组", "部"}


def is_unit(text: str) -> bool:
    flat = tidy(text).strip("()（）")
    return bool(flat) and len(flat) <= 12 and all(is_measure(part) for part in re.split(r"[、,，]", flat) if part)


def is_unit_head(text: str) -> bool:
    """The name of a column or row of units of measure."""
    return re.fullmatch(r"(?:计量|计算|数量|度量)?单位", plain(text)) is not None


def dimension(unit: str) -> str:
    known = measure(unit)
    return known[0] if known else ""


def is_placeholder(text: str) -> bool:
    """Blanks printed to be written on: `____`, `  年  月  日`, `（   ）`, `约____万元`."""
    return (_PLACEHOLDER.match(text) is not None and not is_block(text)) or bool(unit_of_blank(text))


@lru_cache(maxsize=65_536)
def unit_of_blank(text: str) -> str:
    """The unit of measure behind a blank to be written on: `约____万元` → 万元; else empty."""
    found = _MEASURED_BLANK.match(text)
    if found is None or not is_measure(found[2]):
        return ""
    is_drawn = "_" in found[1] or "＿" in found[1]
    is_room = is_drawn or found[2] in "%％元人户亩" or indent_of(found[1] + found[2]) >= _ROOM
    return found[2] if is_room and (is_drawn or not is_count_word(found[2])) else ""


def has_inner_blank(text: str) -> bool:
    """Room for an answer inside of a text: `姓名：____`, `是否参保：□是 □否`."""
    return not is_placeholder(text) and re.search(r"[_＿]{2,}|[:：?？]\s*□|□.+□", text) is not None


def is_block(text: str) -> bool:
    """A cell crossed out: nothing is to be filled there."""
    return _BLOCK.match(text.strip()) is not None


def is_serial_head(text: str) -> bool:
    return _SERIALS.match(plain(text)) is not None


def is_code_head(text: str) -> bool:
    """The name of a column of codes that a form offers."""
    return re.fullmatch(r".{0,4}(?:代码|编码|码值|代号|选项)", plain(text)) is not None


@lru_cache(maxsize=65_536)
def is_label(text: str) -> bool:
    """Whether the text reads as the name of something asked, not as an answer."""
    flat = plain(text)
    if _PERIOD_HEAD.match(flat):
        return True
    if not flat or len(flat) > 60 or is_numeric(text) or is_date(text):
        return False
    return _LABELS.search(re.sub(r"[(].*?[)]", "", flat) or flat) is not None or bool(unit_of_head(text))


def is_question(text: str) -> bool:
    """A long question of a questionnaire."""
    flat = plain(text)
    return flat.endswith(("?", ":", "(单选)", "(多选)", "(可多选)")) or re.match(r"^(?:q?\d+[.、])\D", flat) is not None


def ends_with_colon(text: str) -> bool:
    return text.rstrip().endswith((":", "："))


def is_prose(text: str) -> bool:
    return len(text) > 25 and _PROSE.search(text) is not None


@lru_cache(maxsize=65_536)
def is_numeric(text: str) -> bool:
    return _NUMERIC.match(plain(text)) is not None and not any(sign in CIRCLED for sign in text)


@lru_cache(maxsize=65_536)
def is_date(text: str) -> bool:
    return _DATE.match(plain(text)) is not None


@lru_cache(maxsize=65_536)
def numbering(text: str) -> tuple[str, int] | None:
    """A cell of a numbering row: what kind of number and which, `③` → ("circled", 3), `甲` → ("stem", 1)."""
    found = re.split(r"[=＝]", text)[0].strip()
    if len(found) == 1 and found in CIRCLED:
        return "circled", CIRCLED.index(found) + 1
    if len(found) == 1 and found in STEMS:
        return "stem", STEMS.index(found) + 1
    flat = plain(found).removesuffix("栏").removesuffix("列").strip("()[]")
    if re.fullmatch(r"\d{1,3}(?:\.0)?", flat):
        return "number", int(float(flat))
    if re.fullmatch(r"[a-z]", flat):
        return "letter", ord(flat) - 96
    return None


def marker(text: str) -> str:
    """The number a row's name begins with: `一、农业` → 一, `1.人口` → 1."""
    found = re.match(rf"([{CHINESE_DIGITS}]{{1,3}}|\d{{1,2}})\s*[、.．](?!\d)|([{CIRCLED}])", text.strip())
    return next((group for group in found.groups() if group), "") if found else ""


def marker_level(text: str) -> int:
    """How deep a row stands by its own numbering: 一、→1, （一）→2, 1.→3, （1）→4, ①→5; 0 without."""
    found = text.strip()
    if re.match(rf"[{CHINESE_DIGITS}]{{1,3}}\s*[、.．,，]", found):
        return 1
    if re.match(rf"[（(]\s*[{CHINESE_DIGITS}]{{1,3}}\s*[)）]", found):
        return 2
    if re.match(r"\d{1,2}\s*[、.．](?!\d)", found):
        return 3
    if re.match(r"\d{1,2}[.．]\d{1,2}(?!\d)", found):
        return 4
    if re.match(r"[（(]\s*\d{1,2}\s*[)）]|\d{1,2}[)）]", found):
        return 4
    return 5 if found[:1] and found[0] in CIRCLED else 0
