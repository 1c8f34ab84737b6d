"""What each command does. Django is set up inside, so that `--help` and `run` start at once."""

from __future__ import annotations

import argparse
import io
import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from shundan.config.directory import DATABASE_FILE, KEY_FILE, CannotStart, check_disk, write_key

REFUSED_SHOWN = 20


def run_all(given: argparse.Namespace) -> int:
    """Start desk, worker and sandbox under supervision."""
    from shundan.config.supervisor import Installation, run_installation

    return run_installation(
        Installation(
            directory=given.data.resolve(),
            host=given.host,
            port=given.port,
            workers=given.workers,
            demo=given.demo,
            sandbox_port=None if given.no_sandbox else given.sandbox_port,
        )
    )


def run_web(given: argparse.Namespace) -> int:
    """Serve the desk until TERM."""
    from shundan.config.serve import serve_web

    return serve_web(host=given.host, port=given.port, workers=given.workers)


def run_worker(given: argparse.Namespace) -> int:
    """Run the steps until TERM."""
    from shundan.config.worker import work

    return work(given.lane)


def run_step(given: argparse.Namespace) -> int:
    """Run one step once."""
    set_up()
    from shundan.config.steps import STEPS, find_step

    step = find_step(given.name)
    if step is None:
        raise CannotStart(f"There is no step {given.name}. Steps: {', '.join(sorted(s.name for s in STEPS))}.")
    print(json.dumps({"done": step.run()}))
    return 0


def run_migrate(given: argparse.Namespace) -> int:
    """Apply the missing migrations."""
    set_up()
    from shundan.config.prepare import migrate_database

    print(f"{migrate_database()} migrations applied")
    return 0


def run_prepare(given: argparse.Namespace) -> int:
    """Prepare the installation and print the login link."""
    from shundan.config.prepare import prepare_installation

    print(prepare_installation(given.url))
    return 0


def run_warm_up(given: argparse.Namespace) -> int:
    """Do once what would slow down the first start."""
    from shundan.config.prepare import warm_up

    warm_up()
    return 0


def run_demo(given: argparse.Namespace) -> int:
    """Connect the sandbox's shops, as an owner would by hand."""
    set_up()
    from shundan.config.demo import connect_sandbox

    connect_sandbox(sandbox_url=given.sandbox, desk_url=given.desk, demo=given.demo)
    return 0


def run_check(given: argparse.Namespace) -> int:
    """Look at disk, settings, database and migrations."""
    set_up()
    from django.core.management import call_command

    from shundan.config.prepare import count_missing_migrations

    check_disk(given.data.resolve())
    call_command("check", stdout=io.StringIO())
    if missing := count_missing_migrations():
        raise CannotStart(f"{missing} migrations are missing: run shundan migrate --data {given.data}")
    print("all is well")
    return 0


def run_new_key(given: argparse.Namespace) -> int:
    """Write a key where there is none; stored tokens and secrets stay unreadable."""
    path = given.data.resolve() / KEY_FILE
    if path.exists():
        raise CannotStart(f"{path} exists: it is never overwritten.")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_key(path)
    print(f"wrote {path}; connect every shop again: what the old key encrypted cannot be read")
    return 0


def run_token(given: argparse.Namespace) -> int:
    """Make an API token and print nothing else."""
    set_up()
    from shundan.ground.staff import actions

    print(actions.issue_token(given.role, name=given.name, expires_at=given.expires))
    return 0


def run_login_link(given: argparse.Namespace) -> int:
    """Print a one-use login link."""
    set_up()
    from django.conf import settings

    from shundan.ground.staff import actions

    print(actions.issue_login_link(given.name, given.url or settings.PUBLIC_URL))
    return 0


def run_backup(given: argparse.Namespace) -> int:
    """Write a backup while the desk runs or stands still."""
    set_up()
    from shundan.config.backup import make_backup

    print(json.dumps(make_backup(given.file.resolve())))
    return 0


def run_restore(given: argparse.Namespace) -> int:
    """Restore a backup, then bring its tables up to this version."""
    directory = given.data.resolve()
    if (directory / DATABASE_FILE).exists():
        raise CannotStart(f"{directory} already has a database: restore into an empty --data.")
    had_key = (directory / KEY_FILE).exists()
    set_up()
    from shundan.config.backup import restore_backup

    try:
        count = restore_backup(given.file.resolve(), directory)
    finally:
        if not had_key:  # the settings made one for this command alone
            (directory / KEY_FILE).unlink(missing_ok=True)
    print(f"restored the database and {count} files into {directory}")
    if not had_key:
        print(f"Put the old desk's {KEY_FILE} there before you start it: a backup never holds the key.")
    return 0


def run_import(given: argparse.Namespace) -> int:
    """Take a Seller Center file in; exit 3 when some of its rows were refused."""
    set_up()
    from shundan.desk.imports.actions import import_file
    from shundan.desk.imports.queries import refused_rows

    report = import_file(given.file, given.shop, given.create_shop, dates=given.dates)
    if report.error:
        raise CannotStart(f"{given.file.name} was not taken: {report.error} {report.remedy}".strip())
    refused = refused_rows(report)
    if given.json:
        rows = [
            {"row": r.row, "column": r.column, "message": r.text, "remedy": r.remedy, "order_id": r.order_id}
            for r in refused
        ]
        known = {"shop": report.shop_id, "kind": report.kind, "stored": report.stored}
        print(json.dumps(known | asdict(report.counts) | {"rows": rows}, ensure_ascii=False))
    else:
        counts = report.counts
        print(
            f"{report.kind}: {report.stored} stored ({counts.new} new, {counts.changed} changed, "
            f"{counts.fills} filling gaps), {counts.same} as before, {counts.refused} refused"
        )
        for row in refused[:REFUSED_SHOWN]:
            print(f"  row {row.row}, {row.column}: {row.text} {row.remedy}".rstrip())
    return 3 if refused else 0


def run_export(given: argparse.Namespace) -> int:
    """Write orders as JSON lines, oldest change first, page by page; with --columns as the platform's own files."""
    set_up()
    if given.columns:
        return _export_columns(given)
    from django.core.serializers.json import DjangoJSONEncoder

    from shundan.core.actors import SYSTEM
    from shundan.desk.orderbook.queries import programs
    from shundan.ground.look.queries.keyset import page_of

    told = programs.order_detail if given.full else programs.order_row
    rows, sort = programs.find_orders(
        SYSTEM, shop=given.shop, state=given.state, updated_after=given.updated_after or "1970-01-01"
    )
    count = 0
    after: str | None = ""
    with given.file.open("w", encoding="utf-8") as file:
        while after is not None:
            page, after = page_of(rows, sort, after=after, limit=200)
            for order in page:
                line = json.dumps(told(order, who=SYSTEM), cls=DjangoJSONEncoder, ensure_ascii=False)
                file.write(line + "\n")
            count += len(page)
    print(json.dumps({"orders": count}))
    return 0


def _export_columns(given: argparse.Namespace) -> int:
    """Write orders in the platform's own columns, or as a tracking upload."""
    from shundan.core.actors import SYSTEM
    from shundan.desk.imports.actions import start_export
    from shundan.desk.imports.queries import export_file
    from shundan.desk.orderbook.queries import programs

    rows, _ = programs.find_orders(
        SYSTEM, shop=given.shop, state=given.state, updated_after=given.updated_after or "1970-01-01"
    )
    kind = "orders" if given.columns == "platform" else given.columns
    keys = list(rows.order_by("-placed_at", "-pk").values_list("pk", flat=True))
    report = start_export(keys, kind, given.file.suffix.lstrip(".").lower(), by=SYSTEM, at_once=True)
    if report.error:
        raise CannotStart(report.error)
    file = export_file(report)
    target = given.file if file.name.endswith(given.file.suffix) else given.file.with_suffix(".zip")
    target.write_bytes(file.content)
    print(json.dumps({"orders": report.total, "rows": report.rows, "left_out": report.left_out_count}))
    return 0


def read_expiry(text: str) -> datetime:
    """Read 2027-01-31, a full ISO time, 30d or 12h; a day ends at its midnight UTC."""
    if found := re.fullmatch(r"(\d+)([dh])", text):
        span = timedelta(**{"days" if found[2] == "d" else "hours": int(found[1])})
        return datetime.now(UTC) + span
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def set_up() -> None:
    """Load settings and apps."""
    import django

    django.setup()
