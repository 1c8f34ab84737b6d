"""Many orders from a few real ones: the same payloads under ids of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

OWN_IDS = re.compile(r'"(?:id|user_id|package_id|order_line_id)": "(\d{12,})"')
FIRST = 590_000_000_000_000_000


def clone_payload(payload: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the payload with every id of its own (order, lines, packages, buyer) replaced; the goods stay the same."""
    text = json.dumps(payload)
    for at, own in enumerate(sorted(set(OWN_IDS.findall(text)))):
        text = text.replace(f'"{own}"', f'"{FIRST + number * 1000 + at}"')
    cloned: dict[str, Any] = json.loads(text)
    return cloned


def clone_snapshots(originals: Sequence[Any], start: int, count: int) -> Iterator[Any]:
    """Yield drafts of snapshots of orders nobody has seen, from `start` on."""
    from shundan.edges.inbox.actions import SnapshotDraft

    for number in range(start, start + count):
        one = originals[number % len(originals)]
        payload = clone_payload(one.payload, number)
        yield SnapshotDraft(one.shop_id, "order", str(payload["id"]), one.updated_at, one.asked_at, payload)
