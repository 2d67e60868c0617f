"""Definitions uploaded or pasted on a page: the same YAML that `dukao load` reads, errors named by place."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import BaseModel

from dukao.base.definitions import FILE_LIMIT_BYTES, checked, read_entries
from dukao.base.refusals import Invalid, Refused
from dukao.base.wording import joined
from dukao.web.doors import Crumb

DefinitionType = TypeVar("DefinitionType", bound=BaseModel)


@dataclass(frozen=True)
class NewDefinitionPage:
    """The page on which definitions are made; after a refusal it keeps what was written."""

    title: str
    crumbs: tuple[Crumb, ...]
    lead: str
    button: str
    example: str
    text: str = ""
    refused: Refused | None = None
    hints: tuple[str, ...] = field(default=())


def text_given(request: HttpRequest) -> str:
    """The uploaded file, else the text box. Raises Invalid where neither holds anything, or it is no text."""
    upload = request.FILES.get("file")
    if upload is None:
        text = request.POST.get("text", "")
    elif (upload.size or 0) > FILE_LIMIT_BYTES:
        raise Invalid(_("文件太大"), errors={str(upload.name): _("最多 {n} MB").format(n=FILE_LIMIT_BYTES // 10**6)})
    else:
        try:
            text = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Invalid(
                _("读不了这个文件"),
                errors={str(upload.name): _("不是 UTF-8 文本")},
                todo=_("请另存为 UTF-8 编码的 YAML 文件"),
            ) from None
    if not text.strip():
        raise Invalid(_("还没有内容"), errors={_("内容"): _("请上传 YAML 文件，或把内容粘贴到框里")})
    return text


def definitions_in(text: str, kind: type[DefinitionType], *, name: str) -> list[DefinitionType]:
    """All definitions of the text. Raises Invalid with the errors of every entry, by place."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / name
        source.write_text(text, "utf-8")
        entries = list(read_entries(source))
    found: list[DefinitionType] = []
    errors: dict[str, str] = {}
    for entry in entries:
        try:
            found.append(checked(kind, entry.data, place=entry.place))
        except Invalid as invalid:
            errors |= invalid.errors
    if errors:
        raise Invalid(_("有 {n} 处要改，还没有保存").format(n=len(errors)), errors=errors)
    if not found:
        raise Invalid(_("还没有内容"), errors={name: _("文件里没有任何定义")})
    return found


def define_all(found: list[DefinitionType], define: Callable[[DefinitionType], str]) -> dict[str, int]:
    """Define each in order; answer how many were created, changed or left as they were."""
    outcomes: dict[str, int] = {}
    for definition in found:
        outcome = define(definition)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return outcomes


def told(outcomes: dict[str, int]) -> str:
    """`新建 2 项，更新 1 项`."""
    words = {"created": _("新建 {n} 项"), "changed": _("更新 {n} 项"), "unchanged": _("{n} 项没有变化")}
    return joined(words[key].format(n=outcomes[key]) for key in words if key in outcomes)
