"""Named points: every commit and every request of a turn has a name before and after, and one of them can be armed."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from shundan.ground.jobs.models import Beat
from shundan.ground.lib import clock, points
from shundan.ground.lib.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHUNDAN_POINTS", str(tmp_path))
    monkeypatch.setattr(points, "_seen", set())
    return tmp_path


@pytest.fixture
def died(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What would have been killed."""
    found: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: found.append((pid, number)))
    return found


def seen(folder: Path) -> list[str]:
    return (folder / "seen").read_text().splitlines() if (folder / "seen").exists() else []


def write(name: str) -> None:
    Beat.objects.update_or_create(step=name, defaults={"ran_at": clock.wall()})


def turn() -> None:
    """One turn: a transaction that writes twice, one that only reads, a write by itself, a request."""
    with points.within("some_step"):
        with transaction.atomic():
            write("a")
            with transaction.atomic():
                write("b")
        with transaction.atomic():
            list(Beat.objects.all())
        Beat.objects.filter(step="a").update(done=1)
        with points.beside("request"):
            pass


def test_commits_and_requests_of_a_turn_are_named_and_reads_are_not(folder: Path) -> None:
    turn()
    assert seen(folder) == [
        "before commit 1 of some_step\tjobs_beat",
        "after commit 1 of some_step\tjobs_beat",
        "before commit 2 of some_step\tjobs_beat",
        "after commit 2 of some_step\tjobs_beat",
        "before request 1 of some_step\t",
        "after request 1 of some_step\t",
    ]
    turn()
    assert len(seen(folder)) == 6


def test_threads_that_work_for_a_turn_share_its_numbers(folder: Path) -> None:
    def ask(_item: int) -> None:
        with points.beside("request"):
            pass

    with points.within("some_step"):
        together(ask, range(3), done=lambda _: None, at_once=1)
    assert [line.strip() for line in seen(folder) if line.startswith("after")] == [
        "after request 1 of some_step", "after request 2 of some_step", "after request 3 of some_step",
    ]  # fmt: skip


def test_nothing_is_named_outside_a_turn_nor_without_the_setting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a")
    monkeypatch.delenv("SHUNDAN_POINTS")
    turn_free = points.within("some_step")
    with turn_free:
        Beat.objects.filter(step="a").update(done=1)
    assert seen(folder) == []
    assert "commit" not in vars(connections["default"])


def test_an_armed_point_kills_once(folder: Path, died: list[tuple[int, int]]) -> None:
    (folder / "armed").write_text("after commit 2 of some_step\nbefore request 7 of some_step")
    turn()
    assert (folder / "struck").read_text() == "after commit 2 of some_step\n"
    assert died == [(os.getpid(), signal.SIGKILL)]
    assert not (folder / "armed").exists()
    turn()
    assert len(died) == 1


def test_the_moment_before_a_commit_is_before_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(pid: int, number: int) -> None:
        """What a kill does to what is not committed."""
        connections["default"].rollback()
        raise SystemExit

    monkeypatch.setattr(os, "kill", lose)
    (folder / "armed").write_text("before commit 1 of some_step")
    with pytest.raises(SystemExit):
        turn()
    assert Beat.objects.count() == 0
    (folder / "armed").write_text("after commit 1 of some_step")
    with pytest.raises(SystemExit):
        turn()
    assert Beat.objects.count() == 2


def test_a_request_to_the_desk_is_named_by_its_address_without_ids(folder: Path) -> None:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        write("a")
        return [b""]

    points.watched(application)({"PATH_INFO": "/api/v1/orders/7/579A/hold", "REQUEST_METHOD": "POST"}, None)
    assert seen(folder)[0] == "before commit 1 of POST /api/*/orders/*/*/hold\tjobs_beat"


def test_without_the_setting_the_application_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHUNDAN_POINTS", raising=False)

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        return [b""]

    assert points.watched(application) is application
