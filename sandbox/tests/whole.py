"""What can never be: the contradictions a world must not hold, whatever happened to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.box import Box
from sandbox.finance.ledger import SUMS
from sandbox.stock import units
from sandbox.tests.conftest import differences

PROMISED = ("UNPAID", "AWAITING_SHIPMENT", "AWAITING_COLLECTION")
PARTS = ["sub_total", "shipping_fee", "tax", "buyer_service_fee", "handling_fee"]


def contradictions(box: Box) -> list[str]:
    """Return what contradicts itself in this world; an empty list is a whole world."""
    found = [*amounts(box), *packages(box), *shelves(box), *money(box), *cases(box), *plans(box)]
    return found + [f"memory is not disk: {row}" for row in differences(box)]


def amounts(box: Box) -> Iterator[str]:
    for order in box.book.orders.values():
        market, paid = box.market(order["shop_id"]), order["payment"]
        goods = sum(market.minor(line["sale_price"]) for line in order["line_items"])
        if market.minor(paid["sub_total"]) != goods:
            yield f"order {order['id']}: sub_total {paid['sub_total']} is not the sum of its lines"
        parts = dict.fromkeys([*PARTS, *market.extra_fees])
        if sum(market.minor(paid[part]) for part in parts if part in paid) != market.minor(paid["total_amount"]):
            yield f"order {order['id']}: the total {paid['total_amount']} is not the sum of its parts"
        live = [line for line in order["line_items"] if line["display_status"] != "CANCELLED"]
        if (order["status"] == "CANCELLED") == bool(live):
            yield f"order {order['id']} is {order['status']} with {len(live)} live lines"
        indexed = (order["update_time"], order["id"]) in box.book.index(order["shop_id"], "update_time")
        if not indexed:
            yield f"order {order['id']} is not found by its update time"


def packages(box: Box) -> Iterator[str]:
    rows, lines = box.store.table("package"), {}
    for order in box.book.orders.values():
        for line in order["line_items"]:
            lines[line["id"]] = (order, line)
            package = rows.get(line["package_id"])
            if line["display_status"] in PROMISED[1:] and package is None:
                yield from () if order["status"] == "ON_HOLD" else [f"line {line['id']} lies in no package"]
            elif package and line["display_status"] != "CANCELLED" and line["id"] not in package["lines"]:
                yield f"line {line['id']} says package {package['id']}, which does not hold it"
        for key in order["packages"]:
            if key not in rows:
                yield f"order {order['id']} lists package {key}, which is not there"
            elif order["id"] not in rows[key]["orders"] and any(
                line["package_id"] == key and line["display_status"] != "CANCELLED" for line in order["line_items"]
            ):
                yield f"order {order['id']} lists package {key}, which does not list it"
    live = Counter(key for row in rows.values() if row["status"] != "CANCELLED" for key in row["lines"])
    yield from (f"line {key} lies in {count} live packages" for key, count in live.items() if count > 1)
    for row in rows.values():
        if row["status"] != "CANCELLED" and not {lines[key][0]["id"] for key in row["lines"]} <= set(row["orders"]):
            yield f"package {row['id']} holds lines of orders it does not list"


def shelves(box: Box) -> Iterator[str]:
    promised: Counter[str] = Counter()
    for order in box.book.orders.values():
        waiting = [line for line in order["line_items"] if line["display_status"] in PROMISED]
        for sku_id, count in units(box, Counter(line["sku_id"] for line in waiting)):
            promised[sku_id] += count
    for product in box.store.table("product").values():
        for sku in product["skus"]:
            if sum(sku["committed"].values()) != promised[sku["id"]] or min(sku["available"].values()) < 0:
                yield f"sku {sku['id']}: {sku['committed']} promised, {promised[sku['id']]} by the orders"


def money(box: Box) -> Iterator[str]:
    entries = box.store.table("entry")
    for row in entries.values():
        if row["settlement"] != sum(row[name] for name in SUMS if name != "settlement"):
            yield f"entry {row['id']} does not add up"
        if bool(row["statement_id"]) == (row["id"] in box.store.table("open_entry")):
            yield f"entry {row['id']} is open and settled at once, or neither"
    for row in box.store.table("statement").values():
        mine = [entry for entry in entries.values() if entry["statement_id"] == row["id"]]
        if any(row[name] != sum(entry[name] for entry in mine) for name in SUMS):
            yield f"statement {row['id']} is not the sum of its {len(mine)} entries"
        payment: dict[str, Any] | None = box.store.get("payment", row["payment_id"]) if row["payment_id"] else None
        if row["payment_id"] and (payment is None or payment["minor"] != row["settlement"]):
            yield f"statement {row['id']} was paid otherwise"


def cases(box: Box) -> Iterator[str]:
    for kind in ("cancel", "return"):
        for key, row in box.store.table(kind).items():
            if row["order_id"] not in box.book.orders:
                yield f"{kind} {key} is of an order that is not there"
    for order in box.book.orders.values():
        asked = any(row["cancel_status"].endswith("PENDING") for row in box.cases_of(order["id"], "cancel"))
        if asked != order["is_buyer_request_cancel"]:
            yield f"order {order['id']}: a cancellation is asked for ({asked}), the order says otherwise"


def plans(box: Box) -> Iterator[str]:
    """What has to happen next is planned: nothing waits for ever for an event that was lost."""
    planned = {(row["kind"], row.get("order") or row.get("package")) for row in box.store.table("agenda").values()}
    for order in box.book.orders.values():
        if order["status"] == "ON_HOLD" and ("hold_over", order["id"]) not in planned:
            yield f"order {order['id']} is on hold for ever"
    for row in box.store.table("package").values():
        if (
            row.get("label") == "MAKING"
            and row["status"] in ("PROCESSING", "TO_FULFILL")
            and ("label_ready", row["id"]) not in planned
        ):
            yield f"the label of package {row['id']} is never ready"
