"""Blind RSA signatures (RFC 9474, RSABSSA-SHA384-PSS-Randomized and -Deterministic, salts of 48 bytes).

Of the four variants these two have salts, as the RFC recommends; they differ in `prepare` only. Ballots use the
randomized one with the commitment as the message: the 32 random bytes that it puts before the message are the token.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha384
from typing import cast

import gmpy2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from gmpy2 import mpz

from dukao.ballots.keys import EXPONENT, KEY_BITS, SALT_SIZE, BadInput, PublicKey

TOKEN_SIZE = 32
_HASH_SIZE = 48


@dataclass(frozen=True, slots=True)
class Blinded:
    """What the issuer is shown, and what takes the blinding off again (kept by the rater)."""

    message: bytes
    inverse: bytes


def blind(key: PublicKey, message: bytes, *, salt: bytes | None = None, factor: int | None = None) -> Blinded:
    """Blind a prepared message; `salt` and `factor` are drawn unless given, as in the RFC's examples."""
    modulus = mpz(key.modulus)
    encoded = _number(_encode(message, key.bits - 1, salt or secrets.token_bytes(SALT_SIZE)))
    r = mpz(factor or 1 + secrets.randbelow(key.modulus - 1))
    # Whoever meets a number that shares a factor with the modulus has broken the key.
    if gmpy2.gcd(encoded, modulus) != 1 or gmpy2.gcd(r, modulus) != 1:
        raise BadInput("the message or the factor shares a factor with the key")
    blinded = encoded * gmpy2.powmod(r, EXPONENT, modulus) % modulus
    return Blinded(_bytes(blinded, key.size), _bytes(gmpy2.invert(r, modulus), key.size))


def finalize(key: PublicKey, message: bytes, blind_signature: bytes, inverse: bytes) -> bytes:
    """Take the blinding off. Raises BadInput where the outcome is no signature: the issuer used another key."""
    if len(blind_signature) != key.size:
        raise BadInput("a signature has the size of its key")
    signature = _bytes(_number(blind_signature) * _number(inverse) % key.modulus, key.size)
    if not key.is_signed(message, signature):
        raise BadInput("not signed with the key of this paper")
    return signature


def are_signed(key: PublicKey, signed: Sequence[tuple[bytes, bytes]]) -> list[bool]:
    """Whether each of these prepared messages bears its signature: `key.is_signed` for many.

    The exponentiation of all is one call, which leaves the interpreter to other threads.
    """
    numbers = [_number(signature) for _, signature in signed]
    opened = gmpy2.powmod_base_list(numbers, EXPONENT, mpz(key.modulus))
    return [
        len(signature) == key.size and number < key.modulus and _is_encoded(message, encoded, key.bits - 1)
        for (message, signature), number, encoded in zip(signed, numbers, opened, strict=True)
    ]


class SigningKey:
    """The private key of a paper. Signs what it cannot read; takes about the same time for every input."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        numbers = key.private_numbers()
        public = numbers.public_numbers
        self._key, self.size = key, (key.key_size + 7) // 8
        self._n, self._e = mpz(public.n), mpz(public.e)
        self._p, self._q, self._to_p = mpz(numbers.p), mpz(numbers.q), mpz(numbers.iqmp)
        self._dp, self._dq = mpz(numbers.dmp1), mpz(numbers.dmq1)

    @classmethod
    def make(cls) -> "SigningKey":
        """Draw a new key (about a tenth of a second)."""
        return cls(rsa.generate_private_key(EXPONENT, KEY_BITS))

    @classmethod
    def from_pem(cls, data: bytes) -> "SigningKey":
        return cls(cast("rsa.RSAPrivateKey", serialization.load_pem_private_key(data, password=None)))

    def pem(self) -> bytes:
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def spki(self) -> bytes:
        """The public key as SubjectPublicKeyInfo (DER)."""
        return self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def takes(self, blinded: bytes) -> bool:
        """Whether this is a number that this key can sign."""
        return len(blinded) == self.size and 0 < _number(blinded) < self._n

    def sign(self, blinded: bytes) -> bytes:
        """Sign a blinded message. Raises BadInput where it is no number below the modulus.

        A fresh factor blinds the base, so that time tells nothing of the key; the outcome is checked before it leaves,
        because a single wrong bit in one half would give the key away.
        """
        if not self.takes(blinded):
            raise BadInput("not a blinded message of this key")
        message = _number(blinded)
        factor = mpz(1 + secrets.randbelow(int(self._n) - 1))
        hidden = message * gmpy2.powmod(factor, self._e, self._n) % self._n
        half_p = gmpy2.powmod_sec(hidden % self._p, self._dp, self._p)
        half_q = gmpy2.powmod_sec(hidden % self._q, self._dq, self._q)
        whole = half_q + self._q * ((half_p - half_q) * self._to_p % self._p)
        signature = whole * gmpy2.invert(factor, self._n) % self._n
        if gmpy2.powmod(signature, self._e, self._n) != message:
            raise ArithmeticError("a signature came out wrong; nothing was given away")
        return _bytes(signature, self.size)


def prepare(message: bytes, prefix: bytes | None = None) -> bytes:
    """The randomized variant's preparation: 32 random bytes (or this prefix) before the message."""
    return (secrets.token_bytes(TOKEN_SIZE) if prefix is None else prefix) + message


def _encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE of RFC 8017, 9.1.1, with SHA-384 and MGF1."""
    size = (bits + 7) // 8
    digest = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = bytes(size - len(salt) - _HASH_SIZE - 2) + b"\x01" + salt
    masked = int.from_bytes(block, "big") ^ int.from_bytes(_mask(digest, len(block)), "big")
    masked &= (1 << (8 * len(block) - (8 * size - bits))) - 1
    return masked.to_bytes(len(block), "big") + digest + b"\xbc"


def _is_encoded(message: bytes, encoded: mpz, bits: int) -> bool:
    """EMSA-PSS-VERIFY of RFC 8017, 9.1.2, of a number of so many bits."""
    if encoded.bit_length() > bits or encoded & 0xFF != 0xBC:
        return False
    size = (bits + 7) // 8
    whole = _bytes(encoded, size)
    masked, digest = whole[: -_HASH_SIZE - 1], whole[-_HASH_SIZE - 1 : -1]
    block = int.from_bytes(masked, "big") ^ int.from_bytes(_mask(digest, len(masked)), "big")
    block &= (1 << (8 * len(masked) - (8 * size - bits))) - 1
    if block >> 8 * SALT_SIZE != 1:
        return False
    salt = (block & ((1 << 8 * SALT_SIZE) - 1)).to_bytes(SALT_SIZE, "big")
    return sha384(bytes(8) + sha384(message).digest() + salt).digest() == digest


def _mask(seed: bytes, size: int) -> bytes:
    blocks = -(-size // _HASH_SIZE)
    return b"".join(sha384(seed + count.to_bytes(4, "big")).digest() for count in range(blocks))[:size]


def _number(data: bytes) -> mpz:
    return mpz(int.from_bytes(data, "big"))


def _bytes(number: mpz, size: int) -> bytes:
    return int(number).to_bytes(size, "big")
