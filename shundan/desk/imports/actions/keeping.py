"""Rows that are kept: stored under their keys, put back when an import is undone, their persons forgotten in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from shundan.core.privacy import PERSONAL, is_masked
from shundan.desk.imports.models import KeptRow
from shundan.ground.lib import clock
from shundan.ground.lib.db import claim, in_transaction, lock

PERSONAL_DAYS = PERSONAL["imports.KeptRow.personal"][1]
_FACTS = (
    "order_id", "outside_id", "sku", "status", "told_at", "amount_minor", "currency", "payload", "personal",
    "content_hash", "file_name", "file_row", "import_key",
)  # fmt: skip
_UPDATED = [*_FACTS, "before", "stored_at", "erased_at"]


def keep_rows(shop_key: int, kind: str, told: Sequence[dict[str, Any]], *, import_key: int, file_name: str) -> int:
    """Store rows under their keys, inside the caller's transaction; return how many are new or changed.

    What an earlier import told is remembered beside it. A masked cell never replaces a full one.
    """
    keys = [one["key"] for one in told]
    stored = {row.row_key: row for row in lock(KeptRow.objects.filter(shop=shop_key, kind=kind, row_key__in=keys))}
    new, changed = [], []
    for one in told:
        row = stored.get(one["key"])
        if row is None:
            row = KeptRow(shop_id=shop_key, kind=kind, row_key=one["key"])
            new.append(row)
        elif row.content_hash == one["content_hash"]:
            continue
        else:
            if row.import_key != import_key:
                row.before = _facts(row)
            changed.append(row)
        _write(row, one, import_key=import_key, file_name=file_name)
    KeptRow.objects.bulk_create(new, batch_size=200)
    if changed:
        KeptRow.objects.bulk_create(changed, update_conflicts=True, update_fields=_UPDATED, unique_fields=["id"])
    return len(new) + len(changed)


def _write(row: KeptRow, told: dict[str, Any], *, import_key: int, file_name: str) -> None:
    row.order_id, row.outside_id, row.sku = told["order_id"], told["outside_id"], told["sku"]
    row.status, row.amount_minor, row.currency = told["status"], told["amount_minor"], told["currency"]
    row.told_at = datetime.fromisoformat(told["at"]) if told["at"] else None
    row.payload = [list(one) for one in told["cells"]]
    row.personal = _better(row.personal, [list(one) for one in told["personal"]])
    row.content_hash, row.file_name, row.file_row = told["content_hash"], file_name[:120], told["row"]
    row.import_key, row.stored_at, row.erased_at = import_key, clock.wall(), None


def _better(old: list[list[Any]], new: list[list[Any]]) -> list[list[Any]]:
    full = {name: cell for _, name, cell in old if not is_masked(cell)}
    return [[place, name, full.get(name, cell) if is_masked(cell) else cell] for place, name, cell in new]


def _facts(row: KeptRow) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in _FACTS}
    return {**facts, "told_at": row.told_at.isoformat() if row.told_at else None}


def take_back_rows(import_key: int, *, limit: int = 500, after: int = 0) -> tuple[int, int, int]:
    """Take back what one import told, a bounded batch: rows only it told go, the others say what they said before.

    Returns (gone, put back, key of the last row looked at; 0 at the end).
    """
    rows = list(KeptRow.objects.filter(import_key=import_key, pk__gt=after).order_by("pk")[:limit])
    last = rows[-1].pk if rows else 0
    gone, back = [], []
    for row in rows:
        if not row.before:
            gone.append(row.pk)
            continue
        before = dict(row.before)
        before["told_at"] = datetime.fromisoformat(before["told_at"]) if before["told_at"] else None
        for name, value in before.items():
            setattr(row, name, value)
        row.before = {}
        back.append(row)
    KeptRow.objects.filter(pk__in=gone).delete()
    if back:
        KeptRow.objects.bulk_create(back, update_conflicts=True, update_fields=_UPDATED, unique_fields=["id"])
    return len(gone), len(back), last


def forget_persons(*, now: datetime, limit: int = 500) -> int:
    """Erase the cells that may name a person once their erase clock has run out; return how many rows had any."""

    def work() -> int:
        due = KeptRow.objects.filter(erased_at=None, stored_at__lt=now - timedelta(days=PERSONAL_DAYS))
        keys = [row.pk for row in claim(due.order_by("pk"), limit=limit)]
        KeptRow.objects.filter(pk__in=keys).update(personal=[], before={}, erased_at=clock.wall())
        return len(keys)

    return in_transaction(work)
