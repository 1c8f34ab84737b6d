"""State: dictionaries in memory, written through to one SQLite file. One change is one transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import orjson

Row = dict[str, Any]


class Store:
    """Rows by kind and key. Whatever `put` and `drop` touched since the last `commit` is written together."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS row (kind TEXT, key TEXT, body BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )
        self.kinds: dict[str, dict[str, Row]] = {}
        self.touched: set[tuple[str, str]] = set()
        self.turns: dict[str, int] = {}  # by kind: counts up with every change, for what is remembered elsewhere
        self.revert()

    def revert(self) -> None:
        """Forget what was not committed: what the file holds is what is."""
        self.touched.clear()
        for kind, rows in self.kinds.items():
            rows.clear()
            self.turns[kind] = self.turns.get(kind, 0) + 1
        for kind, key, body in self.db.execute("SELECT kind, key, body FROM row"):
            self.table(kind)[key] = orjson.loads(body)

    def table(self, kind: str) -> dict[str, Row]:
        rows = self.kinds.get(kind)
        if rows is None:
            rows = self.kinds[kind] = {}
        return rows

    def get(self, kind: str, key: str) -> Row | None:
        return self.table(kind).get(key)

    def put(self, kind: str, key: str, row: Row) -> Row:
        self.table(kind)[key] = row
        self.touched.add((kind, key))
        self.turns[kind] = self.turns.get(kind, 0) + 1
        return row

    def drop(self, kind: str, key: str) -> None:
        self.table(kind).pop(key, None)
        self.touched.add((kind, key))
        self.turns[kind] = self.turns.get(kind, 0) + 1

    def clear(self, kind: str) -> None:
        for key in list(self.table(kind)):
            self.drop(kind, key)

    def commit(self) -> None:
        """Write every touched row in one transaction; nothing touched, nothing written."""
        if not self.touched:
            return
        kinds = self.kinds
        gone = [(kind, key) for kind, key in self.touched if key not in kinds[kind]]
        kept = ((kind, key, orjson.dumps(kinds[kind][key])) for kind, key in self.touched if key in kinds[kind])
        self.db.execute("BEGIN")
        try:
            if gone:
                self.db.executemany("DELETE FROM row WHERE kind = ? AND key = ?", gone)
            self.db.executemany("INSERT OR REPLACE INTO row (kind, key, body) VALUES (?, ?, ?)", kept)
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")
        self.touched.clear()

    def settle(self) -> None:
        """Fold the log of a large commit into the file."""
        self.commit()
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.commit()
        self.db.close()
