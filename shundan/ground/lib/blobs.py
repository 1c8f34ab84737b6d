"""Files by content: stored once under their SHA-256, written whole or not at all.

A file is written before the row that names it, so a death between the two leaves one nobody knows: see sweep_folders.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from shundan.core.errors import NotFound

FOLDERS = 256  # named by the first two hex digits of the files in them


def _root() -> Path:
    from django.conf import settings

    return Path(settings.BLOBS)


def _path(name: str) -> Path:
    return _root() / name[:2] / name


def put_blob(content: bytes) -> str:
    """Store the bytes and return their SHA-256 in hex."""
    name = hashlib.sha256(content).hexdigest()
    path = _path(name)
    try:
        os.utime(path)  # wanted anew: a sweep that is looking for strays leaves it
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    return name


def get_blob(name: str) -> bytes:
    """Return the bytes; raise NotFound when the file was erased or never stored."""
    if not has_blob(name):
        raise NotFound("The file is no longer kept.", code="file_erased", remedy="Fetch or render it again.")
    return _path(name).read_bytes()


def has_blob(name: str) -> bool:
    """Return whether the file is still kept."""
    return bool(name) and _path(name).exists()


def erase_blob(name: str) -> None:
    """Remove the file if it is there."""
    _path(name).unlink(missing_ok=True)


def sweep_folders(numbers: Iterable[int], *, named: Callable[[list[str]], set[str]], before: datetime) -> int:
    """Erase the files of some folders that were last written before a moment and that nobody names; return how many.

    `named` tells which of some names stand in a row. Half-written files have no name anybody could know.
    """
    folders = [_root() / f"{number % FOLDERS:02x}" for number in numbers]
    old = [path for folder in folders for path in folder.glob("*") if _is_older(path, before)]
    known = named([path.name for path in old]) if old else set()
    strays = [path for path in old if path.name not in known and _is_older(path, before)]  # unless wanted meanwhile
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def _is_older(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False
