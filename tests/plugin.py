"""Loaded by pytest before Django: a throw-away data folder, a fixed key; with CI set, a skip is a failure."""

from __future__ import annotations

import atexit
import base64
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib import import_module

import pytest

from tests.postgres import Cluster, find_programs

_folder = tempfile.mkdtemp(prefix="shundan-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["SHUNDAN_DATA"] = _folder
os.environ["SHUNDAN_KEY"] = base64.urlsafe_b64encode(b"a key for tests, never elsewhere".ljust(32)[:32]).decode()
os.environ.setdefault("SHUNDAN_STATIC", os.path.join(_folder, "static"))
os.makedirs(os.environ["SHUNDAN_STATIC"], exist_ok=True)  # the file server warns when it is missing
os.environ.setdefault("SHUNDAN_LOG", "ERROR")
for _name in ("SHUNDAN_CLOCK_URL", "SHUNDAN_TIKTOK_URL", "SHUNDAN_PUBLIC_URL", "SHUNDAN_HOSTS"):
    os.environ.pop(_name, None)
# Playwright runs an event loop in the thread of the test; our own code there stays synchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Turn a skip into a failure where CI is set: there everything must have run."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    return report  # type: ignore[return-value]


@pytest.fixture(autouse=True)
def plain_static() -> Iterator[None]:
    """Name static files as they are: no test waits for the collection of a manifest."""
    from django.conf import settings
    from django.test import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield


def pytest_configure() -> None:
    """Let SQLite refuse a text that is too long for its column, as PostgreSQL does: what one takes, both take."""
    from shundan.ground.lib.sqlite.base import DatabaseWrapper

    checks = DatabaseWrapper.data_type_check_constraints
    fits = 'length("%(column)s") <= %(max_length)s'
    DatabaseWrapper.data_type_check_constraints = {**checks, "CharField": fits, "SlugField": fits}


# What migrations plant: a test that commits empties the tables afterwards, and the next one finds them bare.
PLANTED = (
    ("orders.Cause", "shundan.stages.orders.migrations.0002_first_causes", "plant"),
    ("conversations.Template", "shundan.edges.conversations.migrations.0002_first_templates", "add_templates"),
)


@pytest.fixture(autouse=True)
def planted(request: pytest.FixtureRequest, _django_db_marker: None) -> Iterator[None]:
    """Give every test with a database the rows a new database begins with; none leaves a transaction open."""
    if not {"db", "transactional_db"} & set(request.fixturenames) and not request.node.get_closest_marker("django_db"):
        yield
        return
    from django.apps import apps
    from django.db import connection

    if "db" in request.fixturenames:
        request.getfixturevalue("db")
    for model, module, plant in PLANTED:
        if not apps.get_model(model).objects.exists():
            getattr(import_module(module), plant)(apps, None)
    depth = len(connection.atomic_blocks)
    yield
    if left_open := roll_back_to(depth):
        pytest.fail(f"This test left {left_open} transaction(s) open: they would lock the database for the next ones.")


def roll_back_to(depth: int) -> int:
    """Undo what stands open above `depth`, as a database does for a process that is gone; return how many it was."""
    from django.db import connection

    left_open = len(connection.atomic_blocks) - depth
    for block in reversed(connection.atomic_blocks[depth:]):
        block.__exit__(SystemExit, SystemExit(), None)
    return left_open


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A PostgreSQL of our own for this session, on a socket in a temporary folder."""
    if find_programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> str:
    """The URL of an empty PostgreSQL database, for a program that a test starts."""
    return postgres_cluster.make_database()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser for page tests."""
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if path := name and shutil.which(name):
            return path
    pytest.skip("Chromium is not installed: apt-get install chromium fonts-noto-cjk")
