"""Arrivals are filed together: whoever comes first writes for all who came meanwhile, in one statement.

Each caller goes on only when its own row is committed. On SQLite, where there is one writer at a time, this makes
one commit out of many, and one contender for the lock out of a whole process.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from shundan.core.errors import Unavailable

PATIENCE = 2.4  # seconds: the platform waits three for an answer
_COLUMNS = "app_key, notification_id, channel_shop_id, kind, body, received_at, repeats, state, reason"
_SQL = (
    f"INSERT INTO inbox_arrival ({_COLUMNS}) VALUES %s ON CONFLICT (app_key, notification_id) "
    "DO UPDATE SET repeats = inbox_arrival.repeats + excluded.repeats + 1"
)


@dataclass(frozen=True)
class Filed:
    """The columns of a new arrival."""

    app_key: str
    notification_id: str
    channel_shop_id: str
    kind: int | None
    body: bytes
    received_at: datetime
    state: str
    reason: str


class _Waiting:
    """One caller's row, and what became of it."""

    def __init__(self, row: Filed) -> None:
        self.row, self.done = row, False
        self.error: Exception | None = None


_queue_lock = threading.Lock()
_queue: list[_Waiting] = []
_writer = threading.Lock()


def file_arrival(row: Filed) -> None:
    """Store a row, or count a repeat where it stands already; raise Unavailable if that takes too long."""
    mine = _Waiting(row)
    with _queue_lock:
        _queue.append(mine)
    if not _writer.acquire(timeout=PATIENCE):
        with _queue_lock:
            if mine in _queue:
                _queue.remove(mine)
        raise Unavailable(_("The database is busy."))
    try:
        if not mine.done:
            _write_queue()
    finally:
        _writer.release()
    if mine.error is not None:
        raise mine.error


def _write_queue() -> None:
    with _queue_lock:
        batch, _queue[:] = list(_queue), []
    error = _write_safely(batch)
    for waiting in batch:
        alone = len(batch) > 1 and error is not None and not isinstance(error, Unavailable)
        # Whatever one row does to the statement, its neighbours are stored.
        waiting.error, waiting.done = _write_safely([waiting]) if alone else error, True


def _write_safely(batch: list[_Waiting]) -> Exception | None:
    try:
        _write([waiting.row for waiting in batch])
    except Exception as reason:  # it is raised by the thread whose row it was
        return reason
    return None


def _write(rows: list[Filed]) -> None:
    """Write rows in one statement, which is its own transaction; it may be repeated, for the key keeps it single."""
    times: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], Filed] = {}
    for row in rows:
        key = (row.app_key, row.notification_id)
        times[key] = times.get(key, 0) + 1
        first.setdefault(key, row)
    values = [value for key in sorted(first) for value in _values(first[key], repeats=times[key] - 1)]
    sql = _SQL % ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(first))
    for once_more in (True, False):
        try:
            _execute(sql, values)
            return
        except (OperationalError, InterfaceError) as error:
            if not once_more or connection.vendor == "sqlite" or connection.in_atomic_block:
                raise Unavailable(_("The database is busy, or does not answer.")) from error
            connection.close()  # it may have been cut since the last request


def _values(row: Filed, *, repeats: int) -> list[Any]:
    at = connection.ops.adapt_datetimefield_value(row.received_at)
    return [
        row.app_key, row.notification_id, row.channel_shop_id, row.kind, row.body, at, repeats, row.state, row.reason,
    ]  # fmt: skip


def _execute(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
