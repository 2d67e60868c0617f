"""Definitions uploaded or pasted on a page: the same YAML that `dukao load` reads, errors named by place."""

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import BaseModel

from dukao.base.definitions import FILE_LIMIT_BYTES, checked, read_entries
from dukao.base.refusals import Invalid, Refused
from dukao.base.wording import joined
from dukao.web import doors
from dukao.web.doors import Crumb

DefinitionType = TypeVar("DefinitionType", bound=BaseModel)


@dataclass(frozen=True)
class NewDefinitionPage:
    """The page on which definitions are made; after a refusal it keeps what was written."""

    title: str
    crumbs: tuple[Crumb, ...]
    lead: str
    example: str
    hints: tuple[str, ...]
    text: str = ""
    refused: Refused | None = None


def new_definitions(
    request: HttpRequest,
    page: NewDefinitionPage,
    *,
    kind: type[DefinitionType],
    define: Callable[[DefinitionType], str],
    told: str,
    listing: str,
) -> HttpResponse:
    """Ask for definitions, or make all that are given, or none: what is wrong is named by place, nothing is lost.

    `define` saves one and answers created, changed or unchanged; `told` says what was made, with `{told}` for how many;
    `listing` is the route of the list, `listing.page` that of one.
    """
    if request.method == "GET":
        return doors.render(request, "definitions/new.html", page)
    text = request.POST.get("text", "")
    try:
        text = _text_given(request)
        found = _definitions_in(text, kind, name=f"{listing}.yaml")
        with transaction.atomic():
            outcomes = Counter(define(one) for one in found)
    except Refused as refused:
        page = replace(page, text=text, refused=refused)
        return doors.render(request, "definitions/new.html", page, status=refused.status)
    doors.tell(request, told.format(told=_told(outcomes)))
    return doors.go(request, reverse(f"{listing}.page", args=[found[0].code]) if len(found) == 1 else reverse(listing))


def _text_given(request: HttpRequest) -> str:
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


def _definitions_in(text: str, kind: type[DefinitionType], *, name: str) -> list[DefinitionType]:
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


def _told(outcomes: Counter[str]) -> str:
    """`新建 2 项，更新 1 项`."""
    words = {"created": _("新建 {n} 项"), "changed": _("更新 {n} 项"), "unchanged": _("{n} 项没有变化")}
    return joined(words[key].format(n=outcomes[key]) for key in words if key in outcomes)
