"""The postman: takes due deliveries to their addresses, three seconds each, many at a time."""

from __future__ import annotations

import asyncio
import heapq
import random
import time
from contextlib import suppress
from typing import Any

import orjson

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.faults import strike
from sandbox.markets import DAY
from sandbox.signing import webhook_signature
from sandbox.webhooks import settle, tidy
from sandbox.wire import TROUBLES, Wire

PATIENCE = 3.0
AT_ONCE = 16
REORDER = (0.2, 3.0)
REPLAY_DAYS = (1, 5)


class Postman:
    """Delivers in the background of the event loop; faults are applied on the way out, never to the queue."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.client: Any = Wire()
        self.busy: set[str] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.sent = 0
        box.outgoing.clear()
        waiting = (row for row in box.store.table("delivery").values() if row["state"] == "WAITING")
        self.due = [(row["due"], row["id"]) for row in waiting]
        heapq.heapify(self.due)
        self.held: list[tuple[float, str]] = []

    def look(self) -> None:
        """Start an attempt for every delivery whose time has come, as far as hands are free."""
        rows, now, wall = self.box.store.table("delivery"), self.box.clock.running(), time.monotonic()
        for key in self.box.outgoing:
            if key in rows:
                heapq.heappush(self.due, (rows[key]["due"], key))
        self.box.outgoing.clear()
        while self.due and self.due[0][0] <= now:
            key = heapq.heappop(self.due)[1]
            if key in rows:
                heapq.heappush(self.held, (wall + self.lag(key), key))
        while self.held and self.held[0][0] <= wall and len(self.busy) < AT_ONCE:
            key = heapq.heappop(self.held)[1]
            if key in rows:
                self.start(rows[key])

    def start(self, row: dict[str, Any]) -> None:
        self.busy.add(row["id"])
        task = asyncio.create_task(self.carry(row))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def lag(self, key: str) -> float:
        """Return how many wall seconds the faults hold this delivery back."""
        faults = self.box.faults["webhooks"]
        luck = self.box.luck("lag", key)
        lag = float(faults["delay"])
        if luck.random() < faults["reorder"]:
            strike(self.box, "webhooks.reorder")
            lag += luck.uniform(*REORDER)
        return lag

    def strikes(self, luck: random.Random, fault: str) -> bool:
        struck = luck.random() < self.box.faults["webhooks"][fault]
        if struck:
            strike(self.box, f"webhooks.{fault}")
        return struck

    async def carry(self, row: dict[str, Any]) -> None:
        luck = self.box.luck("carry", row["id"], row["attempts"])
        try:
            if self.strikes(luck, "drop"):
                row["state"] = "LOST"
                self.box.store.put("delivery", row["id"], row)
                return
            ok, answer = await self.post(row)
            if self.strikes(luck, "duplicate"):
                await self.post(row)
            if self.strikes(luck, "replay"):
                plan_replay(self.box, row, luck)
            settle(self.box, row, ok=ok, answer=answer)
        finally:
            self.busy.discard(row["id"])
            if row["state"] == "WAITING":
                heapq.heappush(self.due, (row["due"], row["id"]))
            self.sent += 1
            if self.sent % 50 == 0:
                tidy(self.box)
            self.box.store.commit()
        self.look()

    async def post(self, row: dict[str, Any]) -> tuple[bool, str]:
        """Return whether the receiver took it (200; a 401 also ends it) and what it said.

        Three wall seconds in all: a receiver that answers byte by byte has not answered.
        """
        app, body = self.box.app, orjson.dumps(row["body"])
        signature = webhook_signature(app["app_key"], app["app_secret"], body)
        try:
            async with asyncio.timeout(PATIENCE):
                reply = await self.client.post(
                    row["address"],
                    content=body,
                    headers={"content-type": "application/json", "authorization": signature},
                )
        except TROUBLES as error:
            return False, type(error).__name__
        return reply.status_code in (200, 401), str(reply.status_code)

    async def close(self) -> None:
        for task in list(self.tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self.client.aclose()


def plan_replay(box: Box, row: dict[str, Any], luck: random.Random) -> None:
    """Keep a delivery's body aside, to be sent once more days later; a replay is not replayed."""
    if row["id"].endswith("-again"):
        return
    box.agenda.add("webhook_again", due=box.clock.now() + luck.uniform(*REPLAY_DAYS) * DAY, delivery=dict(row))


@happening("webhook_again")
def webhook_again(box: Box, due: dict[str, Any]) -> None:
    old = due["delivery"]
    key = f"{old['id']}-again"
    row = {**old, "id": key, "due": box.now(), "created": box.now(), "attempts": 0, "state": "WAITING", "answer": ""}
    box.store.put("delivery", key, row)
    box.outgoing.append(key)
