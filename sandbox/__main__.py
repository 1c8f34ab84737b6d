"""Start a sandbox: one process, loopback only, its state in one folder."""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import sys
from pathlib import Path

import uvicorn

from sandbox.app import App
from sandbox.box import Box
from sandbox.control import is_loopback
from sandbox.control.deeds import start_world
from sandbox.control.worlds import traffic_from
from sandbox.faults import HOSTILE, set_faults
from sandbox.seed import DEMO, UnknownShop, plant_app, plant_shops, read_shops
from sandbox.world.history import DAYS, ORDERS, write_history
from sandbox.world.traffic import set_traffic


def read_arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description="A stand-in for TikTok Shop on this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; others are refused")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--data", type=Path, default=Path("data/sandbox"), help="folder of its state")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--demo", choices=("live", "quiet", "off"), default="live")
    speed = "story seconds per second, 0 stands still (60, or what it was)"
    parser.add_argument("--speed", type=float, help=speed)
    shops = "markets such as US,GB:LOCAL,DE; all (one per market) or every (each kind of each); US,GB,ID"
    parser.add_argument("--shops", type=named_shops, default=list(DEMO), metavar="NAMES", help=shops)
    parser.add_argument("--history", type=int, default=ORDERS, metavar="N", help="orders of the past (2000)")
    parser.add_argument("--history-days", type=int, default=DAYS, metavar="N", help="days of the past (60)")
    traffic = "buyers that come by themselves, as 20/day or 500/hour"
    parser.add_argument("--traffic", type=named_traffic, metavar="RATE", help=traffic)
    start = "story time at which a new world begins, ISO 8601; a world that starts alike and is used alike is alike"
    parser.add_argument("--start", type=dt.datetime.fromisoformat, metavar="TIME", help=start)
    parser.add_argument("--hostile", action="store_true", help="start with the preset of faults that spares nobody")
    return parser.parse_args(given)


def named_shops(text: str) -> list[tuple[str, str]]:
    try:
        return read_shops(text)
    except UnknownShop as unknown:
        raise argparse.ArgumentTypeError(str(unknown)) from None


def named_traffic(text: str) -> float:
    try:
        return traffic_from(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a rate is written as 20/day or 500/hour, at most 10000/hour") from None


def begin(text: dt.datetime | None) -> float | None:
    """Return story seconds; a time without a zone is UTC."""
    return text.replace(tzinfo=text.tzinfo or dt.UTC).timestamp() if text else None


def build(options: argparse.Namespace) -> Box:
    """Open the data folder; plant what is missing."""
    base_url = f"http://{'[::1]' if options.host == '::1' else options.host}:{options.port}"
    box = Box(
        options.data,
        seed=options.seed,
        demo=options.demo,
        speed=options.speed,
        start=begin(options.start),
        base_url=base_url,
    )
    plant_app(box)
    fresh = not box.shops()
    plant_shops(box, shops=options.shops)
    if fresh and box.shops() and options.history > 0:
        write_history(box, days=options.history_days, orders=options.history)
    start_world(box)
    if options.traffic is not None and box.shops():
        set_traffic(box, per_hour=options.traffic)
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
