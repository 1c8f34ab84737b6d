"""The clerk: cases, holds, buyers' questions, own carriers, labels that failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.staff.person import Person, Refused, Row, parcel_key

LEFT = {"holds": 6, "cases": 4, "seller": 3, "chats": 3}
CLOSINGS = ("yes, that works", "no, i would rather", "iya, setuju", "tidak, saya")
REPLIES = {
    "en": ("Thank you for writing. Your order is being prepared.", "Of course, we will take care of it."),
    "id": ("Terima kasih sudah menghubungi kami, pesanan sedang disiapkan ya kak.", "Baik kak, kami bantu segera."),
}


class Clerk(Person):
    """Answers cancellations and returns, frees holds, ships by our own carriers, asks again for labels."""

    def turns(self) -> list[Callable[[], Any]]:
        return [
            self.answer_cases,
            self.free_holds,
            self.answer_buyers,
            self.ship_own,
            self.ask_again,
            self.take_goods_back,
        ]

    def answer_cases(self) -> None:
        rows = self.rows("/cases", state="OPENED", limit=200)[::-1]
        rows = [row for row in rows if row["platform_status"]]
        self.work(rows, lambda row: f"case {row['case_id']}", self.answer_case, leave=LEFT["cases"])

    def answer_case(self, row: Row) -> None:
        """Mostly yes; now and then, and where the goods have left, a no with the first reason the platform offers."""
        path = f"/cases/{row['shop']}/{row['case_id']}"
        self.resting[f"case {row['case_id']}"] = 10  # the platform's answer takes a moment to arrive
        if self.luck.random() < 0.2 or (row["kind"] == "CANCELLATION" and self.has_left(path)):
            reasons = self.ask("GET", f"{path}/reasons")["items"]
            if reasons:
                reason = reasons[0].get("name") or reasons[0].get("key")
                self.ask("POST", f"{path}/reject", body={"reason": reason, "comment": "Packed already."})
                return
        self.ask("POST", f"{path}/approve", body={})

    def has_left(self, path: str) -> bool:
        return any(one["parcel_state"] in ("HANDED_OVER", "IN_TRANSIT") for one in self.ask("GET", path)["parcels"])

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

    def answer_buyers(self) -> None:
        """Write back to buyers who wait, in the language they wrote in."""
        rows = [
            row for row in self.rows("/conversations", tab="waiting")[::-1] if row["last_sender"].upper() == "BUYER"
        ]
        key = lambda row: f"chat {row['conversation']} {row['last_message_at']}"  # noqa: E731
        self.work(rows, key, self.answer_buyer, leave=LEFT["chats"])

    def answer_buyer(self, row: Row) -> None:
        path = f"/conversations/{row['conversation']}"
        texts = [message["text"].lower() for message in self.ask("GET", path)["messages"]] or [""]
        if texts[-1].startswith(CLOSINGS):
            self.ask("POST", f"{path}/done")
            return
        said = " ".join(texts[-3:])
        words = REPLIES["id" if any(word in said for word in ("halo", "kak", "tolong", "iya")) else "en"]
        self.ask("POST", f"{path}/messages", body={"text": self.luck.choice(words)})
