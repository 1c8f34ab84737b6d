"""Temporary databases of both kinds: made empty, copied whole, dropped. Both keep what they acknowledged on disk."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.postgres import Cluster, find_programs

KINDS = ("sqlite", "postgres")


@dataclass(frozen=True)
class Database:
    """One database of a desk: a data folder, and for PostgreSQL its URL."""

    kind: str
    folder: Path
    url: str = ""

    @property
    def file(self) -> Path:
        return self.folder / "shundan.sqlite3"

    @property
    def dsn(self) -> dict[str, str]:
        """Return what psycopg.connect takes."""
        parts = urlsplit(self.url)
        return {"host": unquote(parts.hostname or ""), "user": parts.username or "", "dbname": parts.path.lstrip("/")}


class Databases:
    """Makes databases of the kinds asked for; PostgreSQL is one cluster of our own, started when first needed."""

    def __init__(self, folder: Path, kinds: tuple[str, ...], stack: ExitStack) -> None:
        self.folder, self.kinds, self._stack, self._count = folder, kinds, stack, 0
        self._cluster: Cluster | None = None

    def make(self, kind: str) -> Database:
        """Return an empty database with a folder of its own; its tables are made by whoever uses it."""
        return Database(kind, self._folder(), self.cluster().make_database() if kind == "postgres" else "")

    def copy(self, source: Database) -> Database:
        """Return a copy of a database nobody is connected to, its pages written out."""
        if source.kind == "sqlite":
            with sqlite3.connect(source.file) as whole:
                whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            whole.close()
        made = self._folder()
        shutil.copytree(source.folder, made, dirs_exist_ok=True)
        if source.kind == "sqlite":
            return Database("sqlite", made)
        name = f"copy_{self._count}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {source.dsn['dbname']}", "CHECKPOINT")
        return Database("postgres", made, source.url.rpartition("/")[0] + f"/{name}")

    def drop(self, database: Database) -> None:
        """Remove a database and its folder."""
        if database.kind == "postgres":
            self._admin(f"DROP DATABASE IF EXISTS {database.dsn['dbname']} WITH (FORCE)", "CHECKPOINT")
        shutil.rmtree(database.folder, ignore_errors=True)

    def cluster(self) -> Cluster:
        """Return the PostgreSQL of this run, which waits for the disk as a real one does."""
        if self._cluster is None:
            self._cluster = self._stack.enter_context(Cluster(durable=True))
        return self._cluster

    def _admin(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(dbname="postgres", host=str(self.cluster().folder), user="shundan", autocommit=True) as to:
            for statement in statements:
                to.execute(statement.encode())

    def _folder(self) -> Path:
        self._count += 1
        made = self.folder / f"place-{self._count}"
        made.mkdir(parents=True)
        return made


def kinds_here(asked: str) -> tuple[tuple[str, ...], str]:
    """Return the kinds to run and a sentence about one that had to be left out."""
    if asked:
        return (asked,), ""
    if find_programs() is None:
        return ("sqlite",), "PostgreSQL is not installed (apt-get install postgresql): only SQLite is measured"
    return KINDS, ""
