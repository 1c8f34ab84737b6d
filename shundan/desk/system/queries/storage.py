"""How much room the desk takes, and which versions of what it runs on."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import django
from django.conf import settings
from django.db import connection


@dataclass(frozen=True)
class Storage:
    """Sizes in bytes. `blobs_capped`: there are more files than were counted."""

    database: int
    blobs: int
    blob_files: int
    blobs_capped: bool
    free: int
    total: int

    @property
    def free_percent(self) -> float:
        return 100 * self.free / self.total if self.total else 0.0


def read_storage(*, cap: int = 20_000) -> Storage:
    """Measure database, stored files (at most `cap` of them) and the disk they stand on."""
    blobs, files, capped = _measure(Path(settings.BLOBS), cap=cap)
    disk = shutil.disk_usage(_existing(Path(settings.DATA)))
    return Storage(_database_size(), blobs, files, capped, disk.free, disk.total)


def versions() -> dict[str, str]:
    """Return name and version of the desk and of what it stands on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        database = cursor.fetchone()[0]
    return {
        "shundan": own_version(),
        "python": platform.python_version(),
        "django": django.get_version(),
        connection.vendor: str(database),
    }


def own_version() -> str:
    """Return the version of the installed desk."""
    try:
        return metadata.version("shundan")
    except metadata.PackageNotFoundError:
        return "0"


def _database_size() -> int:
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        return sum(os.path.getsize(f"{name}{end}") for end in ("", "-wal") if os.path.exists(f"{name}{end}"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _measure(folder: Path, *, cap: int) -> tuple[int, int, bool]:
    size = files = 0
    for place, _folders, names in os.walk(folder):
        for name in names:
            if files >= cap:
                return size, files, True
            try:
                size += os.path.getsize(os.path.join(place, name))
            except FileNotFoundError:
                continue  # erased meanwhile
            files += 1
    return size, files, False


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())
