"""Issuer and board as real processes for a bench, a round of theirs, and ballots that are ready to be cast."""

import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from typing import Any
from urllib.request import urlopen

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from dukao.ballots import places
from dukao.ballots.client import Board, Issuer
from dukao.ballots.wire import canonical, to_base64

ROOT = Path(__file__).parent.parent
ROUND = "bench-2026"
_START_SECONDS = 60
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=48)


@dataclass(frozen=True)
class House:
    """Both parties, running; `folder/ballots` is all that they keep, `folder/said` all that they said."""

    folder: Path
    ports: dict[str, int]
    issuer: Issuer
    board: Board
    keys: dict[str, str]

    def paper(self, subject: str) -> str:
        return f"{ROUND}/{subject}"

    def signing_key(self, subject: str) -> Any:
        """The private key where the issuer keeps it, so that ballots are signed beforehand and fast."""
        path = self.folder / f"ballots/issuer/keys/{ROUND}/{subject}.pem"
        return serialization.load_pem_private_key(path.read_bytes(), None)


@contextmanager
def house(subjects: Sequence[str] = ("east", "west"), *, mix_seconds: int = 1, hours: float = 2) -> Iterator[House]:
    """Issuer and board in a folder of their own, with a round open."""
    with tempfile.TemporaryDirectory(prefix="dukao-bench-", dir=os.environ.get("DUKAO_BENCH_DIR")) as name:
        folder = Path(name)
        ports = {party: free_port() for party in ("issuer", "board")}
        commands = {party: places.serving(party, "127.0.0.1", port) for party, port in ports.items()}
        with (folder / "said").open("wb") as said:
            started = [started_at(ports[p], commands[p], {"DUKAO_VAR": name}, said) for p in ports]
            try:
                secret = (folder / "ballots/secret").read_text()
                issuer, board = (
                    party(f"http://127.0.0.1:{ports[which]}", secret)
                    for party, which in ((Issuer, "issuer"), (Board, "board"))
                )
                keys = issuer.make_papers(ROUND, subjects)  # type: ignore[union-attr]
                board.publish(_manifest(keys, issuer.key(), mix_seconds, hours))  # type: ignore[union-attr]
                yield House(folder, ports, issuer, board, keys)  # type: ignore[arg-type]
            finally:
                for process in started:
                    process.terminate()
                    process.wait(30)


def _manifest(keys: dict[str, str], issuer_key: str, mix_seconds: int, hours: float) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "round": ROUND, "title": "模拟数据", "questions": [{"code": "overall", "title": "总体"}],
        "scale": ["非常满意", "满意", "基本满意", "不满意", "非常不满意"], "bad": 0,
        "papers": {f"{ROUND}/{subject}": {"title": subject, "key": key} for subject, key in keys.items()},
        "issuer": {"key": issuer_key, "url": "http://127.0.0.1"}, "opens": (now - timedelta(hours=1)).isoformat(),
        "closes": (now + timedelta(hours=hours)).isoformat(), "floor": 5,
        "mix": {"seconds": mix_seconds, "at_least": 5},
    }  # fmt: skip


def started_at(port: int, command: list[str], environment: dict[str, str], said: Any) -> subprocess.Popen:
    """A server that listens."""
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=said, stderr=said)
    deadline = time.monotonic() + _START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < deadline, "the server does not come up"
        time.sleep(0.05)
    if "dukao.ballots" in command[-1]:
        urlopen(f"http://127.0.0.1:{port}/health").read()
    return process


def granian(interface: str, port: int, target: str, *more: str) -> list[str]:
    """A peer under the same server."""
    return [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(port),
            "--no-ws", "--log-level", "warning", *more, "--factory", target]  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def signed_ballots(house: House, subject: str, count: int) -> list[dict[str, Any]]:
    """So many ballots as browsers cast them, signed beforehand by both cores with the paper's own key."""
    key, paper = house.signing_key(subject), house.paper(subject)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    share = -(-count // 100)
    with multiprocessing.get_context("fork").Pool() as pool:
        helpings = pool.starmap(_signed, [(pem, paper, min(share, count - n)) for n in range(0, count, share)])
    return [ballot for helping in helpings for ballot in helping]


def _signed(pem: bytes, paper: str, count: int) -> list[dict[str, Any]]:
    key: Any = serialization.load_pem_private_key(pem, None)
    ballots = []
    for _ in range(count):
        salt, token = token_bytes(32), token_bytes(32)
        ballot = canonical({"follow": token_bytes(32).hex(), "levels": {"overall": 1 + token[0] % 5}})
        commitment = sha256(salt + ballot.encode()).digest()
        signature = key.sign(token + commitment, _PSS, hashes.SHA384())
        ballots.append({
            "paper": paper, "token": to_base64(token), "signature": to_base64(signature),
            "commitment": to_base64(commitment), "ballot": ballot, "salt": to_base64(salt),
        })  # fmt: skip
    return ballots


def as_bytes(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()
