"""What will happen: due events in time order, kept in the store. A jump of the clock works off all."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.box import Box

Happening = Callable[["Box", dict], None]
log = logging.getLogger("sandbox")
BATCH = 200
HAPPENINGS: dict[str, Happening] = {}


def happening(kind: str) -> Callable[[Happening], Happening]:
    """Name the function that works on due events of this kind; it checks the state before it acts."""

    def keep(function: Happening) -> Happening:
        HAPPENINGS[kind] = function
        return function

    return keep


class Agenda:
    def __init__(self, box: Box) -> None:
        self.box = box
        self.heap: list[tuple[float, int, str]] = []
        self.load()

    def load(self) -> None:
        rows = self.box.store.table("agenda")
        self.heap = [(row["due"], int(key), row["kind"]) for key, row in rows.items()]
        heapq.heapify(self.heap)

    def add(self, kind: str, *, due: float, **what: object) -> None:
        number = self.box.ids.count("agenda")
        self.box.store.put("agenda", str(number), {"due": due, "kind": kind, **what})
        heapq.heappush(self.heap, (due, number, kind))

    def next_due(self) -> float | None:
        return self.heap[0][0] if self.heap else None

    def run_until(self, moment: float, *, commit: bool = True, limit: int | None = None) -> int:
        """Work off what is due, each event at its own moment; return how many.

        Nobody outside can look before this returns, so a batch of events is one transaction.
        """
        box, done = self.box, 0
        outer = box.clock.frozen
        while self.heap and self.heap[0][0] <= moment and (limit is None or done < limit):
            due, number, kind = heapq.heappop(self.heap)
            row = box.store.get("agenda", str(number))
            if row is None:
                continue
            box.store.drop("agenda", str(number))
            box.clock.frozen = due
            try:
                HAPPENINGS[kind](box, row)
            except Exception:
                log.exception("An event of kind %s failed and is left out.", kind)
            finally:
                box.clock.frozen = outer
            done += 1
            if commit and done % BATCH == 0:
                box.store.commit()
        if commit and done:
            box.store.commit()
        return done
