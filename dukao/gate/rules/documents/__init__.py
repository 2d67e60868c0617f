"""Documents: what their body is, what they ask for, what the rules say of them."""

from dukao.gate.rules.documents.asking import Asked, asked_in, last_day_in
from dukao.gate.rules.documents.body import Parts, characters_of, names_in, pages_of, parts_of
from dukao.gate.rules.documents.findings import (
    ANSWERS,
    CHANNELS,
    DODGES,
    KINDS,
    RULE_IDS,
    AlikeDocument,
    Draft,
    Finding,
    Standing,
    baseline_cap_of,
    cap_of,
    characters_most,
    findings_of,
)
from dukao.gate.rules.documents.titles import core_of, matters_in

__all__ = [
    "ANSWERS", "CHANNELS", "DODGES", "KINDS", "RULE_IDS", "AlikeDocument", "Asked", "Draft", "Finding", "Parts",
    "Standing", "asked_in", "baseline_cap_of", "cap_of", "characters_most", "characters_of", "core_of", "findings_of",
    "last_day_in", "matters_in", "names_in", "pages_of", "parts_of",
]  # fmt: skip
