"""The parts that pages are made of. Each is shown, in every state, on `/-/parts/`."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dukao.base.spoken import spoken
from dukao.base.wording import in_english, period_text, say
from dukao.web.charts import Chart
from dukao.web.measures import measure
from dukao.web.tables import Cell, Table

register = template.Library()

# A state is never told by colour alone: each tone has its icon, and the word stands beside it.
TONE_ICONS = {
    "plain": "dot",
    "ok": "check",
    "info": "info",
    "wait": "clock",
    "warn": "warning",
    "stop": "stop",
    "known": "lock",
    "stale": "clock",
}


_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@lru_cache(maxsize=1)
def _manifest() -> dict[str, str]:
    """Read once: a server goes on with the files it knows, which a newer build keeps for a day."""
    path = settings.STATIC_ROOT / "built/manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


@register.simple_tag
def asset(name: str) -> str:
    """Address of a built file; without a build the bare name, so that pages still work without script and style."""
    manifest = _manifest.__wrapped__() if settings.DEBUG else _manifest()
    return static(f"built/{manifest.get(name, name)}")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A drawing from the icon sheet; hidden from screen readers unless it has a label of its own."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" {}><use href="{}#{}"></use></svg>', role, asset("icons.svg"), name)


register.filter("measure", measure)
register.filter("period", period_text)
register.filter("spoken", spoken)
register.filter("said", say)


def _is_chinese_in_english(text: str) -> bool:
    return in_english() and _CHINESE.search(text) is not None


@register.filter
def own_words(text: str) -> str:
    """What a definition says; where its English is lacking, marked as the Chinese it is."""
    return format_html('<span lang="zh-CN">{}</span>', text) if _is_chinese_in_english(text) else text


@register.simple_tag
def badge(tone: str, text: str) -> SafeString:
    """A state: icon and word."""
    return format_html('<span class="badge badge-{}">{}{}</span>', tone, icon(TONE_ICONS[tone]), text)


@register.simple_tag
def chart(drawn: Chart) -> str:
    """A chart: its message as title, its source under it; charts.js draws it, its twin table stands nearby."""
    return get_template("parts/chart.html").render({"chart": drawn, "spec": _json(drawn.spec)})


def _json(data: Any) -> SafeString:
    """JSON that may stand inside a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S308


@register.simple_tag
def synthetic(is_synthetic: bool = True) -> SafeString:
    """The label that invented data carry wherever they are shown."""
    return format_html('<span class="synthetic">{}</span>', _("模拟数据")) if is_synthetic else mark_safe("")


@register.simple_tag(takes_context=True)
def address(context: Mapping[str, Any], **changes: Any) -> str:
    """This page's address with some query values changed; an empty value takes one out."""
    query = context["request"].GET.copy()
    query.pop("export", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return f"{context['request'].path}?{urlencode(list(query.items()))}" if query else context["request"].path


@register.simple_tag(takes_context=True)
def data_table(context: Mapping[str, Any], table: Table) -> str:
    """A whole table: tools, sticky head, sorting, empty state, source."""
    return get_template("parts/table.html").render(
        {
            "table": table,
            "body": _body(table),
            "xlsx": address(context, export=f"{table.key}.xlsx"),
            "csv": address(context, export=f"{table.key}.csv"),
        }
    )


def _body(table: Table) -> SafeString:
    """The rows, put together in code and not in the template: a table may have thousands of cells."""
    kinds = [f"is-{column.kind}{' is-sticky' if column.is_sticky else ''}" for column in table.columns]
    lines = []
    for row in table.rows:
        marks = (f' id="{escape(row.key)}"' if row.key else "") + (' class="is-total"' if row.is_total else "")
        cells = "".join(_cell(kind, cell) for kind, cell in zip(kinds, row.cells, strict=True))
        lines.append(f"<tr{marks}>{cells}</tr>")
    return mark_safe("".join(lines))  # noqa: S308 (every text in it went through escape)


def _cell(kind: str, cell: Cell) -> str:
    content, live = escape(cell.text), f' data-figure="{escape(cell.figure)}"' if cell.figure else ""
    if cell.tone:
        content = f'<span class="badge badge-{cell.tone}"{live}>{icon(TONE_ICONS[cell.tone])}{content}</span>'
        live = ""
    if cell.href:
        content = f'<a href="{escape(cell.href)}"{live}>{content}</a>'
    elif live:
        content = f"<span{live}>{content}</span>"
    raw = f' data-raw="{escape(str(cell.raw))}"' if cell.raw is not None else ""
    note = f'<span class="cell-note">{escape(cell.note)}</span>' if cell.note else ""
    tongue = ' lang="zh-CN"' if _is_chinese_in_english(cell.text) else ""
    return f'<td class="{kind}"{raw}{tongue}>{content}{note}</td>'


@register.simple_block_tag
def panel(content: str, title: str = "", tone: str = "", id: str = "") -> SafeString:
    """A bordered part of the page with its own heading."""
    return format_html(
        '<section class="panel{}"{}>{}{}</section>',
        f" panel-{tone}" if tone else "",
        format_html(' id="{}"', id) if id else "",
        format_html("<h2>{}</h2>", title) if title else "",
        content,
    )


@register.simple_block_tag
def empty(content: str, title: str = "", icon_name: str = "inbox") -> SafeString:
    """Nothing here: says so, and what to do about it."""
    return format_html('<div class="empty">{}<p class="empty-title">{}</p>{}</div>', icon(icon_name), title, content)


@register.inclusion_tag("parts/refusal.html")
def refusal(refused: Any, *, at_fields: bool = False) -> dict[str, Any]:
    """What was not done, why (with its source), and what to do next; `at_fields`: the errors stand at their fields."""
    return {"refused": refused, "errors": {} if at_fields else getattr(refused, "errors", {})}


@register.inclusion_tag("parts/findings.html")
def findings(hits: Any) -> dict[str, Any]:
    """What the rules say of something before it is done, each with its source and what to do (`gate.rules.hits`)."""
    return {"hits": hits, "refused": _("不能"), "warned": _("提醒"), "told": _("告知")}


@register.inclusion_tag("parts/field.html")
def field(
    name: str,
    label: str,
    value: Any = "",
    *,
    kind: str = "text",
    hint: str = "",
    error: str = "",
    options: Any = (),
    required: bool = True,
    unit: str = "",
    **attributes: Any,
) -> dict[str, Any]:
    """A labelled input (text, password, number, date, file, select, textarea, checkbox) with hint and error.

    A date is typed as 2026-10-16: a browser's own date box would write it in the browser's language, not the page's.
    `options` of a select are (value, label) pairs; further attributes go to the input as they are, `_` becoming `-`.
    """
    described = " ".join(f"{name}-{what}" for what, text in (("hint", hint), ("error", error)) if text)
    return {
        "name": name,
        "label": label,
        "value": "" if value is None else value,
        "kind": kind,
        "hint": hint,
        "error": error,
        "options": options,
        "required": required,
        "unit": unit,
        "described": described,
        "attributes": {key.replace("_", "-"): text for key, text in attributes.items()},
    }


@register.inclusion_tag("parts/progress.html")
def progress(done: int, whole: int, label: str, tone: str = "") -> dict[str, Any]:
    """How far something is, in words and as a bar."""
    return {"done": done, "whole": whole, "label": label, "tone": tone}


@register.inclusion_tag("parts/pager.html", takes_context=True)
def pager(context: Mapping[str, Any], number: int, count: int) -> dict[str, Any]:
    """Pages of a long list: first, last, and those near the current one; nothing where there is one page."""
    near = sorted({1, count, *range(max(1, number - 2), min(count, number + 2) + 1)}) if count else []
    steps: list[dict[str, Any]] = []
    for before, this in zip([0, *near], near, strict=False):
        if this - before > 1:
            steps.append({"gap": True})
        steps.append({"number": this, "here": this == number, "href": address(context, page=this)})
    return {
        "steps": steps if count > 1 else [],
        "number": number,
        "previous": address(context, page=number - 1) if number > 1 else "",
        "next": address(context, page=number + 1) if number < count else "",
    }


@register.inclusion_tag("parts/tabs.html")
def tabs(label: str, entries: Any) -> dict[str, Any]:
    """Views of one thing; `entries` are (label, href, is_here)."""
    return {"label": label, "entries": entries}


@register.inclusion_tag("parts/source.html")
def source(text: str, is_synthetic: bool = False) -> dict[str, Any]:
    """Where the figures above come from and how old they are."""
    return {"text": text, "is_synthetic": is_synthetic}
