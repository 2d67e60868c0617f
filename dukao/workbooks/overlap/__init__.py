"""What a pile of forms asks more than once."""

from dukao.workbooks.overlap.groups import Group, Overlap, Relation, overlap_of
from dukao.workbooks.overlap.questions import Question, questions_of
from dukao.workbooks.overlap.report import RELATION_NAMES, merged_form, summary_lines, write_report

__all__ = [
    "RELATION_NAMES", "Group", "Overlap", "Question", "Relation", "merged_form", "overlap_of", "questions_of",
    "summary_lines", "write_report",
]  # fmt: skip
