"""What must be done before the desk may serve: database, catalogues, static files, a first login.

Each part looks first whether there is anything to do, because a desk restarts many times for each upgrade.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import sys
from pathlib import Path

from shundan.config.directory import CannotStart

STATIC = Path(sys.prefix) / "shundan-static"


def prepare_installation(url: str) -> str:
    """Bring database, catalogues and static files up to date; return the owner's login link, or ""."""
    import django

    from shundan.config.catalogues import compile_all

    compile_all()
    django.setup()
    migrate_database()
    collect_static()
    return first_login(url)


def migrate_database() -> int:
    """Apply what is missing and return how many migrations that was; refuse a database from the future."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    ours = {app for app, _ in executor.loader.disk_migrations}
    unknown = sorted(
        f"{app}.{name}"
        for app, name in executor.loader.applied_migrations
        if app in ours
        and (app, name) not in executor.loader.disk_migrations
        and (app, name) not in executor.loader.replacements
    )
    if unknown:
        raise CannotStart(
            f"The database comes from a newer version of Shundan ({unknown[0]} is unknown here): "
            "install that version, or choose another --data."
        )
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", interactive=False, verbosity=0)
    return len(plan)


def count_missing_migrations() -> int:
    """Return how many migrations of this version the database does not have yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static() -> bool:
    """Collect and compress the static files when one of them changed; return whether there was work."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = os.stat(storage.path(path))
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".collected").open("a+") as stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)  # two installations of one checkout share the folder
        stamp.seek(0)
        if stamp.read() == digest.hexdigest():
            return False
        call_command("collectstatic", interactive=False, verbosity=0, stdout=io.StringIO())
        stamp.truncate(0)
        stamp.write(digest.hexdigest())
    return True


def first_login(url: str) -> str:
    """Return a fresh one-use login link for the owner; the owner is made when there is nobody yet."""
    from shundan.ground.staff import actions

    return actions.issue_login_link(base_url=url)
