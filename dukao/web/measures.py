"""Units of measure in the reader's language; what is not listed is shown as the definition writes it."""

from django.utils.translation import pgettext_lazy

_MEASURES = {
    "元": pgettext_lazy("计量单位", "元"),
    "万元": pgettext_lazy("计量单位", "万元"),
    "亿元": pgettext_lazy("计量单位", "亿元"),
    "人": pgettext_lazy("计量单位", "人"),
    "万人": pgettext_lazy("计量单位", "万人"),
    "人次": pgettext_lazy("计量单位", "人次"),
    "万人次": pgettext_lazy("计量单位", "万人次"),
    "剂次": pgettext_lazy("计量单位", "剂次"),
    "户": pgettext_lazy("计量单位", "户"),
    "家": pgettext_lazy("计量单位", "家"),
    "个": pgettext_lazy("计量单位", "个"),
    "件": pgettext_lazy("计量单位", "件"),
    "份": pgettext_lazy("计量单位", "份"),
    "张": pgettext_lazy("计量单位", "张"),
    "笔": pgettext_lazy("计量单位", "笔"),
    "起": pgettext_lazy("计量单位", "起"),
    "处": pgettext_lazy("计量单位", "处"),
    "所": pgettext_lazy("计量单位", "所"),
    "台": pgettext_lazy("计量单位", "台"),
    "头": pgettext_lazy("计量单位", "头"),
    "天": pgettext_lazy("计量单位", "天"),
    "亩": pgettext_lazy("计量单位", "亩"),
    "公顷": pgettext_lazy("计量单位", "公顷"),
    "平方米": pgettext_lazy("计量单位", "平方米"),
    "万平方米": pgettext_lazy("计量单位", "万平方米"),
    "公里": pgettext_lazy("计量单位", "公里"),
    "公斤": pgettext_lazy("计量单位", "公斤"),
    "吨": pgettext_lazy("计量单位", "吨"),
    "万吨": pgettext_lazy("计量单位", "万吨"),
    "千瓦": pgettext_lazy("计量单位", "千瓦"),
    "千瓦时": pgettext_lazy("计量单位", "千瓦时"),
    "万千瓦时": pgettext_lazy("计量单位", "万千瓦时"),
    "微克/立方米": pgettext_lazy("计量单位", "微克/立方米"),
    "元/人": pgettext_lazy("计量单位", "元/人"),
    "公斤/亩": pgettext_lazy("计量单位", "公斤/亩"),
}


def measure(unit: str) -> str:
    """`万元` as it is, `萬元` in Traditional, `10,000 yuan` in English."""
    return str(_MEASURES.get(unit, unit))
