"""The story clock: the platform's time. It can stand still, run fast and jump forward; it never goes back."""

from __future__ import annotations

import time

from sandbox.store import Store

USUAL_SPEED = 60.0


class Clock:
    """Story seconds since 1970. While the sandbox stands, story time stands too; `start` is where a new one begins."""

    def __init__(self, store: Store, *, speed: float | None = None, start: float | None = None) -> None:
        self.store = store
        row = store.get("meta", "clock")
        self.base = float(row["story"]) if row else start if start is not None else time.time()
        self.speed = speed if speed is not None else float(row["speed"]) if row else USUAL_SPEED
        self.wall = time.monotonic()
        self.frozen: float | None = None
        if row is None or row["speed"] != self.speed:
            self.save()

    def running(self) -> float:
        """Return the moment the clock shows, whatever event is being worked on."""
        return self.base + (time.monotonic() - self.wall) * self.speed

    def now(self) -> float:
        """Return the moment of the event being worked on, or what the clock shows."""
        return self.frozen if self.frozen is not None else self.running()

    def seconds(self) -> int:
        return int(self.now())

    def save(self) -> None:
        self.rebase(self.running())

    def rebase(self, story: float) -> None:
        self.base, self.wall = max(story, self.base), time.monotonic()
        self.store.put("meta", "clock", {"story": self.base, "speed": self.speed})

    def set_speed(self, speed: float) -> None:
        self.rebase(self.running())
        self.speed = speed
        self.rebase(self.base)

    def shown(self) -> dict[str, float]:
        return {"now": round(self.running(), 3), "speed": self.speed, "wall": round(time.time(), 3)}
