"""Whether the desk could serve: the database answers, its tables fit; and how old each step's beat is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from shundan.ground.jobs.queries import beats
from shundan.ground.lib import clock

_seen_right: set[int] = set()  # numbers of applied migrations that were found to be all of them


@dataclass(frozen=True)
class StepAge:
    """How many seconds ago a step ran and last found work, and its last error."""

    step: str
    seconds: float
    worked_at: datetime | None
    done: int
    took_ms: int
    error: str
    failed_at: datetime | None


@dataclass(frozen=True)
class Readiness:
    """What is wrong, if anything, and how old each step's beat is."""

    problems: tuple[str, ...] = ()
    steps: dict[str, float] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return not self.problems


def read_readiness() -> Readiness:
    """Look at database and migrations; a database that does not answer is a problem, not an error."""
    try:
        missing = _missing_migrations()
        if missing:
            return Readiness((f"{missing} migrations are missing",))
        return Readiness((), {one.step: one.seconds for one in step_ages()})
    except DatabaseError as error:
        return Readiness((f"the database does not answer: {type(error).__name__}",))


def step_ages() -> list[StepAge]:
    """Return every step that ever ran, by name."""
    now = clock.wall()
    return [
        StepAge(
            beat.step,
            round(max((now - beat.ran_at).total_seconds(), 0.0), 1),
            beat.worked_at,
            beat.done,
            beat.took_ms,
            beat.error,
            beat.failed_at,
        )
        for beat in beats()
    ]


def _missing_migrations() -> int:
    applied = MigrationRecorder.Migration.objects.count() if MigrationRecorder(connection).has_table() else 0
    if applied in _seen_right:  # reading every migration file takes long; a right count stays right
        return 0
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not missing:
        _seen_right.add(applied)
    return missing
