"""Django's SQLite backend, with one difference: who wants to write waits for his turn instead of asking over and over.

SQLite has one writer at a time, and tells the others to come again: they sleep for up to a tenth of a second while
nobody writes, and who has waited longest has no better chance than who came last. Here a transaction that writes, or a
statement that writes outside of one, first takes the turn: a lock among this process's threads, then a lock on an
empty file beside the database among processes. Both wake up the next one at once, and a process that dies gives back
what it held. SQLite's own lock still decides: whoever writes without the turn (a backup, a shell) is only slower.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Turn:
    """One process's place in the queue of those who write into one database file."""

    def __init__(self, path: str) -> None:
        self._thread = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, patience: float) -> None:
        """Wait until nobody else writes. Raises OperationalError when another thread keeps its turn for too long."""
        if not self._thread.acquire(timeout=patience):
            raise OperationalError("database is locked")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._thread.release()
            raise

    def give_back(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._thread.release()


@cache
def _turn_of(process: int, database: str) -> Turn:
    """Return the process's turn; a forked one has its own, or it would share its parent's file and so its lock."""
    return Turn(f"{database}.turn")


class Cursor(base.SQLiteCursorWrapper):
    """A cursor whose writing statements wait for their turn where no transaction holds it."""

    def __init__(self, connection: Any, wrapper: DatabaseWrapper) -> None:
        super().__init__(connection)
        self._wrapper = wrapper

    def execute(self, query: str, params: Any = None) -> Any:
        if not query.startswith(_WRITING):
            return super().execute(query, params)
        with self._wrapper.at_its_turn():
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self._wrapper.at_its_turn():
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that holds the turn from the beginning of a transaction to its end."""

    _turn: Turn | None = None  # held

    @contextmanager
    def at_its_turn(self) -> Iterator[None]:
        """Hold the turn during this block; inside a transaction it is held already."""
        if self._turn is not None or self.connection.in_transaction:
            yield
            return
        self._take_turn()
        try:
            yield
        finally:
            self._give_turn_back()

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=partial(Cursor, wrapper=self))

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn_back()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self._give_turn_back()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn_back()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._give_turn_back()

    def _take_turn(self) -> None:
        if self._turn is None and not self.is_in_memory_db():
            turn = _turn_of(os.getpid(), str(self.settings_dict["NAME"]))
            turn.take(float(self.settings_dict["OPTIONS"].get("timeout", 5.0)))
            self._turn = turn

    def _give_turn_back(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.give_back()
