"""Looking at documents: the register, what came to a unit, what the rules say, how many there are."""

from dukao.gate.queries.documents.counts import Counting, DocumentCount, document_counts, document_quotas_that_differ
from dukao.gate.queries.documents.judging import alike_documents, heard, is_lifted, judged, standing_of
from dukao.gate.queries.documents.register import (
    Assessment,
    DocumentLine,
    DocumentView,
    document,
    documents,
    documents_received,
    minutes_per_unit,
)
from dukao.gate.queries.documents.seeing import overseen

__all__ = [
    "Assessment", "Counting", "DocumentCount", "DocumentLine", "DocumentView", "alike_documents", "document",
    "document_counts", "document_quotas_that_differ", "documents", "documents_received", "heard", "is_lifted", "judged",
    "minutes_per_unit", "overseen", "standing_of",
]  # fmt: skip
