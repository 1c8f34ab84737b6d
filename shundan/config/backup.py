"""Backup and restore: one archive with the database as of one moment and every stored file; never the key.

The database is taken first. Files are stored under their content before a row names them, so that whatever
the copied rows name is in the archive too.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import quote

from django.conf import settings

from shundan.config.directory import CannotStart, hold_directory

FORMAT = 1
DUMPS = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
BLOB = re.compile(r"blobs/([0-9a-f]{2})/([0-9a-f]{64})")


def make_backup(target: Path) -> dict[str, int]:
    """Write the archive `target`, whole or not at all; return how many files and bytes it holds."""
    count = size = 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump, fresh = Path(folder) / "database", Path(folder) / "archive"
        _dump_database(dump)
        with tarfile.open(fresh, "w:gz", compresslevel=1) as archive:
            manifest = {"format": FORMAT, "engine": _engine(), "made_at": datetime.now(UTC).isoformat()}
            _add_text(archive, "manifest.json", json.dumps(manifest))
            archive.add(dump, DUMPS[_engine()])
            for path in sorted(Path(settings.BLOBS).glob("??/*")):
                name = f"blobs/{path.parent.name}/{path.name}"
                if BLOB.fullmatch(name):
                    archive.add(path, name)
                    count, size = count + 1, size + path.stat().st_size
        fresh.chmod(0o600)
        fresh.replace(target)
    return {"files": count, "file_bytes": size, "archive_bytes": target.stat().st_size}


def restore_backup(source: Path, directory: Path) -> int:
    """Fill the empty `directory` (and an empty database) from an archive; return how many files came back."""
    directory.mkdir(parents=True, exist_ok=True)
    with closing(hold_directory(directory)), tempfile.TemporaryDirectory(dir=directory) as folder:
        if _engine() == "sqlite" and _database_path().exists():
            raise CannotStart(f"{directory} already has a database: restore into an empty --data.")
        dump, count = Path(folder) / "database", 0
        try:
            with tarfile.open(source) as archive:
                _check_manifest(archive, source)
                for member in archive:
                    file = archive.extractfile(member)
                    if file and member.name == DUMPS[_engine()]:
                        _copy(file, dump)
                    elif file and BLOB.fullmatch(member.name):
                        _restore_file(file, member.name)
                        count += 1
        except tarfile.TarError as error:
            raise CannotStart(f"{source} is not a whole backup ({error}).") from error
        _load_database(dump, source)
    return count


def _engine() -> str:
    return _database()["ENGINE"].rsplit(".", 1)[-1].replace("sqlite3", "sqlite")


def _database() -> dict[str, str]:
    return {key: str(value) for key, value in settings.DATABASES["default"].items()}


def _database_path() -> Path:
    return Path(_database()["NAME"])


def _database_url() -> str:
    """The URL for PostgreSQL's own programs; the password goes by PGPASSWORD."""
    given = _database()
    where = f"{quote(given['HOST'], safe='')}{':' + given['PORT'] if given['PORT'] else ''}"
    return f"postgresql://{quote(given['USER'], safe='')}@{where}/{given['NAME']}"


def _dump_database(target: Path) -> None:
    if _engine() == "postgresql":
        _run_program(["pg_dump", "--format=custom", "--no-owner", f"--file={target}", _database_url()])
        return
    if not _database_path().exists():
        raise CannotStart(f"There is no database at {_database_path()}.")
    with closing(sqlite3.connect(_database_path())) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy, pages=4096)  # in portions: writers go on in between
        copy.execute("PRAGMA journal_mode=DELETE")
        _check_whole(copy, _database_path())


def _load_database(dump: Path, source: Path) -> None:
    if not dump.exists():
        raise CannotStart(f"{source} was made from another kind of database: set DATABASE_URL accordingly.")
    if _engine() == "postgresql":
        _run_program(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_database_url()}", str(dump)])
        return
    with closing(sqlite3.connect(dump)) as copy:
        _check_whole(copy, source)
    dump.replace(_database_path())


def _check_whole(copy: sqlite3.Connection, name: Path) -> None:
    verdict = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise CannotStart(f"The database of {name} is damaged: {verdict}")


def _check_manifest(archive: tarfile.TarFile, source: Path) -> None:
    first = archive.next()
    file = archive.extractfile(first) if first and first.name == "manifest.json" else None
    manifest = json.load(file) if file else {}
    if manifest.get("format") != FORMAT:
        raise CannotStart(f"{source} is not a backup of this version of Shundan.")
    if manifest["engine"] != _engine():
        raise CannotStart(f"{source} holds a {manifest['engine']} database: set DATABASE_URL accordingly.")


def _restore_file(file: IO[bytes], name: str) -> None:
    folder, digest = name.split("/")[1:]
    target = Path(settings.BLOBS) / folder / digest
    target.parent.mkdir(parents=True, exist_ok=True)
    if _copy(file, target) != digest:
        target.unlink()
        raise CannotStart(f"The file {digest} in the backup is damaged.")


def _copy(file: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as out:
        while piece := file.read(1 << 20):
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(text.encode())
    archive.addfile(member, io.BytesIO(text.encode()))


def _run_program(argv: list[str]) -> None:
    password = _database().get("PASSWORD", "")
    try:
        done = subprocess.run(
            argv, env={**os.environ, "PGPASSWORD": password}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise CannotStart(f"{argv[0]} is missing: apt-get install postgresql-client.") from None
    if done.returncode:
        raise CannotStart(f"{argv[0]} failed: {done.stderr.strip()}")
