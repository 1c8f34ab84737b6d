"""`shundan web`: the desk behind granian, in as many processes as asked for."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from shundan.config.directory import check_port, die_with

THREADS = 4
GRACE = 8


def serve_web(*, host: str, port: int, workers: int) -> int:
    """Serve until TERM; a process that dies is replaced."""
    import django
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    check_port(host, port, "--port")
    django.setup()
    _load_early()
    server = Server(
        "shundan.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        backlog=1024,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
    )
    server.serve(target_loader=partial(load_application, os.getpid()))
    return 0


def load_application(parent: int, target: str) -> Any:
    """Return the WSGI application inside a fresh serving process, which dies with `parent`, its maker."""
    die_with(parent)
    from shundan.config.wsgi import application

    return application


def _load_early() -> None:
    """Import pages before the processes fork: they share the memory, and the first visitor does not wait."""
    from django.db import connections
    from django.urls import get_resolver

    import shundan.config.wsgi  # noqa: F401 (loaded for its effect)

    _ = get_resolver().reverse_dict
    connections.close_all()  # a connection must not be shared with a forked process
