"""A small HTTP client for webhooks: kept-alive connections and no more parsing than an acknowledgement needs.

Plain http goes over connections of its own, some twenty times cheaper than a general client; https goes over httpx.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import httpx

LONGEST_HEAD = 64 * 1024
LONGEST_BODY = 1024 * 1024
TROUBLES = (httpx.HTTPError, httpx.InvalidURL, OSError, EOFError, ValueError, asyncio.LimitOverrunError)


class Answered(Protocol):
    """What a webhook's sender wants to know of an answer."""

    @property
    def status_code(self) -> int: ...


@dataclass(slots=True)
class Acknowledged:
    status_code: int


@dataclass(slots=True)
class Line:
    """One open connection; `used` tells that the other side may have closed it meanwhile."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: bool = False


class Wire:
    """Posts bodies; raises one of TROUBLES when there was no answer. The caller watches the time."""

    def __init__(self) -> None:
        self.idle: dict[tuple[str, int], list[Line]] = defaultdict(list)
        self.secure: httpx.AsyncClient | None = None

    async def post(self, url: str, *, content: bytes, headers: dict[str, str]) -> Answered:
        parts = urlsplit(url)
        if parts.scheme != "http":
            self.secure = self.secure or httpx.AsyncClient(trust_env=False, timeout=None)
            return await self.secure.post(url, content=content, headers=headers)
        place = parts.hostname or "", parts.port or 80
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\nhost: {parts.netloc}\r\n{told}content-length: {len(content)}\r\n\r\n"
        return Acknowledged(await self.send(place, head.encode() + content))

    async def send(self, place: tuple[str, int], request: bytes) -> int:
        """Return the status; a kept connection that was closed in the meantime is replaced once."""
        line = self.idle[place].pop() if self.idle[place] else await open_line(place)
        try:
            status, stays = await exchange(line, request)
        except (OSError, EOFError):
            line.writer.close()
            if not line.used:
                raise
            line = await open_line(place)
            status, stays = await self.kept(line, request)
        except BaseException:
            line.writer.close()
            raise
        if stays:
            line.used = True
            self.idle[place].append(line)
        else:
            line.writer.close()
        return status

    async def kept(self, line: Line, request: bytes) -> tuple[int, bool]:
        """Exchange on a line that is closed when that fails."""
        try:
            return await exchange(line, request)
        except BaseException:
            line.writer.close()
            raise

    async def aclose(self) -> None:
        for lines in self.idle.values():
            for line in lines:
                line.writer.close()
        self.idle.clear()
        if self.secure is not None:
            await self.secure.aclose()


async def open_line(place: tuple[str, int]) -> Line:
    return Line(*await asyncio.open_connection(*place, limit=LONGEST_HEAD))


async def exchange(line: Line, request: bytes) -> tuple[int, bool]:
    """Send one request and read its answer to the end; return the status and whether the connection stays."""
    line.writer.write(request)
    await line.writer.drain()
    first, *rows = (await line.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    version, status = first.split(" ", 2)[:2]
    fields = {name.strip(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
    stays = version == "http/1.1" and fields.get("connection") != "close"
    if "chunked" in fields.get("transfer-encoding", ""):
        await read_chunks(line.reader)
    elif "content-length" in fields:
        await line.reader.readexactly(min(int(fields["content-length"]), LONGEST_BODY))
        stays = stays and int(fields["content-length"]) <= LONGEST_BODY
    elif int(status) not in (204, 304):
        stays = False
    return int(status), stays


async def read_chunks(reader: asyncio.StreamReader) -> None:
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        await reader.readexactly(size + 2)
    while (await reader.readuntil(b"\r\n")) != b"\r\n":
        pass
