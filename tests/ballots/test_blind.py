"""Blind signatures: the RFC's published examples, and what must not pass."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from dukao.ballots.blind import SigningKey, _encode, are_signed, blind, finalize, prepare
from dukao.ballots.keys import BadInput, PublicKey

_PSS = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
VECTORS = json.loads((Path(__file__).parent / "rfc9474_vectors.json").read_text())


def _number(name):
    return int(VECTORS[name], 16)


@pytest.fixture(scope="module")
def published():
    p, q, e = _number("p"), _number("q"), 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q))
    private = SigningKey(numbers.private_key())
    return private, PublicKey.from_spki(private.spki())


@pytest.fixture(scope="module")
def key():
    return SigningKey.make()


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_published_vectors(published, vector):
    private, public = published
    message = prepare(bytes.fromhex(VECTORS["msg"]), bytes.fromhex(vector["msg_prefix"]))
    factor = pow(_number("inv"), -1, int(public.modulus))

    blinded = blind(public, message, salt=bytes.fromhex(VECTORS["salt"]), factor=factor)
    assert blinded.message.hex() == vector["blinded_msg"]
    assert blinded.inverse.hex() == VECTORS["inv"]

    blind_signature = private.sign(blinded.message)
    assert blind_signature.hex() == vector["blind_sig"]
    signature = finalize(public, message, blind_signature, blinded.inverse)
    assert signature.hex() == vector["sig"]
    assert public.is_signed(message, signature)


def test_a_signature_speaks_for_its_message_and_key_only(key):
    public = PublicKey.from_spki(key.spki())
    message = prepare(b"commitment")
    blinded = blind(public, message)
    signature = finalize(public, message, key.sign(blinded.message), blinded.inverse)

    assert public.is_signed(message, signature)
    assert not public.is_signed(message + b" ", signature)
    assert not public.is_signed(message, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not public.is_signed(message, signature[1:])
    other = SigningKey.make()
    assert not PublicKey.from_spki(other.spki()).is_signed(message, signature)
    with pytest.raises(BadInput):
        finalize(public, message, other.sign(blinded.message[:-1] + b"\x01"), blinded.inverse)


def test_the_same_message_is_blinded_differently_each_time_and_signed_alike(key):
    public = PublicKey.from_spki(key.spki())
    once, again = blind(public, b"m" * 64), blind(public, b"m" * 64)
    assert once.message != again.message
    assert key.sign(once.message) == key.sign(once.message)


def test_only_numbers_below_the_modulus_are_signed(key):
    modulus = int(PublicKey.from_spki(key.spki()).modulus)
    for wrong in (b"", bytes(256), b"\x01", modulus.to_bytes(256, "big"), b"\xff" * 256, b"\x01" * 257):
        with pytest.raises(BadInput):
            key.sign(wrong)
    assert key.sign((modulus - 1).to_bytes(256, "big"))


def test_keys_that_are_not_of_ballots_are_refused(key):
    small = SigningKey(rsa.generate_private_key(65537, 1024))
    for wrong in (b"", b"not DER", small.spki(), key.pem()):
        with pytest.raises(BadInput):
            PublicKey.from_spki(wrong)


def test_a_fault_in_one_half_gives_nothing_away(key):
    broken = SigningKey.from_pem(key.pem())
    broken._dp += 2
    blinded = blind(PublicKey.from_spki(key.spki()), b"m" * 64)
    with pytest.raises(ArithmeticError):
        broken.sign(blinded.message)


def test_many_are_verified_as_each_is(key):
    """Signatures by another library, and whatever is one bit or one number away from them."""
    public, other = PublicKey.from_spki(key.spki()), SigningKey.make()
    good = [(n.to_bytes(64, "big"), key._key.sign(n.to_bytes(64, "big"), _PSS, hashes.SHA384())) for n in range(8)]
    (message, signature), modulus = good[0], int(public.modulus)
    bits = [(message, (int.from_bytes(signature, "big") ^ 1 << n).to_bytes(256, "big")) for n in range(0, 2048, 64)]
    odd = [b"", bytes(256), signature[1:], b"\0" + signature, b"\xff" * 256, modulus.to_bytes(256, "big"),
           (int.from_bytes(signature, "big") + modulus).to_bytes(257, "big"), bytes(255) + b"\x01"]  # fmt: skip
    short = key._key.sign(message, padding.PSS(padding.MGF1(hashes.SHA384()), 32), hashes.SHA384())
    foreign = other._key.sign(message, _PSS, hashes.SHA384())
    # What a thief of the key could sign: a good encoding, and others that are nearly one.
    encoded, private = int.from_bytes(_encode(message, 2047, b"s" * 48), "big"), key._key.private_numbers().d
    nearly = (encoded ^ 1, encoded ^ 1 << 2047, encoded ^ 1 << 2046, encoded ^ 1 << 1000, 0xBC, encoded)
    near = [pow(one % modulus, private, modulus).to_bytes(256, "big") for one in nearly]
    good.append((message, near.pop()))
    # OpenSSL by itself takes a number without its leading zeros.
    odd.append(next(one for one in iter(lambda: key._key.sign(message, _PSS, hashes.SHA384()), b"") if not one[0])[1:])
    tried = [*good, *bits, *((message, one) for one in (*odd, *near, short, foreign)), (b"other", signature)]
    assert are_signed(public, tried) == [public.is_signed(*one) for one in tried]
    assert are_signed(public, tried).count(True) == len(good)
    assert are_signed(public, []) == []
