"""Somebody who works at a desk from outside, with a token."""

from __future__ import annotations

import random
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import httpx

AT_ONCE = 6
PATIENCE = 20.0
Row = dict[str, Any]


class Refused(Exception):
    """The desk said no, in a sentence."""


class Person(ABC):
    """Somebody with a token; remembers what the desk refused and lets it rest for a while."""

    def __init__(self, desk: str, token: str, *, name: str) -> None:
        self.name = name
        self.web = httpx.Client(
            base_url=desk.rstrip("/") + "/api/v1", headers={"authorization": f"Bearer {token}"},
            timeout=PATIENCE, trust_env=False,
        )  # fmt: skip
        self.resting: dict[str, int] = {}
        self.luck = random.Random(name)

    def ask(self, method: str, path: str, *, body: Row | None = None, **query: Any) -> Any:
        """Return the desk's answer; raise `Refused` for a no."""
        reply = self.web.request(method, path, json=body, params=query)
        if reply.status_code >= 400:
            raise Refused(f"{self.name}: {method} {path} {reply.status_code} {reply.text[:200]}")
        return reply.json() if "json" in reply.headers.get("content-type", "") else reply.content

    def rows(self, path: str, **query: Any) -> list[Row]:
        answer = self.ask("GET", path, **query)
        return answer["items"] if isinstance(answer, dict) else answer

    def work(self, rows: list[Row], key: Callable[[Row], str], act: Callable[[Row], Any], *, leave: int) -> int:
        """Do something with the oldest rows, a few at a time; what is refused rests twenty rounds."""
        done = 0
        for row in rows[: max(0, len(rows) - leave)]:
            name = key(row)
            if done >= AT_ONCE or self.rests(name):
                continue
            try:
                act(row)
                done += 1
            except Refused as no:
                self.resting[name] = 20
                print(no, file=sys.stderr, flush=True)
        return done

    def rests(self, name: str) -> bool:
        left = self.resting.get(name, 0)
        if left:
            self.resting[name] = left - 1
        return left > 0

    @abstractmethod
    def turns(self) -> list[Callable[[], Any]]:
        """Return what this person does in one round, in order."""


def parcel_key(row: Row) -> str:
    return f"{row['shop']}/{row['parcel_id']}"
