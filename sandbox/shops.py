"""The paths under /authorization/, /seller/ and /event/."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import invalid
from sandbox.gateway import Call
from sandbox.grants import revoke
from sandbox.table import answers


@answers("GET", "/authorization/{v}/shops")
def authorised_shops(call: Call) -> dict[str, Any]:
    shops = [call.box.shop(shop_id) for shop_id in call.grant["shops"]]
    return {
        "shops": [
            {key: shop[key] for key in ("id", "name", "region", "seller_type", "cipher", "code")} for shop in shops
        ]
    }


@answers("DELETE", "/authorization/{v}/shops", versions=("202403",))
def deauthorise_shop(call: Call) -> dict[str, Any]:
    revoke(call.box, call.shop["id"])
    return {}


@answers("GET", "/seller/{v}/shops")
def active_shops(call: Call) -> dict[str, Any]:
    return {"shops": [{"id": shop_id, "region": call.box.shop(shop_id)["region"]} for shop_id in call.grant["shops"]]}


@answers("GET", "/seller/{v}/permissions")
def permissions(call: Call) -> dict[str, Any]:
    return {"permissions": ["MANAGE_GLOBAL_PRODUCT"] if call.shop["seller_type"] == "CROSS_BORDER" else []}


@answers("GET", "/event/{v}/webhooks")
def get_webhooks(call: Call) -> dict[str, Any]:
    prefix = call.shop["id"] + "/"
    rows = [row for key, row in call.box.store.table("subscription").items() if key.startswith(prefix)]
    return {"webhooks": rows, "total_count": len(rows)}


@answers("PUT", "/event/{v}/webhooks")
def put_webhook(call: Call) -> dict[str, Any]:
    """Subscribe. Other than the platform, plain http and loopback addresses are fine here."""
    address, event = call.body["address"], call.body["event_type"]
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(address) > 255:
        raise invalid("address", "an http or https address of at most 255 characters is expected")
    key, now = f"{call.shop['id']}/{event}", call.box.now()
    old = call.box.store.get("subscription", key)
    call.box.store.put(
        "subscription",
        key,
        {
            "event_type": event,
            "address": address,
            "create_time": old["create_time"] if old else now,
            "update_time": now,
        },
    )
    return {}


@answers("DELETE", "/event/{v}/webhooks")
def delete_webhook(call: Call) -> dict[str, Any]:
    call.box.store.drop("subscription", f"{call.shop['id']}/{call.body['event_type']}")
    return {}
