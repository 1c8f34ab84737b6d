"""Files by content: stored once under their SHA-256, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from shundan.core.errors import NotFound


def _root() -> Path:
    from django.conf import settings

    return Path(settings.BLOBS)


def _path(name: str) -> Path:
    return _root() / name[:2] / name


def put_blob(content: bytes) -> str:
    """Store the bytes and return their SHA-256 in hex."""
    name = hashlib.sha256(content).hexdigest()
    path = _path(name)
    if not path.exists():
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
