"""The demo's scripted staff: a packer and a clerk who work through a desk's public API.

They take the oldest work first and leave the newest of each kind for the visitor.
"""

from __future__ import annotations

import argparse
import itertools
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

PAUSE = 4.0
AT_ONCE = 6
LEFT = {"labels": 4, "pack": 5, "hand_over": 4, "holds": 6, "cases": 4, "seller": 3}
PATIENCE = 20.0
Row = dict[str, Any]


class Refused(Exception):
    """The desk said no, in a sentence."""


class Person:
    """Somebody with a token; remembers what the desk refused and lets it rest for a while."""

    def __init__(self, desk: str, token: str, *, name: str) -> None:
        self.name = name
        self.web = httpx.Client(
            base_url=desk.rstrip("/") + "/api/v1", headers={"authorization": f"Bearer {token}"},
            timeout=PATIENCE, trust_env=False,
        )  # fmt: skip
        self.resting: dict[str, int] = {}
        self.luck = random.Random(name)

    def ask(self, method: str, path: str, *, body: Row | None = None, **query: Any) -> Any:
        """Return the desk's answer; raise `Refused` for a no."""
        reply = self.web.request(method, path, json=body, params=query)
        if reply.status_code >= 400:
            raise Refused(f"{self.name}: {method} {path} {reply.status_code} {reply.text[:200]}")
        return reply.json() if "json" in reply.headers.get("content-type", "") else reply.content

    def rows(self, path: str, **query: Any) -> list[Row]:
        answer = self.ask("GET", path, **query)
        return answer["items"] if isinstance(answer, dict) else answer

    def work(self, rows: list[Row], key: Callable[[Row], str], act: Callable[[Row], Any], *, leave: int) -> int:
        """Do something with the oldest rows, a few at a time; what is refused rests twenty rounds."""
        done = 0
        for row in rows[: max(0, len(rows) - leave)]:
            name = key(row)
            if done >= AT_ONCE or self.rests(name):
                continue
            try:
                act(row)
                done += 1
            except Refused as no:
                self.resting[name] = 20
                print(no, file=sys.stderr, flush=True)
        return done

    def rests(self, name: str) -> bool:
        left = self.resting.get(name, 0)
        if left:
            self.resting[name] = left - 1
        return left > 0


def parcel_key(row: Row) -> str:
    return f"{row['shop']}/{row['parcel_id']}"


class Packer(Person):
    """Prints labels, packs what is labelled, hands over what is packed."""

    def turns(self) -> list[Callable[[], Any]]:
        return [self.print_labels, self.pack, self.hand_over]

    def print_labels(self) -> None:
        ready = self.rows("/shipping/labels", label="ready", limit=200)
        chosen = ready[: max(0, len(ready) - LEFT["labels"])][: AT_ONCE * 2]
        chosen = [row for row in chosen if not self.rests("print " + parcel_key(row))]
        if not chosen:
            return
        parcels = [{"shop": row["shop"], "parcel_id": row["parcel_id"]} for row in chosen]
        try:
            self.ask("POST", "/shipping/labels/print", body={"parcels": parcels})
        except Refused:
            self.work(chosen, lambda row: "print " + parcel_key(row), self.print_one, leave=0)

    def print_one(self, row: Row) -> None:
        parcels = [{"shop": row["shop"], "parcel_id": row["parcel_id"]}]
        self.ask("POST", "/shipping/labels/print", body={"parcels": parcels})

    def pack(self) -> None:
        rows = self.rows("/packing/parcels", state="LABELLED", limit=200)
        self.work(rows, parcel_key, self.pack_one, leave=LEFT["pack"])

    def pack_one(self, row: Row) -> None:
        """Scan every unit, put the box on the scale, close it."""
        whole = self.ask("GET", f"/packing/parcels/{parcel_key(row)}")
        codes: list[str] = []
        for line in whole["lines"]:
            codes += [line["codes"][0]] * (line["quantity"] - line["checked"])
        weight = whole["expected_weight_g"]
        body = {"codes": codes, "weight_g": round(weight * self.luck.uniform(0.98, 1.02)) if weight else None}
        self.ask("POST", f"/packing/parcels/{parcel_key(row)}/pack", body=body)

    def hand_over(self) -> None:
        """Put packed parcels on one manifest per warehouse and carrier, then close it."""
        rows = self.rows("/packing/parcels", state="PACKED", limit=200)
        rows = rows[: max(0, len(rows) - LEFT["hand_over"])]
        by_van = sorted(rows, key=van)
        for (warehouse, carrier), group in itertools.groupby(by_van, key=van):
            self.load(warehouse, carrier, [row for row in group if not self.rests("van " + parcel_key(row))])

    def load(self, warehouse: str, carrier: str, rows: list[Row]) -> None:
        if not rows:
            return
        manifest = self.open_manifest(warehouse, carrier)
        path = f"/shipping/manifests/{manifest['manifest_id']}"
        self.work(
            rows, lambda row: "van " + parcel_key(row),
            lambda row: self.ask("POST", f"{path}/scan", body={"code": code_of(row)}),
            leave=0,
        )  # fmt: skip
        counted = self.ask("GET", path)["parcels"]
        if counted:
            body = {"vehicle": f"Van {self.luck.randint(2, 9)}", "driver": "Demo driver", "counted": counted}
            self.ask("POST", f"{path}/close", body=body)

    def open_manifest(self, warehouse: str, carrier: str) -> Row:
        for row in self.rows("/shipping/manifests", open=True):
            if (row["warehouse"], row["carrier"]) == (warehouse, carrier):
                return row
        return self.ask("POST", "/shipping/manifests", body={"warehouse": warehouse, "carrier": carrier})


def code_of(row: Row) -> str:
    return row["tracking_number"] or row["parcel_id"]


def van(row: Row) -> tuple[str, str]:
    return row["warehouse"], row["carrier"]


class Clerk(Person):
    """Answers cancellations and returns, frees holds, ships by our own carriers, asks again for labels."""

    def turns(self) -> list[Callable[[], Any]]:
        return [self.answer_cases, self.free_holds, self.ship_own, self.ask_again, self.take_goods_back]

    def answer_cases(self) -> None:
        rows = self.rows("/cases", state="OPENED", limit=200)[::-1]
        rows = [row for row in rows if row["platform_status"]]
        self.work(rows, lambda row: f"case {row['case_id']}", self.answer_case, leave=LEFT["cases"])

    def answer_case(self, row: Row) -> None:
        """Mostly yes; now and then a no with the first reason that the platform offers."""
        path = f"/cases/{row['shop']}/{row['case_id']}"
        self.resting[f"case {row['case_id']}"] = 10  # the platform's answer takes a moment to arrive
        if self.luck.random() < 0.2:
            reasons = self.ask("GET", f"{path}/reasons")["items"]
            if reasons:
                reason = reasons[0].get("name") or reasons[0].get("key")
                self.ask("POST", f"{path}/reject", body={"reason": reason, "comment": "Packed already."})
                return
        self.ask("POST", f"{path}/approve", body={})

    def take_goods_back(self) -> None:
        """Receive what buyers sent back, grade it as sellable, close the case with a cause."""
        rows = [row for row in self.rows("/cases", limit=200)[::-1] if row["kind"] == "RETURN"]
        waiting = [row for row in rows if row["goods"] == "EXPECTED" and "SHIPPED" in row["platform_status"]]
        self.work(waiting, lambda row: f"goods {row['case_id']}", self.receive, leave=1)
        ended = [row for row in rows if row["goods"] == "INSPECTED" and row["refunded_minor"] and not row["cause"]]
        self.work(ended, lambda row: f"close {row['case_id']}", self.close_case, leave=1)

    def receive(self, row: Row) -> None:
        path = f"/cases/{row['shop']}/{row['case_id']}"
        self.ask("POST", f"{path}/receive")
        lines = self.ask("GET", path)["lines"]
        grades = [{"line": line["line"], "received": line["quantity"], "grade": "sellable"} for line in lines]
        self.ask("POST", f"{path}/inspect", body={"grades": grades})

    def close_case(self, row: Row) -> None:
        self.ask("POST", f"/cases/{row['shop']}/{row['case_id']}/close", body={"cause": "buyer.changed_mind"})

    def free_holds(self) -> None:
        rows = self.rows("/orders", state="HELD", limit=200)[::-1]
        self.work(rows, lambda row: f"hold {row['order_id']}", self.free_one, leave=LEFT["holds"])

    def free_one(self, row: Row) -> None:
        """Correct an address, let an odd price or a buyer's note pass; leave the rest to a person."""
        path = f"/orders/{row['shop']}/{row['order_id']}"
        whole, touched = self.ask("GET", path), False
        for hold in whole["holds"]:
            if hold["closed_at"]:
                continue
            if hold["kind"] == "address" and self.luck.random() < 0.6:
                lines = ["12 Lantern Street"] if not whole["address"]["lines"] else whole["address"]["lines"]
                postal = {"GB": "NR3 1AU", "ID": "40135"}.get(whole["address"]["region"], "43215")
                self.ask("POST", f"{path}/address", body={"lines": lines, "postal_code": postal})
                touched = True
            elif hold["kind"] in ("price", "buyer_note", "duplicate", "quantity"):
                why = "Asked the buyer: it is meant so."
                self.ask("POST", f"{path}/waive", body={"check": hold["kind"], "why": why})
                touched = True
        if not touched:
            raise Refused(f"{self.name}: left order {row['order_id']} to a person")

    def ship_own(self) -> None:
        """Send planned parcels that the platform does not ship with the first own carrier that fits."""
        carriers = self.rows("/shipping/carriers")
        if carriers:
            rows = self.rows("/packing/parcels", state="PLANNED", limit=200)
            self.work(rows, lambda row: f"own {parcel_key(row)}", lambda row: self.ship_one(row, carriers),
                      leave=LEFT["seller"])  # fmt: skip

    def ship_one(self, row: Row, carriers: list[Row]) -> None:
        """Try our carriers in turn: the desk knows which of them serve the parcel's market."""
        for place, carrier in enumerate(carriers, start=1):
            number = f"{carrier['key'][:2].upper()}{self.luck.randrange(10**10, 10**11)}"
            body = {"carrier": carrier["key"], "number": number}
            try:
                self.ask("POST", f"/shipping/parcels/{parcel_key(row)}/seller", body=body)
                return
            except Refused:
                if place == len(carriers):
                    raise

    def ask_again(self) -> None:
        failed = self.rows("/shipping/labels", label="failed", limit=50)
        self.work(failed, lambda row: f"again {parcel_key(row)}", self.ask_one_again, leave=2)

    def ask_one_again(self, row: Row) -> None:
        self.resting[f"again {parcel_key(row)}"] = 40
        parcels = [{"shop": row["shop"], "parcel_id": row["parcel_id"]}]
        self.ask("POST", "/shipping/labels/retry", body={"parcels": parcels})


def work_day(people: list[Packer | Clerk], stop: threading.Event, *, pause: float = PAUSE) -> None:
    """Take turns until told to stop; a desk that does not answer is waited for."""
    for turn in rounds(people):
        if stop.is_set():
            return
        try:
            turn()
        except Refused as no:
            print(no, file=sys.stderr, flush=True)
        except (httpx.HTTPError, KeyError, TypeError) as trouble:
            print(f"staff: {type(trouble).__name__} {trouble}", file=sys.stderr, flush=True)
            stop.wait(pause * 2)
        stop.wait(pause / 4)


def rounds(people: list[Packer | Clerk]) -> Iterator[Callable[[], Any]]:
    while True:
        for person in people:
            yield from person.turns()


def token_for(role: str, folder: Path) -> str:
    """Ask the desk's own command for a token of this role."""
    program = Path(sys.executable).parent / "shundan"
    line = [str(program), "token", "--role", role, "--name", f"demo {role}", "--data", str(folder)]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


def main(given: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="sandbox.staff", description="Scripted packer and clerk for a demo desk.")
    parser.add_argument("--desk", default="http://127.0.0.1:8000")
    parser.add_argument("--sandbox", default="", help="accepted for the caller's ease; the staff never asks it")
    parser.add_argument("--data", type=Path, help="the desk's data folder, to get tokens from its command")
    parser.add_argument("--packer-token", default="")
    parser.add_argument("--clerk-token", default="")
    options = parser.parse_args(given)
    if not (options.packer_token and options.clerk_token) and not options.data:
        parser.error("give both tokens, or --data")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    packer = options.packer_token or token_for("packer", options.data)
    clerk = options.clerk_token or token_for("clerk", options.data)
    people: list[Packer | Clerk] = [
        Packer(options.desk, packer, name="packer"), Clerk(options.desk, clerk, name="clerk"),
    ]  # fmt: skip
    work_day(people, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
