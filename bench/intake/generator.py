"""A quick HTTP client: `python -m bench.intake.generator FILE PORT CONNECTIONS`.

It sends ready-made requests over kept-alive connections, the next as soon as one is answered, and prints what it saw
as JSON. One thread, one epoll, next to no parsing.
"""

from __future__ import annotations

import json
import pickle
import select
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

END_OF_HEAD = b"\r\n\r\n"
END_OF_CHUNKS = b"0\r\n\r\n"


class Lane:
    """One connection and the request that is under way on it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self.got = b""

    def send(self, request: bytes) -> None:
        self.got = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """Read what came; return the status once the answer is whole. Raises ConnectionError when it ended."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed a connection")
        self.got += part
        head, found, body = self.got.partition(END_OF_HEAD)
        if not found or not _is_whole(head.lower(), body):
            return None
        return int(head[9:12])


def _is_whole(head: bytes, body: bytes) -> bool:
    if b"transfer-encoding: chunked" in head:
        return body.endswith(END_OF_CHUNKS)
    at = head.find(b"content-length:")
    return at < 0 or len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0])


def send_all(requests: Sequence[bytes], *, port: int, connections: int) -> dict[str, object]:
    """Send every request once; return requests/s, latencies in ms and how often each status came."""
    waiting, took, statuses = deque(requests), [], Counter[int]()
    lanes = {lane.socket.fileno(): lane for lane in (Lane(port) for _ in range(min(connections, len(requests))))}
    poll = select.epoll()
    for number in lanes:
        poll.register(number, select.EPOLLIN)
    began = time.perf_counter()
    for lane in lanes.values():
        lane.send(waiting.popleft())
    left = len(requests)
    while left:
        for number, _ in poll.poll(30):
            lane = lanes[number]
            status = lane.receive()
            if status is None:
                continue
            took.append(time.perf_counter() - lane.sent_at)
            statuses[status] += 1
            left -= 1
            if waiting:
                lane.send(waiting.popleft())
    seconds = time.perf_counter() - began
    for lane in lanes.values():
        lane.socket.close()
    took.sort()
    return {
        "requests/s": len(took) / seconds, "seconds": seconds, "p50 ms": percentile(took, 50) * 1000,
        "p99 ms": percentile(took, 99) * 1000, "max ms": took[-1] * 1000, "statuses": dict(statuses),
    }  # fmt: skip


def percentile(ordered: Sequence[float], share: int) -> float:
    """Return the value that `share` percent of the ordered ones do not exceed."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def send_apart(requests: Sequence[bytes], *, port: int, connections: int, folder: Path) -> dict[str, Any]:
    """Send ready-made requests from a process of its own; every one must be answered 200."""
    file = folder / "requests"
    file.write_bytes(pickle.dumps(list(requests)))
    line = [sys.executable, "-m", "bench.intake.generator", str(file), str(port), str(connections)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the generator broke: {done.stderr[-2000:]}")
    seen: dict[str, Any] = json.loads(done.stdout)
    if seen["statuses"] != {"200": len(requests)}:
        raise RuntimeError(f"not every request was answered as it should: {seen['statuses']}")
    return seen


if __name__ == "__main__":
    made = pickle.loads(Path(sys.argv[1]).read_bytes())  # our own file, made a moment ago
    print(json.dumps(send_all(made, port=int(sys.argv[2]), connections=int(sys.argv[3]))))
