"""The supervisor's children, with small programs in place of the desk."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from shundan.config.crew import Child, Crew
from shundan.config.directory import CannotStart

LASTING = [sys.executable, "-c", "import threading; threading.Event().wait()"]
STUBBORN = "import signal, sys; signal.signal(15, signal.SIG_IGN); open(sys.argv[1], 'w'); signal.pause()"


def until(happened, *, seconds: float = 10.0) -> None:
    limit = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < limit, "it did not happen"
        threading.Event().wait(0.01)


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def kill(child: Child) -> None:
    assert child.program
    child.program.kill()
    child.program.wait()


@pytest.fixture
def crew():
    crew = Crew(threading.Event())
    yield crew
    for child in crew.children:
        kill(child)


def test_a_child_that_was_killed_is_started_again_at_once(crew: Crew) -> None:
    child = Child("web", LASTING)
    crew.add(child)
    first = child.program.pid
    kill(child)
    crew.look_after()
    assert child.program.pid != first
    assert child.program.poll() is None


def test_the_fifth_death_within_a_minute_ends_everything(crew: Crew) -> None:
    child = Child("web", LASTING)
    crew.add(child)
    for _ in range(4):
        kill(child)
        crew.look_after()
    kill(child)
    with pytest.raises(CannotStart, match="web died 5 times within a minute"):
        crew.look_after()


def test_five_deaths_over_a_longer_time_are_forgiven(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child("web", LASTING)
    crew.add(child)
    start = time.monotonic()
    for number in range(6):
        kill(child)
        monkeypatch.setattr("shundan.config.crew.time.monotonic", lambda number=number: start + number * 16)
        crew.look_after()
    assert child.program.poll() is None


def test_a_child_that_runs_once_is_not_started_again(crew: Crew) -> None:
    child = Child("demo", [sys.executable, "-c", ""], once=True)
    crew.add(child)
    child.program.wait()
    crew.look_after()
    assert crew.children == []


def test_stopping_ends_every_child_also_one_that_does_not_listen(
    crew: Crew, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("shundan.config.crew.GRACE", 0.5)
    crew.add(Child("web", LASTING))
    crew.add(Child("worker", [sys.executable, "-c", STUBBORN, str(tmp_path / "ready")]))
    until((tmp_path / "ready").exists)
    crew.stop_all()
    assert [child.program.poll() for child in crew.children] == [-signal.SIGTERM, -signal.SIGKILL]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux kills children with their parent")
def test_children_die_when_the_supervisor_is_killed() -> None:
    script = (
        "import threading; from shundan.config.crew import Child, Crew\n"
        f"crew = Crew(threading.Event()); child = Child('web', {LASTING!r}); crew.add(child)\n"
        "print(child.program.pid, flush=True); threading.Event().wait()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as supervisor:
        pid = int(supervisor.stdout.readline())
        assert alive(pid)
        os.kill(supervisor.pid, signal.SIGKILL)
    until(lambda: not alive(pid))


def test_children_stay_in_the_session_of_the_supervisor_but_not_in_its_group(crew: Crew) -> None:
    child = Child("web", LASTING)
    crew.add(child)
    assert os.getsid(child.program.pid) == os.getsid(0)
    assert os.getpgid(child.program.pid) == child.program.pid
