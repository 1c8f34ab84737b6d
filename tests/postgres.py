"""A private PostgreSQL for tests: its own cluster in a temporary folder, gone afterwards.

python -m tests.postgres COMMAND …    runs COMMAND with DATABASE_URL set to an empty database
"""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType


def find_programs() -> Path | None:
    """Return the folder with initdb and postgres, the newest version first, or None."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda f: -float(f.split("/")[4]))
    on_path = shutil.which("initdb")
    for folder in [*folders, *([str(Path(on_path).parent)] if on_path else [])]:
        if all((Path(folder) / name).exists() for name in ("initdb", "postgres", "pg_ctl")):
            return Path(folder)
    return None


class Cluster:
    """A running PostgreSQL that listens only on a socket; use it as a context.

    `durable`: it waits for the disk at every commit, as one in service does.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable

    def __enter__(self) -> Cluster:
        programs = find_programs()
        assert programs, "PostgreSQL is not installed"
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="shundan-pg-", dir="/tmp"))
        self.user = _other_user() if os.getuid() == 0 else None
        self.count = 0
        if self.user:  # PostgreSQL refuses to run as root
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        rows = self.folder / "rows"
        self._run("initdb", "-D", str(rows), "-U", "shundan", "-A", "trust", "-E", "UTF8", "--no-sync",
                  "--locale=C.UTF-8")  # fmt: skip
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=60"
        options += "" if self.durable else " -c fsync=off"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(rows), "-w", "-o", options, "-l", log, "start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self._run("pg_ctl", "-D", str(self.folder / "rows"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_database(self) -> str:
        """Create an empty database and return its URL."""
        import psycopg

        self.count += 1
        name = f"desk{os.getpid()}_{self.count}"
        with psycopg.connect(dbname="postgres", host=str(self.folder), user="shundan", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://shundan@{str(self.folder).replace('/', '%2F')}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        who = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        done = subprocess.run(  # a file, not a pipe: the server inherits it and would keep a pipe open
            [str(self.programs / program), *arguments], cwd="/", check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who,
        )  # type: ignore[call-overload]  # fmt: skip
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(f"{program} failed: {log.read_text() if log.exists() else done}")


def _other_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("there is no user postgres or nobody to run PostgreSQL as")


def main(argv: list[str]) -> int:
    """Run a command beside a fresh database."""
    with Cluster() as cluster:
        return subprocess.run(argv, env={**os.environ, "DATABASE_URL": cluster.make_database()}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
