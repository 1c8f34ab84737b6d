"""Signed calls in bad weather: limits, errors, lost, late and cut answers, tokens that end, fields nobody knows."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

from sandbox import gateway
from sandbox.box import Box
from sandbox.faults import strike
from sandbox.gateway import Request

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = tuple[int, bytes]
LIMITED = gateway.envelope(36009002, "Too many requests. Slow down and try again.", None)
BROKEN = gateway.envelope(36009003, "Internal error, please try again later.", None)
# Fields that hold one word of a list and tell nothing of where an order stands.
WORDS = ("order_type", "sku_type", "delivery_type", "commerce_platform", "package_sub_status", "note_tag", "role")
OTHERWISE = ("slow_seconds", "clock_skew", "retire")  # strike nothing here: the gateway itself looks at them
NEW_WORD = "SANDBOX_NEW_VALUE"
NEW_FIELD = "sandbox_new_field"


class Weather:
    """Decides for each signed call what goes wrong with it; in calm weather nothing is drawn at all."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.calls = 0
        self.allowance = 1.0
        self.filled = time.monotonic()

    def calm(self) -> bool:
        faults = self.box.faults["api"]
        return not any(value for name, value in faults.items() if name not in OTHERWISE)

    async def answer(self, request: Request, send: Send) -> None:
        """Answer one signed call, with the faults that are set."""
        if self.calm():
            await reply(send, *gateway.answer(self.box, request))
            return
        self.calls += 1
        luck = self.box.luck("api", request.method, request.path, self.calls)
        if self.limited():
            await reply(send, 429, LIMITED, extra=[(b"retry-after", b"1")])
        elif self.strikes(luck, "error_rate"):
            await reply(send, 500, BROKEN)
        else:
            await self.work(request, send, luck)
        self.box.store.commit()

    async def work(self, request: Request, send: Send, luck: random.Random) -> None:
        if self.strikes(luck, "expire_rate"):
            self.expire(request.headers.get("x-tts-access-token", ""))
        truncated = self.strikes(luck, "truncate") and luck.choice(("body", "page"))
        status, body = gateway.answer(self.box, request, short=truncated == "page", change=self.change(luck))
        if self.strikes(luck, "slow"):
            await asyncio.sleep(float(self.box.faults["api"]["slow_seconds"]))
        if status == 200 and self.strikes(luck, "timeout_after_commit"):
            await cut(send)
        elif truncated == "body":
            await reply(send, status, body[: luck.randint(1, len(body) - 1)])
        else:
            await reply(send, status, body)

    def strikes(self, luck: random.Random, fault: str) -> bool:
        """Tell whether a fault strikes now, and count it. It draws always, so that faults do not shift each other."""
        struck = luck.random() < self.box.faults["api"][fault]
        if struck:
            strike(self.box, f"api.{fault}")
        return struck

    def limited(self) -> bool:
        """Take one call out of the second's allowance; tell whether there was none left."""
        rate, now = float(self.box.faults["api"]["rate_limit"]), time.monotonic()
        if not rate:
            return False
        self.allowance = min(max(1.0, rate), self.allowance + (now - self.filled) * rate)
        self.filled = now
        if self.allowance < 1:
            strike(self.box, "api.rate_limit")
            return True
        self.allowance -= 1
        return False

    def expire(self, token: str) -> None:
        row = self.box.store.get("token", token)
        if row is not None:
            row["expires"] = min(row["expires"], self.box.now() - 1)
            self.box.store.put("token", token, row)

    def change(self, luck: random.Random) -> Callable[[Any], Any] | None:
        """Return what rewrites the answer's data, if anything is to be new in it."""
        fields, words = self.strikes(luck, "new_fields"), self.strikes(luck, "new_values")
        if not fields and not words:
            return None
        return lambda told: renew(orjson.loads(orjson.dumps(told)), fields=fields, words=words)


def renew(told: Any, *, fields: bool, words: bool) -> Any:
    """Return data in which every object has a new field, or known words became new ones."""
    if isinstance(told, list):
        return [renew(row, fields=fields, words=words) for row in told]
    if not isinstance(told, dict):
        return told
    made = {key: renew(value, fields=fields, words=words) for key, value in told.items()}
    if words:
        made.update({key: NEW_WORD for key in WORDS if isinstance(made.get(key), str) and made[key]})
    if fields:
        made[NEW_FIELD] = {"since": "tomorrow", "list": [1, None]}
    return made


async def reply(
    send: Send,
    status: int,
    body: bytes,
    *,
    kind: bytes = b"application/json; charset=utf-8",
    extra: list[tuple[bytes, bytes]] | None = None,
) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *(extra or [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def cut(send: Send) -> None:
    """Promise an answer and break the connection: the caller cannot know that the call was carried out."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4096")]})
