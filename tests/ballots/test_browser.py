"""The browser's library and ours, each with the other: blind there and sign here, and the other way round."""

import json
import subprocess
from pathlib import Path

import pytest

from dukao.ballots.blind import SigningKey, blind, finalize, prepare
from dukao.ballots.keys import PublicKey
from dukao.ballots.log import leaf_text
from dukao.ballots.receipts import receipts
from dukao.base.merkle import leaf_hash
from tests.ballots.conftest import ROUND
from tools import install

ROOT = Path(__file__).parents[2]
SUITES = {"RSABSSA-SHA384-PSS-Randomized": 32, "RSABSSA-SHA384-PSS-Deterministic": 0}
# What the page does, line by line over a pipe: blind, finalize, and (for us) sign.
PROGRAM = """
import { createInterface } from "node:readline";
import { BlindRSA, getSuiteByName } from "@cloudflare/blindrsa-ts";
const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex")), hex = (data) => Buffer.from(data).toString("hex");
const how = { name: "RSA-PSS", hash: "SHA-384" };
const kept = {};
const asks = {
  async blind({ suite, spki, message }) {
    kept.suite = getSuiteByName(BlindRSA, suite);
    kept.key = await crypto.subtle.importKey("spki", bytes(spki), how, true, ["verify"]);
    kept.prepared = kept.suite.prepare(bytes(message));
    const { blindedMsg, inv } = await kept.suite.blind(kept.key, kept.prepared);
    kept.inv = inv;
    return { prepared: hex(kept.prepared), blinded: hex(blindedMsg) };
  },
  async finalize({ signature }) {
    return { signature: hex(await kept.suite.finalize(kept.key, kept.prepared, bytes(signature), kept.inv)) };
  },
  async sign({ pkcs8, blinded }) {
    const key = await crypto.subtle.importKey("pkcs8", bytes(pkcs8), how, true, ["sign"]);
    return { signature: hex(await kept.suite.blindSign(key, bytes(blinded))) };
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  const ask = JSON.parse(line);
  console.log(JSON.stringify(await asks[ask.do](ask)));
}
"""


@pytest.fixture
def browser():
    node = install.node()
    assert node, f"no Node {install.NODE_NEEDED} or newer: `./dev build` takes one from a wheel"
    with subprocess.Popen([node, "--input-type=module", "-e", PROGRAM], cwd=ROOT, text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:  # fmt: skip
        yield lambda **ask: _answer(process, ask)
        process.stdin.close()
        assert process.wait(20) == 0


def _answer(process, ask):
    process.stdin.write(json.dumps(ask) + "\n")
    process.stdin.flush()
    return {name: bytes.fromhex(value) for name, value in json.loads(process.stdout.readline()).items()}


@pytest.mark.parametrize("suite", SUITES)
def test_both_ways(browser, suite):
    from cryptography.hazmat.primitives import serialization

    key, commitment = SigningKey.make(), b"c" * 32
    public = PublicKey.from_spki(key.spki())

    asked = browser(do="blind", suite=suite, spki=key.spki().hex(), message=commitment.hex())
    assert asked["prepared"][SUITES[suite] :] == commitment
    assert len(asked["prepared"]) == SUITES[suite] + 32
    signature = browser(do="finalize", signature=key.sign(asked["blinded"]).hex())["signature"]
    assert public.is_signed(asked["prepared"], signature)

    message = prepare(commitment, None if SUITES[suite] else b"")
    ours = blind(public, message)
    pkcs8 = key._key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    theirs = browser(do="sign", pkcs8=pkcs8.hex(), blinded=ours.message.hex())["signature"]
    assert theirs == key.sign(ours.message)
    assert public.is_signed(message, finalize(public, message, theirs, ours.inverse))


CASTING = """
import { cast } from "./dukao/web/assets/ballot.js";
const { pending, receipts } = JSON.parse(process.argv[1]);
for (const receipt of receipts) {
  globalThis.fetch = async () => new Response(JSON.stringify({ receipt }));
  console.log(await cast("", pending).then(() => "good", (problem) => problem.word ?? String(problem)));
}
"""


def test_the_page_takes_its_own_receipt_only(parties):
    """Of seven that were cast at once; and none that was changed or is somebody else's."""
    bodies = [parties.ballot(f"{ROUND}/east") for _ in range(7)]
    leaves = [leaf_hash(leaf_text(*(body[part] for part in ("paper", "token", "signature", "commitment"))).encode())
              for body in bodies]  # fmt: skip
    given = [json.loads(receipt.told()) for receipt in receipts(parties.boarding.signer, leaves)]
    own, other, pending = given[3], given[4], bodies[3]
    changed = [own | {part: other[part]} for part in ("path", "salt")] + [own | {"signature": "A" * 86 + "=="}]
    pending |= {"message": pending["token"], "round": ROUND, "boardKey": parties.boarding.signer.key, "secret": ""}
    told = json.dumps({"pending": pending, "receipts": [own, other, *changed]})
    node = [install.node(), "--input-type=module", "-e", CASTING, told]
    said = subprocess.run(node, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert said == ["good", *["forged"] * 4]
