"""The interface in other languages than the source's Simplified Chinese; needs no gettext of the system.

`python tools/messages.py extract` brings every string of code and templates into dukao/locale/en/…/django.po and keeps
the translations that are there. `… build` compiles English, and makes Traditional Chinese from the source strings with
OpenCC (characters only: the words stay as the law writes them). Neither compiled file is committed.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize
from opencc import OpenCC

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "dukao/locale/en/LC_MESSAGES/django.po"
TRADITIONAL = ROOT / "dukao/locale/zh_Hant/LC_MESSAGES/django.mo"
MARKS = {
    "_": None, "_l": None, "_noop": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def source_messages() -> Catalog:
    """Every string that is marked for translation, with the files it comes from."""
    catalog = Catalog(locale="en", project="dukao", charset="utf-8", fuzzy=False)
    for path, text in _sources():
        where = str(path.relative_to(ROOT))
        for line, message, comments, context in extract("python", BytesIO(text.encode()), MARKS):
            del line
            if message and message != ("", ""):
                catalog.add(message, None, [(where, 0)], auto_comments=comments, context=context)
    return catalog


def _sources() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "dukao").rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "dukao/web/templates").rglob("*.html")):
        # What templatize leaves of the indentation would be a syntax error to the tokenizer.
        text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        yield path, re.sub(r"^[ \t]+", "", text, flags=re.M)


def english() -> Catalog:
    """The committed translations, empty where there are none yet."""
    if not ENGLISH.exists():
        return Catalog(locale="en", project="dukao", charset="utf-8", fuzzy=False)
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def untranslated() -> list[str]:
    """Source strings that English lacks."""
    known = english()
    lacking = []
    for message in source_messages():
        if message.id:
            found = known.get(message.id, message.context)
            texts = found.string if found and isinstance(found.string, tuple) else (found.string if found else "",)
            if not all(texts) or (found and found.fuzzy):
                lacking.append(message.id if isinstance(message.id, str) else message.id[0])
    return lacking


def extract_into_english() -> None:
    catalog = english()
    catalog.update(source_messages(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as file:
        write_po(file, catalog, omit_header=True, sort_output=True, width=120, include_lineno=False)


def build() -> None:
    compiled = ENGLISH.with_suffix(".mo")
    compiled.parent.mkdir(parents=True, exist_ok=True)
    with compiled.open("wb") as file:
        write_mo(file, english())
    to_traditional = OpenCC("s2t").convert
    catalog = Catalog(locale="zh_Hant", project="dukao", charset="utf-8", fuzzy=False)
    for message in source_messages():
        if message.id:
            one = message.id if isinstance(message.id, str) else message.id[-1]
            text = to_traditional(one)
            catalog.add(message.id, text if isinstance(message.id, str) else (text,), context=message.context)
    TRADITIONAL.parent.mkdir(parents=True, exist_ok=True)
    with TRADITIONAL.open("wb") as file:
        write_mo(file, catalog)


if __name__ == "__main__":
    settings.configure(USE_I18N=True)
    django.setup()
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command == "extract":
        extract_into_english()
        print(f"{len(untranslated())} strings still lack English")
    elif command == "build":
        build()
    else:
        sys.exit("python tools/messages.py extract | build")
