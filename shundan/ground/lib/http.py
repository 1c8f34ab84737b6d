"""The one seam to the outside: `send(Request) -> Answer`. A timeout is always stated, redirects are not followed.

`fetch(url)` gets a file whose address somebody else gave us: it follows redirects, a few, and only to public hosts.

What goes wrong on the way is OutsideUnavailable; its `unsure` says whether the request may have taken effect.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from shundan.core.errors import OutsideRefused, OutsideUnavailable
from shundan.ground.lib import points
from shundan.ground.lib.letters import read_json

# Addresses carry signatures, and those of token hosts carry secrets: they are never logged, at any level.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)
LARGEST_ANSWER = 40_000_000
REDIRECTS, MOST_REDIRECTS = frozenset({301, 302, 303, 307, 308}), 3
# Nothing was sent before these were raised; after any other failure the request may have been carried out.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)
_lock = threading.Lock()
_client: httpx.Client | None = None


@dataclass(frozen=True)
class Request:
    """One request, its body already in bytes: what is signed is what is sent."""

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    service: str = "outside"  # named in errors


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # keys in lower case
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON that a database can keep; raise ValueError when it is none."""
        return read_json(self.body)


def send(request: Request, *, timeout: float) -> Answer:
    """Send one request and return whatever was answered, errors of the other side included.

    Raises OutsideUnavailable when no whole answer came; its `unsure` is True if the request may have been done.
    """
    try:
        with points.beside("request"), _open().stream(
            request.method, request.url, params=list(request.query) or None, headers=dict(request.headers),
            content=request.body or None, timeout=timeout,
        ) as reply:  # fmt: skip
            headers = {key.lower(): value for key, value in reply.headers.items()}
            return Answer(reply.status_code, headers, _read(reply, request))
    except httpx.HTTPError as error:
        raise OutsideUnavailable(
            f"{request.service} did not answer: {type(error).__name__}.", service=request.service,
            unsure=not isinstance(error, _NOT_SENT),
        ) from error  # fmt: skip


def fetch(url: str, *, service: str, timeout: float) -> Answer:
    """Get a file and return the last answer, redirects followed; nothing but the address is sent.

    Raises OutsideRefused where a redirect leads to an address that no file of ours is at, else as `send` does.
    """
    for _ in range(MOST_REDIRECTS + 1):
        answer = send(Request("GET", url, service=service), timeout=timeout)
        target = answer.headers.get("location", "")
        if answer.status not in REDIRECTS or not target:
            return answer
        here, url = url, urljoin(url, target)
        if not may_follow(here, url):
            raise OutsideRefused(f"{service}'s file is said to be at an address that is not safe.", service=service)
    raise OutsideRefused(f"{service}'s file was moved more than {MOST_REDIRECTS} times.", service=service)


def may_follow(here: str, there: str) -> bool:
    """Return whether a redirect is followed: on the same server, or to a public host by https; never with a login."""
    try:
        old, new = urlsplit(here), urlsplit(there)
        if new.username is not None or new.scheme not in ("https", "http"):
            return False
        if (old.scheme, old.hostname, old.port) == (new.scheme, new.hostname, new.port):
            return True
        return new.scheme == "https" and _is_public(new.hostname or "", new.port or 443)
    except ValueError:
        return False


def _is_public(host: str, port: int) -> bool:
    """Return whether every address of a host is one of the open internet: none of this machine or its network."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return True  # no such host, or a proxy is to find it: either way nothing here is reached
    return all(ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global for *_, address in found)


def _read(reply: httpx.Response, request: Request) -> bytes:
    parts, size = [], 0
    for part in reply.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            raise OutsideUnavailable(
                f"{request.service} answered more than {LARGEST_ANSWER} bytes.",
                service=request.service,
                unsure=True,
            )
    return b"".join(parts)


def _open() -> httpx.Client:
    """Return this process's client. Idle connections are dropped before the other side does it in mid-request."""
    global _client
    with _lock:
        if _client is None:
            _client = httpx.Client(
                limits=httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=2.0),
                mounts={"all://127.0.0.1": None, "all://localhost": None},  # never through a proxy
                headers={"user-agent": "shundan"},
            )
        return _client
