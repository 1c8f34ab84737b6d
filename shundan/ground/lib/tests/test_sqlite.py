"""The queue before SQLite's one writer, with connections to a database of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.db.utils import OperationalError
from pytest_django import DjangoDbBlocker

from shundan.ground.lib.sqlite.base import DatabaseWrapper

HOLDER = """
import sys, time
from pathlib import Path
from shundan.ground.lib.sqlite.base import Turn
Turn(sys.argv[1] + ".turn").take(5.0)
Path(sys.argv[1] + ".held").touch()
time.sleep(60)
"""
Open = Callable[[], DatabaseWrapper]


@pytest.fixture
def connect(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Open]:
    """Connections that give up after half a second."""
    opened: list[DatabaseWrapper] = []

    def one() -> DatabaseWrapper:
        connection = DatabaseWrapper(
            {
                "ENGINE": "shundan.ground.lib.sqlite", "NAME": str(tmp_path / "desk.sqlite3"), "AUTOCOMMIT": True,
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 0.5}, "CONN_MAX_AGE": None,
                "CONN_HEALTH_CHECKS": False, "TIME_ZONE": None, "TEST": {},
            },
            "desk",
        )  # fmt: skip
        connection.inc_thread_sharing()
        opened.append(connection)
        return connection

    with django_db_blocker.unblock():
        with one().cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("CREATE TABLE page (word TEXT UNIQUE)")
        yield one
        for connection in opened:
            connection.close()


def write(connection: DatabaseWrapper, word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO page VALUES (%s)", [word])


def words(connection: DatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM page ORDER BY rowid")
        return [word for (word,) in cursor.fetchall()]


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(connection: DatabaseWrapper, *, kept: bool = True) -> None:
    connection.commit() if kept else connection.rollback()
    connection.set_autocommit(True)


@pytest.mark.parametrize("kept", [True, False])
def test_the_next_one_writes_when_the_transaction_before_it_ends(connect: Open, kept: bool) -> None:
    first, second = connect(), connect()
    begin(first)
    write(first, "one")
    waiting = threading.Thread(target=lambda: write(second, "two"))
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    end(first, kept=kept)
    waiting.join(5)
    assert words(first) == (["one", "two"] if kept else ["two"])


def test_who_only_reads_waits_for_nobody(connect: Open) -> None:
    first, second = connect(), connect()
    begin(first)
    write(first, "one")
    assert words(second) == []
    end(first)


def test_a_turn_that_another_thread_keeps_too_long_is_not_waited_for(connect: Open) -> None:
    first, second = connect(), connect()
    begin(first)
    with pytest.raises(OperationalError, match="locked"):
        begin(second)
    with pytest.raises(OperationalError, match="locked"):
        write(second, "two")
    end(first)
    write(second, "two")
    assert words(first) == ["two"]


def test_a_connection_that_closes_gives_its_turn_back(connect: Open) -> None:
    first, second = connect(), connect()
    begin(first)
    write(first, "one")
    first.close()
    write(second, "two")
    assert words(second) == ["two"]


def test_a_statement_that_fails_gives_its_turn_back(connect: Open) -> None:
    first, second = connect(), connect()
    write(first, "one")
    with pytest.raises(DatabaseError):
        write(first, "one")
    write(second, "two")
    assert words(first) == ["one", "two"]


def test_a_process_that_dies_in_its_turn_gives_it_back(connect: Open, tmp_path: Path) -> None:
    connection = connect()
    name = str(connection.settings_dict["NAME"])
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, name])
    try:
        until = time.monotonic() + 20
        while not Path(f"{name}.held").exists():
            assert time.monotonic() < until
            time.sleep(0.01)
        waiting = threading.Thread(target=lambda: write(connection, "one"))
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive()
        holder.send_signal(signal.SIGKILL)
        waiting.join(5)
        assert words(connection) == ["one"]
    finally:
        holder.kill()
        holder.wait()


def test_many_threads_of_several_connections_write_all_they_have(connect: Open) -> None:
    connections = [connect() for _ in range(4)]

    def fill(number: int) -> None:
        for count in range(10):
            begin(connections[number])
            write(connections[number], f"{number} {count}")
            end(connections[number])

    threads = [threading.Thread(target=fill, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(words(connect())) == 40
