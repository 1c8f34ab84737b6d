"""The wire to TikTok Shop: one signed request, one typed answer. No database here: `client` adds that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

from shundan.core.errors import OutsideRefused, OutsideUnavailable, Unauthorised
from shundan.edges.channels.tiktok.endpoints import Endpoint
from shundan.edges.channels.tiktok.refusals import SERVICE, refusal
from shundan.edges.channels.tiktok.signing import sign
from shundan.ground.lib import clock, http

TIMEOUT = 12.0


@dataclass(frozen=True)
class Door:
    """How the gateway is reached for one seller or shop."""

    api_url: str
    app_key: str
    secret: str
    token: str
    cipher: str = ""
    offset: float = 0.0  # seconds the platform's clock is ahead of ours


@dataclass(frozen=True)
class Reply:
    data: dict[str, Any]
    request_id: str
    asked_at: datetime  # story time at which the request started


@dataclass(frozen=True)
class File:
    """A file to be uploaded, and the name of the form's field it goes into."""

    content: bytes
    name: str
    content_type: str = "application/octet-stream"
    field: str = "data"


def ask(
    door: Door, endpoint: Endpoint, version: str, *, path: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None, file: File | None = None,
    timeout: float = TIMEOUT,
) -> Reply:  # fmt: skip
    """Send one signed request; return its data. Raises OutsideUnavailable, OutsideRefused or Unauthorised."""
    asked_at = clock.now()
    now = stamp(door.offset)
    request = build(door, endpoint, version, path=path, query=query, body=body, file=file, now=now)
    answer = http.send(request, timeout=timeout)
    try:
        envelope = answer.json()
        code, request_id = int(envelope["code"]), str(envelope.get("request_id") or "")
    except (ValueError, TypeError, KeyError):
        raise OutsideUnavailable(
            f"{SERVICE} answered something that is not its envelope (HTTP {answer.status}).", service=SERVICE,
            status=answer.status, unsure=True,
        ) from None  # fmt: skip
    if code != 0 or answer.status >= 400:
        raise refusal(
            answer.status, code, str(envelope.get("message") or ""), request_id=request_id, headers=answer.headers,
            now=clock.wall(),
        )  # fmt: skip
    told = envelope.get("data")
    return Reply(endpoint.read(version, told if isinstance(told, Mapping) else {}), request_id, asked_at)


def build(
    door: Door, endpoint: Endpoint, version: str, *, path: Mapping[str, str] | None, query: Mapping[str, Any] | None,
    body: Mapping[str, Any] | None, now: int, file: File | None = None,
) -> http.Request:  # fmt: skip
    """Return the signed request. An empty body is not sent at all: implementations differ on how "{}" is signed."""
    said = endpoint.write(version, body) if body else {}
    filled = endpoint.path.format(
        version=version, **{key: quote(str(value), safe="") for key, value in (path or {}).items()}
    )
    pairs = {"app_key": door.app_key, "timestamp": str(now)} | {
        key: _text(value) for key, value in (query or {}).items() if value not in (None, "")
    }
    if endpoint.cipher:
        pairs["shop_cipher"] = door.cipher
    raw, content_type = b"", "application/json"
    if endpoint.multipart:
        raw, content_type = _form(said, file)
    elif said:
        raw = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    pairs["sign"] = sign(door.secret, filled, pairs.items(), raw, multipart=endpoint.multipart)
    headers = {"x-tts-access-token": door.token, "content-type": content_type}
    return http.Request(endpoint.method, door.api_url.rstrip("/") + filled, tuple(pairs.items()), headers, raw, SERVICE)


def _form(fields: Mapping[str, Any], file: File | None) -> tuple[bytes, str]:
    """Return a multipart body and its content type; the boundary is made from the content, so nothing is random."""
    parts = [(f'form-data; name="{name}"', "", _text(value).encode()) for name, value in fields.items()]
    if file is not None:
        name = file.name.replace('"', "_").replace("\r", "_").replace("\n", "_")
        parts.append((f'form-data; name="{file.field}"; filename="{name}"', file.content_type, file.content))
    boundary = "shundan-" + hashlib.sha256(b"".join(content for _, _, content in parts)).hexdigest()[:24]
    lines = []
    for disposition, kind, content in parts:
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\n"
        head += f"Content-Type: {kind}\r\n\r\n" if kind else "\r\n"
        lines += [head.encode(), content, b"\r\n"]
    return b"".join([*lines, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(str(part) for part in value)  # one parameter, joined: signed as it is sent
    return str(value)


def stamp(offset: float) -> int:
    """Return the seconds to sign with: story time when a clock is followed, else wall time as the platform has it."""
    if clock.follows():
        return int(clock.now().timestamp())
    return int(clock.wall().timestamp() + offset)


def learn_offset(door: Door, *, timeout: float = TIMEOUT) -> float | None:
    """Return how many seconds the gateway's clock is ahead of ours, from the Date header of any answer."""
    if clock.follows():
        return None
    answer = http.send(http.Request("GET", door.api_url, service=SERVICE), timeout=timeout)
    try:
        return (parsedate_to_datetime(answer.headers["date"]) - clock.wall()).total_seconds()
    except (KeyError, TypeError, ValueError):
        return None


def ask_token_host(auth_url: str, kind: str, **fields: str) -> dict[str, Any]:
    """Return the data of `token/get` or `token/refresh`. The secret travels in the query: never log this URL.

    Raises Unauthorised when the code or refresh token is refused, OutsideUnavailable when nobody knows.
    """
    url = f"{auth_url.rstrip('/')}/api/v2/token/{kind}?{urlencode(fields)}"
    answer = http.send(http.Request("GET", url, service=SERVICE), timeout=TIMEOUT)
    try:
        envelope = answer.json()
        code = int(envelope["code"])
    except (ValueError, TypeError, KeyError):
        raise OutsideUnavailable(
            f"{SERVICE}'s token host answered HTTP {answer.status}.",
            service=SERVICE,
            status=answer.status,
            unsure=True,
        ) from None
    told = envelope.get("data")
    if code == 0 and isinstance(told, Mapping) and told.get("access_token"):
        return dict(told)
    if code == 0:
        raise OutsideUnavailable(
            f"{SERVICE}'s token host told no token.", service=SERVICE, status=answer.status, unsure=True
        )
    error = refusal(
        answer.status, code, str(envelope.get("message") or ""), request_id=str(envelope.get("request_id") or ""),
        headers=answer.headers, now=clock.wall(),
    )  # fmt: skip
    if isinstance(error, OutsideRefused):  # any refusal here means: this code or refresh token is no good
        raise Unauthorised(
            error.message,
            service=SERVICE,
            status=error.http_status,
            outside_code=code,
            request_id=error.request_id,
        )
    raise error
