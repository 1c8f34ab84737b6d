"""The command line: `shundan COMMAND --data DIR`. docs/operate.md describes every command."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from shundan.config import commands
from shundan.config.directory import CannotStart

MENDABLE = (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT, errno.ENOENT, errno.EISDIR)
DEMOS = ("live", "quiet", "off")
Run = Callable[[argparse.Namespace], int]
Adder = Callable[[str, Run, str], argparse.ArgumentParser]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; what a person can mend is one sentence on stderr and exit code 1."""
    given = build_parser().parse_args(argv)
    use_directory(given.data)
    try:
        return int(given.run(given))
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
    all_commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    def add(name: str, run: Run, about: str) -> argparse.ArgumentParser:
        one = all_commands.add_parser(name, help=about, description=about)
        one.add_argument("--data", type=Path, default=Path("data"), metavar="DIR", help="where everything is kept")
        one.set_defaults(run=run)
        return one

    _add_programs(add)
    _add_upkeep(add)
    _add_access(add)
    _add_files(add)
    return parser


def _add_programs(add: Adder) -> None:
    run = add("run", commands.run_all, "Start everything on this machine and keep it running.")
    _add_address(run)
    run.add_argument("--sandbox-port", type=_port, default=8100, metavar="PORT", help="of the sandbox (default 8100)")
    run.add_argument("--no-sandbox", action="store_true", help="only the desk, for real shops")
    run.add_argument("--demo", choices=DEMOS, default="live", help="what the sandbox brings (default live)")
    _add_address(add("web", commands.run_web, "Serve the desk's pages, API and webhooks."))
    worker = add("worker", commands.run_worker, "Run the steps over and over.")
    worker.add_argument("--lane", action="append", default=[], help="only this lane (may be repeated)")
    step = add("step", commands.run_step, "Run one step once; prints how much it did as JSON.")
    step.add_argument("name", metavar="NAME")


def _add_address(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    command.add_argument("--port", type=_port, default=8000, help="of the desk (default 8000)")
    command.add_argument("--workers", type=_count, default=2, metavar="N", help="web processes (default 2)")


def _add_upkeep(add: Adder) -> None:
    add("migrate", commands.run_migrate, "Bring the database's tables up to date.")
    prepare = add("prepare", commands.run_prepare, "Do what `run` does before it starts; prints a login link.")
    prepare.add_argument("--url", default="http://127.0.0.1:8000", help="where the desk is reached")
    add(
        "warm-up",
        commands.run_warm_up,
        "Do once what would slow down the first start (as `./run setup` does).",
    )
    demo = add("demo", commands.run_demo, "Connect the sandbox's shops to this desk (what `run` does by itself).")
    demo.add_argument("--demo", choices=DEMOS, default="live")
    demo.add_argument("--sandbox", default="http://127.0.0.1:8100", metavar="URL")
    demo.add_argument("--desk", default="http://127.0.0.1:8000", metavar="URL")
    add("check", commands.run_check, "Look whether this installation is well, and say what is wrong.")
    add("new-key", commands.run_new_key, "Make a new secret key where the old one is lost for good.")


def _add_access(add: Adder) -> None:
    token = add("token", commands.run_token, "Make an API token; prints only the token.")
    token.add_argument("--role", required=True, help="owner, clerk, packer, service, accountant or viewer")
    token.add_argument("--name", default="", help="what it is for")
    token.add_argument("--expires", type=commands.read_expiry, metavar="WHEN", help="2027-01-31, 30d or 12h")
    link = add("login-link", commands.run_login_link, "Print a link that logs a person in once within an hour.")
    link.add_argument("--name", default="owner", help="who (default owner)")
    link.add_argument("--url", default="", help="where the desk is reached (default SHUNDAN_PUBLIC_URL)")


def _add_files(add: Adder) -> None:
    taken = add("import", commands.run_import, "Take in a Seller Center file; exit code 3 when rows were refused.")
    taken.add_argument("file", type=Path, metavar="FILE")
    taken.add_argument("--shop", required=True, metavar="ID", help="the platform's shop id")
    taken.add_argument(
        "--create-shop", default="", metavar="REGION", help="make the shop when it is missing: US, GB, …"
    )
    taken.add_argument(
        "--dates", choices=("mdy", "dmy"), default="", help="which comes first where a file does not tell"
    )
    taken.add_argument("--json", action="store_true", help="print the counts and refused rows as JSON")
    export = add("export", commands.run_export, "Write orders as JSON lines, or as the platform's own files.")
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument("--shop", default="", metavar="ID")
    export.add_argument("--state", default="", metavar="STATE")
    export.add_argument("--updated-after", default="", metavar="WHEN", help="2026-11-23T04:00:00Z or unix seconds")
    export.add_argument(
        "--columns", choices=("platform", "returns", "tracking"), default="",
        help="the market's own columns or their returns (FILE: .csv, .xlsx), or the tracking upload (.xlsx)",
    )  # fmt: skip
    export.add_argument("--full", action="store_true", help="with lines, parcels, holds, cases and journal")
    backup = add("backup", commands.run_backup, "Write database and files into one archive; never the key.")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = add("restore", commands.run_restore, "Fill an empty --data from a backup.")
    restore.add_argument("file", type=Path, metavar="FILE")


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _explain(error: Exception) -> str:
    """Return one sentence for an error a person can do something about, or "" for a fault of ours."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    from shundan.core.errors import ShundanError

    if isinstance(error, ShundanError):
        return f"{error.message} {error.remedy}".strip()
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {error}"
    if isinstance(error, ImproperlyConfigured):
        return f"A setting is wrong: {error}"
    if isinstance(error, OSError) and error.errno in MENDABLE:
        return f"{error.filename or 'The disk'}: {error.strerror}."
    return ""


def _complain(sentence: str) -> int:
    print(f"shundan: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
