"""What is measured inside the desk's own code, in a process of its own: `python -m bench.intake.child ACTION …`.

Where the database is, SHUNDAN_DATA and DATABASE_URL say. Each action prints one line of JSON.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import pstats
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import httpx

STEPS_OF_DRAIN = ("apply_next_orders", "expect_next_lines")
STEPS_OF_PATH = ("apply_next_orders", "expect_next_lines", "review_next_orders", "reserve_next_orders")
STEPS_TO_RESERVED = (
    "refresh_next_tokens", "read_next_arrivals", "sweep_next_shops", "fetch_next_wants", "fetch_single_wants",
    "apply_next_listings", *STEPS_OF_PATH,
)  # fmt: skip
AT_ONCE = 1000
ROUNDS = 100_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run one action and print what it found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("action", choices=sorted(ACTIONS))
    parser.add_argument("--sandbox", default="")
    parser.add_argument("--desk", default="http://127.0.0.1:1")
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--status", default="AWAITING_SHIPMENT")
    given = parser.parse_args(argv)
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")
    import django

    django.setup()
    print(json.dumps(ACTIONS[given.action](given)))
    return 0


def migrate(given: argparse.Namespace) -> dict[str, Any]:
    """Make the tables."""
    from shundan.config.prepare import migrate_database

    return {"migrations": migrate_database()}


def prepare(given: argparse.Namespace) -> dict[str, Any]:
    """Make the tables, connect the sandbox's shops and take their goods into stock; orders come later."""
    from shundan.config.demo import connect_sandbox
    from shundan.config.prepare import migrate_database

    migrate_database()
    shops = connect_sandbox(sandbox_url=given.sandbox, desk_url=given.desk)
    run_until_idle("sweep_next_shops", "fetch_next_wants", "fetch_single_wants", "apply_next_listings")
    return {"shops": shops}


def place(given: argparse.Namespace) -> dict[str, Any]:
    """Let buyers place orders and store their snapshots, as intake does; nothing applies them yet."""
    place_orders(given)
    return {"snapshots": fetch_all()}


def place_orders(given: argparse.Namespace) -> None:
    """Let buyers place orders, as many in each shop, and want them all."""
    from shundan.edges.inbox.actions import want
    from shundan.ground.shops.queries import all_shops

    shops = all_shops()
    for number, shop in enumerate(shops):
        left = given.count * (number + 1) // len(shops) - given.count * number // len(shops)
        while left > 0:
            told = {"count": min(left, AT_ONCE), "shop": shop.shop_id, "status": given.status}
            answer = httpx.post(f"{given.sandbox}/sandbox/orders", json=told, timeout=300, trust_env=False)
            want(shop.pk, "order", answer.raise_for_status().json()["order_ids"])
            left -= AT_ONCE


def stock_up(given: argparse.Namespace) -> dict[str, Any]:
    """Receive `--count` units of every item in the first warehouse, so that nothing waits for goods."""
    from shundan.core.actors import SYSTEM
    from shundan.ground.lib import clock
    from shundan.stages.stock.actions import receive_units
    from shundan.stages.stock.queries import Item, default_warehouse

    warehouse = default_warehouse()
    assert warehouse is not None
    items = list(Item.objects.all())
    for item in items:
        receive_units(item, given.count, warehouse=warehouse.code, by=SYSTEM, now=clock.now())
    return {"items": len(items)}


def refresh(given: argparse.Namespace) -> dict[str, Any]:
    """Fetch every stored order once more: what the platform says of it now."""
    from shundan.edges.inbox.actions import want
    from shundan.edges.inbox.queries import Snapshot

    keys: dict[int, list[str]] = {}
    for shop_key, order_id in Snapshot.objects.filter(kind="order").values_list("shop_id", "outside_id").distinct():
        keys.setdefault(shop_key, []).append(order_id)
    for shop_key, order_ids in keys.items():
        want(shop_key, "order", order_ids)
    return {"snapshots": fetch_all()}


def fetch_all() -> int:
    """Fetch all that is wanted of orders; return how many snapshots wait to be applied."""
    from shundan.edges.inbox.queries import Want, unapplied

    run_until_idle("fetch_next_wants")
    assert not Want.objects.filter(kind="order", closed_at=None).exists(), "some orders could not be fetched"
    return unapplied("order").count()


def drain(given: argparse.Namespace) -> dict[str, Any]:
    """Apply every order snapshot and expect its lines, turn by turn as the worker does; time all but the first turn.

    The first turn imports and reads what a worker that has been running holds already.
    """
    from shundan.config.worker import settle_memory
    from shundan.edges.inbox.queries import unapplied

    steps = the_steps(*STEPS_OF_DRAIN)
    settle_memory()  # as the worker does at its start
    for run in steps:
        run()
    waiting = unapplied("order").count()
    began, cpu = time.perf_counter(), time.process_time()
    while sum(run() for run in steps):
        pass
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    assert waiting and not unapplied("order").exists(), "some snapshots were not applied"
    return {"orders": waiting, "seconds": took, "cpu": cpu}


def record(given: argparse.Namespace) -> dict[str, Any]:
    """Drain as above, telling after each step's batch how far every table had grown: the turns to replay.

    `warm`: how many turns the first round took, which is not timed; `left`: how many snapshots it left to the others.
    """
    from bench.intake.rows import highest_keys
    from shundan.edges.inbox.queries import unapplied

    turns: list[dict[str, int]] = [highest_keys()]
    steps, left = the_steps(*STEPS_OF_DRAIN), -1
    done = True
    while done:
        done = False
        for run in steps:
            if run():
                done = True
                turns.append(highest_keys())
        if left < 0:
            left, warm = unapplied("order").count(), len(turns) - 1
    return {"turns": turns, "warm": warm, "left": left}


def profile(given: argparse.Namespace) -> dict[str, Any]:
    """Drain under the profiler and return its two tables: by own time, and by time with all that was called."""
    watch = cProfile.Profile()
    found = watch.runcall(drain, given)
    return {**found, "text": _told(watch)}


def profile_path(given: argparse.Namespace) -> dict[str, Any]:
    """Let buyers place orders and bring them to RESERVED under the profiler, from the fetching on."""
    place_orders(given)
    watch = cProfile.Profile()
    watch.runcall(run_until_idle, "fetch_next_wants", *STEPS_OF_PATH)
    return {"text": _told(watch)}


def _told(watch: cProfile.Profile) -> str:
    tables = []
    for order, rows in (("tottime", 25), ("cumulative", 45)):
        text = io.StringIO()
        pstats.Stats(watch, stream=text).strip_dirs().sort_stats(order).print_stats(rows)
        tables.append(text.getvalue().partition("\n\n")[2].strip())
    return "\n\n".join(tables)


def the_steps(*names: str) -> list[Callable[[], int]]:
    """Return the worker's steps of these names."""
    from shundan.config.steps import STEPS

    return [step.run for step in STEPS if step.name in names]


def run_until_idle(*names: str) -> None:
    """Run steps in turn until none of them finds anything."""
    steps = the_steps(*names)
    for _ in range(ROUNDS):
        if not sum(run() for run in steps):
            return
    raise AssertionError(f"the steps {names} find no end")


def work_path(given: argparse.Namespace) -> dict[str, Any]:
    """Run the worker's own loop until TERM, with the steps that lead to RESERVED and no others."""
    import shundan.config.steps as wiring
    from shundan.config.worker import work

    wiring.STEPS = tuple(step for step in wiring.STEPS if step.name in STEPS_TO_RESERVED)
    return {"ended": work()}


def keep_on(given: argparse.Namespace) -> dict[str, Any]:
    """Take in `--count` orders, a thousand at a time, up to RESERVED in this one process; sample its memory."""
    from bench.intake.clones import clone_snapshots
    from shundan.edges.inbox.actions import store_snapshots
    from shundan.edges.inbox.queries import Snapshot
    from shundan.stages.orders.queries import Order

    originals = list(Snapshot.objects.filter(kind="order", source="api").order_by("pk")[:AT_ONCE])
    samples, began = [], time.perf_counter()
    for start in range(0, given.count, AT_ONCE):
        store_snapshots(clone_snapshots(originals, start, min(AT_ONCE, given.count - start)))
        run_until_idle(*STEPS_OF_PATH)
        samples.append(resident_mib())
    took = time.perf_counter() - began
    states = Counter(Order.objects.values_list("order_state", flat=True).iterator())
    return {"samples": samples, "seconds": took, "states": dict(states)}


def resident_mib() -> float:
    """Return how much memory this process holds now."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


ACTIONS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    one.__name__: one
    for one in (migrate, prepare, stock_up, place, refresh, drain, record, profile, profile_path, work_path, keep_on)
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
