"""The other languages are complete and say the same: every string, every placeholder, in English and in Traditional."""

import ast
import re

import pytest
from django.utils import translation

from tests.house.reading import ROOT, sources, tree
from tools import messages

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def compiled():
    """What `./dev build` makes."""
    messages.build()


def test_english_lacks_nothing():
    assert messages.untranslated() == [], "run: .venv/bin/python tools/messages.py extract, then translate"


def test_english_holds_nothing_that_is_no_longer_said():
    said = {(m.id if isinstance(m.id, str) else m.id[0], m.context) for m in messages.source_messages()}
    kept = {(m.id if isinstance(m.id, str) else m.id[0], m.context) for m in messages.english()}
    assert kept - said - {("", None)} == set()


def test_no_string_is_marked_where_it_cannot_be_found():
    """Inside the braces of an f-string babel sees no call."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sources("dukao") for text in ast.walk(tree(path)) if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text) if isinstance(call, ast.Call) and getattr(call.func, "id", "") in messages.MARKS
    ]
    assert hidden == []


def test_placeholders_are_the_same():
    different = []
    for message in messages.english():
        originals, texts = ([one] if isinstance(one, str) else one for one in (message.id, message.string))
        for source, text in zip(originals, texts, strict=True):
            if source and sorted(_PLACEHOLDER.findall(source)) != sorted(_PLACEHOLDER.findall(text)):
                different.append(source)
    assert different == []


def test_english_is_not_chinese():
    names_of_languages = {"简体中文", "繁體中文"}
    # Numbers of documents are quoted as they are written.
    chinese = re.compile(r"[\u4e00-\u9fff]")
    left = [
        m.id for m in messages.english()
        if m.id and m.id not in names_of_languages and chinese.search(re.sub(r"“[^”]*”", "", "".join(m.string)))
    ]
    assert left == []


@pytest.mark.parametrize(("language", "said"), [
    ("zh-hans", "没有找到"), ("zh-hant", "沒有找到"), ("en", "Not found"),
])
def test_each_language_speaks(compiled, language, said):
    with translation.override(language):
        assert translation.gettext("没有找到") == said


def test_compiled_catalogues_are_not_committed():
    assert "*.mo" in (ROOT / ".gitignore").read_text()
