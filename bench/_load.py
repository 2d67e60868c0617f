"""Many connections that ask over and over, cheaply: one process, one epoll loop, keep-alive, requests made before."""

import multiprocessing
import select
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_SECONDS = 300
_LENGTH = b"content-length: "


@dataclass
class Run:
    """What came of it: seconds in all and of each request, statuses, and bodies where they were wanted."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: dict[int, bytes] = field(default_factory=dict)


def post(path: str, body: bytes) -> bytes:
    """One request, ready to be sent."""
    head = [f"POST {path} HTTP/1.1", "Host: bench", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


def load(port: int, requests: Sequence[bytes], *, connections: int, with_bodies: bool = False) -> Run:
    """Send all requests over so many connections, in a process of its own."""
    forking = multiprocessing.get_context("fork")
    mine, theirs = forking.Pipe(duplex=False)
    child = forking.Process(target=_child, args=(port, requests, connections, with_bodies, theirs))
    child.start()
    theirs.close()
    run = mine.recv()
    child.join()
    return run


def _child(port: int, requests: Sequence[bytes], connections: int, with_bodies: bool, out: Any) -> None:
    run, poll, rest = Run(), select.epoll(), iter(range(len(requests)))
    doing: dict[int, list[Any]] = {}
    sockets = {}
    for number in rest:
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(one.fileno(), select.EPOLLIN)
        sockets[one.fileno()], doing[one.fileno()] = one, [number, 0.0, b""]
        if len(sockets) == connections:
            break
    began = time.perf_counter()
    for place, one in sockets.items():
        doing[place][1] = time.perf_counter()
        one.sendall(requests[doing[place][0]])
    while doing:
        ready = poll.poll(_SECONDS)
        assert ready, "no answer"
        for place, _ in ready:
            number, sent, kept = doing[place]
            data = kept + sockets[place].recv(262_144)
            end = data.find(b"\r\n\r\n")
            if end < 0 or len(data) - end - 4 < _length(data[:end]):
                assert data != kept, "the server hung up"
                doing[place][2] = data
                continue
            now = time.perf_counter()
            run.waits.append(now - sent)
            run.statuses[int(data[9:12])] += 1
            if with_bodies:
                run.bodies[number] = data[end + 4 :]
            following = next(rest, None)
            if following is None:
                del doing[place]
                continue
            doing[place][:] = following, now, b""
            sockets[place].sendall(requests[following])
    run.seconds = time.perf_counter() - began
    out.send(run)
    out.close()


def _length(head: bytes) -> int:
    start = head.lower().index(_LENGTH) + len(_LENGTH)
    end = head.find(b"\r", start)
    return int(head[start : end if end > 0 else None])
