"""Reading what a worker types: a number in range, an entry of a code list, or plain text; exact or not at all."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from dukao.base.quantities import NotANumber, scaled_from_text, text_from_scaled
from dukao.base.words import Words, _noop, words

TEXT_LIMIT = 500


class BadAnswer(ValueError):
    """The text is no answer to the question; `words` say why."""

    def __init__(self, told: Words) -> None:
        self.words = told
        super().__init__(str(told))


@dataclass(frozen=True, slots=True)
class Answerable:
    """What an answer must be like."""

    kind: str
    decimals: int
    measure_unit: str
    minimum: int | None
    maximum: int | None
    codes: Mapping[str, str]  # code → title


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """`value` is scaled (numbers); `text` is the code or the plain text (everything else)."""

    value: int | None
    text: str


def read_answer(raw: str, to: Answerable) -> ReadAnswer:
    """The answer exactly as meant. Raises BadAnswer."""
    if to.kind == "number":
        return ReadAnswer(_number(raw, to), "")
    if to.kind == "code":
        return ReadAnswer(None, _code(raw, to))
    return ReadAnswer(None, _text(raw))


def shown_answer(value: int | None, text: str, to: Answerable) -> str:
    """An answer as people read it: digits with all decimals, the title of a code, or the text."""
    if to.kind == "number":
        return "" if value is None else text_from_scaled(value, to.decimals)
    return to.codes.get(text, text) if to.kind == "code" else text


def _number(raw: str, to: Answerable) -> int:
    try:
        value = scaled_from_text(raw, to.decimals, unit=to.measure_unit)
    except NotANumber as problem:
        raise BadAnswer(Words(str(problem).replace("{", "{{").replace("}", "}}"))) from None
    if to.minimum is not None and value < to.minimum:
        raise BadAnswer(words(_noop("不能小于 {bound}"), bound=text_from_scaled(to.minimum, to.decimals)))
    if to.maximum is not None and value > to.maximum:
        raise BadAnswer(words(_noop("不能大于 {bound}"), bound=text_from_scaled(to.maximum, to.decimals)))
    return value


def _code(raw: str, to: Answerable) -> str:
    """A code of the list, or the title of exactly one."""
    wanted = unicodedata.normalize("NFKC", raw).strip()
    if wanted in to.codes:
        return wanted
    named = [code for code, title in to.codes.items() if title == wanted]
    if len(named) != 1:
        raise BadAnswer(words(_noop("“{raw}”不在可选范围内：{choices}"), raw=raw.strip()[:40],
                              choices=tuple(to.codes.values())))  # fmt: skip
    return named[0]


def _text(raw: str) -> str:
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") and sign not in "\n\t" for sign in text):
        raise BadAnswer(words(_noop("含有不可见的控制字符，请重新输入")))
    if len(text) > TEXT_LIMIT:
        raise BadAnswer(words(_noop("最多 {most} 字，现有 {now} 字"), most=TEXT_LIMIT, now=len(text)))
    return text
