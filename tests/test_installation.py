"""A whole installation, started, killed and stopped as its owner would: real programs on real ports."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

SHUNDAN = str(Path(sys.executable).parent / "shundan")
linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(happened: Callable[[], object], *, seconds: float = 90.0) -> None:
    limit = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < limit, "it did not happen in time"
        threading.Event().wait(0.05)


def get(port: int, path: str, token: str = "") -> tuple[int, str]:
    """The answer's status and body; status 0 when nobody answers."""
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""


def programs(directory: Path) -> dict[int, str]:
    """Process id and arguments of every living program that works on `directory`."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().decode().replace("\0", " ").strip()
            dead = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            continue
        if str(directory) in arguments and not dead:
            found[int(folder.name)] = arguments
    return found


def oldest(directory: Path, words: str) -> int:
    return min((pid for pid, line in programs(directory).items() if words in line), default=0)


class Running:
    """One `shundan run` and what it printed."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.directory, self.port, self.sandbox_port = directory, free_port(), free_port()
        self.lines = ""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("SHUNDAN_")}
        environment["SHUNDAN_STATIC"] = os.environ["SHUNDAN_STATIC"]
        ports = ["--port", str(self.port), "--sandbox-port", str(self.sandbox_port)]
        self.program = subprocess.Popen(
            [SHUNDAN, "run", "--data", str(directory), *ports, *options], env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.program.stdout
        for line in self.program.stdout:
            self.lines += line

    def wait_until_ready(self) -> None:
        until(lambda: "Ctrl-C stops it" in self.lines or self.program.poll() is not None, seconds=180)
        assert self.program.poll() is None, self.lines

    def end(self, number: int) -> int:
        """Send a signal and return the exit code once everything is gone."""
        if self.program.poll() is None:
            self.program.send_signal(number)
        code = self.program.wait(60)
        self.reader.join(10)
        assert self.program.stdout
        self.program.stdout.close()
        return code


@contextmanager
def running(directory: Path, *options: str) -> Iterator[Running]:
    one = Running(directory, *options)
    try:
        yield one
    finally:
        one.end(signal.SIGTERM)


def shundan(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SHUNDAN_") or k == "SHUNDAN_STATIC"}
    return subprocess.run(
        [SHUNDAN, *arguments],
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("desk"), "--demo", "quiet", "--workers", "1") as one:
        one.wait_until_ready()
        yield one


def test_it_prints_both_addresses_and_a_first_login(desk: Running) -> None:
    assert f"http://127.0.0.1:{desk.port}/\n" in desk.lines
    assert f"http://127.0.0.1:{desk.sandbox_port}/sandbox/\n" in desk.lines
    assert re.search(rf"http://127\.0\.0\.1:{desk.port}/login/\S{{20,}}", desk.lines)


def test_it_is_ready_when_it_says_so(desk: Running) -> None:
    assert get(desk.port, "/healthz")[0] == 200
    assert get(desk.port, "/readyz")[0] == 200
    assert get(desk.sandbox_port, "/sandbox/clock")[0] == 200


@linux
def test_its_programs_can_be_told_apart_by_their_arguments(desk: Running) -> None:
    lines = programs(desk.directory).values()
    for words in ("bin/shundan run", "bin/shundan web", "bin/shundan worker", "bin/sandbox "):
        assert [line for line in lines if words in line], words


@linux
@pytest.mark.parametrize("words", ["shundan web", "shundan worker", "bin/sandbox"])
def test_a_killed_program_is_back_within_seconds(desk: Running, words: str) -> None:
    before = oldest(desk.directory, words)
    os.kill(before, signal.SIGKILL)
    until(lambda: oldest(desk.directory, words) not in (0, before) and before not in programs(desk.directory))
    until(lambda: get(desk.port, "/readyz")[0] == 200 and get(desk.sandbox_port, "/sandbox/clock")[0] == 200)


@linux
def test_a_killed_web_process_is_replaced_while_the_desk_stays(desk: Running) -> None:
    main = oldest(desk.directory, "shundan web")
    workers = {pid for pid, line in programs(desk.directory).items() if "shundan web" in line} - {main}
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    until(lambda: get(desk.port, "/healthz")[0] == 200)
    assert oldest(desk.directory, "shundan web") == main


def test_a_second_run_on_the_same_folder_is_refused(desk: Running) -> None:
    done = shundan("run", "--data", str(desk.directory), "--port", str(free_port()), "--no-sandbox")
    assert done.returncode == 1
    assert re.fullmatch(r"shundan: Another run \(process \d+\) already works on .*\n", done.stderr)


def test_a_run_on_a_taken_port_is_refused_and_changes_nothing(desk: Running, tmp_path: Path) -> None:
    done = shundan("run", "--data", str(tmp_path), "--port", str(desk.port), "--no-sandbox")
    sentence = f"shundan: Port {desk.port} is in use by another program: stop it or choose --port.\n"
    assert (done.returncode, done.stderr) == (1, sentence)
    assert not (tmp_path / "shundan.sqlite3").exists()


def test_the_folder_lives_through_kill_and_restart_and_a_newer_database_is_refused(tmp_path: Path) -> None:
    with running(tmp_path, "--no-sandbox", "--workers", "1") as first:
        first.wait_until_ready()
        token = shundan("token", "--role", "viewer", "--data", str(tmp_path)).stdout.strip()
        assert first.end(signal.SIGKILL) == -signal.SIGKILL
        until(lambda: not programs(tmp_path), seconds=10)  # the kernel ended its children with it

    with running(tmp_path, "--no-sandbox", "--workers", "1") as second:
        second.wait_until_ready()
        assert get(second.port, "/api/v1/orders", token) == (200, '{"items": [], "next": null}')
        assert second.end(signal.SIGINT) == 0
        assert programs(tmp_path) == {}

    with closing(sqlite3.connect(tmp_path / "shundan.sqlite3")) as rows, rows:
        rows.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('orders', '0999_later', '2030-01-01')")
    refused = shundan("run", "--data", str(tmp_path), "--port", str(free_port()), "--no-sandbox")
    assert refused.returncode == 1
    assert "comes from a newer version of Shundan (orders.0999_later is unknown here)" in refused.stderr


@linux
def test_a_program_that_cannot_live_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    with running(tmp_path, "--no-sandbox", "--workers", "1") as one:
        one.wait_until_ready()
        for _ in range(5):
            until(lambda: oldest(tmp_path, "shundan worker"))
            pid = oldest(tmp_path, "shundan worker")
            os.kill(pid, signal.SIGKILL)
            until(lambda pid=pid: pid not in programs(tmp_path))
        assert one.program.wait(90) == 1
        assert one.end(0) == 1
        assert "worker died 5 times within a minute" in one.lines
        assert programs(tmp_path) == {}


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_backup_brings_everything_back_but_the_key(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    urls: list[dict[str, str]] = [{}, {}]
    if database == "postgres":
        make = request.getfixturevalue("postgres_cluster").make_database
        urls = [{"DATABASE_URL": make()}, {"DATABASE_URL": make()}]
    old, new, archive = tmp_path / "old", tmp_path / "new", tmp_path / "backup.tar.gz"
    assert shundan("migrate", "--data", str(old), **urls[0]).returncode == 0
    token = shundan("token", "--role", "viewer", "--name", "kept", "--data", str(old), **urls[0]).stdout
    assert token.startswith("sd_")
    (old / "blobs" / "2c").mkdir(parents=True)
    blob = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    (old / "blobs" / "2c" / blob).write_text("hello")

    told = shundan("backup", str(archive), "--data", str(old), **urls[0])
    assert (told.returncode, json.loads(told.stdout)["files"]) == (0, 1), told.stderr
    done = shundan("restore", str(archive), "--data", str(new), **urls[1])
    assert done.returncode == 0, done.stderr
    assert (new / "blobs" / "2c" / blob).read_text() == "hello"
    assert not (new / "secret.key").exists()
    (new / "secret.key").write_text((old / "secret.key").read_text())
    assert shundan("check", "--data", str(new), **urls[1]).stdout == "all is well\n"


def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    archive.write_bytes(b"not an archive")
    done = shundan("restore", str(archive), "--data", str(tmp_path / "new"))
    assert done.returncode == 1
    assert "is not a whole backup" in done.stderr
