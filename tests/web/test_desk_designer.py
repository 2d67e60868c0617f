"""What each button of the designer does to a draft. Pure; the pages that use it are in test_desk_sheets.py."""

from dataclasses import replace

import pytest

from dukao.sheets.rules.definitions import SheetDefinition
from dukao.web.designer import Draft, DraftCheck, DraftQuestion, DraftSection, changed, draft_of, draft_posted

DRAFT = Draft(
    code="projects", title="项目表", issuer="statistics",
    sections=(
        DraftSection("投资", (DraftQuestion("a"), DraftQuestion("b"))),
        DraftSection("就业", (DraftQuestion("c"),)),
    ),
    checks=(DraftCheck("上限", "a <= b", "a 大于 b"),),
)  # fmt: skip


def _codes(draft: Draft) -> list[list[str]]:
    return [[q.element for q in s.questions] for s in draft.sections]


@pytest.mark.parametrize(
    ("do", "codes"),
    [
        ("question-up:0:1", [["b", "a"], ["c"]]),
        ("question-down:0:0", [["b", "a"], ["c"]]),
        ("question-down:0:1", [["a"], ["b", "c"]]),  # over the edge of its section
        ("question-up:1:0", [["a", "b", "c"], []]),
        ("question-up:0:0", [["a", "b"], ["c"]]),  # the first stays
        ("question-down:1:0", [["a", "b"], ["c"]]),  # the last stays
        ("question-remove:0:0", [["b"], ["c"]]),
        ("add:d", [["a", "b"], ["c", "d"]]),
        ("add:a", [["a", "b"], ["c"]]),  # once only
        ("section-add", [["a", "b"], ["c"], []]),
        ("section-up:1", [["c"], ["a", "b"]]),
        ("section-remove:0", [["c"]]),
        ("question-up:7:0", [["a", "b"], ["c"]]),  # a stale page
        ("question-up:0:7", [["a", "b"], ["c"]]),
        ("section-up", [["a", "b"], ["c"]]),
        ("nonsense:x:y", [["a", "b"], ["c"]]),
    ],
)
def test_each_button_does_what_it_says(do, codes):
    assert _codes(changed(DRAFT, do, into=1)) == codes


def test_checks_are_added_and_removed():
    assert len(changed(DRAFT, "check-add").checks) == 2
    assert changed(DRAFT, "check-remove:0").checks == ()


def test_the_last_section_leaves_an_empty_one():
    one = replace(DRAFT, sections=DRAFT.sections[:1])
    assert changed(one, "section-remove:0").sections == (DraftSection(),)


def test_what_the_form_carries_is_the_draft():
    form = {
        "code": "projects", "title": " 项目表 ", "issuer": "statistics", "legal_type": "statistical",
        "period": "quarter", "frequency": "quarterly", "level": "county", "s0-title": "投资", "s0-q0-element": "a",
        "s0-q0-required": "yes", "s0-q1-element": "b", "s0-q1-required": "yes", "s1-title": "就业",
        "s1-q0-element": "c", "s1-q0-required": "yes",
        "c0-name": "上限", "c0-rule": "a <= b", "c0-message": "a 大于 b", "c0-level": "error",
    }  # fmt: skip
    assert draft_posted(form) == DRAFT


def test_a_definition_becomes_a_draft_and_back():
    definition = SheetDefinition.model_validate(changed(DRAFT, "section-add").as_definition())
    assert definition.element_codes == ("a", "b", "c")
    assert draft_of(definition) == DRAFT
