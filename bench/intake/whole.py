"""The whole path: buyers place orders, signed webhooks come, details are fetched, every order is checked and reserved.

The webhooks are the generator's, one per order: the sandbox's own sender would be what is measured. Beside it
django-oscar and Vendure take orders of the same platform over HTTP. Everything runs on this machine.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx

from bench.intake.ack import CONNECTIONS, WORKERS, Sender, desk_running
from bench.intake.feeder import read_goods
from bench.intake.generator import send_all
from bench.intake.peers_here import NAMES, NotHere, Peer, peer_running
from bench.intake.programs import CHILD, Sandbox, environment, run_child, running, sandbox_running
from bench.intake.rows import Raw
from bench.places import Database
from bench.plan import Asked, Figure, Pair, Reference, Taken

ORDERS = 1000
PEER_ORDERS = {"oscar": 40, "vendure": 20}
MOST_WHEN_BUSY = 300
AT_LEAST = {"oscar": 20.0, "vendure": 100.0}
PLENTY = 1_000_000
PATIENCE = 300.0
ON_THE_WAY = "('WAITING', 'RECEIVED', 'APPROVED')"
LOOK_EVERY = 0.05


@dataclass
class Desk:
    """A running desk and the sandbox whose shops are connected to it."""

    sandbox: Sandbox
    database: Database
    sender: Sender
    port: int
    programs: list[int] = field(default_factory=list)  # process groups

    def take(self, amount: int) -> Taken:
        """Let buyers place orders, send each one's webhook, wait until every one is reserved and none is held."""
        reserved, held = self.counts()
        began = time.perf_counter()
        orders, placed_in = self.sandbox.place(amount, self.sender.shops)
        told = [
            self.sender.request(self.port, order_id=key, shop_id=shop) for shop, keys in orders.items() for key in keys
        ]
        send_all(told, port=self.port, connections=CONNECTIONS)
        while (now := self.counts())[0] - reserved < amount:
            if now[1] > held:
                raise RuntimeError(f"{now[1] - held} orders are held: they were meant to pass")
            if time.perf_counter() - began > PATIENCE:
                raise RuntimeError(f"after {PATIENCE:.0f} s only {now[0] - reserved} of {amount} orders are reserved")
            time.sleep(LOOK_EVERY)
        took = time.perf_counter() - began
        return {"orders/s": amount / took, "placing s": placed_in}

    def counts(self) -> tuple[int, int]:
        """Return how many orders are reserved or further, and how many are held."""
        sql = (
            f"SELECT count(CASE WHEN order_state NOT IN {ON_THE_WAY} AND order_state <> 'HELD' THEN 1 END),"
            " count(CASE WHEN order_state = 'HELD' THEN 1 END) FROM orders_order"
        )
        with Raw(self.database) as raw:
            row = raw.connection.execute(sql).fetchone()
        return int(row[0]), int(row[1])

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let every program of the desk stand still, so that a peer has the machine to itself."""
        for group in self.programs:
            os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            for group in self.programs:
                os.killpg(group, signal.SIGCONT)


def measures(asked: Asked) -> Iterator[Pair]:
    """Yield one pair per database of ours; the peers always run on PostgreSQL."""
    amount = asked.scale or ORDERS
    for kind in asked.databases.kinds:
        with ExitStack() as stack:
            desk = stack.enter_context(whole_desk(asked, kind, all_steps=False))
            with desk.standing_still():
                peers = list(_peers(asked, stack))
            desk.take(min(amount, 200))  # programs that have been running
            yield Pair(
                f"whole path, {kind}",
                ours=partial(desk.take, amount),
                references=tuple(
                    Reference(NAMES[one.name], partial(_take_alone, desk, one), AT_LEAST[one.name]) for one in peers
                ),
                figures=(Figure("orders/s"), Figure("placing s", True)),
                explain=partial(_explain, asked, kind),
                about=f"{amount:,} orders a run; one worker with the steps to RESERVED, {WORKERS} web workers; peers: "
                f"{PEER_ORDERS} orders a run, two processes, PostgreSQL; sandbox and generator are counted for all",
            )


def measures_busy(asked: Asked) -> Iterator[Pair]:
    """Yield the same with everything a worker does: parcels are planned and labels fetched beside the intake."""
    amount = min(asked.scale or ORDERS, MOST_WHEN_BUSY)
    for kind in asked.databases.kinds:
        with whole_desk(asked, kind, all_steps=True) as desk:
            desk.take(min(amount, 100))
            yield Pair(
                f"whole path with every step of the worker, {kind}",
                ours=partial(desk.take, amount),
                figures=(Figure("orders/s"), Figure("placing s", True)),
                about=f"{amount:,} orders a run; one worker, {WORKERS} web workers",
            )


def _explain(asked: Asked, kind: str) -> str:
    """Profile the same steps in one process, from the fetching on."""
    database = asked.databases.make(kind)
    with sandbox_running(asked.folder / f"profile-{kind}", seed=asked.seed) as sandbox:
        run_child("prepare", database, "--sandbox", sandbox.url, **sandbox.told())
        run_child("stock_up", database, "--count", str(PLENTY), **sandbox.told())
        found = run_child("profile_path", database, "--sandbox", sandbox.url, "--count", "600", **sandbox.told())
    return f"```\n{found['text']}\n```"


def _take_alone(desk: Desk, peer: Peer) -> Taken:
    with desk.standing_still():
        return peer.take(PEER_ORDERS[peer.name])


def _peers(asked: Asked, stack: ExitStack) -> Iterator[Peer]:
    """Start every peer that can be had, with a sandbox of their own that pushes nothing."""
    sandbox = stack.enter_context(sandbox_running(asked.folder / f"peers-{time.monotonic_ns()}", seed=asked.seed))
    goods = read_goods(sandbox.url, httpx.get(f"{sandbox.url}/sandbox/credentials", trust_env=False).json())
    for name in NAMES:
        try:
            peer = stack.enter_context(peer_running(name, asked, sandbox, goods))
            peer.take(10)
            yield peer
        except (NotHere, RuntimeError, OSError) as reason:
            asked.say(f"without {NAMES[name]}: {reason}")


@contextmanager
def whole_desk(asked: Asked, kind: str, *, all_steps: bool) -> Iterator[Desk]:
    """Run sandbox, web and worker on an empty database with the shops connected and plenty in stock."""
    database = asked.databases.make(kind)
    with ExitStack() as stack:
        place = asked.folder / f"whole-{kind}-{all_steps}"
        sandbox = stack.enter_context(sandbox_running(place, seed=asked.seed))
        more = sandbox.told()
        run_child("migrate", database)
        port, web = stack.enter_context(desk_running(database, more=more))
        desk_url = f"http://127.0.0.1:{port}"
        shops = run_child("prepare", database, "--sandbox", sandbox.url, "--desk", desk_url, **more)["shops"]
        run_child("stock_up", database, "--count", str(PLENTY), **more)
        line = [sys.executable, "-m", *(["shundan.config.cli", "worker", "--data", str(database.folder)] if all_steps
                                        else [CHILD, "work_path"])]  # fmt: skip
        env = environment(database, SHUNDAN_PUBLIC_URL=desk_url, **more)
        worker = stack.enter_context(running(line, env=env, log=database.folder / "worker.log", answers=sandbox.clock))
        told = httpx.get(f"{sandbox.url}/sandbox/credentials", trust_env=False).json()
        sender = Sender(told["app_key"], told["app_secret"], asked.folder, tuple(shops))
        yield Desk(sandbox, database, sender, port, [web, worker.pid])
