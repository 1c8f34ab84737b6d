"""What must be done before the desk may serve: database, catalogues, static files, a first login.

Each part looks first whether there is anything to do, because a desk restarts many times for each upgrade.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from shundan.config.directory import CannotStart

if TYPE_CHECKING:
    from django.db.migrations.executor import MigrationExecutor

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


def warm_up() -> None:
    """Do once per version what would slow down the first start."""
    import tempfile

    import django
    from django.conf import settings

    from shundan.config.catalogues import compile_all

    compile_all()
    django.setup()
    collect_static()
    if "sqlite" in str(settings.DATABASES["default"]["ENGINE"]) and not _template().exists():
        with tempfile.TemporaryDirectory() as folder:
            settings.DATABASES["default"]["NAME"] = Path(folder) / "empty.sqlite3"
            migrate_database()


def migrate_database() -> int:
    """Apply what is missing and return how many migrations that was; refuse a database from the future.

    A new SQLite database begins as a copy of an empty one that these very migrations made before.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    template = _template() if connection.vendor == "sqlite" else None
    target = Path(str(settings.DATABASES["default"]["NAME"]))
    is_new = template is not None and not target.exists()
    if is_new and template and template.exists():
        _copy_whole(template, target)
    executor = MigrationExecutor(connection)
    _refuse_newer(executor)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", interactive=False, verbosity=0)
        if is_new and template:
            _keep_template(template)
    return len(plan)


def _refuse_newer(executor: MigrationExecutor) -> None:
    known = executor.loader.disk_migrations
    ours = {app for app, _ in known}
    unknown = sorted(
        f"{app}.{name}"
        for app, name in executor.loader.applied_migrations
        if app in ours and (app, name) not in known and (app, name) not in executor.loader.replacements
    )
    if unknown:
        raise CannotStart(
            f"The database comes from a newer version of Shundan ({unknown[0]} is unknown here): "
            "install that version, or choose another --data."
        )


def _template() -> Path:
    """Where the empty database of exactly these migrations is kept."""
    from django.apps import apps

    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda config: config.name):
        for path in sorted(Path(config.path).glob("migrations/*.py")):
            digest.update(f"{config.name}/{path.name}\n".encode() + path.read_bytes())
    return STATIC.with_name(f"shundan-empty-{digest.hexdigest()[:16]}.sqlite3")


def _copy_whole(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copyfile(source, fresh)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(target)


def _keep_template(template: Path) -> None:
    """Keep a copy of the database that was just made; drop those of other versions."""
    from django.db import connection

    for old in template.parent.glob("shundan-empty-*.sqlite3"):
        old.unlink(missing_ok=True)
    fresh = template.with_name(f"{template.name}.{os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(fresh)])
    fresh.replace(template)


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
