"""Identifiers and chance, both repeatable: counters in the store, chance drawn from seed and purpose."""

from __future__ import annotations

import hashlib
import random

from sandbox.store import Store

PREFIXES = {
    "order": ("57", 18),
    "line": ("57", 18),
    "package": ("115", 19),
    "product": ("172", 19),
    "sku": ("1729", 19),
    "shop": ("749", 19),
    "warehouse": ("737", 19),
    "buyer": ("7494", 19),
    "cancel": ("4035", 19),
    "return": ("4036", 19),
    "caseline": ("4037", 19),
    "conversation": ("7393", 19),
    "message": ("7394", 19),
    "statement": ("7395", 19),
    "payment": ("3459", 19),
    "transaction": ("3460", 19),
    "group": ("746", 19),
    "notification": ("7380", 19),
}


class Ids:
    """Numbers that never repeat, not even over a restart."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def count(self, name: str) -> int:
        row = self.store.get("meta", "counters")
        if row is None:
            row = self.store.put("meta", "counters", {})
        row[name] = row.get(name, 0) + 1
        self.store.put("meta", "counters", row)
        return row[name]

    def new(self, kind: str) -> str:
        """Return a fresh id in the platform's length: prefix, a climbing counter, a scattered tail."""
        prefix, length = PREFIXES[kind]
        number = self.count(kind)
        tail = int(hashlib.sha256(f"{kind}{number}".encode()).hexdigest()[:8], 16) % 10**5
        width = length - len(prefix) - 5
        return f"{prefix}{number + 10 ** (width - 1) * 6:0{width}d}{tail:05d}"


def chance(*purpose: object) -> random.Random:
    """Return a generator that depends on nothing but its purpose."""
    return random.Random("/".join(str(part) for part in purpose))
