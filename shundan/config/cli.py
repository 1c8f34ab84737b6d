"""The command line: `shundan COMMAND --data DIR`. docs/operate.md describes every command."""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from shundan.config.directory import CannotStart

MENDABLE = (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT)
DEMOS = ("live", "quiet", "off")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; what a person can mend is one sentence on stderr and exit code 1."""
    given = build_parser().parse_args(argv)
    use_directory(given.data)
    try:
        return given.run(given)
    except KeyboardInterrupt:
        return 130
    except CannotStart as reason:
        return _complain(str(reason))
    except Exception as error:
        if sentence := _explain(error):
            return _complain(sentence)
        raise


def use_directory(directory: Path) -> None:
    """Point every later import of the settings at `directory`."""
    os.environ["SHUNDAN_DATA"] = str(directory.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")
    os.environ.setdefault("SHUNDAN_STATIC", str(Path(sys.prefix) / "shundan-static"))


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    parser = argparse.ArgumentParser(prog="shundan", description="Shundan 顺单, the order desk.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=about, description=about)
        one.add_argument(
            "--data", type=Path, default=Path("data"), metavar="DIR", help="where everything is kept"
        )
        one.set_defaults(run=run)
        return one

    _add_programs(command)
    _add_upkeep(command)
    _add_access(command)
    _add_files(command)
    return parser


Adder = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def _add_programs(command: Adder) -> None:
    run = command("run", run_all, "Start everything on this machine and keep it running.")
    _add_address(run)
    run.add_argument("--sandbox-port", type=int, default=8100)
    run.add_argument("--no-sandbox", action="store_true", help="only the desk")
    run.add_argument("--demo", choices=DEMOS, default="live", help="what the sandbox brings (default live)")
    web = command("web", run_web, "Serve the desk's pages, API and webhooks.")
    _add_address(web)
    worker = command("worker", run_worker, "Run the steps over and over.")
    worker.add_argument("--lane", action="append", default=[], help="only this lane (may be repeated)")
    step = command("step", run_step, "Run one step once; prints how much it did.")
    step.add_argument("name", metavar="NAME")


def _add_address(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8000)
    command.add_argument("--workers", type=int, default=2, metavar="N", help="web processes (default 2)")


def _add_upkeep(command: Adder) -> None:
    command("migrate", run_migrate, "Bring the database's tables up to date.")
    prepare = command("prepare", run_prepare, "Do all that `run` does before it starts; prints a login link.")
    prepare.add_argument("--url", default="http://127.0.0.1:8000")
    command("check", run_check, "Look whether this installation could start, and say what is wrong.")


def _add_access(command: Adder) -> None:
    pass


def _add_files(command: Adder) -> None:
    pass


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
    _set_up()
    from shundan.config.steps import STEPS

    steps = {step.name: step for step in STEPS}
    if given.name not in steps:
        raise CannotStart(f"There is no step {given.name!r}. Steps: {', '.join(sorted(steps))}.")
    print(json.dumps({"done": steps[given.name].run()}))
    return 0


def run_migrate(given: argparse.Namespace) -> int:
    """Apply the missing migrations."""
    _set_up()
    from shundan.config.prepare import migrate_database

    print(f"{migrate_database()} migrations applied")
    return 0


def run_prepare(given: argparse.Namespace) -> int:
    """Prepare the installation and print the login link."""
    from shundan.config.prepare import prepare_installation

    print(prepare_installation(given.url))
    return 0


def run_check(given: argparse.Namespace) -> int:
    """Run Django's checks and look at disk, key and database."""
    from django.core.management import call_command

    from shundan.config.directory import check_disk

    _set_up()
    check_disk(given.data.resolve())
    call_command("check")
    return 0


def _set_up() -> None:
    import django

    django.setup()


def _explain(error: Exception) -> str:
    """Return one sentence for an error a person can do something about, or "" for a fault of ours."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    from shundan.core.errors import ShundanError

    if isinstance(error, ShundanError):
        return f"{error.message} {error.remedy}".strip()
    if isinstance(error, ImproperlyConfigured | DatabaseError):
        return f"{'The database says' if isinstance(error, DatabaseError) else 'Settings'}: {error}"
    return str(error) if isinstance(error, OSError) and error.errno in MENDABLE else ""


def _complain(sentence: str) -> int:
    print(f"shundan: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
