"""Public keys of papers: what is verified is an ordinary RSA-PSS signature (SHA-384, salt of 48 bytes)."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_BITS, EXPONENT, SALT_SIZE = 2048, 65_537, 48
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=SALT_SIZE)
_SHA384 = hashes.SHA384()


class BadInput(ValueError):
    """A key, a number or a signature that cannot be what it is said to be."""


class PublicKey:
    """The key of a paper."""

    def __init__(self, key: rsa.RSAPublicKey) -> None:
        self._key, self.bits = key, key.key_size
        self.size, self.modulus = (self.bits + 7) // 8, key.public_numbers().n

    @classmethod
    def from_spki(cls, data: bytes) -> "PublicKey":
        """Read SubjectPublicKeyInfo (DER). Raises BadInput, for keys that are too small or oddly made too."""
        try:
            key = serialization.load_der_public_key(data)
        except (ValueError, TypeError) as error:
            raise BadInput("not a public key") from error
        if not isinstance(key, rsa.RSAPublicKey) or key.public_numbers().e != EXPONENT or key.key_size < KEY_BITS:
            raise BadInput("not an RSA key of ballots")
        return cls(key)

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the prepared message bears this signature, written with all its bytes (RFC 8017, 8.1.2)."""
        if len(signature) != self.size:
            return False
        try:
            self._key.verify(signature, message, _PSS, _SHA384)
        except InvalidSignature:
            return False
        return True
