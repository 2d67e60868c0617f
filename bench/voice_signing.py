"""Blind signing (base blinding, CRT, fault check) beside the raw CRT exponentiation with gmpy2, on the same keys."""

import secrets
from statistics import median
from time import perf_counter
from typing import Any

import gmpy2
from cryptography.hazmat.primitives import serialization
from gmpy2 import mpz

from dukao.ballots.blind import SigningKey

Job = dict[str, Any]


def run(quick: bool) -> list[Job]:
    runs = 100 if quick else 500
    key = SigningKey.make()
    numbers = serialization.load_pem_private_key(key.pem(), None).private_numbers()  # type: ignore[union-attr]
    p, q, dp, dq, to_p = map(mpz, (numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp))  # type: ignore[union-attr]

    def raw(message: mpz) -> mpz:
        half_p, half_q = gmpy2.powmod(message % p, dp, p), gmpy2.powmod(message % q, dq, q)
        return half_q + q * ((half_p - half_q) * to_p % p)

    ours, raws = [], []
    for _ in range(runs):
        # In turns, so that a slow moment of the machine meets both.
        message = secrets.randbelow(int(p) * int(q))
        blinded, number = message.to_bytes(256, "big"), mpz(message)
        raws.append(_seconds(raw, number))
        ours.append(_seconds(key.sign, blinded))
    ratio = median(ours) / median(raws)
    return [{
        "job": "voice-signing", "ours": 1000 * median(ours), "unit": "ms a signature",
        "peers": {"raw CRT exponentiation, gmpy2": 1000 * median(raws)}, "limit": "RSA-2048", "ratio": ratio,
        "goal": "<= 2", "met": ratio <= 2,
    }]  # fmt: skip


def _seconds(work: Any, given: Any) -> float:
    began = perf_counter()
    work(given)
    return perf_counter() - began
