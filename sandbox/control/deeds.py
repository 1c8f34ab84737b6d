"""What buyers and couriers do when the control side tells them to."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales.cancellations import buyer_asks
from sandbox.aftersales.rules import BUYER_CANCEL, open_cancel_of
from sandbox.box import Box
from sandbox.chat.threads import buyer_says
from sandbox.errors import ControlRefusal
from sandbox.finance.ledger import start_statements
from sandbox.fulfilment.couriers import TEXTS, carry_event, collect
from sandbox.fulfilment.packages import packages_of
from sandbox.fulfilment.parting import waiting_packages
from sandbox.fulfilment.recalls import can_recall
from sandbox.fulfilment.troubles import TROUBLES
from sandbox.orders.address import change_address
from sandbox.orders.kinds import FOLLOWS, KINDS
from sandbox.orders.make import new_buyer
from sandbox.ratings import rate
from sandbox.world.buying import NoSuchKind, find_origin, place
from sandbox.world.picks import random_picks, unnamed_pick
from sandbox.world.push import LADDER, push_to
from sandbox.world.traffic import start_life

STATUSES = (*LADDER, "CANCELLED")
MOST = 5000


def start_world(box: Box) -> None:
    """Plan what repeats: statements, and in the live demo the buyers."""
    if box.shops():
        start_statements(box)
        start_life(box)


def whole(given: dict[str, Any], name: str, default: int, *, high: int) -> int:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= high:
        raise ControlRefusal(f"{name} must be a whole number from 1 to {high}.")
    return value


def find_shop(box: Box, wanted: str, luck: Any) -> dict[str, Any]:
    shops = box.shops()
    if not shops:
        raise ControlRefusal("This sandbox has no shops.", http=409)
    if not wanted or wanted == "any":
        return luck.choice(shops)
    for shop in shops:
        if wanted in (shop["id"], shop["region"]):
            return shop
    raise ControlRefusal("No such shop.", http=404)


def find_order(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    order = box.book.orders.get(str(given.get("order_id", "")))
    if order is None:
        raise ControlRefusal("No such order.", http=404)
    return order


def place_orders(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """Let buyers place orders; each is pushed to the wanted status as life would have done."""
    status = given.get("status", "AWAITING_SHIPMENT")
    if status not in STATUSES:
        raise ControlRefusal(f"status must be one of {', '.join(STATUSES)}.")
    kind = str(given.get("type") or "NORMAL").upper()
    if kind not in KINDS:
        raise ControlRefusal(f"type must be one of {', '.join(KINDS)}.")
    if kind == "COD" and status == "UNPAID":
        raise ControlRefusal("An order that is paid at the door is never UNPAID; it begins ON_HOLD.")
    made: list[str] = []
    for _ in range(whole(given, "count", 1, high=MOST)):
        made.append(place_order(box, given, kind=kind, status=status, before=made))
        box.store.commit()
    return {"order_ids": made}


def place_order(box: Box, given: dict[str, Any], *, kind: str, status: str, before: list[str]) -> str:
    """Place one order of a call; those of a live are all one buyer's, what follows an order needs one that arrived."""
    luck = box.luck("place", box.ids.count("placed"))
    shop = find_shop(box, str(given.get("shop", "any")), luck)
    again = kind == "LIVE" and before and not given.get("buyer")
    first = box.book.orders[before[0]] if again else None
    if first is not None:
        shop, buyer = box.shop(first["shop_id"]), box.store.table("buyer")[first["user_id"]]
    else:
        buyer = find_buyer(box, shop, given.get("buyer"))
    try:
        order = place(
            box,
            shop,
            kind=kind,
            picks=choose_picks(box, shop, given, luck),
            buyer=buyer,
            luck=luck,
            address=read_address(given.get("address"), buyer),
            message=str(given.get("message", "")),
            flaw=str(given.get("flaw", "")),
            origin=origin_of(box, shop, given) if kind in FOLLOWS else None,
        )
    except NoSuchKind as wrong:
        raise ControlRefusal(str(wrong)) from None
    push_to(box, order, status)
    return str(order["id"])


def origin_of(box: Box, shop: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return the order that is replaced or exchanged: the named one, the newest that arrived, or one made for it."""
    if given.get("origin"):
        found = find_order(box, {"order_id": given["origin"]})
        if found["shop_id"] != shop["id"]:
            raise ControlRefusal("The origin is an order of another shop.")
        return found
    found_here = find_origin(box, shop)
    if found_here is None:
        made = place_orders(box, {"shop": shop["id"], "status": "DELIVERED", "lines": 1, "quantity": 1})
        found_here = box.book.orders[made["order_ids"][0]]
    return found_here


def choose_picks(box: Box, shop: dict[str, Any], given: dict[str, Any], luck: Any) -> list[tuple[str, int]]:
    quantity = whole(given, "quantity", 0, high=200) if "quantity" in given else 0
    wanted = given.get("sku")
    if given.get("flaw") == "unmapped" and not wanted:
        return [unnamed_pick(box, shop)]
    if not wanted or wanted == "any":
        picks = random_picks(box, shop, luck, lines=whole(given, "lines", luck.choice((1, 1, 1, 2, 3)), high=20))
        return [(sku_id, quantity or amount) for sku_id, amount in picks]
    for product in box.products(shop["id"]):
        for sku in product["skus"]:
            if wanted in (sku["seller_sku"], sku["id"]):
                return [(sku["id"], quantity or 1)]
    raise ControlRefusal("This shop sells no such SKU.", http=404)


def find_buyer(box: Box, shop: dict[str, Any], wanted: Any) -> dict[str, Any]:
    """Return a known buyer by id or user name; a name that is new makes a new buyer of that name."""
    if isinstance(wanted, str) and wanted:
        for buyer in box.store.table("buyer").values():
            if wanted in (buyer["id"], buyer["username"]) and buyer["region"] == shop["region"]:
                return buyer
    buyer = new_buyer(box, box.market(shop["id"]))
    if isinstance(wanted, str) and wanted:
        buyer.update(username=wanted, nickname=wanted)
    if isinstance(wanted, dict):
        buyer.update(
            {
                key: str(wanted[key])
                for key in ("name", "first_name", "last_name", "phone", "username", "nickname")
                if key in wanted
            }
        )
    return box.store.put("buyer", buyer["id"], buyer)


def read_address(wanted: Any, buyer: dict[str, Any]) -> dict[str, Any] | None:
    """Return the address to use: parts that are named replace the buyer's own."""
    if not isinstance(wanted, dict):
        return {**buyer["address"], "line1": wanted} if isinstance(wanted, str) and wanted else None
    names = {"address_line1": "line1", "address_line2": "line2"}
    given = {names.get(key, key): value for key, value in wanted.items()}
    return {
        **buyer["address"],
        **{key: str(given[key]) for key in ("line1", "line2", "postal_code") if key in given},
    }


def buyer_cancels(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    order = find_order(box, given)
    if order["status"] not in (
        "UNPAID",
        "ON_HOLD",
        "AWAITING_SHIPMENT",
        "PARTIALLY_SHIPPING",
        "AWAITING_COLLECTION",
    ) and not can_recall(box, order):
        raise ControlRefusal("This order can no longer be cancelled by its buyer.", http=409)
    if open_cancel_of(box, order):
        raise ControlRefusal("The buyer has asked already.", http=409)
    reason = str(given.get("reason") or next(iter(BUYER_CANCEL)))
    row = buyer_asks(box, order, reason=reason, text=BUYER_CANCEL.get(reason, reason))
    return {"cancel_id": row["cancel_id"], "cancel_status": row["cancel_status"]}


def buyer_rates(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    order = find_order(box, given)
    if order["status"] not in ("DELIVERED", "COMPLETED"):
        raise ControlRefusal("Only delivered orders can be rated.", http=409)
    return {"rated": rate(box, order, stars=whole(given, "stars", 5, high=5), text=str(given.get("text", "")))}


def buyer_chats(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    order = find_order(box, given)
    message = buyer_says(
        box, order["shop_id"], order["user_id"], str(given.get("text") or "Hello?"), order_id=order["id"]
    )
    return {"conversation_id": message["conversation"], "message_id": message["id"]}


def buyer_moves(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """The buyer changes the address of an order that has not been shipped."""
    order = find_order(box, given)
    if order["status"] not in ("UNPAID", "ON_HOLD", "AWAITING_SHIPMENT"):
        raise ControlRefusal("The address of this order can no longer be changed.", http=409)
    buyer = box.store.table("buyer")[order["user_id"]]
    change_address(box, order, read_address(given.get("address") or "77 Elsewhere Road", buyer) or {})
    return {"order_id": order["id"]}


def courier_scans(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """Let the courier scan a parcel: collected, hub, departed, out, failed, delivered or lost."""
    event = str(given.get("event") or "collected").lower()
    event = {
        "pickup": "collected",
        "picked_up": "collected",
        "in_transit": "collected",
        "collect": "collected",
    }.get(event, event)
    if event not in TEXTS:
        raise ControlRefusal(f"event must be one of {', '.join(TEXTS)}.")
    named = box.store.get("package", box.tracks.get(str(given.get("tracking") or ""), ""))
    packages = [named] if named is not None else []
    if not packages:
        packages = [row for row in packages_of(box, find_order(box, given)) if row["status"] != "CANCELLED"]
    if not packages or all(row["stage"] in ("AWAITING_SHIPMENT",) for row in packages):
        raise ControlRefusal("No parcel of this order was handed to a courier: arrange its shipment first.", http=409)
    done = []
    for package in packages:
        if package["stage"] == "AWAITING_COLLECTION":
            collect(box, package)
            done.append(package["id"])
        if event != "collected" and package["stage"] == "IN_TRANSIT":
            carry_event(box, package, event)
            done.append(package["id"])
    if not done:
        raise ControlRefusal("This parcel has arrived already.", http=409)
    return {"package_ids": list(dict.fromkeys(done))}


def courier_refuses(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """Let the carrier refuse the next label of each waiting package of an order."""
    why = str(given.get("reason", ""))
    if why not in TROUBLES:
        raise ControlRefusal(f"reason must be one of {', '.join(TROUBLES)}.")
    waiting = [row for row in waiting_packages(box, find_order(box, given)) if row["shipping_type"] == "TIKTOK"]
    if not waiting:
        raise ControlRefusal("No package of this order waits for a label of the platform.", http=409)
    for package in waiting:
        package["refuse_next"] = why
        box.store.put("package", package["id"], package)
    return {"package_ids": [row["id"] for row in waiting]}
