"""Which known term a heading means, how sure that is, and why."""

from dukao.workbooks.matching.matcher import Matcher
from dukao.workbooks.matching.measures import converted, factor_between, is_measure
from dukao.workbooks.matching.terms import SURE, Asked, Candidate, Term
from dukao.workbooks.matching.words import Label, Span, is_place, label

__all__ = [
    "SURE", "Asked", "Candidate", "Label", "Matcher", "Span", "Term", "converted", "factor_between", "is_measure",
    "is_place", "label",
]  # fmt: skip
