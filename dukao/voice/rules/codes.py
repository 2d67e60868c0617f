"""Invitation codes as people read and type them: which paper, and a secret of 80 bits that nobody guesses.

`7K3D-K7QD-2M9X-…`: the first four characters name the paper and are public; the other sixteen are the secret, of which
the issuer has the digest and the platform keeps nothing.
"""

from dukao.ballots.client import digest_of_code, new_code
from dukao.base.slips import ALPHABET

SHORT_LENGTH = 4
_MOST = len(ALPHABET) ** SHORT_LENGTH
_READ_AS = str.maketrans("OIL", "011")


def short_of(number: int) -> str:
    """What the codes of the `number`-th paper begin with; neighbours are no slip of the pen apart."""
    assert 0 <= number < _MOST, "so many papers there will never be"
    spread = (number * 669_781 + 315_773) % _MOST  # odd, so that all are different
    return "".join(ALPHABET[spread >> 5 * place & 31] for place in reversed(range(SHORT_LENGTH)))


def short_from(text: str) -> str:
    """The paper's four characters however they were typed; empty where they are none."""
    short = text.strip().upper().translate(_READ_AS)
    return short if len(short) == SHORT_LENGTH and set(short) <= set(ALPHABET) else ""


def new_invitation(short: str) -> tuple[str, bytes]:
    """A code for the paper, as it is printed, and the digest of its secret for the issuer."""
    secret = new_code()
    return f"{short}-{secret}", digest_of_code(secret)
