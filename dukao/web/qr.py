"""QR codes as drawings in the page."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr(text: str) -> SafeString:
    """Read by any phone; dark on light, with the quiet zone it needs. It scales with its box."""
    drawn = segno.make(text, error="m").svg_inline(scale=4, border=4, omitsize=True, svgclass=None, lineclass=None)
    return mark_safe(drawn)  # noqa: S308 (drawn from modules, no text stands in it)
