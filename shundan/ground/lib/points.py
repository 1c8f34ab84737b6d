"""Named points: the moments at which a test may kill this process, before and after every commit and every request.

Off, and as good as free, unless SHUNDAN_POINTS names a folder. Then every point that is passed adds its name to
`seen` in that folder, and a point whose name stands in `armed` (one a line) kills the process: whoever takes the file
away adds the name to `struck` and dies, so that one file kills once. A name tells side, kind, number within one turn,
and place (a step, or an address of the desk): "before commit 2 of send_next_calls". Only what writes is a commit.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.db import connections

SETTING = "SHUNDAN_POINTS"
DEEPEST = 4  # a batch that goes row by row repeats itself: later commits of one turn have no names
_WRITES = re.compile(r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
_PLAIN = re.compile(r"[a-z_]+")
P = ParamSpec("P")
T = TypeVar("T")
Application = Callable[[dict[str, Any], Any], Any]


@dataclass
class _Turn:
    """One turn at one place; threads that work for it share its numbers."""

    folder: Path
    place: str
    passed: Counter[str] = field(default_factory=Counter)
    written: set[str] = field(default_factory=set)  # tables, since the last commit
    lock: threading.Lock = field(default_factory=threading.Lock)

    def number(self, kind: str) -> int:
        with self.lock:
            self.passed[kind] += 1
            return self.passed[kind]


class _Here(threading.local):
    turn: _Turn | None = None


_here = _Here()
_seen: set[str] = set()


def within(place: str) -> AbstractContextManager[None]:
    """Name the commits and requests of this block after `place`, if anybody wants to know them."""
    folder = os.environ.get(SETTING)
    return _turn(Path(folder), place) if folder else nullcontext()


def watched(application: Application) -> Application:
    """Return a WSGI application whose turns are named by method and address, ids left out; off, the same one."""
    if not os.environ.get(SETTING):
        return application

    def watch(environ: dict[str, Any], start_response: Any) -> Any:
        parts = [part if _PLAIN.fullmatch(part) else "*" for part in environ["PATH_INFO"].strip("/").split("/")]
        with within(f"{environ['REQUEST_METHOD']} /{'/'.join(parts)}"):
            return application(environ, start_response)

    return watch


def carried(work: Callable[P, T]) -> Callable[P, T]:
    """Return `work` for another thread, where it belongs to this thread's turn; off, the same one."""
    turn = _here.turn
    if turn is None:
        return work

    def there(*args: P.args, **kwargs: P.kwargs) -> T:
        _here.turn = turn
        try:
            return work(*args, **kwargs)
        finally:
            _here.turn = None

    return there


@contextmanager
def beside(kind: str) -> Iterator[None]:
    """Pass a point before and, when all went well, one after this block."""
    turn = _here.turn
    if turn is None or (number := turn.number(kind)) > DEEPEST:
        yield
        return
    tables = " ".join(sorted(turn.written)) if kind == "commit" else ""
    _pass(turn, f"before {kind} {number} of {turn.place}", tables)
    yield
    _pass(turn, f"after {kind} {number} of {turn.place}", tables)


@contextmanager
def _turn(folder: Path, place: str) -> Iterator[None]:
    connection = connections["default"]
    turn, plain = _Turn(folder, place), connection.commit

    def commit() -> None:
        if not turn.written:
            plain()
            return
        with beside("commit"):
            plain()
            turn.written.clear()

    _here.turn = turn
    vars(connection)["commit"] = commit  # on this connection alone, for this turn alone
    try:
        with connection.execute_wrapper(_execute):
            yield
    finally:
        _here.turn = None
        vars(connection).pop("commit", None)


def _execute(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run one statement; a write outside a transaction is a commit of its own."""
    found, turn = _WRITES.match(sql), _here.turn
    if found is None or turn is None:
        return execute(sql, params, many, context)
    turn.written.add(found[1])
    if context["connection"].in_atomic_block:
        return execute(sql, params, many, context)
    with beside("commit"):
        answer = execute(sql, params, many, context)
        turn.written.clear()
    return answer


def _pass(turn: _Turn, name: str, tables: str) -> None:
    if name not in _seen:
        _seen.add(name)
        with (turn.folder / "seen").open("a") as lines:
            lines.write(f"{name}\t{tables}\n")
    armed = turn.folder / "armed"
    try:
        if name not in armed.read_text().splitlines():
            return
        armed.rename(turn.folder / f"taken {os.getpid()}")
    except FileNotFoundError:
        return
    with (turn.folder / "struck").open("a") as lines:
        lines.write(f"{name}\n")
    os.kill(os.getpid(), signal.SIGKILL)
