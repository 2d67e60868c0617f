"""What the pure rules say, in the reader's language.

Rules of files, definitions and checks speak plain Chinese with the values already inside: their words are kept with
rejected rows and stand in refusals. Here each phrase is known by its shape; a text of no known shape stays as it is.
"""

import re
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dukao.base.periods import Period
from dukao.base.wording import clauses, joined, period_text, said_of

_PERIOD = re.compile(r"(\d{4})年(?:([一二三四])季度|(\d{1,2})月(?:(\d{1,2})日)?)?")


def _noop(text: str) -> str:
    """Mark a text for translation without translating it."""
    return text


PHRASES = (
    # figures and cells of a file
    _noop("“{text}”里的逗号位置不对，请写成 1234.5 或 1,234.5"),
    _noop("“{text}”不是数字，只填数，不带单位和汉字"),
    _noop("数字超过 {n} 位"),
    _noop("“{text}”的小数超过 {n} 位"),
    _noop("“{text}”不是整数"),
    _noop("“{text}”太大"),
    _noop("“{text}”不是日期，请写成 2026-07-01"),
    _noop("如果是表格里的日期，请把单元格设为日期格式"),
    _noop("“{text}”：日历上没有这一天"),
    _noop("“{text}”的年份不对"),
    _noop("“{text}”不是 12 位区划代码"),
    _noop("“{text}”不在代码表里（{codes}）"),
    _noop("超过 {n} 个字"),
    _noop("“{text}”像是号码被表格软件改成了科学计数，末尾数字已丢失；请以文本格式重新导出"),
    _noop("“{text}”不符合规定的写法 {pattern}"),
    _noop("“{text}”不是时期，请写成 2026、2026Q3、2026-07 或 2026-07-01"),
    # rows
    _noop("（整行）"),
    _noop("必填，但为空"),
    _noop("“{text}”小于下限 {bound}"),
    _noop("“{text}”大于上限 {bound}"),
    _noop("“{text}”不在本次交付的时期（{period}）内"),
    _noop("“{text}”的时期太长，数据按更短的时期保存"),
    _noop("区划代码 {code} 不在本次交付的范围（{scope}）内，或已撤销"),
    _noop("与第 {line} 行重复"),
    _noop("这一行有 {n} 格，表头有 {width} 列"),
    _noop("几行都是最后一天，值却不同，无法判断用哪一个"),
    _noop("{n} 行都有问题，一行也没有入库"),
    _noop("合计太大"),
    _noop("“{element}”{period}在{unit}的合计太大，不能精确保存"),
    _noop("合计按数据元的最小单位存成整数，最多 {digits} 位"),
    _noop("不在数据元的代码表里"),
    _noop("小于数据元的下限 {bound}"),
    _noop("大于数据元的上限 {bound}"),
    # columns of a file
    _noop("列名相同"),
    _noop("名称相同"),
    _noop("名称相近"),
    _noop("是“{title}”的别名"),
    _noop("是数据元“{title}”的名称"),
    _noop("{reason}，单位一致"),
    _noop("{reason}，但单位写的是“{unit}”"),
    _noop("试读的值都符合"),
    _noop("试读 {share} 的值符合"),
    _noop("文件里没有相近的列"),
    _noop("映射里的“{column}”不是数据集的列"),
    _noop("映射里有两列都对应“{column}”"),
    _noop("映射里的 {column} 超出了文件的 {n} 列"),
    _noop("文件里没有映射所说的列“{column}”"),
    # files
    _noop("读取并检查"),
    _noop("查找重复和问题行"),
    _noop("这个文件读不了"),
    _noop("文件是 UTF-8 编码，但中间有损坏的字节"),
    _noop("第 {line} 行有不是 UTF-8 的字节"),
    _noop("文件末尾的字不完整"),
    _noop("请重新导出文件"),
    _noop("这不是表格文件"),
    _noop("认不出文件的编码"),
    _noop("请另存为 UTF-8 编码的 CSV"),
    _noop("第 {line} 行读不通：引号没有成对"),
    _noop("第 {line} 行读不通：有一格太长"),
    _noop("CSV 里含引号的内容要整格放在引号内，格内的引号写两个"),
    _noop("请改正这一行后重新交付"),
    _noop("第 {line} 行之后有损坏的字节"),
    _noop("文件开头标明是 UTF-8，内容却不是"),
    _noop("工作簿太大"),
    _noop("工作表“{sheet}”有 {rows} 行 {columns} 列"),
    _noop("文件有密码，打不开"),
    _noop("文件已损坏，打不开"),
    _noop("工作簿解开后太大"),
    _noop("超过 {n} MB"),
    _noop("文件有 {n} 列，最多 {most} 列"),
    _noop("请只保留需要的列"),
    _noop("Parquet 文件已损坏，打不开"),
    _noop("请改正文件的列名，或给出映射后重新交付"),
    _noop("文件里缺少列：{columns}"),
    _noop("文件的列是：{columns}"),
    _noop("请改正列名，或给出映射后重新交付"),
    _noop("没有找到表头"),
    _noop("前几行里没有数据集的列名。文件开头是：{cells}"),
    _noop("请在数据上方放一行列名，例如：{columns}"),
    _noop("文件里没有内容"),
    _noop("请检查导出是否成功"),
    # definitions
    _noop("第 {n} 项"),
    _noop("第 {n} 项 {name}"),
    _noop("不支持锚点和引用（& 与 *）"),
    _noop("{what}“{name}”写了两次"),
    _noop("{file} 太大"),
    _noop("超过 {n} MB，请分成几个文件"),
    _noop("{file} 不是正确的 YAML"),
    _noop("第 {line} 行第 {column} 列：{reason}"),
    _noop("请改正后重新载入；其他内容没有变动"),
    _noop("缺少这一项"),
    _noop("没有这个字段，请检查拼写"),
    _noop("只能是 {expected}"),
    _noop("应为文字"),
    _noop("不符合写法 {pattern}"),
    _noop("没有填写"),
    _noop("应以小写英文字母开头，只用小写英文字母、数字和下划线，最多 64 个，如 quarterly_projects"),
    _noop("应为部门代码：小写英文字母、数字、连字符和下划线，最多 40 个，如 statistics"),
    _noop("格式读不通，请检查缩进、冒号、引号和括号（{detail}）"),
    _noop("至少 {n} 个字"),
    _noop("最多 {n} 个字"),
    _noop("应为整数"),
    _noop("应为数字"),
    _noop("应为日期，如 2026-07-01"),
    _noop("应为列表"),
    _noop("应为“字段: 值”"),
    _noop("至少 {n} 项"),
    _noop("最多 {n} 项"),
    _noop("应大于 {bound}"),
    _noop("应小于 {bound}"),
    _noop("不能小于 {bound}"),
    _noop("不能大于 {bound}"),
    _noop("没有名为“{name}”的列"),
    _noop("没有数据元 {code}"),
    # checks of a sheet, formulas of an indicator
    _noop("“{rule}”里缺少比较符号（<= >= = < >）"),
    _noop("“{rule}”里“{rest}”多余，一条校验只比较一次"),
    _noop("“{rule}”里没有数据元"),
    _noop("“{rule}”太复杂"),
    _noop("“{rule}”没有写完"),
    _noop("“{rule}”里括号不成对"),
    _noop("“{rule}”里“{sign}”的位置不对"),
    _noop("“{rule}”里“{rest}”看不懂；只能用数据元代码、整数、+ - * 和一个比较符号"),
    _noop("计量单位不同（{one}、{other}），不能直接相加或比较；请乘上换算系数"),
    _noop("同一个数据元只能问一次：{codes}"),
    _noop("一张表最多 {most} 项，现有 {n} 项"),
    _noop("校验“{name}”用到了表里没有的数据元：{codes}"),
    _noop("“{formula}”应写成 a + b - c（数据元代码，用加号减号连接）"),
    _noop("公式里应有 1 到 {n} 个数据元"),
    _noop("“{formula}”里有数据元写了两次"),
    _noop("不能按时期汇总，指标的时期应与它相同"),
    _noop("按更长的时期累计，拆不到指标的时期"),
    # refusals on record
    _noop("缺少{mark}"),
    _noop("有效期限已于 {date} 届满"),
    _noop("这张表缺少法定标识：{marks}"),
    _noop("这张表的有效期限到 {valid_until} 为止"),
    _noop("离截止只有 {now} 个工作日，至少要留 {least} 个"),
    _noop("这张表按{frequency}报送"),
    _noop("一年最多发 {most} 次，已向同一范围发过 {n} 次（不计应急 {urgent} 次、撤回 {back} 次）"),
    _noop("一年最多问 {most} 次，连同《{others}》已向同一范围问过 {n} 次（不计应急 {urgent} 次、撤回 {back} 次）"),
    _noop("“{label}”是敏感信息，由{owner}掌握"),
    _noop("“{label}”已由{holders}掌握"),
    _noop("“{label}”已经掌握"),
    _noop("“{label}”将由{provider}交付（{dataset}，{until} 前）"),
    _noop("“{label}”由{level}一级掌握，还没有收齐"),
    _noop("“{label}”正在由{issuer}的《{title}》（{number}）问"),
    _noop("正文 {n} 字，超过 {most} 字"),
    _noop("今年已发 {n} 件，去年全年 {last} 件，再发就多于去年"),
    _noop("一致性评估还没有填：{items}"),
    # forms of every kind: what their cells are, mean and lack; files that are not taken
    _noop("标题"),
    _noop("表头"),
    _noop("行名"),
    _noop("对照表"),
    _noop("注"),
    _noop("已有内容"),
    _noop("要填的格"),
    _noop("已填入"),
    _noop("待填"),
    _noop("错误值"),
    _noop("由人确认过"),
    _noop("名称相近（{share}）"),
    _noop("{reason}（承接上级栏目）"),
    _noop("{reason}，只看了部分栏目"),
    _noop("{reason}，但没有看括号里的话"),
    _noop("{reason}，但已有数据没有写单位（表上是{unit}）"),
    _noop("{reason}，但一个是数，一个不是"),
    _noop("{reason}，但表上问的是变化，要由别的数算出"),
    _noop("{reason}，但时期口径不同"),
    _noop("{reason}，但这个名称太笼统"),
    _noop("{reason}，但上级栏目“{outer}”不同"),
    _noop("{reason}，栏目也相符"),
    _noop("{reason}，但单位是{unit}，不是{other}"),
    _noop("{reason}，但单位“{unit}”无法和{other}比较"),
    _noop("{reason}，但表上没有写单位（已有数据是{unit}）"),
    _noop("{reason}，单位由{unit}换算为{other}"),
    _noop("{reason}，但有 {n} 个同名"),
    _noop("没有找到确定对应的数据"),
    _noop("有相近的数据，要由人确认"),
    _noop("问的是别的时期，不知道是哪一期"),
    _noop("问的是{level}的数，不是{whose}的"),
    _noop("本表 {n} 项：已填 {filled}，需填 {open}，{skipped} 项没有写入"),
    _noop("本表 {n} 项：已填 {filled}，需填 {open}"),
    _noop("“{term}”没有{whose}的数据（{period}）"),
    _noop("“{term}”没有{whose}的数据"),
    _noop("“{term}”有几处来源互相矛盾"),
    _noop("“{value}”填不进这一格"),
    _noop("“{value}”没有写单位（{source}），表上是{unit}，请核对后填写"),
    _noop("“{column}”不能直接相加，请另外计算"),
    _noop("看不出由哪几格相加，请手工合计"),
    _noop("由本表别的格算出"),
    _noop("由本表别的格算出，{cells}还没有数"),
    _noop("按本表 {how}计算约为 {about}，请按表的要求取舍"),
    _noop("按本表 {how}计算，按表的要求保留 {n} 位小数"),
    _noop("按本表 {how} 合计计算"),
    _noop("按本表 {how} 计算"),
    _noop("表上的关系：{rule}"),
    _noop("本次填报的单位"),
    _noop("问的是单位名称"),
    _noop("请先填“{key}”，再填一次表，这一行能查到的就会带出来"),
    _noop("这一行的“{key}”还空着，不知道填谁的；先填上，再填一次表"),
    _noop("表上还没有写是谁；先填姓名（名称），再填一次表"),
    _noop("资料里没有“{item}”，这是个人信息，请向本人核实后填写"),
    _noop("资料里没有{whose}的“{item}”，这是个人信息，请向本人核实后填写"),
    _noop("有 {n} 处同名数据，数不一样：{values}；请选一处"),
    _noop("名称相同，{n} 处数据一致"),
    _noop("名称相同，只有这一处有数"),
    _noop("没有写单位"),
    _noop("{value} {unit}换算成{other}除不尽（约 {about}），请按表的要求取舍"),
    _noop("文件没有写明编码，按 {encoding}读；如果文字不通，请另存为 UTF-8"),
    _noop("第 {line} 行起有 {n} 处损坏的字节，显示为“{sign}”"),
    _noop("文件内容与扩展名无关，以内容为准"),
    _noop("工作表“{name}”里有互相重叠的合并单元格，只认其中先写的"),
    _noop("文件其实是网页（HTML），按网页里的表格读"),
    _noop("工作簿里有宏，没有运行"),
    _noop("工作簿引用了别的文件或程序，没有去取；用的是上次保存的值"),
    _noop("工作表“{name}”是隐藏的，也读入了"),
    _noop("工作表“{name}”里有 {n} 行是隐藏的，也读入了"),
    _noop("只读了工作表“{name}”，没有读：{others}"),
    _noop("文件其实是 XML 表格（2003），扩展名与内容不符"),
    _noop("{cell} 是 {text}，不作为数值"),
    _noop("{cell} 一列没有表头"),
    _noop("没有画出填写的位置，按各项右边的一格处理"),
    _noop("还有 {n} 个出错的单元格"),
    _noop("第{first}至{last}行为空行，按待填行处理"),
    _noop("表头下没有留出空行，按从第{row}行起填写处理"),
    _noop("{cell} “{text}”旁没有填写的位置"),
    _noop("{cell} 的关系“{text}”未能识别"),
    _noop("隐藏的工作表，其中的空格不作为待填项"),
    _noop("工作表“{name}”有 {n} 处（如 {cell}）把空格留在文字中间，要手工填写"),
    _noop("工作表“{name}”有 {n} 处（如 {cell}）公式要调用别的程序，没有运行，请删去或向发表单位核实"),
    _noop("工作表“{name}”有 {n} 处（如 {cell}）公式引用了别的文件，没有去取，用的是上次保存的值"),
    _noop("工作表“{name}”有 {n} 处（如 {cell}）公式的引用已经失效（#REF!），算不出数"),
    _noop("表上写的是{printed}，按{period}填"),
    _noop("待填单元格超过 {most} 个，只列出前 {limit} 个"),
    _noop("第{row}行是隐藏行，其中的空格不作为待填项"),
    _noop("{cell} 在隐藏列，不作为待填项"),
    _noop("要用的内存超过限制，或文件已损坏"),
    _noop("文件已损坏，或读取程序有错（{error}）"),
    _noop("读取超过 {n} 秒"),
    _noop("请删除空白的行列后另存为 XLSX，或拆成几个文件"),
    _noop("文件里有不是文字的内容，也不是认识的表格格式"),
    _noop("内容不完整，或格式有误（{detail}）"),
    _noop("内容不是文字"),
    _noop("请另存为 UTF-8 编码的 CSV，或 XLSX"),
    _noop("请用表格软件打开后另存为 XLSX，再重新上传"),
    _noop("请先解压，再逐个上传里面的表格"),
    _noop("这是{other}，不是表格"),
    _noop("这是 XML 文件，不是表格"),
    _noop("这是 Word 文档，不是表格"),
    _noop("这是演示文稿，不是表格"),
    _noop("里面没有工作簿"),
    _noop("请上传 XLSX、XLS、ODS 或 CSV"),
    _noop("内容已加密"),
    _noop("请在表格软件里去掉密码后另存，再重新上传"),
    _noop("读取时发现：{why}"),
    _noop("压缩包里的部件互相重叠"),
    _noop("复合文档里没有工作簿"),
    _noop("{where} 里有 DOCTYPE 声明，正常的表格文件没有；其中的实体不展开"),
    _noop("请检查导出或下载是否成功"),
    _noop("请拆成几个文件，或只保留需要的工作表"),
    _noop("没有表格软件写出的工作表"),
    _noop("请删除空白的行列和图片后另存，再重新上传"),
    _noop("解开后有 {n} 个部件，共 {size} MB"),
    _noop("读到工作表“{name}”时，有内容的单元格已超过 {n} 个"),
    _noop("这是网页，里面没有表格"),
    _noop("请另存为 XLSX 或 CSV 后重新上传"),
    _noop("工作簿里没有内容"),
    _noop("有一格超过 {n} 字，多半是引号没有成对"),
    _noop("请改正这一行的引号，或另存为 XLSX"),
    _noop("第 {line} 行有 {n} 列"),
    _noop("表格最多 {n} 列，多半是整个文件写成了一行"),
    _noop("请检查换行和分隔符，或另存为 XLSX"),
    _noop("第 {line} 行读不通"),
    _noop("部件 {part} 大得不正常"),
    _noop("部件 {part} 有 {size} MB，能填写的最大 {most} MB"),
    _noop("有一行大得不正常"),
    # random draws, and how visitors behave
    _noop("不是 {format} 格式的抽取记录"),
    _noop("种子和抽取范围与事先公布的承诺不一致"),
    _noop("按种子和公开数重算，结果与公布的不一致"),
    _noop("抽取记录不完整：{problem}"),
    _noop("没有召开超过30人的汇报会"),
    _noop("没有随意要求填表报材料"),
    _noop("没有重复派人来"),
    _noop("没有随意下结论"),
    _noop("没有要求层层陪同和汇报"),
    _noop("没有安排与检查无关的活动"),
    _noop("没有要求层层自查迎检"),
    _noop("没有要求编印资料、制作汇报片"),
    # documents that are not taken
    _noop("这是{other}，读不出文字"),
    _noop("这是旧版 Word（DOC）或 WPS 文件"),
    _noop("这不是文字文件"),
    _noop("只读 DOCX 和纯文本"),
    _noop("这不是 Word 文档"),
    _noop("里面没有正文"),
    _noop("文件里的字太多"),
    _noop("超过 {n} 字"),
    _noop("请另存为 DOCX 或 TXT 再上传，也可以直接粘贴正文"),
    # an item of the inspection plan
    _noop("结束日期早于开始日期"),
    _noop("对象写了两次：{codes}"),
    _noop("没有列出对象时，要写明总次数"),
    _noop("总次数 {n} 多于各对象次数之和 {most}"),
    # a supervision task
    _noop("写一个部门或一个单位"),
    _noop("同一个单位写了两次"),
    _noop("由单位提出的，写明哪个单位"),
    _noop("办的单位不能自己确认"),
    _noop("只有线索来的，才由反映人确认"),
    _noop("写明线索编号"),
    # the chain of seals
    _noop("链条在 {place} 处缺少 {n} 个事件"),
    _noop("事件或其前一个事件被改动"),
)


def spoken(text: object) -> str:
    """The text in the reader's language, as far as its phrases are known."""
    plain = str(text)
    if not plain or (get_language() or "").startswith("zh-hans"):
        return plain
    if (known := _(plain)) != plain:
        return known
    for phrase, shape in _shapes():
        if found := shape.fullmatch(plain):
            return _(phrase).format(**{name: _within(name, part) for name, part in found.groupdict().items()})
    if " · " in plain:
        return " · ".join(spoken(part) for part in plain.split(" · "))
    if "；" in plain:
        return clauses(spoken(part) for part in plain.split("；"))
    what, colon, more = plain.partition("：")
    return said_of(what, spoken(more)) if colon else plain


def _within(name: str, part: str) -> str:
    """What stands in a phrase is data, but for other words of the rules and for periods."""
    if name in ("period", "date", "valid_until", "until") and (found := _PERIOD.fullmatch(part)):
        year, quarter, month, day = found.groups()
        if quarter:
            return period_text(Period.parse(f"{year}Q{'一二三四'.index(quarter) + 1}"))
        return period_text(Period.parse("-".join([year, *(number.zfill(2) for number in (month, day) if number)])))
    if name in ("mark", "marks", "holders", "items"):
        return joined(spoken(one) for one in part.split("、"))
    return spoken(part) if name in ("reason", "what", "frequency", "level") else part


@lru_cache(maxsize=1)
def _shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((phrase, re.compile(_shape(phrase), re.S)) for phrase in PHRASES)


def _shape(phrase: str) -> str:
    parts = re.split(r"\{(\w+)\}", phrase)
    return "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
