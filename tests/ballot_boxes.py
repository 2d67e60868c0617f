"""The issuer and the board as real processes on ports of the loopback, for tests that rate: `boxes` once a session."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from dukao.ballots.blind import PublicKey
from dukao.ballots.rating import Slip, fill_in
from dukao.ballots.wire import from_base64

ROOT = Path(__file__).parents[1]
_START_SECONDS = 30
_opener = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Boxes:
    """Where they listen, and the folder (`DUKAO_VAR`) in which their secret lies."""

    issuer: str
    board: str
    var: Path

    def rate(self, paper: str, code: str, levels: Mapping[str, int], **more: str) -> Slip:
        """One rating as a browser gives it; `paper` is `round/short`. Raises HTTPError where it is refused."""
        round_code = paper.partition("/")[0]
        manifest = json.loads(asked(f"{self.board}/rounds/{round_code}")["document"])
        slip = fill_in(paper, PublicKey.from_spki(from_base64(manifest["papers"][paper]["key"])), levels)
        signature = asked(f"{self.issuer}/sign", slip.ask(code))["signature"]
        asked(f"{self.board}/cast", slip.signed(signature, **more))
        return slip


def asked(url: str, body: dict | None = None) -> dict:
    sent = Request(url, data=json.dumps(body).encode() if body else None, headers={"Content-Type": "application/json"})
    with _opener.open(sent, timeout=20) as answer:
        return json.loads(answer.read())


@contextmanager
def running_boxes(var: Path, *, origins: str = "", ports: list[int] | None = None) -> Iterator[Boxes]:
    ports = ports or free_ports(2)
    environment = os.environ | {"DUKAO_VAR": str(var), "DUKAO_BALLOT_ORIGINS": origins}
    served = [
        subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "rsgi", "--host", "127.0.0.1", "--port", str(port),
             "--workers", "1", "--no-ws", "--log-level", "warning", "--factory",
             f"dukao.ballots.{party}:application"], env=environment, cwd=ROOT,
        )
        for party, port in zip(("issuer", "board"), ports, strict=True)
    ]  # fmt: skip
    try:
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        for address in addresses:
            _await(address, served)
        yield Boxes(*addresses, var)
    finally:
        for process in served:
            process.terminate()
        for process in served:
            process.wait(10)


@pytest.fixture(scope="session")
def boxes(tmp_path_factory) -> Iterator[Boxes]:
    with running_boxes(tmp_path_factory.mktemp("boxes")) as running:
        yield running


def free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _await(address: str, served: list[subprocess.Popen]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert all(process.poll() is None for process in served), "issuer or board ended before it began"
        try:
            asked(f"{address}/health")
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nobody answers at {address}")
