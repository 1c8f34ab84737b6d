"""What the System page and programs ask about the installation itself."""

from __future__ import annotations

from shundan.desk.system.queries.health import Readiness, StepAge, read_readiness, step_ages
from shundan.desk.system.queries.storage import Storage, read_storage, versions

__all__ = ["Readiness", "StepAge", "Storage", "read_readiness", "read_storage", "step_ages", "versions"]
