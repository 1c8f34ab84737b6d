"""Slow work side by side, while one thread alone touches the database.

`together` runs `work` of several items in threads and hands every outcome to `done` in the caller's thread, as it
comes. What must happen in the caller's thread while work is under way (a query, a token to be refreshed) goes
through `at_home`: SQLite has one writer, a transaction belongs to one thread, and no thread leaves a connection behind.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from shundan.ground.lib import points

AT_ONCE = 16
T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 an item
O = TypeVar("O")  # noqa: E741 its outcome
_place = threading.local()


@dataclass(frozen=True)
class Errand:
    """Something a thread wants done at home."""

    function: Callable[[], Any]
    outcome: Future[Any]


@dataclass(frozen=True)
class Outcome(Generic[I, O]):
    """What became of one item: its value, or the error that was raised."""

    item: I
    value: O | None = None
    error: Exception | None = None


def at_home(function: Callable[[], T]) -> T:
    """Run `function` in the thread that called `together`, and return or raise what it does; elsewhere, just run it."""
    home: SimpleQueue[Any] | None = getattr(_place, "home", None)
    if home is None:
        return function()
    errand = Errand(function, Future())
    home.put(errand)
    found: T = errand.outcome.result()
    return found


def is_away() -> bool:
    """Return whether this runs beside others, where a wait holds up nobody."""
    return getattr(_place, "home", None) is not None


def together(
    work: Callable[[I], O], items: Iterable[I], *, done: Callable[[Outcome[I, O]], None], at_once: int = AT_ONCE
) -> int:
    """Work on `items`, up to `at_once` at the same time; return how many came to an end.

    `items` is drawn from and `done` is called in this thread, one at a time: an item is drawn only when its work can
    begin at once. If either raises, nothing more begins, what is under way still reaches `done`, then it is raised.
    """
    home: SimpleQueue[Errand | Outcome[I, O]] = SimpleQueue()
    left, running, ended = iter(items), 0, 0
    trouble: Exception | None = None
    with ThreadPoolExecutor(at_once, thread_name_prefix="together") as pool:
        while True:
            try:
                while trouble is None and running < at_once:
                    if not _begin(pool, home, work, left):
                        break
                    running += 1
            except Exception as error:
                trouble = error
            if not running:
                break
            news = home.get()
            if isinstance(news, Errand):
                _run(news)
                continue
            running, ended = running - 1, ended + 1
            try:
                done(news)
            except Exception as error:
                trouble = trouble or error
    if trouble is not None:
        raise trouble
    return ended


def _begin(pool: ThreadPoolExecutor, home: SimpleQueue[Any], work: Callable[[I], Any], left: Iterator[I]) -> bool:
    """Draw the next item and begin its work; return False when there is none."""
    for item in left:
        pool.submit(points.carried(_work), home, work, item)
        return True
    return False


def _work(home: SimpleQueue[Any], work: Callable[[I], Any], item: I) -> None:
    _place.home = home
    try:
        home.put(Outcome(item, work(item)))
    except Exception as error:
        home.put(Outcome(item, error=error))


def _run(errand: Errand) -> None:
    try:
        errand.outcome.set_result(at_home(errand.function))  # further home, when this thread is itself one of many
    except Exception as error:
        errand.outcome.set_exception(error)
