"""The routes of the monthly review."""

from routes import Route

OFFICE = frozenset({"sam"})

ROUTES = [
    Route("monthly", "/monthly/", OFFICE),
    Route("monthly.docx", "/monthly/review.docx", OFFICE),
    Route("monthly.pdf", "/monthly/review.pdf", OFFICE),
]
