"""The packer: prints labels, picks, packs, hands over."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from sandbox.staff.person import AT_ONCE, Person, Refused, Row, parcel_key

LEFT = {"labels": 4, "pack": 5, "hand_over": 4}
WAVE = 10


class Packer(Person):
    """Prints labels, packs what is labelled, hands over what is packed."""

    def turns(self) -> list[Callable[[], Any]]:
        return [self.print_labels, self.pick, self.pack, self.hand_over]

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

    def pick(self) -> None:
        """Walk a wave now and then: gather what is labelled, take it from the bins, close the wave."""
        if len(self.rows("/packing/parcels", state="LABELLED", limit=200)) < WAVE or self.luck.random() < 0.7:
            return
        waves = self.rows("/packing/waves")
        wave = waves[0] if waves else self.ask("POST", "/packing/waves", body={"kind": "mixed", "limit": WAVE})
        path = f"/packing/waves/{wave['wave_id']}"
        for pick in self.ask("GET", path)["picks"]:
            left = pick["quantity"] - pick["picked"]
            if left > 0 and pick["codes"]:
                self.ask("POST", f"{path}/pick", body={"code": pick["codes"][0], "quantity": left})
        self.ask("POST", f"{path}/close")

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
