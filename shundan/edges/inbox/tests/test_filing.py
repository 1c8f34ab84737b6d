from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import InterfaceError, OperationalError, connection

from shundan.core.errors import Unavailable
from shundan.edges.inbox.actions import filing
from shundan.edges.inbox.actions.filing import Filed, file_arrival
from shundan.edges.inbox.models import Arrival
from shundan.ground.lib import clock

pytestmark = pytest.mark.django_db(transaction=True)


def filed(number: str, *, app_key: str = "k") -> Filed:
    return Filed(app_key, number, "7495000000000000001", 1, b'{"type": 1}', clock.wall(), "NEW", "")


def run_together(*work: Callable[[], None]) -> list[Exception]:
    failures: list[Exception] = []

    def guarded(one: Callable[[], None]) -> None:
        try:
            one()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return failures


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many rows each statement was given."""
    seen: list[int] = []
    plain = filing._execute

    def watch(sql: str, values: list[object]) -> None:
        plain(sql, values)
        seen.append(len(values) // 9)

    monkeypatch.setattr(filing, "_execute", watch)
    yield seen


def test_those_who_come_while_one_writes_are_written_together(statements: list[int]) -> None:
    filing._writer.acquire()
    release = threading.Timer(0.3, filing._writer.release)
    release.start()
    works = [lambda number=number: file_arrival(filed(f"n{number}")) for number in range(8)]  # type: ignore[misc]
    assert run_together(*works) == []
    assert statements == [8]
    assert Arrival.objects.count() == 8


def test_the_same_delivery_in_one_statement_and_again_is_one_row_with_its_repeats(statements: list[int]) -> None:
    filing._writer.acquire()
    threading.Timer(0.3, filing._writer.release).start()
    assert run_together(*[lambda: file_arrival(filed("n1"))] * 3, lambda: file_arrival(filed("n1", app_key="x"))) == []
    assert statements == [2]
    file_arrival(filed("n1"))
    assert dict(Arrival.objects.values_list("app_key", "repeats")) == {"k": 3, "x": 0}


def test_one_row_that_the_database_refuses_spoils_no_other(
    statements: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = filing._execute

    def refuse(sql: str, values: list[object]) -> None:
        if "bad" in values:
            raise ValueError("a value that cannot be kept")
        plain(sql, values)

    monkeypatch.setattr(filing, "_execute", refuse)
    filing._writer.acquire()
    threading.Timer(0.3, filing._writer.release).start()
    failures = run_together(lambda: file_arrival(filed("bad")), lambda: file_arrival(filed("good")))
    assert [str(error) for error in failures] == ["a value that cannot be kept"]
    assert list(Arrival.objects.values_list("notification_id", flat=True)) == ["good"]


def test_a_database_that_stays_busy_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "PATIENCE", 0.05)

    def locked(sql: str, values: list[object]) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(filing, "_execute", locked)
    with pytest.raises(Unavailable):
        file_arrival(filed("n1"))
    with filing._writer, pytest.raises(Unavailable):
        file_arrival(filed("n2"))
    assert filing._queue == []


def test_a_connection_that_was_cut_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql") if connection.vendor == "sqlite" else None
    plain, cut = filing._execute, [InterfaceError("the connection is closed")]

    def once(sql: str, values: list[object]) -> None:
        if cut:
            raise cut.pop()
        plain(sql, values)

    monkeypatch.setattr(filing, "_execute", once)
    file_arrival(filed("n1"))
    assert Arrival.objects.count() == 1
