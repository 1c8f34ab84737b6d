"""The control API in JSON. Every path is one function in the table at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import orjson

from sandbox import faults
from sandbox.box import Box
from sandbox.control import cases, deeds, notices, sellers, worlds
from sandbox.control.worlds import number
from sandbox.errors import ControlRefusal
from sandbox.gateway import Request
from sandbox.grants import expire_all, standing_grant

SPEEDS = (0, 100_000)


def answer(box: Box, method: str, path: str, request: Request) -> Any:
    """Return the JSON answer of one control call."""
    function = PATHS.get((method, path))
    if function is None:
        if any(known == path for _, known in PATHS):
            raise ControlRefusal(f"{method} is not known here.", http=405)
        raise ControlRefusal("This control path is unknown.", http=404)
    return function(box, read_json(request.body) if method == "POST" else dict(request.query))


def read_json(body: bytes) -> dict[str, Any]:
    try:
        given = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        raise ControlRefusal("The body is not JSON.", http=400) from None
    if not isinstance(given, dict):
        raise ControlRefusal("A JSON object is expected.", http=400)
    return given


def credentials(box: Box, _: dict[str, Any]) -> dict[str, Any]:
    shops = []
    for shop in box.shops():
        grant = standing_grant(box, shop["id"])
        token = box.store.table("token")[grant["access"]]
        shops.append(
            {
                "id": shop["id"],
                "region": shop["region"],
                "cipher": shop["cipher"],
                "access_token": grant["access"],
                "name": shop["name"],
                "seller_carriers": [{"id": row.id, "name": row.name} for row in box.market(shop["id"]).seller_carriers],
                "refresh_token": grant["refresh"],
                "access_token_expire_in": token["expires"],
            }
        )
    app = box.app
    return {
        "app_key": app["app_key"],
        "app_secret": app["app_secret"],
        "service_id": app["service_id"],
        "shops": shops,
    }


def read_clock(box: Box, _: dict[str, Any]) -> dict[str, float]:
    return box.clock.shown()


def set_clock(box: Box, given: dict[str, Any]) -> dict[str, float]:
    if "advance" in given:
        box.jump(number(given, "advance", low=0, high=400 * 86400))
    if "speed" in given:
        box.clock.set_speed(number(given, "speed", low=SPEEDS[0], high=SPEEDS[1]))
    return box.clock.shown()


def read_app(box: Box, _: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in box.app.items() if key != "app_secret"}


def set_app(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    app = dict(box.app)
    for field in ("redirect_url", "webhook_url"):
        if field in given:
            app[field] = str(given[field])
    if "allowed_ips" in given:
        listed = given["allowed_ips"]
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise ControlRefusal("allowed_ips must be a list of addresses; an empty one lets everybody call.")
        app["allowed_ips"] = listed
    box.store.put("meta", "app", app)
    return read_app(box, {})


def read_faults(box: Box, _: dict[str, Any]) -> dict[str, Any]:
    return faults.show_faults(box)


def set_faults(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """Replace all faults by a preset or by what is named; what is not named is off."""
    wanted = faults.read_faults(given)
    faults.set_faults(box, wanted)
    if (given.get("api") or {}).get("expire_tokens"):
        expire_all(box)
    return faults.show_faults(box)


def read_moment(text: str) -> int:
    """Return seconds for unix seconds or an ISO 8601 time."""
    try:
        if not text or text.replace(".", "", 1).isdigit():
            return int(float(text or 0))
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ControlRefusal("updated_after must be unix seconds or an ISO 8601 time.") from None
    return int(moment.replace(tzinfo=moment.tzinfo or dt.UTC).timestamp())


TOLD = {
    "order": ("id", "shop_id", "status", "update_time", "create_time", "packages"),
    "package": ("id", "shop_id", "status", "stage", "orders", "tracking_number", "update_time"),
}


def truth(box: Box, given: dict[str, Any]) -> dict[str, Any]:
    """Return what really is, for comparison: orders of all shops or one, packages, cases, how much waits."""
    since, shop, table = read_moment(given.get("updated_after", "")), given.get("shop", ""), box.store.table
    found = {
        kind: [row for row in table(kind).values() if shop in ("", row["shop_id"]) and row["update_time"] >= since]
        for kind in ("order", "package", "cancel", "return")
    }
    waiting = sum(row["state"] == "WAITING" for row in table("delivery").values())
    return {
        "now": box.clock.shown()["now"],
        "orders": [{**told(row, "order"), **amount_of(row)} for row in found["order"]],
        "packages": [{**told(row, "package"), "labels_refused": refusals_of(row)} for row in found["package"]],
        "cancellations": [case_of(row, "cancel") for row in found["cancel"]],
        "returns": [case_of(row, "return") for row in found["return"]],
        "webhooks": {"waiting": waiting, "made": table("meta")["counters"].get("notification", 0)},
    }


def told(row: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: row[name] for name in TOLD[kind]}


def refusals_of(package: dict[str, Any]) -> int:
    """Return how often the carrier refused the label: so often it had to be asked for once more."""
    return package["edits"] if package["shipping_type"] == "TIKTOK" else 0


def amount_of(order: dict[str, Any]) -> dict[str, Any]:
    paid = order["payment"]
    return {"total_amount": paid["total_amount"], "currency": paid["currency"], "line_items": len(order["line_items"])}


def case_of(row: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": row[f"{kind}_id"], "order_id": row["order_id"], "status": row[f"{kind}_status"]}


PATHS: dict[tuple[str, str], Callable[[Box, dict[str, Any]], Any]] = {
    ("GET", "credentials"): credentials,
    ("GET", "clock"): read_clock,
    ("POST", "clock"): set_clock,
    ("GET", "app"): read_app,
    ("POST", "app"): set_app,
    ("GET", "faults"): read_faults,
    ("POST", "faults"): set_faults,
    ("POST", "orders"): deeds.place_orders,
    ("POST", "buyers/cancel"): deeds.buyer_cancels,
    ("POST", "buyers/return"): cases.buyer_returns,
    ("POST", "buyers/ship_back"): cases.buyer_ships_back,
    ("POST", "buyers/appeal"): cases.buyer_appeals,
    ("POST", "buyers/withdraw"): cases.buyer_withdraws,
    ("POST", "buyers/rate"): deeds.buyer_rates,
    ("POST", "buyers/chat"): deeds.buyer_chats,
    ("POST", "buyers/address"): deeds.buyer_moves,
    ("POST", "couriers/scan"): deeds.courier_scans,
    ("POST", "couriers/refuse"): deeds.courier_refuses,
    ("GET", "webhooks"): notices.list_kinds,
    ("POST", "webhooks"): notices.send_webhook,
    ("GET", "deliveries"): notices.list_deliveries,
    ("POST", "sellers/revoke"): notices.seller_revokes,
    ("POST", "sellers/standing"): sellers.change_standing,
    ("POST", "sellers/goods"): sellers.change_goods,
    ("GET", "truth"): truth,
    ("GET", "performance"): worlds.read_performance,
    ("POST", "shops"): worlds.open_one,
    ("GET", "traffic"): worlds.read_traffic,
    ("POST", "traffic"): worlds.change_traffic,
    ("POST", "reset"): worlds.reset,
}
