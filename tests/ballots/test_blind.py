"""Blind signatures: the RFC's published examples, and what must not pass."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from dukao.ballots.blind import SigningKey, blind, finalize, prepare
from dukao.ballots.keys import BadInput, PublicKey

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
