"""Transactions and claims that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet

T = TypeVar("T")
M = TypeVar("M", bound=Model)
_DEADLOCKS = ("deadlock", "could not serialize", "database is locked", "database table is locked")


def in_transaction(work: Callable[[], T], *, tries: int = 4) -> T:
    """Run `work` in one transaction; repeat it when the database names a deadlock or a lock as the reason."""
    for attempt in range(tries):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if attempt == tries - 1 or not any(text in str(error).lower() for text in _DEADLOCKS):
                raise
            threading.Event().wait(0.05 * 2**attempt * (0.5 + random.random()))
    raise AssertionError("unreachable")


def claim(rows: QuerySet[M], *, limit: int, of: str = "self") -> list[M]:
    """Lock and return up to `limit` rows, skipping those another worker holds. Call inside a transaction.

    `of` names what is locked: the rows themselves, or a row they point at ("order"), which stands before them in the
    order of locks. "" locks nothing. SQLite has one writer at a time: there the rows are simply read.
    """
    if of and connection.features.has_select_for_update_skip_locked:
        rows = rows if of == "self" else rows.select_related(of)
        rows = rows.select_for_update(skip_locked=True, of=(of,))
    return list(rows[:limit])


def lock(rows: QuerySet[M]) -> list[M]:
    """Lock and return all rows in primary-key order. Call inside a transaction."""
    rows = rows.order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    return list(rows)
