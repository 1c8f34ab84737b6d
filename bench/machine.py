"""On what it was measured: cores, processor, memory, load, and the versions of everything that took part."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

PACKAGES = ("django", "granian", "psycopg", "orjson", "httpx", "uvicorn")


def describe_machine() -> dict[str, object]:
    """Return what a reader needs to judge the figures; the load average is that of the start."""
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "load_average": [round(value, 2) for value in os.getloadavg()],
        "system": f"{platform.system()} {platform.release()}",
    }


def describe_versions() -> dict[str, str]:
    """Return the versions of the desk and of what it stands on."""
    found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "postgres": _postgres()}
    for name in ("shundan", *PACKAGES):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    found["commit"] = _commit()
    return {name: version for name, version in found.items() if version}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model"))]
    return names[0] if names else platform.machine()


def _postgres() -> str:
    from tests.postgres import find_programs

    programs = find_programs()
    if programs is None:
        return ""
    told = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    return told.split()[2] if len(told.split()) > 2 else ""


def _commit() -> str:
    try:
        told = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False,
                              cwd=Path(__file__).parent)  # fmt: skip
    except OSError:
        return ""
    return told.stdout.strip()
