"""Buying a label: for an order, for some of its lines, or for several orders in one package."""

from __future__ import annotations

from typing import Any

from sandbox.errors import Refusal, required
from sandbox.fulfilment.arranging import check_drivers_hour, check_shippable, ship
from sandbox.fulfilment.calls import order_with_parcels, services, take_out, waiting_package
from sandbox.fulfilment.packages import tell_packages
from sandbox.fulfilment.parting import combine_orders, destination, waiting_packages
from sandbox.fulfilment.sizes import check_goods, check_told
from sandbox.gateway import Call
from sandbox.table import answers

Row = dict[str, Any]
WHOLE, PART, MANY = "1", "2", "3"
SERVICE = (
    "id name price currency earliest_delivery_days latest_delivery_days shipping_provider_id shipping_provider_name"
)


@answers("POST", "/fulfillment/{v}/packages", versions=("202309", "202512"))
def create_packages(call: Call) -> Row:
    """Buy a label: the package is opened for exactly what was named and arranged at once."""
    check_told(call.body)
    package = read_first(call) if call.version == "202309" else read_later(call)
    for part in ("weight", "dimension"):
        if call.body.get(part):
            package[part] = call.body[part]
    ship(call.box, package, {}, service=call.body.get("shipping_service_id", ""))
    return show_bought(call, package)


def read_first(call: Call) -> Row:
    """Return the package of an order, or of the lines named by their ids."""
    if not call.body.get("order_id"):
        raise required("order_id")
    return of_one(call, call.body["order_id"], call.body.get("order_line_item_ids", []))


def read_later(call: Call) -> Row:
    """Return the package that `ship_type` asks for; it says which of the other fields count."""
    kind = call.body["ship_type"]
    if kind == MANY:
        return of_many(call, list(dict.fromkeys(call.body.get("order_list_ids", []))))
    if not call.body.get("order_id"):
        raise required("order_id")
    if kind == WHOLE:
        return of_one(call, call.body["order_id"], [])
    if kind != PART:
        raise Refusal(11001002, "invalid param.")
    wanted = [row.get("order_line_id", "") for row in call.body.get("order_line_item", [])]
    if not wanted:
        raise required("order_line_item")
    return of_one(call, call.body["order_id"], wanted)


def of_one(call: Call, order_id: str, wanted: list[str]) -> Row:
    order = order_with_parcels(call, order_id)
    package = waiting_package(call, order, wanted)
    check_buyable(call, package)
    if not set(wanted) <= set(package["lines"]):
        raise Refusal(21011029, "order does not belong to fulfill unit")
    if not wanted or len(set(wanted)) == len(package["lines"]):
        check_weight(call, package)
        return package
    check_weight(call, {"orders": package["orders"], "lines": wanted})
    return take_out(call, order, package, wanted)


def of_many(call: Call, order_ids: list[str]) -> Row:
    """Return the one package of several orders; those that wait apart are combined for it."""
    if len(order_ids) < 2:
        raise required("order_list_ids")
    orders = [order_with_parcels(call, order_id) for order_id in order_ids]
    rows = {row["id"]: row for order in orders for row in waiting_packages(call.box, order)}
    if not rows:
        raise Refusal(21011006, "These orders are already shipped.")
    for package in rows.values():
        check_buyable(call, package)
    together = next(iter(rows.values()))
    if len(rows) == 1 and set(together["orders"]) == set(order_ids):
        check_weight(call, together)
        return together
    if len(set(map(destination, orders))) > 1:
        raise Refusal(21001001, "Invalid parameters")
    if len(rows) != len(orders) or any(len(row["orders"]) > 1 for row in rows.values()):
        raise Refusal(21011033, "order already combined")
    check_weight(call, {"orders": order_ids, "lines": [key for row in rows.values() for key in row["lines"]]})
    package = combine_orders(call.box, orders)
    tell_packages(call.box, call.shop["id"], "COMBINE", [package])
    return package


def check_buyable(call: Call, package: Row) -> None:
    """Refuse what cannot be shipped, is not the platform's to carry, or asks for a service there is not."""
    check_shippable(call.box, package)
    check_drivers_hour(call.box, package)
    if package["shipping_type"] != "TIKTOK":
        raise Refusal(21008106, "This interface cannot be used in this region.")
    wanted = call.body.get("shipping_service_id")
    if wanted and wanted not in [row["id"] for row in services(call)]:
        raise Refusal(21004008, "create label shipping service not found")


def check_weight(call: Call, package: Row) -> None:
    """Refuse a package, or one that is yet to be made, whose goods are too heavy, unless its weight was told."""
    if not call.body.get("weight"):
        check_goods(call.box, package)


def show_bought(call: Call, package: Row) -> Row:
    """Return a package whose label was just bought, with the service that carries it."""
    service = next(row for row in services(call) if row["id"] == package["shipping_provider_id"])
    answer = {
        "package_id": package["id"],
        "create_time": package["create_time"],
        "shipping_service_info": {key: service[key] for key in SERVICE.split()},
    }
    answer.update({part: package[part] for part in ("weight", "dimension") if part in package})
    if call.version == "202309":
        answer.update(order_id=package["orders"][0], order_line_item_ids=package["lines"])
    return answer
