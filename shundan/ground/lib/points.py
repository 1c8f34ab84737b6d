"""Named points: the moments at which a test may kill this process, before and after every commit and every request.

Off, and as good as free, unless SHUNDAN_POINTS names a folder. Then every point that is passed adds its name to
`seen` in that folder, and the point whose name stands in `armed` kills the process, once: whoever takes the file away
dies. A name tells side, kind, number within one turn, and place (a step, or an address of the desk):
"before commit 2 of send_next_calls". Only what writes is a commit.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.db import connections

SETTING = "SHUNDAN_POINTS"
DEEPEST = 4  # a batch that goes row by row repeats itself: later commits of one turn have no names
_WRITES = re.compile(r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
_PLAIN = re.compile(r"[a-z_]+")
Application = Callable[[dict[str, Any], Any], Any]


class _Turn(threading.local):
    """Where this thread is: each thread works at one place at a time."""

    folder: Path | None = None
    place = ""

    def __init__(self) -> None:
        self.passed: Counter[str] = Counter()
        self.written: set[str] = set()  # tables, since the last commit


_here = _Turn()
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


@contextmanager
def beside(kind: str) -> Iterator[None]:
    """Pass a point before and, when all went well, one after this block."""
    if not _here.place:
        yield
        return
    _here.passed[kind] += 1
    name = f"{kind} {_here.passed[kind]} of {_here.place}"
    named = _here.passed[kind] <= DEEPEST
    tables = " ".join(sorted(_here.written)) if kind == "commit" else ""
    if named:
        _pass(f"before {name}", tables)
    yield
    if named:
        _pass(f"after {name}", tables)


@contextmanager
def _turn(folder: Path, place: str) -> Iterator[None]:
    connection = connections["default"]
    plain = connection.commit

    def commit() -> None:
        if not _here.written:
            plain()
            return
        with beside("commit"):
            plain()
            _here.written.clear()

    _here.folder, _here.place = folder, place
    _here.passed.clear()
    _here.written.clear()
    vars(connection)["commit"] = commit  # on this connection alone, for this turn alone
    try:
        with connection.execute_wrapper(_execute):
            yield
    finally:
        _here.place = ""
        vars(connection).pop("commit", None)


def _execute(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run one statement; a write outside a transaction is a commit of its own."""
    found = _WRITES.match(sql)
    if found is None:
        return execute(sql, params, many, context)
    _here.written.add(found[1])
    if context["connection"].in_atomic_block:
        return execute(sql, params, many, context)
    with beside("commit"):
        answer = execute(sql, params, many, context)
        _here.written.clear()
    return answer


def _pass(name: str, tables: str) -> None:
    folder = _here.folder
    assert folder is not None
    if name not in _seen:
        _seen.add(name)
        with (folder / "seen").open("a") as lines:
            lines.write(f"{name}\t{tables}\n")
    armed = folder / "armed"
    try:
        if armed.read_text() != name:
            return
        armed.rename(folder / f"struck {os.getpid()}")
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
