"""Every row a run wrote, found by comparing a database before and after, and written again as raw as it goes.

Raw: the driver's own executemany, one INSERT per table and turn, one transaction per turn, into tables with the same
indexes and constraints. Rows that existed before and were changed are UPDATEs by key.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.places import Database

# What a real database of a desk sets (shundan/config/settings.py), so that both sides wait for the disk alike.
PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000; PRAGMA foreign_keys=ON; "
    "PRAGMA busy_timeout=20000;"
)
Row = tuple[Any, ...]


@dataclass
class Turn:
    """What one transaction wrote: SQL text -> its rows, parents before children."""

    writes: list[tuple[str, list[Row]]] = field(default_factory=list)


@dataclass(frozen=True)
class Replay:
    """All turns of a run, and how many rows they insert and change by table.

    The first `warm` turns are not timed, on neither side; `left` orders come after them.
    """

    turns: list[Turn]
    inserted: Mapping[str, int]
    changed: Mapping[str, int]
    warm: int = 0
    left: int = 0


def highest_keys() -> dict[str, int]:
    """Return the highest key of every table with a whole-number key, inside the desk's own process."""
    from django.db import connection

    tables = _our_tables()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', coalesce(max(id), 0) FROM {name}" for name in tables))
        return dict(cursor.fetchall())


def _our_tables() -> list[str]:
    from django.apps import apps
    from django.db.models import AutoField, BigAutoField

    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return sorted(
        {one._meta.db_table for one in models if isinstance(one._meta.pk, AutoField | BigAutoField)
         and one._meta.pk.column == "id"}
    )  # fmt: skip


def find_replay(before: Database, after: Database, turns: Sequence[Mapping[str, int]]) -> Replay:
    """Compare two databases and spread what was written over the recorded turns."""
    made = [Turn() for _ in turns[1:]]
    inserted: dict[str, int] = {}
    changed: dict[str, int] = {}
    with Raw(before) as old, Raw(after) as new:
        names = old.parents_first()
        for name in names:
            columns = new.columns(name)
            known = {row[0]: row for row in old.rows(name)}
            fresh = [row for row in new.rows(name) if row[0] not in known]
            other = [row for row in new.rows(name) if row[0] in known and known[row[0]] != row]
            if fresh:
                inserted[name] = len(fresh)
                insert = new.insert(name, columns)
                for turn, rows in zip(made, _by_turn(fresh, [turn.get(name) for turn in turns]), strict=True):
                    turn.writes += [(insert, rows)] if rows else []
            if other:
                changed[name] = len(other)
                _spread_changes(made, new, name, columns, [(known[row[0]], row) for row in other])
    return Replay([turn for turn in made if turn.writes], inserted, changed)


def _by_turn(rows: list[Row], limits: Sequence[int | None]) -> Iterator[list[Row]]:
    """Cut rows at the highest key each turn had reached."""
    at = 0
    for limit in limits[1:]:
        end = at
        while end < len(rows) and limit is not None and rows[end][0] <= limit:
            end += 1
        yield rows[at:end]
        at = end
    assert at == len(rows), "rows that no turn wrote"


def _spread_changes(
    turns: list[Turn], raw: Raw, name: str, columns: list[str], pairs: Sequence[tuple[Row, Row]]
) -> None:
    """Change what was changed, column for column, evenly over the turns; once per row however often ours did."""
    fields = [at for at in range(1, len(columns)) if any(old[at] != new[at] for old, new in pairs)]
    update = raw.update(name, [columns[at] for at in fields], columns[0])
    rows = [(*(new[at] for at in fields), new[0]) for _, new in pairs]
    for number, turn in enumerate(turns):
        part = rows[len(rows) * number // len(turns) : len(rows) * (number + 1) // len(turns)]
        turn.writes += [(update, part)] if part else []


def write_again(replay: Replay, target: Database) -> tuple[float, float]:
    """Write all turns into an empty copy, one transaction each; return the seconds, and those of our processor time."""
    with Raw(target) as raw:
        for turn in replay.turns[: replay.warm]:
            raw.write(turn)
        began, cpu = time.perf_counter(), time.process_time()
        for turn in replay.turns[replay.warm :]:
            raw.write(turn)
        return time.perf_counter() - began, time.process_time() - cpu


class Raw:
    """A database through its driver alone; use it as a context."""

    def __init__(self, database: Database) -> None:
        self.database, self.is_sqlite = database, database.kind == "sqlite"

    def __enter__(self) -> Raw:
        self.connection: Any
        if self.is_sqlite:
            self.connection = sqlite3.connect(self.database.file, isolation_level=None)
            self.connection.executescript(PRAGMAS)
        else:
            import psycopg

            self.connection = psycopg.connect(**self.database.dsn, autocommit=True)  # type: ignore[arg-type]
        return self

    def __exit__(self, *_error: object) -> None:
        self.connection.close()

    def write(self, turn: Turn) -> None:
        """Write one turn in one transaction."""
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        for sql, rows in turn.writes:
            cursor.executemany(sql, rows)
        cursor.execute("COMMIT")

    def parents_first(self) -> list[str]:
        """Return all tables, each after those it refers to."""
        left = {name: self._parents(name) - {name} for name in self._tables()}
        ordered: list[str] = []
        while left:
            free = sorted(name for name, parents in left.items() if not parents & left.keys())
            ordered += free or sorted(left)  # a circle: constraints are checked at commit
            left = {name: parents for name, parents in left.items() if name not in ordered}
        return ordered

    def columns(self, name: str) -> list[str]:
        """Return the columns of a table, the key first."""
        if self.is_sqlite:
            found = [row[1] for row in self.connection.execute(f"PRAGMA table_info({name})")]
        else:
            sql = "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
            found = [row[0] for row in self.connection.execute(sql, [name])]
        return sorted(found, key=lambda column: column != "id")

    def rows(self, name: str) -> list[Row]:
        """Return every row as the driver writes it, in key order; JSON as text."""
        columns = self.columns(name)
        kinds = self._json(name)
        picked = ", ".join(f'"{column}"::text' if column in kinds else f'"{column}"' for column in columns)
        return list(self.connection.execute(f'SELECT {picked} FROM "{name}" ORDER BY 1'))

    def insert(self, name: str, columns: Sequence[str]) -> str:
        """Return the INSERT of whole rows."""
        kinds = self._json(name)
        marks = ", ".join(self._mark(column, kinds) for column in columns)
        overriding = "" if self.is_sqlite else " OVERRIDING SYSTEM VALUE"
        names = ", ".join(f'"{column}"' for column in columns)
        return f'INSERT INTO "{name}" ({names}){overriding} VALUES ({marks})'

    def update(self, name: str, columns: Sequence[str], key: str) -> str:
        """Return the UPDATE of some columns by key."""
        kinds = self._json(name)
        told = ", ".join(f'"{column}" = {self._mark(column, kinds)}' for column in columns)
        return f'UPDATE "{name}" SET {told} WHERE "{key}" = {self._mark(key, set())}'

    def _mark(self, column: str, kinds: set[str]) -> str:
        return "?" if self.is_sqlite else "%s::jsonb" if column in kinds else "%s"

    def _json(self, name: str) -> set[str]:
        if self.is_sqlite:
            return set()
        sql = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND data_type = 'jsonb'"
        return {row[0] for row in self.connection.execute(sql, [name])}

    def _tables(self) -> list[str]:
        if self.is_sqlite:
            sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        else:
            sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return [row[0] for row in self.connection.execute(sql)]

    def _parents(self, name: str) -> set[str]:
        if self.is_sqlite:
            return {row[2] for row in self.connection.execute(f"PRAGMA foreign_key_list({name})")}
        sql = "SELECT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"
        return {row[0] for row in self.connection.execute(sql, [name])}
