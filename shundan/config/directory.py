"""The data directory and the machine around it: what must be true before anything starts. No Django."""

from __future__ import annotations

import base64
import ctypes
import errno
import fcntl
import os
import secrets
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import IO

FREE_BYTES_NEEDED = 200_000_000
PR_SET_PDEATHSIG = 1
KEY_FILE = "secret.key"
DATABASE_FILE = "shundan.sqlite3"


class CannotStart(Exception):
    """One sentence for the person at the terminal; the program then ends with exit code 1."""


def hold_directory(directory: Path) -> IO[str]:
    """Lock `directory` for one installation, until the returned file is closed or this program dies."""
    try:
        lock = (directory / "run.lock").open("a+")
    except OSError as error:
        raise CannotStart(f"{directory} cannot be written ({error.strerror}): choose --data.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        holder = lock.read().strip()
        lock.close()
        raise CannotStart(
            f"Another run (process {holder}) already works on {directory}: stop it or choose --data."
        ) from error
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def check_disk(directory: Path) -> None:
    """Refuse to start where the first busy hour would fill the disk."""
    free = shutil.disk_usage(directory).free
    if free < FREE_BYTES_NEEDED:
        raise CannotStart(
            f"Only {free // 1_000_000} MB are free for {directory}, {FREE_BYTES_NEEDED // 1_000_000} MB "
            "are needed: free some space or choose --data on another disk."
        )


def check_port(host: str, port: int, option: str) -> None:
    """Refuse a port that another program listens on, or an address this machine does not have."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                sentence = f"Port {port} is in use by another program: stop it or choose {option}."
            elif error.errno == errno.EACCES:
                sentence = f"Port {port} is not allowed to this user: choose {option} above 1023."
            else:
                sentence = f"Cannot listen on {host}, port {port} ({error}): choose --host and {option}."
            raise CannotStart(sentence) from error


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when `parent`, which made it, dies (Linux; elsewhere nothing)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)


def make_key(directory: Path) -> None:
    """Create the installation's secret key on first use; never replace the key of existing rows."""
    if os.environ.get("SHUNDAN_KEY"):
        return
    path = directory / KEY_FILE
    if path.exists():
        if path.stat().st_size == 0:
            raise CannotStart(f"{path} is empty: put the key back, or delete the file to start with a new one.")
        return
    if (directory / DATABASE_FILE).exists():
        raise CannotStart(
            f"{directory} has a database but no {KEY_FILE}: put the key back (or set SHUNDAN_KEY). "
            f"To go on without it and connect every shop again: shundan new-key --data {directory}"
        )
    write_key(path)


def write_key(path: Path) -> None:
    """Write a fresh random key, readable by its owner only."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
        file.flush()
        os.fsync(file.fileno())
