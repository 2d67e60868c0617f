"""What a pile of forms asks more than once."""

from dukao.workbooks.overlap.groups import Group, Overlap, Relation, overlap_of
from dukao.workbooks.overlap.questions import Question, questions_of

__all__ = ["Group", "Overlap", "Question", "Relation", "overlap_of", "questions_of"]
