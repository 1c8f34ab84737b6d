"""What the functions of the groups take and give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shundan.edges.channels.queries import Access
from shundan.ground.shops.queries import Shop

Reached = Shop | int | Access
Row = dict[str, Any]


@dataclass(frozen=True)
class ItemError:
    """Why one item of a batch was not done, though the call as a whole was."""

    item: str
    code: int
    message: str


@dataclass(frozen=True)
class Batch:
    """What a batch call told: its own data, and each item it refused."""

    told: Row
    errors: tuple[ItemError, ...] = field(default=())

    def error_of(self, item: str) -> ItemError | None:
        return next((error for error in self.errors if error.item == item), None)


def batch(told: Row, *names: str) -> Batch:
    """Read the per-item errors of a batch; `names` are the fields of `detail` that may name the item."""
    rows = told.get("errors")
    errors = [_error(row, names) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return Batch(told, tuple(errors))


def _error(row: Mapping[str, Any], names: tuple[str, ...]) -> ItemError:
    detail = row.get("detail")
    detail = detail if isinstance(detail, Mapping) else {}
    item = next((str(detail[name]) for name in names if detail.get(name)), "")
    code = str(row.get("code") or 0)
    return ItemError(item, int(code) if code.isdigit() else 0, str(row.get("message") or ""))


def rows_of(told: Row, key: str) -> list[Row]:
    """Return the objects under `key`; anything else there is no row."""
    found = told.get(key)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def said(**fields: Any) -> Row:
    """Return the fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], ())}
