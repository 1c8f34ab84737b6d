"""Start a sandbox: one process, loopback only, its state in one folder."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

import uvicorn

from sandbox.app import App
from sandbox.box import Box
from sandbox.control import is_loopback
from sandbox.control.deeds import start_world
from sandbox.faults import HOSTILE, set_faults
from sandbox.seed import plant_app, plant_shops
from sandbox.world.history import write_history


def read_arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description="A stand-in for TikTok Shop on this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; others are refused")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--data", type=Path, default=Path("data/sandbox"), help="folder of its state")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--demo", choices=("live", "quiet", "off"), default="live")
    speed = "story seconds per second, 0 stands still (60, or what it was)"
    parser.add_argument("--speed", type=float, help=speed)
    parser.add_argument("--hostile", action="store_true", help="start with the preset of faults that spares nobody")
    return parser.parse_args(given)


def build(options: argparse.Namespace) -> Box:
    """Open the data folder; plant what is missing."""
    base_url = f"http://{'[::1]' if options.host == '::1' else options.host}:{options.port}"
    box = Box(options.data, seed=options.seed, demo=options.demo, speed=options.speed, base_url=base_url)
    plant_app(box)
    fresh = not box.shops()
    plant_shops(box)
    if fresh and box.shops():
        write_history(box)
    start_world(box)
    if options.hostile:
        set_faults(box, HOSTILE)
    box.store.commit()
    return box


def main(given: list[str] | None = None) -> int:
    options = read_arguments(given)
    if not is_loopback(options.host):
        print("sandbox: only loopback addresses are served, never " + options.host, file=sys.stderr)
        return 2
    box = build(options)
    print(f"sandbox: {box.base_url}/sandbox/", flush=True)
    logging.getLogger("uvicorn.error").addFilter(lambda record: "without completing" not in record.getMessage())
    uvicorn.run(
        App(box),
        host=options.host,
        port=options.port,
        log_level="warning",
        access_log=False,
        lifespan="on",
        timeout_keep_alive=30,
        server_header=False,
        date_header=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
