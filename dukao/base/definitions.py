"""Definitions kept as YAML: read strictly, checked by a pydantic model, errors named by file, entry and field.

The YAML read here is the plain part of YAML 1.2: no anchors, no tags, no doubled keys; `no`, `on` and `0123` stay text,
and numbers with a point are exact decimals.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from dukao.base.refusals import Invalid

FILE_LIMIT_BYTES = 5_000_000


class Definition(BaseModel):
    """What every definition shares: unknown fields are errors, and a defined thing never changes in memory."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, str_strip_whitespace=True)


DefinitionType = TypeVar("DefinitionType", bound=BaseModel)


class BadDefinition(Invalid):
    """A definition cannot be read; `errors` maps “file · entry · field” to the reason."""


@dataclass(frozen=True)
class Entry:
    """One mapping of a YAML file; `place` names file and entry for people."""

    place: str
    data: dict[str, Any]


class _Loader(yaml.SafeLoader):
    """SafeLoader without the surprises of YAML 1.1."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.constructor.ConstructorError(None, None, "不支持锚点和引用（& 与 *）", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"“{key.value}”写了两次", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9]\d*)$", re.ASCII), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"-?\d+\.\d+$", re.ASCII), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:timestamp", re.compile(r"\d{4}-\d\d-\d\d$", re.ASCII), list("012"))
_Loader.add_constructor("tag:yaml.org,2002:float", lambda _loader, node: Decimal(node.value))


def read_entries(source: Path) -> Iterator[Entry]:
    """Every mapping of a YAML file, or of all `*.yaml` files below a folder in name order. Raises BadDefinition."""
    files = sorted(source.rglob("*.yaml")) if source.is_dir() else [source]
    for file in files:
        name = str(file.relative_to(source.parent))
        found = _read(file, name)
        for number, data in enumerate(found if isinstance(found, list) else [found], start=1):
            place = f"{name} · 第 {number} 项"
            if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
                raise BadDefinition(f"{place}不是“字段: 值”的形式", errors={place: "应为若干行“字段: 值”"})
            code = data.get("code")
            yield Entry(place=f"{place} {code}" if isinstance(code, str | int) else place, data=data)


def _read(file: Path, name: str) -> Any:
    """The content of one file; an empty file holds nothing."""
    try:
        if file.stat().st_size > FILE_LIMIT_BYTES:
            raise BadDefinition(f"{name} 太大", errors={name: f"超过 {FILE_LIMIT_BYTES // 10**6} MB，请分成几个文件"})
        found = yaml.load(file.read_text("utf-8"), _Loader)  # noqa: S506 (a SafeLoader with less)
    except (yaml.YAMLError, RecursionError) as error:
        raise BadDefinition(f"{name} 不是正确的 YAML", errors={name: _yaml_reason(error)}) from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BadDefinition(f"读不了 {name}", errors={name: f"{type(error).__name__}: {error}"}) from None
    return [] if found is None else found


def _yaml_reason(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    reason = str(getattr(error, "problem", None) or type(error).__name__)
    if reason.isascii():  # the parser's own words are a detail
        reason = f"格式读不通，请检查缩进、冒号、引号和括号（{reason}）"
    return f"第 {mark.line + 1} 行第 {mark.column + 1} 列：{reason}" if mark else reason


def checked(kind: type[DefinitionType], data: Any, *, place: str) -> DefinitionType:
    """The data as a definition of this kind. Raises BadDefinition with one error per wrong field."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        errors: dict[str, str] = {}
        for found in error.errors(include_url=False):
            field = " › ".join(str(part + 1) if isinstance(part, int) else part for part in found["loc"])
            errors[f"{place} · {field}" if field else place] = _reason(found)
        told = (f"{where.removeprefix(place).removeprefix(' · ')} {why}" for where, why in errors.items())
        raise BadDefinition(
            f"{place}：{'；'.join(told)}", errors=errors, todo="请改正后重新载入；其他内容没有变动"
        ) from None


# How a text of this pattern looks, for people.
CODE_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"
DEPARTMENT_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,39}$"
_LOOKS = {
    CODE_PATTERN: "应以小写英文字母开头，只用小写英文字母、数字和下划线，最多 64 个，如 quarterly_projects",
    DEPARTMENT_PATTERN: "应为部门代码：小写英文字母、数字、连字符和下划线，最多 40 个，如 statistics",
}
_REASONS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这个字段，请检查拼写",
    "literal_error": "只能是 {expected}",
    "string_type": "应为文字",
    "string_pattern_mismatch": "不符合写法 {pattern}",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_type": "只能是 true 或 false",
    "bool_parsing": "只能是 true 或 false",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "decimal_type": "应为数字",
    "decimal_parsing": "应为数字",
    "date_type": "应为日期，如 2026-07-01",
    "date_from_datetime_parsing": "应为日期，如 2026-07-01",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "dict_type": "应为“字段: 值”",
    "model_type": "应为“字段: 值”",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不能大于 {le}",
}


def _reason(found: Any) -> str:
    """One pydantic error in words; our own validators speak for themselves."""
    context = found.get("ctx", {})
    if found["type"] == "value_error":
        return str(context["error"])
    if found["type"] == "string_too_short" and context["min_length"] == 1:
        return "没有填写"
    if found["type"] == "string_pattern_mismatch" and (look := _LOOKS.get(context["pattern"])):
        return look
    told = _REASONS.get(found["type"])
    return told.format(**context) if told else str(found["msg"])
