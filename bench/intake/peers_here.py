"""The peers of the whole path: installed once into a cache outside the repository, prepared, served, fed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.intake.programs import Sandbox, running
from bench.plan import Asked, Taken
from tests.desk import free_port

HERE = Path(__file__).parent / "peers"
CACHE = Path(os.environ.get("SHUNDAN_BENCH_PEERS", "~/.cache/shundan-bench")).expanduser()
NAMES = {"oscar": "django-oscar 4.2.1", "vendure": "Vendure 3.7.3"}
CONNECTIONS = 8


class NotHere(Exception):
    """A peer could not be installed or started; the others go on."""


@dataclass(frozen=True)
class Peer:
    """A running peer and the sandbox it gets its orders from."""

    name: str
    ports: tuple[int, ...]
    products: dict[str, Any]
    sandbox: Sandbox
    folder: Path

    def take(self, amount: int) -> Taken:
        """Let buyers place orders at the sandbox and carry every one into the peer."""
        told = httpx.get(f"{self.sandbox.url}/sandbox/credentials", trust_env=False).json()
        orders, placed_in = self.sandbox.place(amount, [shop["id"] for shop in told["shops"]])
        file = self.folder / f"{self.name}.json"
        file.write_text(json.dumps({
            "peer": self.name, "sandbox": self.sandbox.url, "app": told, "shops": told["shops"], "orders": orders,
            "ports": self.ports, "products": self.products, "connections": CONNECTIONS,
        }))  # fmt: skip
        done = subprocess.run([sys.executable, "-m", "bench.intake.feeder", str(file)], capture_output=True, text=True,
                              check=False)  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{self.name}: {done.stderr[-2000:]}")
        return {"orders/s": amount / (placed_in + float(json.loads(done.stdout)["seconds"])), "placing s": placed_in}


@contextmanager
def peer_running(name: str, asked: Asked, sandbox: Sandbox, skus: dict[str, str]) -> Iterator[Peer]:
    """Install, prepare and serve a peer in two processes on a PostgreSQL database of its own."""
    home = install(name, asked)
    database = asked.databases.make("postgres")
    place = f"{database.dsn['host']}:{database.dsn['dbname']}"
    if name == "oscar":
        line = [str(home / "bin" / "python"), str(HERE / "oscar_site.py")]
        env = {**os.environ, "OSCAR_DB": place, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(HERE)}
    else:
        line = ["node", str(HERE / "vendure_shop.js")]
        env = {**os.environ, "VENDURE_DB": place, "VENDURE_HOME": str(home)}
    goods = "".join(f"{sku}\t{title}\n" for sku, title in skus.items())
    done = subprocess.run([*line, "prepare"], input=goods, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotHere(f"{NAMES[name]} could not be prepared: {done.stderr[-1500:]}")
    products = json.loads(done.stdout.strip().splitlines()[-1])
    with ExitStack() as stack:
        ports = []
        for _ in range(1 if name == "oscar" else 2):  # granian runs both of oscar's processes on one port
            ports.append(free_port())
            more = ["serve", str(ports[-1]), *(["2"] if name == "oscar" else [])]
            answers = f"http://127.0.0.1:{ports[-1]}/{'api/' if name == 'oscar' else 'shop-api'}"
            log = asked.folder / f"{name}.log"
            stack.enter_context(running([*line, *more], env=env, log=log, answers=answers))
        yield Peer(name, tuple(ports), products, sandbox, asked.folder)


def install(name: str, asked: Asked) -> Path:
    """Return the folder of an installed peer; raise NotHere when its registry does not answer."""
    home = CACHE / NAMES[name].replace(" ", "-").lower()
    if not (home / "installed").exists():
        asked.say(f"installing {NAMES[name]} into {home} (once) …")
        done = subprocess.run([str(HERE / "install.sh"), name, str(home)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotHere(f"{NAMES[name]} could not be installed: {(done.stderr or done.stdout)[-600:]}")
    return home
