"""`bin/bench [NAME…]`: finds the plug-ins, runs what they declare, prints tables and JSON."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import cast

from bench.machine import describe_machine, describe_versions
from bench.places import KINDS, Databases, kinds_here
from bench.plan import Asked, Plugin
from bench.running import Outcome, run_measure
from bench.tables import as_block, as_json, as_text

HERE = Path(__file__).parent
# The harness itself; every other module or package beside it is a plug-in.
NOT_PLUGINS = {"__init__", "__main__", "machine", "places", "plan", "running", "tables", "tests"}
TIMES = 5


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0, 1 when something broke or a proof failed, 3 when a target was missed."""
    given = read_arguments(argv)
    if given.list:
        for name in plugin_names():
            plugin = load_plugin(name)
            parts = f" Parts: {', '.join(plugin.PARTS)}." if plugin.PARTS else ""
            print(f"{name:12} {plugin.ABOUT}{parts}{' (only when named)' if plugin.LONG else ''}")
        return 0
    names = given.names or [name for name in plugin_names() if not load_plugin(name).LONG]
    machine, versions = describe_machine(), describe_versions()
    outcomes = [outcome for name in names for outcome in run_plugin(name, given)]
    told = json.dumps(as_json(outcomes, machine=machine, versions=versions), ensure_ascii=False, indent=1)
    text = as_text(outcomes, machine=machine, versions=versions)
    if given.json and given.json != "-":
        Path(given.json).write_text(told + "\n", encoding="utf-8")
    print(told if given.json == "-" else text)
    return exit_code(outcomes)


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """Return what the shell is told."""
    found = list(outcomes)
    return 1 if any(one.is_broken for one in found) else 3 if any(one.misses for one in found) else 0


def read_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line; a name that is no plug-in, or no part of one, ends it with those there are."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure beside something else; prove what is long.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="what to run (default: all but what --list says runs only when named)"
    )
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--db", choices=KINDS, default="", help="only this database (default: both)")
    parser.add_argument("--scale", type=int, metavar="N", help="how many orders, calls or requests")
    parser.add_argument("--only", action="append", default=[], metavar="PART", help="only this part (may be repeated)")
    parser.add_argument("--times", type=int, default=TIMES, metavar="N", help=f"rounds (default {TIMES})")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="for whatever is drawn (default 1)")
    parser.add_argument("--profile", action="store_true", help="say where the time goes, also where targets are met")
    parser.add_argument("--json", nargs="?", const="-", default="", metavar="FILE", help="JSON, here or into FILE")
    given = parser.parse_args(argv)
    known = plugin_names()
    if unknown := [name for name in given.names if name not in known]:
        parser.error(f"there is no {unknown[0]}; there is: {', '.join(known)}")
    parts = {part for name in given.names or known for part in load_plugin(name).PARTS}
    if strange := sorted(set(given.only) - parts):
        parser.error(f"there is no part {strange[0]}; there is: {', '.join(sorted(parts)) or 'none'}")
    if given.times < 1 or (given.scale is not None and given.scale < 1):
        parser.error("--times and --scale are at least 1")
    return given


def plugin_names() -> list[str]:
    """Return the plug-ins: modules beside this one, and packages."""
    found = {path.stem for path in HERE.glob("*.py")} | {path.parent.name for path in HERE.glob("*/__init__.py")}
    return sorted(found - NOT_PLUGINS)


def load_plugin(name: str) -> Plugin:
    """Import a plug-in."""
    return cast(Plugin, import_module(f"bench.{name}"))


def run_plugin(name: str, given: argparse.Namespace) -> list[Outcome]:
    """Run the measures of one plug-in in a temporary folder, however they end."""
    kinds, left_out = kinds_here(given.db)
    if left_out:
        say(left_out)
    outcomes: list[Outcome] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"shundan-bench-{name}-")))
        databases = Databases(folder / "databases", kinds, stack)
        asked = Asked(folder, databases, stack, say, given.scale, tuple(given.only), given.profile, given.seed)
        measures = load_plugin(name).measures(asked)
        stack.callback(getattr(measures, "close", lambda: None))
        try:
            for measure in measures:
                outcomes.append(
                    run_measure(measure, bench=name, times=given.times, profile=given.profile, say=say)
                )  # fmt: skip
                say(as_block(outcomes[-1]))  # a long run is read while it goes on
        except Exception as error:  # preparing the next measure failed: what was measured is told all the same
            import traceback

            outcomes.append(Outcome(name, "preparing", error="".join(traceback.format_exception(error, limit=-8))))
            say(outcomes[-1].error)
    return outcomes


def say(text: str) -> None:
    """Tell the person how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("SHUNDAN_LOG", "ERROR")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave nothing behind
    sys.exit(main())
