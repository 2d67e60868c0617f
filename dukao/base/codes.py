"""Codes of the country: citizen number (GB 11643), social credit code (GB 32100), division code (GB/T 2260 + NBS)."""

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_citizen_number(text: str) -> bool:
    """GB 11643 checksum. The region part may be an abolished code and is not judged."""
    if len(text) != 18 or not text[:17].isascii() or not text[:17].isdigit():
        return False
    return "10X98765432"[sum(w * int(d) for w, d in zip(_CITIZEN_WEIGHTS, text, strict=False)) % 11] == text[17].upper()


def is_credit_code(text: str) -> bool:
    """GB 32100 checksum, N-codes of rural collectives included (they carry letters in the registration part)."""
    if len(text) != 18 or any(c not in _USCC_ALPHABET for c in text):
        return False
    total = sum(w * _USCC_ALPHABET.index(c) for w, c in zip(_USCC_WEIGHTS, text, strict=False))
    return _USCC_ALPHABET[-total % 31] == text[17]


def is_unit_code(text: str) -> bool:
    """Twelve digits of the statistical division code: 2 province + 2 city + 2 county + 3 town + 3 village."""
    return len(text) == 12 and text.isascii() and text.isdigit()
