from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection

from shundan.ground.lib import gate
from shundan.ground.lib.db import in_transaction


@pytest.fixture
def on_a_file(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate of an SQLite database in a folder of its own."""
    if connection.vendor != "sqlite":
        pytest.skip("there is no gate before this database")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "desk.sqlite3"))
    monkeypatch.setattr(gate, "_files", {})


def waited() -> float:
    began = time.monotonic()
    gate.wait_at_gate()
    return time.monotonic() - began


@pytest.mark.usefixtures("on_a_file")
def test_an_open_gate_keeps_nobody_waiting() -> None:
    assert waited() < 0.1
    with gate.closed_gate():
        pass
    assert waited() < 0.1


@pytest.mark.usefixtures("on_a_file")
def test_a_closed_gate_keeps_transactions_waiting_until_it_opens() -> None:
    closed, order = threading.Event(), []

    def close() -> None:
        with gate.closed_gate():
            closed.set()
            time.sleep(0.05)
            order.append("opened")

    other = threading.Thread(target=close)
    other.start()
    closed.wait()
    gate.wait_at_gate()
    order.append("passed")
    other.join()
    assert order == ["opened", "passed"]


@pytest.mark.usefixtures("on_a_file")
def test_a_gate_that_stays_closed_lets_transactions_pass_after_a_while() -> None:
    with gate.closed_gate():
        assert gate.LONGEST <= waited() < gate.LONGEST + 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_waits_at_the_gate_before_it_takes_the_lock() -> None:
    if connection.vendor != "sqlite" or "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("there is no gate before this database")
    began = time.monotonic()
    with gate.closed_gate():
        in_transaction(lambda: None)
    assert time.monotonic() - began >= gate.LONGEST
